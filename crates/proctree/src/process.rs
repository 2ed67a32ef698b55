//! A process held by number, start time and descriptor at once.

use nix::errno::Errno;

use crate::Identity;
use crate::pidfd::Pidfd;
use crate::snapshot::{self, Row};

/// A living process or zombie that can be signalled without ever hitting another one.
#[derive(Debug)]
pub struct Process {
    /// What it was when it was opened.
    pub row: Row,
    /// The kernel's identity of the same process.
    pub pidfd: Pidfd,
}

impl Process {
    /// Opens the process that has the number now.
    ///
    /// The descriptor comes first: when it can still be signalled after the row was read, the number
    /// was taken all the while, so row and descriptor are of one process.
    ///
    /// # Errors
    /// `ESRCH` where it is gone or hidden; those of [`Pidfd::open`] and [`snapshot::read_one`].
    pub fn open(pid: i32) -> Result<Self, Errno> {
        let pidfd = Pidfd::open(pid)?;
        let row = snapshot::read_one(pid)?;
        match pidfd.signal(0) {
            // No permission to signal is an answer about a process that is there.
            Ok(()) | Err(Errno::EPERM) => Ok(Self { row, pidfd }),
            Err(errno) => Err(errno),
        }
    }

    /// Opens exactly this process.
    ///
    /// # Errors
    /// `ESRCH` where it is gone, whoever has its number now; those of [`Pidfd::open`].
    pub fn open_exact(identity: Identity) -> Result<Self, Errno> {
        let process = Self::open(identity.pid)?;
        if process.identity() == identity {
            Ok(process)
        } else {
            Err(Errno::ESRCH)
        }
    }

    /// What tells it from a later process with its number.
    pub fn identity(&self) -> Identity {
        self.row.identity()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_a_process_only_under_its_own_start_time() {
        let mut child = std::process::Command::new("sleep")
            .arg("60")
            .spawn()
            .unwrap();
        let process = Process::open(child.id() as i32).unwrap();
        let other = Identity {
            start_time: process.row.start_time + 1,
            ..process.identity()
        };
        assert!(Process::open_exact(process.identity()).is_ok());
        assert_eq!(Process::open_exact(other).unwrap_err(), Errno::ESRCH);
        assert!(!process.pidfd.has_exited());
        process.pidfd.signal(nix::libc::SIGKILL).unwrap();
        child.wait().unwrap();
        assert!(process.pidfd.has_exited());
        assert_eq!(process.pidfd.signal(0), Err(Errno::ESRCH));
    }
}
