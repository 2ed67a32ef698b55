//! The way back into JavaScript: one callback an environment, whatever the number of trees.

use std::sync::Arc;

use napi::bindgen_prelude::{Env, Function};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Status, check_status, sys};
use napi_derive::napi;
use proctree::ladder::{Outcome, Report};
use proctree::{details, snapshot};

use crate::info::ProcessInfo;
use crate::reaper::{EndedOrphan, Look};

/// How a termination went: `TerminationReport` of `index.d.ts`.
#[napi(object)]
pub struct TerminationReport {
    pub outcome: String,
    pub signalled: u32,
    pub force_killed: u32,
    pub escaped: u32,
    pub survivors: Vec<ProcessInfo>,
    pub duration_ms: f64,
}

impl From<Report> for TerminationReport {
    /// Reads what there is to be said about the survivors.
    fn from(report: Report) -> Self {
        let survivors = if report.survivors.is_empty() {
            Vec::new()
        } else {
            details::show_only(&snapshot::read().unwrap_or_default(), &report.survivors)
        };
        let outcome = match report.outcome {
            Outcome::Exited => "exited",
            Outcome::Forced => "forced",
            Outcome::Survivors => "survivors",
        };
        Self {
            outcome: outcome.to_owned(),
            signalled: report.tally.signalled,
            force_killed: report.tally.force_killed,
            escaped: report.tally.escaped,
            survivors: survivors.into_iter().map(ProcessInfo::from).collect(),
            duration_ms: report.duration.as_secs_f64() * 1000.0,
        }
    }
}

/// Something that happened to a tree, or to a termination that JavaScript waits for.
#[napi(object)]
#[derive(Default)]
pub struct Event {
    /// `exit`, `end`, `lost`, `report`, `look` or `ended`.
    pub kind: String,
    /// The number under which JavaScript knows the tree or the termination.
    pub id: u32,
    /// Exit code of the leader.
    pub code: Option<i32>,
    /// Number of the signal that ended the leader, or the supervisor.
    pub signal: Option<i32>,
    /// How the termination went.
    pub report: Option<TerminationReport>,
    /// What a reaper has seen.
    pub look: Option<Look>,
    /// How the terminations of a reaper's orphans went.
    pub ended: Option<Vec<EndedOrphan>>,
}

type Callback = ThreadsafeFunction<Event, (), Event, Status, false, true, 0>;

/// One environment's callback. It keeps no event loop alive unless told to.
#[derive(Clone)]
pub struct Sender(Arc<Callback>);

impl Sender {
    /// Calls back. An environment that is being torn down has nobody left to tell; its queue has no bound otherwise.
    pub fn send(&self, event: Event) {
        let _closing = self.0.call(event, ThreadsafeFunctionCallMode::NonBlocking);
    }
}

/// The callback's JavaScript side.
#[napi]
pub struct Events {
    sender: Sender,
}

#[napi]
impl Events {
    /// Calls `callback` with every event of the trees and terminations started with this.
    #[napi(constructor)]
    pub fn new(callback: Function<Event, ()>) -> napi::Result<Self> {
        let callback = callback
            .build_threadsafe_function::<Event>()
            .weak::<true>()
            .build()?;
        Ok(Self {
            sender: Sender(Arc::new(callback)),
        })
    }

    /// Keeps the event loop running.
    #[napi(js_name = "ref")]
    pub fn refer(&self, env: Env) -> napi::Result<()> {
        // SAFETY: called on the environment's own thread, and the function is released only with `self`.
        check_status!(unsafe { sys::napi_ref_threadsafe_function(env.raw(), self.sender.0.raw()) })
    }

    /// Lets the event loop end.
    #[napi]
    pub fn unref(&self, env: Env) -> napi::Result<()> {
        // SAFETY: as above.
        check_status!(unsafe {
            sys::napi_unref_threadsafe_function(env.raw(), self.sender.0.raw())
        })
    }
}

impl Events {
    /// What the addon's thread calls back through.
    pub fn sender(&self) -> Sender {
        self.sender.clone()
    }
}
