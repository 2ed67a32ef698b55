//! The kernel's own identity of a process: a descriptor that never comes to mean another one.

use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};

use nix::errno::Errno;
use nix::libc;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

/// `PIDFD_SIGNAL_PROCESS_GROUP` of `<linux/pidfd.h>`.
const SIGNAL_PROCESS_GROUP: libc::c_uint = 1 << 2;

/// A process file descriptor, [pidfd_open(2)](https://man7.org/linux/man-pages/man2/pidfd_open.2.html).
#[derive(Debug)]
pub struct Pidfd(OwnedFd);

impl Pidfd {
    /// Opens the process that has the number now. A zombie can be opened, a process already reaped cannot.
    ///
    /// # Errors
    /// `ESRCH` where nobody has the number; `EINVAL` for a number that can be nobody's;
    /// `ENOSYS` before Linux 5.3; `EMFILE`, `ENFILE`, `ENOMEM`.
    pub fn open(pid: i32) -> Result<Self, Errno> {
        // SAFETY: takes two integers, and returns a new descriptor or -1.
        let fd = Errno::result(unsafe { libc::syscall(libc::SYS_pidfd_open, pid, 0) })?;
        // SAFETY: the kernel has just made this descriptor for us, and nobody else knows it.
        Ok(Self(unsafe { OwnedFd::from_raw_fd(fd as RawFd) }))
    }

    /// Signals the process; 0 asks whether it is there.
    ///
    /// # Errors
    /// `ESRCH` once it has been reaped; `EPERM`; `EINVAL` for an unknown signal.
    pub fn signal(&self, signal: i32) -> Result<(), Errno> {
        self.send(signal, 0)
    }

    /// Signals the group that the process leads or led, also when the process itself has been reaped.
    ///
    /// # Errors
    /// `ESRCH` once the group is empty, whoever has its number now; `EINVAL` before Linux 6.9; `EPERM`.
    pub fn signal_group(&self, signal: i32) -> Result<(), Errno> {
        self.send(signal, SIGNAL_PROCESS_GROUP)
    }

    fn send(&self, signal: i32, flags: libc::c_uint) -> Result<(), Errno> {
        let info = std::ptr::null::<libc::siginfo_t>();
        // SAFETY: the descriptor is open, and a null siginfo asks the kernel to fill it in as kill(2) does.
        let sent = unsafe {
            libc::syscall(
                libc::SYS_pidfd_send_signal,
                self.0.as_raw_fd(),
                signal,
                info,
                flags,
            )
        };
        Errno::result(sent).map(drop)
    }

    /// Whether every thread of the process has exited, though it may still be a zombie.
    pub fn has_exited(&self) -> bool {
        let mut fds = [PollFd::new(self.0.as_fd(), PollFlags::POLLIN)];
        matches!(poll(&mut fds, PollTimeout::ZERO), Ok(count) if count > 0)
    }
}

impl AsFd for Pidfd {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl AsRawFd for Pidfd {
    fn as_raw_fd(&self) -> RawFd {
        self.0.as_raw_fd()
    }
}

impl From<Pidfd> for OwnedFd {
    fn from(pidfd: Pidfd) -> Self {
        pidfd.0
    }
}

impl From<OwnedFd> for Pidfd {
    fn from(fd: OwnedFd) -> Self {
        Self(fd)
    }
}
