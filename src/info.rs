//! Processes as JavaScript sees them.

use std::sync::OnceLock;

use napi_derive::napi;
use nix::errno::Errno;
use nix::unistd::{SysconfVar, sysconf};
use proctree::clock::age;
use proctree::details::{self, Details, Filter};
use proctree::snapshot;

/// `Owner` of `index.d.ts`.
#[napi(object)]
pub struct Owner {
    pub pid: i32,
    pub start_time: f64,
    pub alive: bool,
}

/// `ProcessInfo` of `index.d.ts`.
#[napi(object)]
pub struct ProcessInfo {
    pub pid: i32,
    pub start_time: f64,
    pub ppid: i32,
    pub pgid: i32,
    pub sid: i32,
    pub uid: u32,
    pub state: String,
    pub zombie: bool,
    pub comm: String,
    #[napi(ts_type = "string | null")]
    pub executable: napi::Either<String, napi::bindgen_prelude::Null>,
    pub argv: Vec<String>,
    pub age_ms: f64,
    pub memory_bytes: f64,
    #[napi(ts_type = "Owner | null")]
    pub owner: napi::Either<Owner, napi::bindgen_prelude::Null>,
    pub keep: bool,
}

impl From<Details> for ProcessInfo {
    fn from(details: Details) -> Self {
        let Details {
            row,
            uid,
            executable,
            argv,
            owner,
            keep,
        } = details;
        Self {
            pid: row.pid,
            start_time: row.start_time as f64,
            ppid: row.ppid,
            pgid: row.pgid,
            sid: row.sid,
            uid,
            state: row.state.to_string(),
            zombie: !row.is_alive(),
            age_ms: age(row.start_time).unwrap_or_default().as_secs_f64() * 1000.0,
            memory_bytes: row.resident_pages as f64 * page_size(),
            comm: row.comm,
            executable: or_null(executable),
            argv,
            owner: or_null(owner.map(|(owner, alive)| Owner {
                pid: owner.pid,
                start_time: owner.start_time as f64,
                alive,
            })),
            keep,
        }
    }
}

fn or_null<T>(value: Option<T>) -> napi::Either<T, napi::bindgen_prelude::Null> {
    value.map_or(
        napi::Either::B(napi::bindgen_prelude::Null),
        napi::Either::A,
    )
}

fn page_size() -> f64 {
    static PAGE_SIZE: OnceLock<i64> = OnceLock::new();
    *PAGE_SIZE.get_or_init(|| {
        sysconf(SysconfVar::PAGE_SIZE)
            .ok()
            .flatten()
            .unwrap_or(4096)
    }) as f64
}

/// Processes, or why none can be shown.
#[napi(object)]
pub struct Processes {
    pub processes: Vec<ProcessInfo>,
    pub errno: Option<i32>,
}

impl From<Result<Vec<Details>, Errno>> for Processes {
    fn from(result: Result<Vec<Details>, Errno>) -> Self {
        let errno = result.as_ref().err().map(|&errno| errno as i32);
        let processes = result.unwrap_or_default();
        Self {
            processes: processes.into_iter().map(ProcessInfo::from).collect(),
            errno,
        }
    }
}

/// `listProcesses` of `index.d.ts`; without an owner every process that can be seen.
#[napi(catch_unwind)]
pub fn list_processes(
    #[napi(ts_arg_type = "'self' | 'dead' | 'any' | undefined")] owner: Option<String>,
) -> Processes {
    let filter = match owner.as_deref() {
        Some("self") => Filter::OwnedBySelf,
        Some("dead") => Filter::OwnerDead,
        Some(_) => Filter::Owned,
        None => Filter::All,
    };
    snapshot::read()
        .map(|table| details::list(&table, filter))
        .into()
}
