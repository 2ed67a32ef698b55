//! The reaper's half on the addon's thread: it looks, collects and ends; JavaScript says when, and who is its own.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use napi_derive::napi;
use nix::errno::Errno;
use nix::sys::prctl;
use proctree::children::{of_own_threads, own_threads};
use proctree::clock::age;
use proctree::foreign::ForeignTree;
use proctree::ladder::{Outcome, Report, Tally};
use proctree::marker::{Marker, Owner, boot};
use proctree::orphans::{Decision, Facts, Ledger};
use proctree::process::Process;
use proctree::snapshot::{self, Row, Table};
use proctree::wait::{Child, try_wait};
use proctree::{Identity, details};
use std::os::fd::AsRawFd;
use tokio::sync::mpsc::unbounded_channel;

use crate::events::{Event, Events, Sender, TerminationReport};
use crate::info::ProcessInfo;
use crate::ladder::walk;
use crate::tree::{DEFAULT_PLAN, TerminationPlan};
use crate::{registry, runtime};

/// A process that has just been forked may be about to become another program with another environment.
const SETTLED_AFTER: Duration = Duration::from_secs(1);

static RUNNING: AtomicBool = AtomicBool::new(false);

/// What JavaScript asks for; all of it checked there.
#[napi(object)]
pub struct ReaperOrder {
    /// The number under which JavaScript will know the reaper.
    pub id: u32,
    pub grace_ms: f64,
    /// Become a child subreaper, unless this process is one, or PID 1.
    pub subreaper: bool,
    /// Collect zombies that are known to be adopted.
    pub zombies: bool,
}

/// A reaper, or why there is none: an errno, or else that there is one already.
#[napi(object, object_from_js = false)]
pub struct StartedReaper {
    pub reaper: Option<NativeReaper>,
    pub errno: Option<i32>,
    /// What `SUBREAPER_OWNER` has to be for this process to be known as the owner of what it starts.
    pub marker: Option<String>,
}

/// `Identity` of `index.d.ts`.
#[napi(object)]
#[derive(Clone, Copy)]
pub struct NativeIdentity {
    pub pid: i32,
    pub start_time: f64,
}

/// A zombie that was collected.
#[napi(object)]
pub struct Collected {
    pub pid: i32,
    pub code: i32,
    /// 0 where it exited by itself.
    pub signal: i32,
}

/// An orphan.
#[napi(object)]
pub struct NativeOrphan {
    pub process: ProcessInfo,
    pub is_new: bool,
    pub is_due: bool,
}

/// A zombie that may be somebody's to wait for.
#[napi(object)]
pub struct DoubtfulZombie {
    pub identity: NativeIdentity,
    pub waited_ms: f64,
}

/// What one look has shown.
#[napi(object)]
#[derive(Default)]
pub struct Look {
    /// The whole table was read; else there was no need to.
    pub full: bool,
    pub processes: u32,
    pub duration_ms: f64,
    pub orphans: Vec<NativeOrphan>,
    pub suspects: Vec<NativeIdentity>,
    pub collected: Vec<Collected>,
    pub doubtful: Vec<DoubtfulZombie>,
    /// Time until the next orphan is due.
    pub next_due_ms: Option<f64>,
}

/// How the termination of one orphan went.
#[napi(object)]
pub struct EndedOrphan {
    pub identity: NativeIdentity,
    pub report: TerminationReport,
}

impl From<Identity> for NativeIdentity {
    fn from(identity: Identity) -> Self {
        Self {
            pid: identity.pid,
            start_time: identity.start_time as f64,
        }
    }
}

impl From<NativeIdentity> for Identity {
    fn from(identity: NativeIdentity) -> Self {
        Self {
            pid: identity.pid,
            start_time: identity.start_time as u64,
        }
    }
}

/// What looks need from one to the next.
#[derive(Default)]
struct Memory {
    ledger: Ledger,
    /// Threads at the last look.
    threads: HashSet<String>,
    markers: HashMap<Identity, Marker>,
}

struct Shared {
    id: u32,
    own: Identity,
    grace: Duration,
    zombies: bool,
    events: Sender,
    memory: Mutex<Memory>,
}

/// JavaScript's side of the reaper.
#[napi]
pub struct NativeReaper {
    shared: Arc<Shared>,
    /// The flag is ours to clear.
    became_subreaper: bool,
    stopped: bool,
}

