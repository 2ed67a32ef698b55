//! Signalling a group by a bare number.

use napi_derive::napi;
use proctree::Errno;
use proctree::group::Group;
use proctree::process::Process;
use proctree::snapshot::{self, Table};
use proctree::tree::admit_group;

use crate::foreign::{Known, is_rest_of};
use crate::registry::{self, look_up};
use crate::sent::Sent;

/// Signals the group with this number.
#[napi(catch_unwind)]
pub fn kill_group(pgid: i32, signal: i32, known: Known) -> Sent {
    if known == Known::Nothing {
        match look_up(pgid) {
            registry::Known::Alive(tree) => return tree.signal_group(signal).into(),
            registry::Known::Ended => return Ok(false).into(),
            registry::Known::Unknown => {}
        }
    }
    let table = match snapshot::read() {
        Ok(table) => table,
        Err(errno) => return Err(errno).into(),
    };
    match admit_group(&table, std::process::id() as i32, pgid) {
        Err(_) if known == Known::Reaped => Ok(false).into(),
        Err(refusal) => refusal.into(),
        Ok(()) => kill_foreign(&table, pgid, signal, known).into(),
    }
}

fn kill_foreign(table: &Table, pgid: i32, signal: i32, known: Known) -> Result<bool, Errno> {
    let group = |leader| Group {
        pgid,
        leader,
        pinned: false,
    };
    match table.get(pgid) {
        Some(_) if known == Known::Reaped => Ok(false),
        Some(row) => match Process::open_exact(row.identity()) {
            Ok(leader) => group(Some(&leader.pidfd)).signal_living(signal),
            // It has ended since, and what it left is looked at member by member.
            Err(Errno::ESRCH) => group(None).signal_living(signal),
            Err(errno) => Err(errno),
        },
        None if known == Known::Reaped && !is_rest_of(table, pgid, known) => Ok(false),
        None => group(None).signal_living(signal),
    }
}
