//! What the supervisor was given by its owner, and what it lets go of.

use std::ffi::CString;
use std::os::fd::{AsFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::ffi::OsStringExt;

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, FdFlag, OFlag, fcntl, open};
use nix::libc;
use nix::sys::stat::Mode;
use nix::unistd;
use proctree::pidfd::Pidfd;

/// The descriptors that are the supervisor's own.
pub struct Inherited {
    /// Socket to the owner.
    pub control: OwnedFd,
    /// The owner itself.
    pub owner: Pidfd,
}

impl Inherited {
    /// Takes them from behind the command's descriptors, and closes whatever comes after.
    pub fn take(command: usize) -> nix::Result<Self> {
        let control = adopt(command as RawFd)?;
        let owner = Pidfd::from(adopt(command as RawFd + 1)?);
        close_range(command as RawFd + 2, RawFd::MAX);
        Ok(Self { control, owner })
    }
}

/// The command's descriptors in place, -1 for those that it is not given: their numbers are taken all the same, or one
/// of our own would come to lie among those that are let go of.
pub fn given(command: usize, filler: &impl AsFd) -> nix::Result<Vec<RawFd>> {
    let mut given = Vec::new();
    for fd in 0..command as RawFd {
        given.push(if is_open(fd) { fd } else { -1 });
        if !is_open(fd) {
            // Takes the lowest free number from there on, which is this one.
            fcntl(filler, FcntlArg::F_DUPFD_CLOEXEC(fd))?;
        }
    }
    Ok(given)
}

fn is_open(fd: RawFd) -> bool {
    // SAFETY: only asks, and fails with EBADF where the descriptor is not open.
    unsafe { libc::fcntl(fd, libc::F_GETFD) >= 0 }
}

fn adopt(fd: RawFd) -> nix::Result<OwnedFd> {
    if !is_open(fd) {
        return Err(Errno::EBADF);
    }
    // SAFETY: it is open, it was handed to us at this number, and it is adopted once.
    let fd = unsafe { OwnedFd::from_raw_fd(fd) };
    fcntl(&fd, FcntlArg::F_SETFD(FdFlag::FD_CLOEXEC))?;
    Ok(fd)
}

/// Lets go of the command's descriptors, so that its pipes end when the tree does, and of its working directory,
/// so that it can be unmounted.
pub fn release(command: usize) {
    let null = open("/dev/null", OFlag::O_RDWR, Mode::empty());
    // Without /dev/null the standard descriptors stay closed: nothing is ever printed here.
    close_range(0, command as RawFd - 1);
    if let Ok(null) = null {
        let _ = unistd::dup2_stdin(&null);
        let _ = unistd::dup2_stdout(&null);
        let _ = unistd::dup2_stderr(&null);
    }
    let _ = unistd::chdir("/");
}

/// The environment, as it was handed to us for the command.
pub fn environment() -> Vec<CString> {
    let entries = std::env::vars_os().map(|(name, value)| {
        let mut entry = name.into_vec();
        entry.push(b'=');
        entry.extend(value.into_vec());
        entry
    });
    entries
        .filter_map(|entry| CString::new(entry).ok())
        .collect()
}

fn close_range(first: RawFd, last: RawFd) {
    // SAFETY: closes only descriptors that nothing in this process owns. Fails with ENOSYS before Linux 5.9,
    // where the caller's close-on-exec flags have closed all but the command's own.
    let closed = unsafe { libc::syscall(libc::SYS_close_range, first, last, 0) };
    if closed != 0 && last != RawFd::MAX {
        for fd in first..=last {
            // SAFETY: as above.
            unsafe { libc::close(fd) };
        }
    }
}