/// Starts the one reaper of this process.
#[napi(catch_unwind)]
pub fn start_reaper(order: ReaperOrder, events: &Events) -> StartedReaper {
    let none = StartedReaper {
        reaper: None,
        errno: None,
        marker: None,
    };
    let Some(owner) = Owner::current() else {
        return StartedReaper {
            errno: Some(Errno::ENOENT as i32),
            ..none
        };
    };
    if RUNNING.swap(true, Ordering::AcqRel) {
        return none;
    }
    let became_subreaper = match become_subreaper(order.subreaper) {
        Ok(became) => became,
        Err(errno) => {
            RUNNING.store(false, Ordering::Release);
            return StartedReaper {
                errno: Some(errno as i32),
                ..none
            };
        }
    };
    let shared = Shared {
        id: order.id,
        own: owner.identity,
        grace: Duration::from_millis(order.grace_ms as u64),
        zombies: order.zombies,
        events: events.sender(),
        memory: Mutex::new(Memory {
            ledger: Ledger::new(children()),
            ..Memory::default()
        }),
    };
    let reaper = NativeReaper {
        shared: Arc::new(shared),
        became_subreaper,
        stopped: false,
    };
    StartedReaper {
        reaper: Some(reaper),
        marker: Some(owner.to_string()),
        ..none
    }
}

/// The children of this process as it starts to watch them.
fn children() -> Vec<Identity> {
    let (main, others) = of_own_threads().unwrap_or_default();
    let rows = main
        .iter()
        .chain(&others)
        .filter_map(|&pid| snapshot::read_one(pid).ok());
    rows.map(|row| row.identity()).collect()
}

fn become_subreaper(wanted: bool) -> Result<bool, Errno> {
    if !wanted || std::process::id() == 1 || prctl::get_child_subreaper()? {
        return Ok(false);
    }
    prctl::set_child_subreaper(true)?;
    Ok(true)
}

#[napi]
impl NativeReaper {
    /// Looks on the addon's thread; a `look` event tells what there was. `known` are children that JavaScript has
    /// started, `workers_changed` says that a Worker has come or gone since. Without `full` the table is read only where the
    /// lists of children hold something new.
    #[napi(catch_unwind)]
    pub fn look(&self, known: Vec<i32>, workers_changed: bool, full: bool) -> Option<i32> {
        let shared = self.shared.clone();
        let started = runtime::run(async move {
            let look = Some(shared.look(known, workers_changed, full));
            let event = Event {
                kind: String::from("look"),
                id: shared.id,
                look,
                ..Event::default()
            };
            shared.events.send(event);
        });
        started.err().map(|errno| errno as i32)
    }

    /// Learns that suspects were not started by this process.
    #[napi(catch_unwind)]
    pub fn confirm(&self, suspects: Vec<NativeIdentity>) {
        let mut memory = self.shared.memory();
        suspects
            .into_iter()
            .for_each(|suspect| memory.ledger.confirm_adopted(suspect.into()));
    }

    /// Collects a zombie that nobody else has claimed.
    #[napi(catch_unwind)]
    pub fn collect(&self, zombie: NativeIdentity) -> Option<Collected> {
        collect(zombie.into(), self.shared.own.pid)
    }

    /// Ends orphans with all they have started; an `ended` event with this `id` tells how each of them went.
    #[napi(catch_unwind)]
    pub fn terminate(
        &self,
        id: u32,
        orphans: Vec<NativeIdentity>,
        options: TerminationPlan,
    ) -> Option<i32> {
        let events = self.shared.events.clone();
        let plan = options.plan(DEFAULT_PLAN);
        let started = runtime::run(async move {
            let roots: Vec<Identity> = orphans.into_iter().map(Identity::from).collect();
            let rows = roots
                .iter()
                .filter_map(|&root| Process::open_exact(root).ok());
            let rows: Vec<Row> = rows.map(|process| process.row).collect();
            let mut trees = ForeignTree::of_processes(&rows);
            // Nobody gives further orders, so the other end is kept for as long as this takes.
            let (_orders, mut none) = unbounded_channel();
            let report = walk(&mut trees, plan, &mut none, &mut false).await;
            let ended = roots.into_iter().map(|root| EndedOrphan {
                identity: root.into(),
                report: part_of(&trees, root, &report, &rows).into(),
            });
            let ended = Some(ended.collect());
            events.send(Event {
                kind: String::from("ended"),
                id,
                ended,
                ..Event::default()
            });
        });
        started.err().map(|errno| errno as i32)
    }

    /// Gives back what was changed. What is under way goes on.
    #[napi(catch_unwind)]
    pub fn stop(&mut self) {
        if std::mem::replace(&mut self.stopped, true) {
            return;
        }
        if self.became_subreaper {
            // Cannot fail where setting it did not.
            let _ = prctl::set_child_subreaper(false);
        }
        RUNNING.store(false, Ordering::Release);
    }
}

impl Drop for NativeReaper {
    /// A Worker that is terminated takes its reaper along.
    fn drop(&mut self) {
        self.stop();
    }
}

