//! Keeping the supervisor small: there is one for every tree.

use nix::libc;

unsafe extern "C" {
    /// First byte of the program in memory, from the linker.
    static __executable_start: u8;
    /// First byte after its code, from the linker.
    static etext: u8;
}

/// Gives back the pages of the code that has run only once. They are clean pages of the program's file, so
/// whatever is called again is simply mapped again.
pub fn give_back_start_up() {
    let page = 4096;
    let start = &raw const __executable_start as usize & !(page - 1);
    let end = &raw const etext as usize & !(page - 1);
    // SAFETY: the range is this program's own code, mapped private and read-only from its file: dropping
    // its pages changes nothing that can be read there. A failure leaves everything as it is.
    unsafe { libc::madvise(start as *mut libc::c_void, end - start, libc::MADV_DONTNEED) };
}
