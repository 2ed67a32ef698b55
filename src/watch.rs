//! Waiting for descriptors on the addon's thread.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

use nix::errno::Errno;
use proctree::Identity;
use proctree::pidfd::Pidfd;
use proctree::process::Process;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// Descriptors to hold open at once while waiting for the processes of one tree.
const WATCHED_MAX: usize = 256;
/// Rest between two looks at what cannot be watched, descriptors or watches being used up.
pub const UNWATCHED_REST: Duration = Duration::from_millis(20);

/// A descriptor whose owner waits for it to become readable.
pub enum Watched {
    /// The kernel wakes us.
    Registered(AsyncFd<OwnedFd>),
    /// The user's watches are used up, so it is looked at from time to time.
    Unregistered(OwnedFd),
}

impl Watched {
    /// Watches a descriptor until the result is dropped.
    pub fn new(fd: OwnedFd) -> Self {
        // SAFETY: an OwnedFd is open and stays the same until it is dropped, which the result does.
        match unsafe { AsyncFd::register_with_interest(fd, Interest::READABLE) } {
            Ok(watched) => Self::Registered(watched),
            Err(error) => Self::Unregistered(error.into_parts().0),
        }
    }

    /// Waits until it can be read, or may be.
    pub async fn readable(&self) {
        match self {
            Self::Registered(watched) => {
                // Fails only when the runtime is shut down, which this one never is.
                let _ = watched
                    .readable()
                    .await
                    .map(|mut guard| guard.retain_ready());
            }
            Self::Unregistered(_) => tokio::time::sleep(UNWATCHED_REST).await,
        }
    }

    /// Waits for news from here on: what there was has been read.
    pub fn exhausted(&self) {
        if let Self::Registered(watched) = self {
            use std::task::{Context, Poll, Waker};
            // Ready, or it would not have been found exhausted.
            let poll = watched.poll_read_ready(&mut Context::from_waker(Waker::noop()));
            if let Poll::Ready(Ok(mut guard)) = poll {
                guard.clear_ready();
            }
        }
    }
}

impl AsFd for Watched {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Self::Registered(watched) => watched.get_ref().as_fd(),
            Self::Unregistered(fd) => fd.as_fd(),
        }
    }
}

/// Waits until the process has ended: a zombie is one. May come back early.
pub async fn ended(pidfd: Pidfd) {
    Watched::new(pidfd.into()).readable().await;
}

/// Waits until all of these have ended. May come back early, but never at once while somebody is left.
pub async fn all_ended(processes: &[Identity]) {
    let mut opened = Vec::new();
    for &identity in processes.iter().take(WATCHED_MAX) {
        match Process::open_exact(identity) {
            Ok(process) => opened.push(process.pidfd),
            Err(Errno::ESRCH) => {}
            Err(_) => return tokio::time::sleep(UNWATCHED_REST).await,
        }
    }
    for pidfd in opened {
        ended(pidfd).await;
    }
}
