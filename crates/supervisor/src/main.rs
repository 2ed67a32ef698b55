//! The small parent that stands between a Node process and the leader of one tree.
//!
//! It is a child subreaper, so whatever the tree loses comes to it; it waits, so libuv is never disturbed; it watches
//! its owner, and ends the tree when the owner is gone; and it ends when its last child has, so that its own end
//! says that the tree is empty. One thread, one loop.
//!
//! It starts without Rust's runtime, whose preparations (a handler for stack overflows, a look at the memory map)
//! would take a tenth of the time of a spawn.

#![no_main]

mod control;
mod descriptors;
mod memory;
mod supervised;
mod supervisor;

use std::ffi::{CStr, OsStr, c_char};
use std::os::fd::RawFd;
use std::os::unix::ffi::OsStrExt;

use nix::errno::Errno;
use nix::sys::prctl;
use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction};
use nix::unistd;
use proctree::launch::{Command, candidates, launch};
use proctree::order::Order;
use proctree::protocol::Notice;

use crate::control::Control;
use crate::descriptors::Inherited;
use crate::supervised::SupervisedTree;
use crate::supervisor::Supervisor;

/// The command line is not one of this version: `EX_USAGE` of sysexits(3).
const BAD_ORDER: i32 = 64;
/// The kernel refused what a supervisor cannot do without: `EX_OSERR`.
const NO_FOOTING: i32 = 71;

/// Called by the C library.
#[unsafe(no_mangle)]
extern "C" fn main(argc: i32, argv: *const *const c_char) -> i32 {
    // SAFETY: the C library passes as many strings as it says, which stay for as long as the process.
    let words = (0..argc as usize).map(|index| unsafe { CStr::from_ptr(*argv.add(index)) });
    let line = words.map(|word| OsStr::from_bytes(word.to_bytes()).to_owned());
    let Some(order) = Order::decode(line) else {
        eprintln!("subreaper-supervisor: started by the subreaper package, not by hand");
        return BAD_ORDER;
    };
    match prepare(&order) {
        Ok((inherited, signals)) => hold(&order, inherited, &signals).unwrap_or(NO_FOOTING),
        Err(_) => NO_FOOTING,
    }
}

/// Makes this process one that orphans come to and signals wait for.
fn prepare(order: &Order) -> nix::Result<(Inherited, SigSet)> {
    // The owner has blocked everything before it started us, so nothing is lost in between.
    let signals = SigSet::all();
    signals.thread_set_mask()?;
    // A parent that ignores SIGCHLD would have its children reaped by the kernel, their statuses unseen.
    let default = SigAction::new(SigHandler::SigDfl, SaFlags::empty(), SigSet::empty());
    // SAFETY: the default action runs no code of ours.
    unsafe { sigaction(Signal::SIGCHLD, &default) }?;
    prctl::set_child_subreaper(true)?;
    // Fails where the owner has done it already.
    let _ = unistd::setsid();
    Ok((Inherited::take(order.descriptors)?, signals))
}

fn hold(order: &Order, inherited: Inherited, signals: &SigSet) -> nix::Result<i32> {
    let descriptors = descriptors::given(order.descriptors, &inherited.control)?;
    let control = Control::new(inherited.control);
    let (leader, pidfd) = match launch(&command(order, descriptors)) {
        Ok(launched) => launched,
        Err(errno) => {
            control.send(&Notice::Failed(errno as i32))?;
            return Ok(0);
        }
    };
    let told = control.send_with(&Notice::Started(leader), &pidfd);
    descriptors::release(order.descriptors);
    memory::give_back_start_up();
    let tree = SupervisedTree::new(leader, pidfd, order.pin);
    let mut supervisor = Supervisor::new(order, control, inherited.owner, tree);
    match told {
        // An owner that is gone by now is noticed like one that goes later.
        Ok(()) | Err(Errno::EPIPE | Errno::ECONNRESET) => {}
        // The owner will never know what it has started, so it must not run.
        Err(_) => supervisor.abandon(),
    }
    supervisor.run(signals).map(|()| 0)
}

fn command(order: &Order, descriptors: Vec<RawFd>) -> Command {
    let path = std::env::var_os("PATH");
    let file = order.file.as_ref().or(order.argv.first());
    let path = path.as_ref().map(|path| path.as_bytes());
    Command {
        programs: file.map(|file| candidates(file, path)).unwrap_or_default(),
        argv: order.argv.clone(),
        envp: descriptors::environment(),
        cwd: order.cwd.clone(),
        uid: order.uid,
        gid: order.gid,
        blocks_signals: false,
        // A tree that may outlive its owner may outlive its supervisor too.
        dies_with_parent: !order.keep,
        descriptors,
    }
}
