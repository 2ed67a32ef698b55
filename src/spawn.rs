//! Starting a tree.

use std::ffi::{CStr, CString, OsStr};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use napi_derive::napi;
use nix::errno::Errno;
use nix::libc;
use proctree::ladder::Plan;
use proctree::marker::{self, Owner};

use crate::descriptors::Stdio;
use crate::events::Events;
use crate::tree::{DEFAULT_PLAN, NativeTree, TerminationPlan};
use crate::{group_tier, supervisor_tier};

/// What JavaScript asks to be started; all of it checked there.
#[napi(object)]
pub struct SpawnOrder {
    /// The number under which JavaScript will know the tree.
    pub id: u32,
    /// Command, looked up in `PATH` of the environment given.
    pub file: String,
    /// Arguments, the first being the command's name.
    pub argv: Vec<String>,
    /// Environment, `NAME=value`.
    pub env: Vec<String>,
    pub cwd: Option<String>,
    pub uid: Option<u32>,
    pub gid: Option<u32>,
    /// A descriptor, -1 for a pipe, -2 for `/dev/null` or -3 for nothing, by index.
    pub stdio: Vec<i32>,
    /// How the tree ends unless something else is asked for.
    pub plan: TerminationPlan,
    #[napi(ts_type = "'auto' | 'subreaper' | 'group'")]
    pub containment: String,
    pub keep: bool,
}

/// A tree, or why there is none.
#[napi(object, object_from_js = false)]
pub struct SpawnResult {
    pub tree: Option<NativeTree>,
    /// Our ends of the pipes, by index; -1 where there is none.
    pub pipes: Vec<i32>,
    /// Why the command could not be started.
    pub errno: Option<i32>,
    /// Why the supervisor could not be: its containment was replaced by a weaker one, or refused.
    pub supervisor_errno: Option<i32>,
}

/// An order in the form the kernel takes.
pub struct Launch {
    pub id: u32,
    pub file: CString,
    pub argv: Vec<CString>,
    pub envp: Vec<CString>,
    pub cwd: Option<CString>,
    pub uid: Option<u32>,
    pub gid: Option<u32>,
    pub plan: Plan,
    pub keep: bool,
    /// The tree's name in its processes' environment.
    pub marker: String,
}

/// Why a tier could not start a command.
pub enum Failure {
    /// The command's own fault, or a limit of this process.
    Command(Errno),
    /// The supervisor cannot be run.
    Supervisor(Errno),
}

/// Starts a command. Returns once it runs; blocks for the time of two execs and one message.
#[napi(catch_unwind)]
pub fn spawn(order: SpawnOrder, events: &Events) -> SpawnResult {
    let stdio = match Stdio::open(&order.stdio) {
        Ok(stdio) => stdio,
        Err(errno) => return failed(Vec::new(), errno, None),
    };
    let containment = order.containment.clone();
    let Some(launch) = Launch::new(order) else {
        return failed(stdio.into_ours(), Errno::EINVAL, None);
    };
    let mut supervisor_errno = None;
    if containment != "group" {
        match supervisor_tier::start(&launch, &stdio, events.sender()) {
            Ok(tree) => return started(tree.into(), stdio, None),
            Err(Failure::Command(errno)) => return failed(stdio.into_ours(), errno, None),
            Err(Failure::Supervisor(errno)) => supervisor_errno = Some(errno as i32),
        }
        if containment != "auto" {
            return failed(stdio.into_ours(), Errno::ENOSYS, supervisor_errno);
        }
    }
    match group_tier::start(launch, &stdio, events.sender()) {
        Ok(tree) => started(tree.into(), stdio, supervisor_errno),
        Err(errno) => failed(stdio.into_ours(), errno, supervisor_errno),
    }
}

fn started(tree: NativeTree, stdio: Stdio, supervisor_errno: Option<i32>) -> SpawnResult {
    SpawnResult {
        tree: Some(tree),
        pipes: stdio.into_ours(),
        errno: None,
        supervisor_errno,
    }
}

fn failed(pipes: Vec<i32>, errno: Errno, supervisor_errno: Option<i32>) -> SpawnResult {
    SpawnResult {
        tree: None,
        pipes,
        errno: Some(errno as i32),
        supervisor_errno,
    }
}

impl Launch {
    /// None where a string holds a NUL, which JavaScript has ruled out.
    fn new(order: SpawnOrder) -> Option<Self> {
        let c_strings = |strings: Vec<String>| -> Option<Vec<CString>> {
            strings
                .into_iter()
                .map(|string| CString::new(string).ok())
                .collect()
        };
        let marker = new_marker();
        let ours = [marker::OWNER, marker::KEEP, marker::TREE];
        let is_ours = |entry: &String| {
            ours.iter()
                .any(|name| entry.split('=').next() == Some(name))
        };
        let mut env: Vec<String> = order
            .env
            .into_iter()
            .filter(|entry| !is_ours(entry))
            .collect();
        env.extend(Owner::current().map(|owner| format!("{}={owner}", marker::OWNER)));
        env.push(format!("{}={marker}", marker::TREE));
        env.extend(order.keep.then(|| format!("{}=1", marker::KEEP)));
        Some(Self {
            id: order.id,
            file: CString::new(order.file).ok()?,
            argv: c_strings(order.argv)?,
            envp: c_strings(env)?,
            cwd: order.cwd.map(CString::new).transpose().ok()?,
            uid: order.uid,
            gid: order.gid,
            plan: order.plan.plan(DEFAULT_PLAN),
            keep: order.keep,
            marker,
        })
    }

    /// `PATH` of the environment given.
    pub fn path(&self) -> Option<&[u8]> {
        self.envp
            .iter()
            .find_map(|entry| entry.to_bytes().strip_prefix(b"PATH="))
    }
}

/// 16 hex digits that no other tree has.
fn new_marker() -> String {
    use std::hash::{BuildHasher, Hasher, RandomState};
    format!("{:016x}", RandomState::new().build_hasher().finish())
}

/// The supervisor stands beside the addon's own file.
pub fn supervisor_path() -> &'static Path {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    PATH.get_or_init(|| {
        let folder = own_file().and_then(|file| file.parent().map(Path::to_owned));
        folder.unwrap_or_default().join("subreaper-supervisor")
    })
}

fn own_file() -> Option<PathBuf> {
    // SAFETY: all bytes zero are a valid Dl_info.
    let mut info: libc::Dl_info = unsafe { std::mem::zeroed() };
    // SAFETY: takes any address, and fills in a local.
    let found = unsafe { libc::dladdr(own_file as *const libc::c_void, &raw mut info) };
    if found == 0 || info.dli_fname.is_null() {
        return None;
    }
    // SAFETY: dladdr has pointed it to the name the loader keeps for as long as this code is loaded.
    let name = unsafe { CStr::from_ptr(info.dli_fname) };
    Some(PathBuf::from(OsStr::from_bytes(name.to_bytes())))
}

/// Behaves from now on as on a kernel before 6.9, which cannot signal a group through a pidfd.
#[napi]
pub fn force_group_fallback() {
    proctree::group::force_fallback();
}
