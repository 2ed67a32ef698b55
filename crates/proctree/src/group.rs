//! Signalling a process group without ever hitting a stranger's.
//!
//! From Linux 6.9 the kernel does it through the leader's pidfd, and answers `ESRCH` once the group is empty, even when
//! its number is somebody else's by then. Before that, the number is safe only while it is *pinned*: while the leader is
//! a child that nobody has reaped yet. Where neither holds, the members are signalled one by one.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::libc;
use nix::sys::signal::killpg;
use nix::unistd::{Pid, getpgid};

use crate::pidfd::Pidfd;
use crate::process::Process;
use crate::snapshot::{self, Row, Table};

/// How long members are looked for who have been forked behind the signal.
const EACH_TIME: Duration = Duration::from_millis(100);

static FALLBACK_FORCED: AtomicBool = AtomicBool::new(false);

/// Behaves from now on as on a kernel before 6.9.
pub fn force_fallback() {
    FALLBACK_FORCED.store(true, Ordering::Relaxed);
}

/// Whether the kernel signals groups through pidfds: tried once, and remembered.
pub fn is_kernel_supported() -> bool {
    static SUPPORTED: OnceLock<bool> = OnceLock::new();
    !FALLBACK_FORCED.load(Ordering::Relaxed)
        && *SUPPORTED.get_or_init(|| {
            // An older kernel refuses the flag before it looks for a group.
            Pidfd::open(std::process::id() as i32)
                .is_ok_and(|own| !matches!(own.signal_group(0), Err(Errno::EINVAL | Errno::ENOSYS)))
        })
}

/// A group, and what makes its number safe to use.
#[derive(Clone, Copy, Debug)]
pub struct Group<'a> {
    /// The group's number.
    pub pgid: i32,
    /// The leader, dead or alive, opened before it was reaped.
    pub leader: Option<&'a Pidfd>,
    /// The leader's number cannot be given anew, since its waiter has promised not to reap it.
    pub pinned: bool,
}

impl Group<'_> {
    /// Signals the group; false where it has no member. Zombies count as members here, as they do for kill(2).
    ///
    /// # Errors
    /// `EPERM` where no member may be signalled; `EINVAL` for an unknown signal.
    pub fn signal(&self, signal: i32) -> Result<bool, Errno> {
        match self.leader {
            Some(leader) if is_kernel_supported() => delivered(leader.signal_group(signal)),
            _ if self.pinned => delivered(killpg_raw(self.pgid, signal)),
            _ => self.signal_each(signal),
        }
    }

    /// Signals the group where somebody in it is alive; false where nobody is.
    ///
    /// # Errors
    /// Those of [`Group::signal`], and what keeps `/proc` from being read.
    pub fn signal_living(&self, signal: i32) -> Result<bool, Errno> {
        let leader_lives = self.leader.is_some_and(|leader| !leader.has_exited());
        if leader_lives || living(&snapshot::read()?, self.pgid).next().is_some() {
            return self.signal(signal);
        }
        // Members that may not be signalled may not be seen either, and are somebody all the same.
        match self.ask() {
            Err(Errno::EPERM) => Err(Errno::EPERM),
            _ => Ok(false),
        }
    }

    /// Asks for the group, and sends nothing.
    fn ask(&self) -> Result<(), Errno> {
        match self.leader {
            Some(leader) if is_kernel_supported() => leader.signal_group(0),
            _ => killpg_raw(self.pgid, 0),
        }
    }

    /// Whether the kernel confirms that the number is still that of this very group.
    pub fn is_held(&self) -> bool {
        match self.leader {
            Some(leader) if is_kernel_supported() => {
                matches!(leader.signal_group(0), Ok(()) | Err(Errno::EPERM))
            }
            _ => self.pinned,
        }
    }

    /// Each member through its own identity. Not atomic against fork(2), so it looks again until it finds nobody new.
    fn signal_each(&self, signal: i32) -> Result<bool, Errno> {
        let mut signalled = std::collections::HashSet::new();
        let mut refused = None;
        let deadline = Instant::now() + EACH_TIME;
        loop {
            let table = snapshot::read()?;
            let before = signalled.len();
            for row in living(&table, self.pgid) {
                if !signalled.insert(row.identity()) {
                    continue;
                }
                // A member that leaves in between is nobody's loss; one that has changed groups is no member.
                let sent = Process::open_exact(row.identity()).and_then(|process| {
                    match process.row.pgid == self.pgid {
                        true => process.pidfd.signal(signal),
                        false => Err(Errno::ESRCH),
                    }
                });
                match sent {
                    Ok(()) => {}
                    Err(Errno::ESRCH) => {
                        signalled.remove(&row.identity());
                    }
                    Err(errno) => refused = Some(errno),
                }
            }
            // A chain of short-lived members could go on for ever.
            if signalled.len() <= before || Instant::now() >= deadline {
                break;
            }
        }
        match refused {
            Some(errno) if signalled.is_empty() => Err(errno),
            _ => Ok(!signalled.is_empty()),
        }
    }
}

/// The living members of a group.
pub fn living(table: &Table, pgid: i32) -> impl Iterator<Item = &Row> {
    table
        .rows()
        .filter(move |row| row.pgid == pgid && row.is_alive())
}

/// How many processes are alive in a group. Asks for no more than that: a tenth of the cost of a table.
pub fn count_living(pgid: i32) -> u32 {
    let members = snapshot::pids()
        .unwrap_or_default()
        .into_iter()
        .filter(|&pid| {
            group_of(pid) == Some(pgid) && Pidfd::open(pid).is_ok_and(|pidfd| !pidfd.has_exited())
        });
    members.count() as u32
}

/// The group that a process is in; none where there is no such process.
pub fn group_of(pid: i32) -> Option<i32> {
    getpgid(Some(Pid::from_raw(pid))).ok().map(Pid::as_raw)
}

/// Whether anybody at all, zombies included, is in the group that has this number now.
pub fn exists(pgid: i32) -> bool {
    !matches!(killpg_raw(pgid, 0), Err(Errno::ESRCH))
}

fn killpg_raw(pgid: i32, signal: i32) -> Result<(), Errno> {
    // 0 and 1 as a group mean "my own" and "everyone" to kill(2).
    if pgid < 2 {
        return Err(Errno::EINVAL);
    }
    if signal == 0 {
        return killpg(Pid::from_raw(pgid), None);
    }
    // SAFETY: takes two integers.
    Errno::result(unsafe { libc::killpg(pgid, signal) }).map(drop)
}

/// Whether a signal has reached somebody: `ESRCH` is an answer, not an error.
///
/// # Errors
/// Any other.
pub fn delivered(sent: Result<(), Errno>) -> Result<bool, Errno> {
    match sent {
        Ok(()) => Ok(true),
        Err(Errno::ESRCH) => Ok(false),
        Err(errno) => Err(errno),
    }
}