fn part_of(trees: &ForeignTree, root: Identity, report: &Report, found: &[Row]) -> Report {
    if found.iter().any(|row| row.identity() == root) {
        return trees.part_of(root, report);
    }
    // It had ended before it was to be.
    let (outcome, tally) = (Outcome::Exited, Tally::default());
    Report {
        outcome,
        tally,
        survivors: Vec::new(),
        duration: Duration::ZERO,
    }
}

impl Shared {
    fn memory(&self) -> MutexGuard<'_, Memory> {
        // A look that was cut short leaves less knowledge, never wrong knowledge.
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn look(&self, known: Vec<i32>, workers_changed: bool, full: bool) -> Look {
        let start = Instant::now();
        let started: HashSet<i32> = known.into_iter().chain(registry::children()).collect();
        if !full && !workers_changed && !self.has_news(&started) {
            return Look::default();
        }
        // The lists come first: who is on the table and not on them is left for the next look.
        let (main_children, other_children) = of_own_threads().unwrap_or_default();
        let table = snapshot::read().unwrap_or_default();
        // The threads come last: one that has ended before the table was read is missing here.
        let threads = own_threads().unwrap_or_default();
        let mut memory = self.memory();
        let before = std::mem::replace(&mut memory.threads, threads.clone());
        let facts = Facts {
            own: self.own,
            thread_ended: workers_changed || !before.is_subset(&threads),
            main_children: &main_children,
            other_children: &other_children,
            started: &started,
            boot: boot().unwrap_or_default(),
            now: start,
            grace: self.grace,
        };
        let decision = {
            let Memory {
                ledger, markers, ..
            } = &mut *memory;
            markers.retain(|&identity, _| table.find(identity).is_some());
            ledger.decide(&table, &facts, |row| marker_of(row, markers))
        };
        drop(memory);
        let collected = if self.zombies {
            self.collect(&decision)
        } else {
            Vec::new()
        };
        Look {
            full: true,
            processes: table.rows().count() as u32,
            orphans: show(&table, &decision),
            suspects: decision
                .suspects
                .into_iter()
                .map(NativeIdentity::from)
                .collect(),
            collected,
            doubtful: decision
                .doubtful_zombies
                .into_iter()
                .map(DoubtfulZombie::from)
                .collect(),
            next_due_ms: decision.next_due.map(|rest| rest.as_secs_f64() * 1000.0),
            duration_ms: start.elapsed().as_secs_f64() * 1000.0,
        }
    }

    /// Whether a child has come, or one that may be ours to collect has ended, since the last look.
    fn has_news(&self, started: &HashSet<i32>) -> bool {
        let Ok((main, others)) = of_own_threads() else {
            return true;
        };
        let unsure = main
            .iter()
            .chain(&others)
            .filter(|pid| !started.contains(pid));
        let memory = self.memory();
        !memory.ledger.knows_children(unsure)
            || memory
                .ledger
                .strangers()
                .any(|identity| !snapshot::read_one(identity.pid).is_ok_and(|row| row.is_alive()))
    }

    fn collect(&self, decision: &Decision) -> Vec<Collected> {
        decision
            .zombies
            .iter()
            .filter_map(|&zombie| collect(zombie, self.own.pid))
            .collect()
    }
}

impl From<(Identity, Duration)> for DoubtfulZombie {
    fn from((identity, waited): (Identity, Duration)) -> Self {
        Self {
            identity: identity.into(),
            waited_ms: waited.as_secs_f64() * 1000.0,
        }
    }
}

/// Waits for a zombie through its identity, so that nobody else's exit status is ever taken.
fn collect(zombie: Identity, own: i32) -> Option<Collected> {
    let process = Process::open_exact(zombie).ok()?;
    if process.row.ppid != own || process.row.is_alive() {
        return None;
    }
    let ended = try_wait(Child::Pidfd(process.pidfd.as_raw_fd()), false).ok()??;
    Some(Collected {
        pid: ended.pid,
        code: ended.code,
        signal: ended.signal,
    })
}

fn marker_of(row: &Row, markers: &mut HashMap<Identity, Marker>) -> Marker {
    if let Some(marker) = markers.get(&row.identity()) {
        return marker.clone();
    }
    let marker = Marker::of(row.pid);
    if age(row.start_time).is_some_and(|age| age >= SETTLED_AFTER) {
        markers.insert(row.identity(), marker.clone());
    }
    marker
}

fn show(table: &Table, decision: &Decision) -> Vec<NativeOrphan> {
    let wanted: Vec<Identity> = decision
        .orphans
        .iter()
        .map(|orphan| orphan.row.identity())
        .collect();
    let shown = details::show_only(table, &wanted);
    let orphans = decision.orphans.iter().zip(shown);
    orphans
        .map(|(orphan, details)| NativeOrphan {
            process: details.into(),
            is_new: orphan.is_new,
            is_due: orphan.is_due,
        })
        .collect()
}
