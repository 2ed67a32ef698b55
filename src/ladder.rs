//! Walking the ladder on a tree that has no supervisor, on the addon's thread.

use std::time::{Duration, Instant};

use nix::libc;

use proctree::Identity;
use proctree::foreign::ForeignTree;
use proctree::ladder::{Ladder, Plan, Progress, Report};
use proctree::snapshot::Row;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::timeout;

use crate::watch::all_ended;

/// Rest between two looks at a tree of which nobody can be seen.
const BLIND_REST: Duration = Duration::from_millis(20);

/// Orders to end a tree that come in while it is being ended.
pub type Orders = UnboundedReceiver<Plan>;

/// Ends a tree, and says how it went. Another order shares the run and is noted in `asked`; one for SIGKILL hurries it.
pub async fn walk(
    tree: &mut ForeignTree,
    plan: Plan,
    orders: &mut Orders,
    asked: &mut bool,
) -> Report {
    let mut ladder = Ladder::new(plan, Instant::now());
    loop {
        match ladder.advance(tree, Instant::now()) {
            Progress::Done(report) => return report,
            Progress::Wait(rest) => {
                let targets: Vec<Identity> = tree.targets().iter().map(Row::identity).collect();
                tokio::select! {
                    () = rest_or_end(rest, &targets) => {}
                    Some(plan) = orders.recv() => {
                        *asked = true;
                        if plan.signal == libc::SIGKILL {
                            ladder.hasten(Instant::now());
                        }
                    }
                }
            }
        }
    }
}

/// Waits so long, or until all whom one can see have ended.
async fn rest_or_end(rest: Duration, targets: &[Identity]) {
    if targets.is_empty() {
        // Nobody to be seen and yet not empty: what hides them may pass.
        return tokio::time::sleep(rest.min(BLIND_REST)).await;
    }
    // The time being up is one of the two ways in which this ends.
    let _ = timeout(rest, all_ended(targets)).await;
}
