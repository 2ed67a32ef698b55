//! One pass over `/proc`.
//!
//! Read through the `procfs` crate: 1.4 times a plain loop over the same files (1 500 processes), which its parsing is worth.

use std::collections::BTreeMap;
use std::io::Read;
use std::{fs, io};

use std::sync::OnceLock;

use nix::errno::Errno;
use procfs::ProcError;
use procfs::process::Process as ProcDir;

use crate::Identity;

/// One process at the moment it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Process id.
    pub pid: i32,
    /// Parent's process id; 0 where the parent is outside this PID namespace.
    pub ppid: i32,
    /// Process group id.
    pub pgid: i32,
    /// Session id.
    pub sid: i32,
    /// Controlling terminal; 0 for none.
    pub terminal: i32,
    /// Clock ticks from boot to its start.
    pub start_time: u64,
    /// State letter.
    pub state: char,
    /// Threads, a main thread that has exited included.
    pub threads: i64,
    /// Name the kernel keeps, 15 bytes of it.
    pub comm: String,
    /// Resident pages.
    pub resident_pages: u64,
}

impl Row {
    /// What tells this process from a later one.
    pub fn identity(&self) -> Identity {
        Identity {
            pid: self.pid,
            start_time: self.start_time,
        }
    }

    /// False for zombies only. The state says `Z` as soon as the *main* thread has exited,
    /// so a `Z` with other threads is a living process.
    pub fn is_alive(&self) -> bool {
        !matches!(self.state, 'Z' | 'X' | 'x') || self.threads > 1
    }

    /// Whether a stop signal holds it.
    pub fn is_stopped(&self) -> bool {
        self.state == 'T'
    }
}

/// Processes by number.
#[derive(Clone, Debug, Default)]
pub struct Table {
    rows: BTreeMap<i32, Row>,
}

impl Table {
    /// A table of these rows; what the tests invent.
    pub fn new(rows: impl IntoIterator<Item = Row>) -> Self {
        Self {
            rows: rows.into_iter().map(|row| (row.pid, row)).collect(),
        }
    }

    /// The process that has this number.
    pub fn get(&self, pid: i32) -> Option<&Row> {
        self.rows.get(&pid)
    }

    /// Exactly this process.
    pub fn find(&self, identity: Identity) -> Option<&Row> {
        self.get(identity.pid)
            .filter(|row| row.start_time == identity.start_time)
    }

    /// All of them, by ascending number.
    pub fn rows(&self) -> impl Iterator<Item = &Row> + Clone {
        self.rows.values()
    }
}

/// Reads every process that can be seen. Processes that vanish in mid-read, and those that `/proc` hides, are left out.
///
/// The newest come first: of a chain whose links fork and exit, only what is read at once is still there.
///
/// # Errors
/// Where `/proc` cannot be read, or not even this process can: a table without it says nothing about the others.
pub fn read() -> Result<Table, Errno> {
    let mut pids = pids()?;
    pids.sort_unstable_by(|a, b| b.cmp(a));
    let table = Table::new(pids.into_iter().filter_map(|pid| read_one(pid).ok()));
    let own = std::process::id() as i32;
    if table.get(own).is_none() {
        read_one(own)?;
    }
    Ok(table)
}

/// The numbers of all processes that can be seen.
///
/// # Errors
/// Where `/proc` itself cannot be read.
pub fn pids() -> Result<Vec<i32>, Errno> {
    check_proc()?;
    let names = fs::read_dir("/proc").map_err(|error| errno_of(&error))?;
    let names = names.filter_map(|entry| Some(entry.ok()?.file_name()));
    Ok(names
        .filter_map(|name| name.to_str()?.parse().ok())
        .collect())
}

