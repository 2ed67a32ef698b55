//! Walking the ladder on a tree that has no supervisor, on the addon's thread.

use std::time::Instant;

use nix::libc;

use proctree::Identity;
use proctree::foreign::ForeignTree;
use proctree::ladder::{Ladder, Plan, Progress, Report};
use proctree::snapshot::Row;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::timeout;

use crate::watch::all_ended;

/// Orders to end a tree that come in while it is being ended.
pub type Orders = UnboundedReceiver<Plan>;

/// Ends a tree, and says how it went. Another order shares the run; one for SIGKILL hurries it.
pub async fn walk(tree: &mut ForeignTree, plan: Plan, orders: &mut Orders) -> Report {
    let mut ladder = Ladder::new(plan, Instant::now());
    loop {
        match ladder.advance(tree, Instant::now()) {
            Progress::Done(report) => return report,
            Progress::Wait(rest) => {
                let targets: Vec<Identity> = tree.targets().iter().map(Row::identity).collect();
                tokio::select! {
                    _ = timeout(rest, all_ended(&targets)) => {}
                    Some(plan) = orders.recv() => {
                        if plan.signal == libc::SIGKILL {
                            ladder.hasten(Instant::now());
                        }
                    }
                }
            }
        }
    }
}
