//! One tree that was started here, as JavaScript and the addon's thread share it.

use std::os::fd::AsRawFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use napi_derive::napi;
use nix::errno::Errno;
use nix::libc;
use proctree::details::{self, Details};
use proctree::foreign::{ForeignTree, Reach};
use proctree::group::{Group, delivered};
use proctree::ladder::{Outcome, Plan, Report, Tally, Target};
use proctree::pidfd::Pidfd;
use proctree::snapshot::{self, Row};
use proctree::wait::{Child, Ended, try_wait};
use proctree::{Identity, tree};
use tokio::sync::mpsc::UnboundedSender;

use crate::descriptors::duplicate;
use crate::events::{Event, Sender};
use crate::info::Processes;
use crate::ladder::Orders;
use crate::sent::Sent;
use crate::watch::{UNWATCHED_REST, ended};
use crate::{registry, runtime};

/// What holds a tree together, while it does.
pub enum Tier {
    /// A supervisor: our child with this number, not yet waited for.
    Supervisor(i32),
    /// Its process group.
    Group,
}

/// What changes in a tree's life.
pub struct State {
    /// What holds it.
    pub tier: Tier,
    /// The leader has ended and its number may be reused.
    pub leader_gone: bool,
    /// Nobody is left in the group, whose number may be reused.
    pub group_gone: bool,
    /// The leader, from the call that started it; none once the tree has ended.
    pub pidfd: Option<Arc<Pidfd>>,
}

/// One tree.
pub struct Tree {
    /// The number under which JavaScript knows it.
    pub id: u32,
    /// Its leader.
    pub leader: Identity,
    /// Its name in its processes' environment.
    pub marker: String,
    /// The leader is not reaped before the group is empty, since this kernel cannot signal a group otherwise.
    pub pinned: Arc<AtomicBool>,
    /// How it ends unless something else is asked for.
    pub plan: Plan,
    /// Where to tell what happens.
    pub events: Sender,
    /// Where to ask the addon's thread to end it.
    pub orders: UnboundedSender<Plan>,
    /// What changes.
    pub state: Mutex<State>,
}

impl Tree {
    /// The state, locked. Never held across a wait.
    pub fn state(&self) -> MutexGuard<'_, State> {
        // Every change is a single assignment, so nothing can be left half done.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Our own child among the tree and those who hold it.
    pub fn child(&self) -> i32 {
        match self.state().tier {
            Tier::Supervisor(supervisor) => supervisor,
            Tier::Group => self.leader.pid,
        }
    }