/// Reads one process.
///
/// # Errors
/// `ESRCH` where it is gone, or hidden; what kept `/proc` from being read, such as `EMFILE`.
pub fn read_one(pid: i32) -> Result<Row, Errno> {
    check_proc()?;
    let stat = ProcDir::new(pid)
        .and_then(|process| process.stat())
        .map_err(|error| match error {
            ProcError::NotFound(_) | ProcError::PermissionDenied(_) | ProcError::Incomplete(_) => {
                Errno::ESRCH
            }
            ProcError::Io(error, _) => match errno_of(&error) {
                Errno::ENOENT => Errno::ESRCH,
                errno => errno,
            },
            _ => Errno::ESRCH,
        })?;
    Ok(Row {
        pid: stat.pid,
        ppid: stat.ppid,
        pgid: stat.pgrp,
        sid: stat.session,
        terminal: stat.tty_nr,
        start_time: stat.starttime,
        state: stat.state,
        threads: stat.num_threads,
        comm: stat.comm,
        resident_pages: stat.rss,
    })
}

/// In a PID namespace with the `/proc` of another one, its numbers are those of other processes.
fn check_proc() -> Result<(), Errno> {
    static IS_OURS: OnceLock<bool> = OnceLock::new();
    let named = || -> Option<u32> { fs::read_link("/proc/self").ok()?.to_str()?.parse().ok() };
    match IS_OURS.get() {
        Some(true) => Ok(()),
        Some(false) => Err(Errno::ENOENT),
        // An answer that could not be had is asked for again.
        None => {
            let is_ours = named().ok_or(Errno::ENOENT)? == std::process::id();
            if *IS_OURS.get_or_init(|| is_ours) {
                Ok(())
            } else {
                Err(Errno::ENOENT)
            }
        }
    }
}

fn errno_of(error: &io::Error) -> Errno {
    error.raw_os_error().map_or(Errno::EIO, Errno::from_raw)
}

/// Reads nothing but the start of a process. On the path of every spawn, where the code that reads it all would cost
/// more to be paged in than to run.
///
/// # Errors
/// Where it is gone, or hidden.
pub fn read_start_time(pid: i32) -> io::Result<u64> {
    let mut line = [0; 1024];
    check_proc()?;
    let length = fs::File::open(format!("/proc/{pid}/stat"))?.read(&mut line)?;
    start_time_in(&line[..length]).ok_or(io::ErrorKind::InvalidData.into())
}

/// The name may hold anything, so the fields are counted from the last parenthesis on.
fn start_time_in(line: &[u8]) -> Option<u64> {
    let name_end = line.iter().rposition(|&byte| byte == b')')?;
    let field = line[name_end..].split(|&byte| byte == b' ').nth(20)?;
    std::str::from_utf8(field).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_this_very_process() {
        let own = std::process::id() as i32;
        let table = read().unwrap();
        let row = table.get(own).unwrap();
        assert!(row.is_alive());
        assert_eq!(row.identity(), read_one(own).unwrap().identity());
        assert_eq!(row.ppid, nix::unistd::getppid().as_raw());
        assert!(
            table
                .find(Identity {
                    pid: own,
                    start_time: row.start_time + 1
                })
                .is_none()
        );
    }

    #[test]
    fn the_start_is_found_behind_any_name() {
        let own = std::process::id() as i32;
        assert_eq!(
            read_start_time(own).unwrap(),
            read_one(own).unwrap().start_time
        );
        let line = b"7 (a) 1 (b\n) S 1 7 7 0 -1 4 5 6 7 8 9 10 11 12 20 0 1 0 4242 99 100\n";
        assert_eq!(start_time_in(line), Some(4242));
        assert_eq!(start_time_in(b"7 (a) S 1"), None);
        assert!(read_start_time(-1).is_err());
    }

    #[test]
    fn a_main_thread_that_has_exited_is_no_zombie() {
        let row = crate::tree::invent::row(10, 1);
        assert!(
            Row {
                state: 'Z',
                threads: 2,
                ..row.clone()
            }
            .is_alive()
        );
        assert!(
            !Row {
                state: 'Z',
                threads: 1,
                ..row
            }
            .is_alive()
        );
    }
}
