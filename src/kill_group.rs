//! Signalling a group by a bare number.

use napi_derive::napi;
use proctree::Errno;
use proctree::group::{Group, living};
use proctree::process::Process;
use proctree::snapshot::{self, Table};
use proctree::tree::admit_group;

use crate::registry::{Known, look_up};
use crate::sent::Sent;

/// Signals the group with this number. `reaped` says that its leader is known to be gone, so that whoever
/// has the number now is somebody else.
#[napi(catch_unwind)]
pub fn kill_group(pgid: i32, signal: i32, reaped: bool) -> Sent {
    match look_up(pgid) {
        Known::Alive(tree) => tree.signal_group(signal).into(),
        Known::Ended => Ok(false).into(),
        Known::Unknown => {
            let Ok(table) = snapshot::read() else {
                return Err(Errno::ENOENT).into();
            };
            match admit_group(&table, std::process::id() as i32, pgid) {
                Err(refusal) if !reaped => refusal.into(),
                Err(_) => Ok(false).into(),
                Ok(()) => kill_foreign(&table, pgid, signal, reaped).into(),
            }
        }
    }
}

fn kill_foreign(table: &Table, pgid: i32, signal: i32, reaped: bool) -> Result<bool, Errno> {
    let group = |leader| Group {
        pgid,
        leader,
        pinned: false,
    };
    match table.get(pgid) {
        Some(_) if reaped => Ok(false),
        Some(row) => match Process::open_exact(row.identity()) {
            Ok(leader) => group(Some(&leader.pidfd)).signal_living(signal),
            // It has ended since, and what it left is looked at member by member.
            Err(Errno::ESRCH) => group(None).signal_living(signal),
            Err(errno) => Err(errno),
        },
        // A leader that was spawned detached led a session too, which a stranger's shell job does not.
        None if reaped && !living(table, pgid).all(|row| row.sid == pgid) => Ok(false),
        None => group(None).signal_living(signal),
    }
}