    /// The leader's group, as safe to signal as this kernel allows; none once nobody is left in it.
    pub fn group<'a>(&self, state: &'a State) -> Option<Group<'a>> {
        (!state.group_gone).then_some(Group {
            pgid: self.leader.pid,
            leader: state.pidfd.as_deref(),
            pinned: self.is_pinned(),
        })
    }

    /// A descriptor of the leader's own, for waiting on.
    pub fn duplicate_pidfd(&self) -> Option<Pidfd> {
        let state = self.state();
        let pidfd = state.pidfd.as_ref()?;
        duplicate(pidfd.as_raw_fd(), 3).ok().map(Pidfd::from)
    }

    /// Whether the leader's number cannot be given anew.
    pub fn is_pinned(&self) -> bool {
        self.pinned.load(Ordering::Acquire)
    }

    /// Nobody is left in the group: from here on nobody signals its number, and the leader may be reaped.
    pub fn let_group_go(&self) {
        self.state().group_gone = true;
        self.pinned.store(false, Ordering::Release);
    }

    /// Only the group is left to hold the tree, and nobody keeps the leader's number taken any more.
    pub fn lose_supervisor(&self) {
        self.state().tier = Tier::Group;
        self.pinned.store(false, Ordering::Release);
    }

    /// Whether the leader is a zombie, or gone.
    pub fn has_leader_exited(&self) -> bool {
        self.state()
            .pidfd
            .as_ref()
            .is_none_or(|pidfd| pidfd.has_exited())
    }

    /// Waits until the leader has ended.
    pub async fn leader_ended(&self) {
        while !self.has_leader_exited() {
            match self.duplicate_pidfd() {
                Some(pidfd) => ended(pidfd).await,
                None => tokio::time::sleep(UNWATCHED_REST).await,
            }
        }
    }

    /// Collects a leader that is our own child; with `keep` it can be collected once more.
    pub fn wait_for_leader(&self, keep: bool) -> Option<Ended> {
        let state = self.state();
        let pidfd = state.pidfd.as_ref()?;
        try_wait(Child::Pidfd(pidfd.as_raw_fd()), keep)
            .ok()
            .flatten()
    }

    /// Signals the group, where anybody in it is alive.
    pub fn signal_group(&self, signal: i32) -> Result<bool, Errno> {
        let state = self.state();
        self.group(&state)
            .map_or(Ok(false), |group| group.signal_living(signal))
    }

    fn signal_leader(&self, signal: i32) -> Result<bool, Errno> {
        let state = self.state();
        match state.pidfd.as_ref().filter(|_| !state.leader_gone) {
            Some(pidfd) => delivered(pidfd.signal(signal)),
            None => Ok(false),
        }
    }

    /// The tree as it can be found without a supervisor.
    pub fn as_foreign(&self, reach: Reach) -> ForeignTree {
        let state = self.state();
        let pidfd = state.pidfd.clone();
        ForeignTree::of_leader(self.leader, pidfd, self.pinned.clone(), reach, &self.marker)
    }

    fn members(&self) -> Result<Vec<Details>, Errno> {
        // Locked, so that the supervisor is not waited for and its number given anew in the meantime.
        let state = self.state();
        let (table, members) = match state.tier {
            Tier::Supervisor(_) if state.group_gone => return Ok(Vec::new()),
            Tier::Supervisor(supervisor) => {
                let table = snapshot::read()?;
                let below = tree::descendants(&table, supervisor);
                let living = below.into_iter().filter(|row| row.is_alive());
                let members: Vec<Identity> = living.map(Row::identity).collect();
                (table, members)
            }
            Tier::Group => {
                drop(state);
                let mut foreign = self.as_foreign(Reach::Group);
                let members = foreign.members().iter().map(Row::identity).collect();
                (snapshot::read()?, members)
            }
        };
        Ok(details::show_only(&table, &members))
    }

    /// Tells JavaScript that the leader has ended, and how, where anybody knows.
    pub fn tell_exit(&self, end: Option<Ended>) {
        self.state().leader_gone = true;
        let signal = end.map(|end| end.signal).filter(|&signal| signal != 0);
        let code = end.filter(|end| end.signal == 0).map(|end| end.code);
        self.tell(Event {
            kind: String::from("exit"),
            code,
            signal,
            ..Event::default()
        });
    }

    /// Tells JavaScript how a termination went.
    pub fn tell_report(&self, report: Report) {
        let report = Some(report.into());
        self.tell(Event {
            kind: String::from("report"),
            report,
            ..Event::default()
        });
    }

    /// Nobody is left: says so, and answers whoever still waits for a report.
    pub fn conclude(self: &Arc<Self>, mut orders: Orders, asked: bool, report: Option<Report>) {
        self.let_group_go();
        {
            let mut state = self.state();
            state.leader_gone = true;
            // JavaScript may keep its handle for as long as it likes.
            state.pidfd = None;
        }
        registry::retire(self);
        self.tell(Event {
            kind: String::from("end"),
            ..Event::default()
        });
        orders.close();
        if asked | orders.try_recv().is_ok() {
            self.tell_report(report.unwrap_or_else(|| report_afterwards(self)));
        }
    }

    /// Tells JavaScript.
    pub fn tell(&self, event: Event) {
        self.events.send(Event {
            id: self.id,
            ..event
        });
    }
}

