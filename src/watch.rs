//! Waiting for descriptors on the addon's thread.

use std::os::fd::OwnedFd;
use std::time::Duration;

use nix::errno::Errno;
use proctree::Identity;
use proctree::pidfd::Pidfd;
use proctree::process::Process;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// Descriptors to hold open at once while waiting for the processes of one tree.
const WATCHED_MAX: usize = 256;
/// Rest between two looks at processes that cannot be watched, descriptors being short.
const UNWATCHED_REST: Duration = Duration::from_millis(20);

/// Watches a descriptor until the result is dropped.
///
/// # Errors
/// `ENOSPC`, `ENOMEM`: the user's watches, or the machine's memory, are used up.
pub fn watch(fd: OwnedFd) -> Result<AsyncFd<OwnedFd>, Errno> {
    // SAFETY: an OwnedFd is open and stays the same until it is dropped, which the result does.
    let watched = unsafe { AsyncFd::register_with_interest(fd, Interest::READABLE) };
    watched.map_err(|error| {
        std::io::Error::from(error)
            .raw_os_error()
            .map_or(Errno::ENOMEM, Errno::from_raw)
    })
}

/// Waits until the descriptor can be read, and leaves it marked so.
pub async fn readable(watched: &AsyncFd<OwnedFd>) {
    // Fails only when the runtime is shut down, which this one never is.
    let _ = watched
        .readable()
        .await
        .map(|mut guard| guard.retain_ready());
}

/// Waits until the process has ended: a zombie is one. Comes back early where it cannot be watched.
pub async fn ended(pidfd: Pidfd) {
    match watch(pidfd.into()) {
        Ok(watched) => readable(&watched).await,
        Err(_) => tokio::time::sleep(UNWATCHED_REST).await,
    }
}

/// Waits until all of these have ended. Comes back early where they are too many, or cannot be watched.
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
