//! The command's descriptors, on their way to it.

use std::os::fd::{AsRawFd, FromRawFd, IntoRawFd, OwnedFd, RawFd};

use nix::errno::Errno;
use nix::fcntl::{OFlag, open};
use nix::libc;
use nix::sys::socket::{AddressFamily, SockFlag, SockType, socketpair};
use nix::sys::stat::Mode;

/// Ask for a pipe: libuv's, that is a pair of connected sockets.
pub const PIPE: i32 = -1;
/// Ask for `/dev/null`.
pub const IGNORE: i32 = -2;
/// Ask for nothing at all.
pub const CLOSED: i32 = -3;

/// Both ends of what a command is given.
pub struct Stdio {
    /// The command's ends, by index; -1 where there is none.
    pub command: Vec<RawFd>,
    /// Our ends of the pipes, by index.
    ours: Vec<Option<OwnedFd>>,
    /// Keeps the command's ends open until it has them.
    opened: Vec<OwnedFd>,
}

impl Stdio {
    /// Opens what was asked for: a descriptor of ours, [`PIPE`], [`IGNORE`] or [`CLOSED`]. All ends are numbered beyond the end of
    /// the list and two more, so that none is overwritten while the others are put into place.
    pub fn open(wanted: &[i32]) -> Result<Self, Errno> {
        let floor = wanted.len() as RawFd + 2;
        let mut stdio = Self {
            command: Vec::new(),
            ours: Vec::new(),
            opened: Vec::new(),
        };
        for &entry in wanted {
            if entry == CLOSED {
                stdio.command.push(-1);
                stdio.ours.push(None);
                continue;
            }
            let (command, ours) = match entry {
                PIPE => {
                    let kind = SockType::Stream;
                    let (ours, theirs) =
                        socketpair(AddressFamily::Unix, kind, None, SockFlag::SOCK_CLOEXEC)?;
                    (theirs, Some(ours))
                }
                IGNORE => (
                    open("/dev/null", OFlag::O_RDWR | OFlag::O_CLOEXEC, Mode::empty())?,
                    None,
                ),
                fd => (duplicate(fd, floor)?, None),
            };
            let command = if command.as_raw_fd() < floor {
                duplicate(command.as_raw_fd(), floor)?
            } else {
                command
            };
            stdio.command.push(command.as_raw_fd());
            stdio.opened.push(command);
            stdio.ours.push(ours);
        }
        Ok(stdio)
    }

    /// Hands our ends of the pipes to JavaScript, which closes them; -1 where there is none.
    pub fn into_ours(self) -> Vec<i32> {
        self.ours
            .into_iter()
            .map(|fd| fd.map_or(-1, OwnedFd::into_raw_fd))
            .collect()
    }
}

/// Another number for the same thing, at or above `floor`, closed on exec.
///
/// # Errors
/// `EBADF`, `EMFILE`.
pub fn duplicate(fd: RawFd, floor: RawFd) -> Result<OwnedFd, Errno> {
    // SAFETY: takes integers, and returns a new descriptor or -1.
    let fd = Errno::result(unsafe { libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, floor) })?;
    // SAFETY: made by the line above, and known to nobody else.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}
