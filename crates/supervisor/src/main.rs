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

/// Called by the C library; the standard library has the arguments already.
#[unsafe(no_mangle)]
extern "C" fn main() -> i32 {
    let Some(order) = Order::decode(std::env::args_os()) else {
        eprintln!("subreaper-supervisor: started by the subreaper package, not by hand");
        return BAD_ORDER;
    };
    match prepare(&order) {
        Ok((inherited, signals)) => hold(&order, inherited, &signals),
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
    // Fails where the owner's posix_spawn has done it already.
    let _ = unistd::setsid();
    Ok((Inherited::take(order.descriptors)?, signals))
}

fn hold(order: &Order, inherited: Inherited, signals: &SigSet) -> i32 {
    let control = Control::new(inherited.control);
    let (leader, pidfd) = match launch(&command(order)) {
        Ok(launched) => launched,
        Err(errno) => {
            control.send(&Notice::Failed(errno as i32));
            return 0;
        }
    };
    control.send_with(&Notice::Started(leader), &pidfd);
    descriptors::release(order.descriptors);
    memory::give_back_start_up();
    let tree = SupervisedTree::new(leader, pidfd, order.pin);
    match Supervisor::new(order, control, inherited.owner, tree).run(signals) {
        Ok(()) => 0,
        Err(_) => NO_FOOTING,
    }
}

fn command(order: &Order) -> Command {
    let path = std::env::var_os("PATH");
    let file = order.file.as_ref().or(order.argv.first());
    let path = path
        .as_ref()
        .map(|path| std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str()));
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
        descriptors: descriptors::given(order.descriptors),
    }
}
