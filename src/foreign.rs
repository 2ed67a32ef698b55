//! Ending trees that were not started here.

use napi_derive::napi;
use proctree::Errno;
use proctree::foreign::{ForeignTree, Reach};
use proctree::process::Process;
use proctree::snapshot::{self, Table};
use proctree::tree::{Refusal, lineage};
use tokio::sync::mpsc::unbounded_channel;

use crate::events::{Event, Events};
use crate::ladder::walk;
use crate::registry::{Known, look_up};
use crate::runtime;
use crate::sent::Sent;
use crate::tree::{DEFAULT_PLAN, TerminationPlan};

/// Has the tree of a process ended; a `report` event with this `id` says how it went. Not delivered where there
/// is nobody to be ended, and where the number belongs to somebody else by now, as it does when the process is known
/// to have been `reaped` and is there all the same.
#[napi(catch_unwind)]
pub fn terminate_process(
    id: u32,
    pid: i32,
    reaped: bool,
    options: TerminationPlan,
    events: &Events,
) -> Sent {
    let mut tree = match find(pid, reaped) {
        Ok(Some(tree)) => tree,
        Ok(None) => return Ok(false).into(),
        Err(sent) => return sent,
    };
    let plan = options.plan(DEFAULT_PLAN);
    let sender = events.sender();
    runtime::run(async move {
        // Nobody gives further orders, so the other end is kept for as long as this takes.
        let (_orders, mut none) = unbounded_channel();
        let report = Some(walk(&mut tree, plan, &mut none).await.into());
        sender.send(Event {
            kind: String::from("report"),
            id,
            report,
            ..Event::default()
        });
    })
    .map(|()| true)
    .into()
}

fn find(pid: i32, reaped: bool) -> Result<Option<ForeignTree>, Sent> {
    match look_up(pid) {
        Known::Alive(tree) => return Ok(Some(tree.as_foreign(Reach::Tree))),
        Known::Ended => return Ok(None),
        Known::Unknown => {}
    }
    let table = snapshot::read().map_err(|_| Sent::from(Err(Errno::ENOENT)))?;
    admit(&table, pid).map_err(Sent::from)?;
    match table.get(pid) {
        Some(_) if reaped => Ok(None),
        Some(row) => match Process::open_exact(row.identity()) {
            Ok(root) => Ok(Some(ForeignTree::of_process(root))),
            Err(Errno::ESRCH) => Ok(None),
            Err(errno) => Err(Err(errno).into()),
        },
        None if leads_rest(&table, pid) => Ok(Some(ForeignTree::of_leaderless_group(pid))),
        None => Ok(None),
    }
}

/// Whether a group is left of a leader that is gone.
fn leads_rest(table: &Table, pid: i32) -> bool {
    table.rows().any(|row| row.pgid == pid && row.is_alive())
}

/// Never a tree that the caller is in.
fn admit(table: &Table, pid: i32) -> Result<(), Refusal> {
    let own = std::process::id() as i32;
    let above = lineage(table, own);
    let holds_caller = above
        .iter()
        .any(|row| [row.pid, row.pgid, row.sid].contains(&pid));
    if pid == own || holds_caller {
        Err(Refusal::Protected)
    } else {
        Ok(())
    }
}