/// JavaScript's side of a tree.
#[napi]
pub struct NativeTree {
    tree: Arc<Tree>,
}

impl From<Arc<Tree>> for NativeTree {
    fn from(tree: Arc<Tree>) -> Self {
        Self { tree }
    }
}

#[napi]
impl NativeTree {
    /// Leader's process id.
    #[napi(getter)]
    pub fn pid(&self) -> i32 {
        self.tree.leader.pid
    }

    /// Leader's start, in clock ticks since boot.
    #[napi(getter)]
    pub fn start_time(&self) -> f64 {
        self.tree.leader.start_time as f64
    }

    /// What holds the tree now.
    #[napi(getter)]
    pub fn containment(&self) -> &'static str {
        match self.tree.state().tier {
            Tier::Supervisor(_) => "subreaper",
            Tier::Group => "group",
        }
    }

    /// Signals the leader alone.
    #[napi(catch_unwind)]
    pub fn kill(&self, signal: i32) -> Sent {
        self.tree.signal_leader(signal).into()
    }

    /// Signals the leader's group.
    #[napi(catch_unwind)]
    pub fn kill_group(&self, signal: i32) -> Sent {
        self.tree.signal_group(signal).into()
    }

    /// Has the tree ended; a `report` event says how it went.
    #[napi(catch_unwind)]
    pub fn terminate(&self, options: TerminationPlan) -> Sent {
        let plan = options.plan(self.tree.plan);
        if self.tree.orders.send(plan).is_ok() {
            return Ok(true).into();
        }
        let tree = self.tree.clone();
        runtime::run(async move {
            tree.tell_report(report_afterwards(&tree));
        })
        .map(|()| true)
        .into()
    }

    /// Everybody in the tree who is alive.
    #[napi(catch_unwind)]
    pub fn members(&self) -> Processes {
        self.tree.members().into()
    }
}

/// `TerminateOptions` of `index.d.ts`, checked; what is left out is as the tree was started with.
#[napi(object)]
pub struct TerminationPlan {
    /// Signal number.
    pub signal: Option<i32>,
    /// Milliseconds; -1 never escalates.
    pub grace_ms: Option<f64>,
    /// Milliseconds.
    pub wait_ms: Option<f64>,
}

impl TerminationPlan {
    /// Fills in what was left out.
    pub fn plan(&self, default: Plan) -> Plan {
        Plan {
            signal: self.signal.unwrap_or(default.signal),
            grace: self
                .grace_ms
                .map_or(default.grace, |ms| (ms >= 0.0).then(|| millis(ms))),
            wait: self.wait_ms.map_or(default.wait, millis),
        }
    }
}

/// What is said of a tree that had ended before it was to be. Of a group it is only known that nobody is left in it,
/// so those who left it are looked for.
fn report_afterwards(tree: &Tree) -> Report {
    let nobody = Report {
        outcome: Outcome::Exited,
        tally: Tally::default(),
        survivors: Vec::new(),
        duration: Duration::ZERO,
    };
    if matches!(tree.state().tier, Tier::Supervisor(_)) {
        return nobody;
    }
    let mut escaped = tree.as_foreign(Reach::Group);
    let survivors = escaped.survivors();
    let outcome = if survivors.is_empty() {
        Outcome::Exited
    } else {
        Outcome::Survivors
    };
    Report {
        outcome,
        tally: escaped.tally(),
        survivors,
        ..nobody
    }
}

/// SIGTERM, 5 s, SIGKILL, 10 s.
pub const DEFAULT_PLAN: Plan = Plan {
    signal: libc::SIGTERM,
    grace: Some(Duration::from_secs(5)),
    wait: Duration::from_secs(10),
};

/// A time that JavaScript gave; its timers know no more than 2³¹ ms either.
fn millis(ms: f64) -> Duration {
    Duration::from_millis(ms.clamp(0.0, f64::from(i32::MAX)) as u64)
}
