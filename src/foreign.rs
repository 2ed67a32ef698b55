//! Ending trees that were not started here.

use napi_derive::napi;
use proctree::Errno;
use proctree::foreign::{ForeignTree, Reach};
use proctree::group::living;
use proctree::ladder::Plan;
use proctree::process::Process;
use proctree::snapshot::{self, Table};
use proctree::tree::{Refusal, lineage};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use crate::events::{Event, Events};
use crate::ladder::walk;
use crate::registry::{self, look_up};
use crate::runtime;
use crate::sent::Sent;
use crate::tree::{DEFAULT_PLAN, TerminationPlan};

/// What is known of a process besides its number.
#[napi(string_enum = "kebab-case")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// Nothing: it may be a tree of ours, or a stranger.
    Nothing,
    /// It is a child of this process that libuv has not waited for, so that the number is its own.
    OwnChild,
    /// It has been waited for, so that whoever has the number now is somebody else.
    Reaped,
}

/// A termination of a tree that was not started here.
#[napi]
pub struct NativeRun {
    orders: UnboundedSender<Plan>,
}

#[napi]
impl NativeRun {
    /// Asks for the same end with other options: SIGKILL hurries it.
    #[napi(catch_unwind)]
    pub fn order(&self, options: TerminationPlan) {
        // It has ended where nobody listens any more.
        let _ = self.orders.send(options.plan(DEFAULT_PLAN));
    }
}

/// A termination under way, or why there is none: `sent` says that nobody is to be ended, or that it is refused.
#[napi(object, object_from_js = false)]
pub struct StartedRun {
    pub sent: Sent,
    pub run: Option<NativeRun>,
}

/// Has the tree of a process ended; a `report` event with this `id` says how it went.
#[napi(catch_unwind)]
pub fn terminate_process(
    id: u32,
    pid: i32,
    known: Known,
    options: TerminationPlan,
    events: &Events,
) -> StartedRun {
    let none = |sent: Sent| StartedRun { sent, run: None };
    let mut tree = match find(pid, known) {
        Ok(Some(tree)) => tree,
        Ok(None) => return none(Ok(false).into()),
        Err(sent) => return none(sent),
    };
    let plan = options.plan(DEFAULT_PLAN);
    let sender = events.sender();
    let (orders, mut further) = unbounded_channel();
    let started = runtime::run(async move {
        // Further orders share this one's report.
        let mut asked = true;
        let report = walk(&mut tree, plan, &mut further, &mut asked).await;
        let report = Some(report.into());
        sender.send(Event {
            kind: String::from("report"),
            id,
            report,
            ..Event::default()
        });
    });
    StartedRun {
        run: started.is_ok().then_some(NativeRun { orders }),
        sent: started.map(|()| true).into(),
    }
}

fn find(pid: i32, known: Known) -> Result<Option<ForeignTree>, Sent> {
    if known == Known::Nothing {
        match look_up(pid) {
            registry::Known::Alive(tree) => return Ok(Some(tree.as_foreign(Reach::Tree))),
            registry::Known::Ended => return Ok(None),
            registry::Known::Unknown => {}
        }
    }
    let table = snapshot::read().map_err(|errno| Sent::from(Err(errno)))?;
    admit(&table, pid).map_err(Sent::from)?;
    match table.get(pid) {
        Some(_) if known == Known::Reaped => Ok(None),
        Some(row) => match Process::open_exact(row.identity()) {
            Ok(root) => Ok(Some(ForeignTree::of_process(root))),
            Err(Errno::ESRCH) => Ok(None),
            Err(errno) => Err(Err(errno).into()),
        },
        None if is_rest_of(&table, pid, known) => Ok(Some(ForeignTree::of_leaderless_group(pid))),
        None => Ok(None),
    }
}

/// Whether there is a group left of a leader that is gone. One that was spawned detached led a session too, which a
/// stranger's shell job with the same number does not.
pub fn is_rest_of(table: &Table, pid: i32, known: Known) -> bool {
    let mut members = living(table, pid).peekable();
    members.peek().is_some() && (known == Known::Nothing || members.all(|row| row.sid == pid))
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
