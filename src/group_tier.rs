//! Trees that only their process group holds.

use std::pin::pin;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use nix::errno::Errno;
use proctree::Identity;
use proctree::foreign::Reach;
use proctree::group;
use proctree::ladder::Outcome;
use proctree::launch::{Command, candidates, launch};
use proctree::snapshot::{self, Row};
use tokio::sync::mpsc::unbounded_channel;
use tokio::time::timeout;

use crate::descriptors::Stdio;
use crate::events::Sender;
use crate::ladder::{Orders, walk};
use crate::spawn::Launch;
use crate::tree::{State, Tier, Tree};
use crate::watch::all_ended;
use crate::{registry, runtime};

/// Looks at /proc before a group without living leader is taken for empty.
const PASSES: usize = 4;
/// Time in which a chain of short-lived processes shows that it moves.
const REST: Duration = Duration::from_millis(5);

/// Starts the command as our own child.
pub fn start(order: Launch, stdio: &Stdio, events: Sender) -> Result<Arc<Tree>, Errno> {
    let pinned = !group::is_kernel_supported();
    let command = Command {
        programs: candidates(&order.file, order.path()),
        argv: order.argv,
        envp: order.envp,
        cwd: order.cwd,
        uid: order.uid,
        gid: order.gid,
        blocks_signals: false,
        dies_with_parent: !order.keep,
        descriptors: stdio.command.clone(),
    };
    // PR_SET_PDEATHSIG follows the thread that starts the command, and this one lives as long as the process.
    let (leader, pidfd) = runtime::call(move || launch(&command))??;
    let (sender, orders) = unbounded_channel();
    let tree = Arc::new(Tree {
        id: order.id,
        leader,
        marker: order.marker,
        pinned: Arc::new(AtomicBool::new(pinned)),
        plan: order.plan,
        events,
        orders: sender,
        state: Mutex::new(State {
            tier: Tier::Group,
            leader_gone: false,
            group_gone: false,
            pidfd: Some(Arc::new(pidfd)),
        }),
    });
    registry::enter(&tree);
    runtime::run(follow(tree.clone(), orders))?;
    Ok(tree)
}

/// Follows the group until nobody is left in it.
async fn follow(tree: Arc<Tree>, mut orders: Orders) {
    let mut empty = pin!(watch(&tree));
    let report = loop {
        tokio::select! {
            () = &mut empty => break None,
            Some(plan) = orders.recv() => {
                let mut group = tree.as_foreign(Reach::Group);
                // Further orders share this one's report.
                let mut asked = true;
                let mut walk = pin!(walk(&mut group, plan, &mut orders, &mut asked));
                let mut is_empty = false;
                let mut report = loop {
                    tokio::select! {
                        () = &mut empty, if !is_empty => is_empty = true,
                        report = &mut walk => break report,
                    }
                };
                if !is_empty && report.survivors.is_empty() {
                    // Nobody was found any more; that nobody is there has yet to be confirmed.
                    is_empty = timeout(plan.wait, &mut empty).await.is_ok();
                    if !is_empty {
                        report.outcome = Outcome::Survivors;
                    }
                }
                if is_empty {
                    break Some(report);
                }
                tree.tell_report(report);
            }
        }
    };
    tree.conclude(orders, report.is_some(), report);
}

/// Waits for the leader, then for the rest of the group.
async fn watch(tree: &Tree) {
    tree.leader_ended().await;
    // Nobody can say how it ended where somebody else has collected it, or the kernel, SIGCHLD being ignored.
    let pinned = tree.is_pinned();
    tree.tell_exit(tree.wait_for_leader(pinned));
    loop {
        // Again and again, since one pass over /proc can miss what is forked behind it.
        let found = (0..PASSES)
            .map(|_| members(tree))
            .find(|found| *found != Ok(Vec::new()));
        match found {
            Some(Ok(members)) => all_ended(&members).await,
            // Descriptors may be short for a moment.
            Some(Err(_)) => tokio::time::sleep(REST).await,
            None if pinned || !is_held(tree) || is_still(tree).await => break,
            None => {}
        }
    }
    tree.let_group_go();
    if pinned {
        // Let go only now that nobody signals its number any more.
        tree.wait_for_leader(false);
    }
    // Without the leader's zombie the kernel can say whether anybody else is there.
    while pinned && group::exists(tree.leader.pid) && !is_still(tree).await {}
}

/// Whether all that is left are the same zombies as a moment ago, which nobody may ever collect. Where a chain of
/// short-lived processes is at work, its zombies change.
async fn is_still(tree: &Tree) -> bool {
    let pgid = tree.leader.pid;
    let before = dead_members(pgid);
    tokio::time::sleep(REST).await;
    before.is_some_and(|before| !before.is_empty() && dead_members(pgid) == Some(before))
}

/// The zombies of a group; none where somebody in it is alive, or nobody can tell.
fn dead_members(pgid: i32) -> Option<Vec<Identity>> {
    let table = snapshot::read().ok()?;
    let members = table.rows().filter(|row| row.pgid == pgid);
    members
        .map(|row| (!row.is_alive()).then(|| row.identity()))
        .collect()
}

fn members(tree: &Tree) -> Result<Vec<Identity>, Errno> {
    if !is_held(tree) {
        return Ok(Vec::new());
    }
    let table = snapshot::read()?;
    Ok(group::living(&table, tree.leader.pid)
        .map(Row::identity)
        .collect())
}

fn is_held(tree: &Tree) -> bool {
    let state = tree.state();
    tree.group(&state).is_some_and(|group| group.is_held())
}
