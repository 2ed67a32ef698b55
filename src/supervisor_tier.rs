//! Trees that a supervisor holds.

use std::ffi::CString;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::os::unix::ffi::OsStrExt;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, OnceLock};

use nix::errno::Errno;
use nix::libc;
use nix::sys::socket::{AddressFamily, SockFlag, SockType, socketpair};
use proctree::group;
use proctree::launch::Command;
use proctree::order::Order;
use proctree::pidfd::Pidfd;
use proctree::process::Process;
use proctree::protocol::Notice;
use proctree::wait::{Child, wait_for};
use tokio::sync::mpsc::unbounded_channel;

use crate::control::first_notice;
use crate::descriptors::{Stdio, duplicate};
use crate::events::Sender;
use crate::following::follow;
use crate::spawn::{Failure, Launch, supervisor_path};
use crate::tree::{State, Tier, Tree};
use crate::{registry, runtime};

/// As ps(1) shows it.
const NAME: &str = "subreaper-supervisor";

/// Starts a supervisor and, through it, the command.
pub fn start(launch: &Launch, stdio: &Stdio, events: Sender) -> Result<Arc<Tree>, Failure> {
    let runtime = runtime::runtime().map_err(Failure::Command)?;
    let pinned = !group::is_kernel_supported();
    let (control, supervisor_pid, supervisor) = spawn_supervisor(launch, stdio, pinned)?;
    let (leader, pidfd) = match first_notice(&control) {
        Some((Notice::Started(leader), Some(pidfd))) => (leader, pidfd),
        answer => {
            drop(control);
            return Err(give_up(answer, launch, &supervisor));
        }
    };
    let (sender, orders) = unbounded_channel();
    let tree = Arc::new(Tree {
        id: launch.id,
        leader,
        marker: launch.marker.clone(),
        pinned: Arc::new(AtomicBool::new(pinned)),
        plan: launch.plan,
        events,
        orders: sender,
        state: Mutex::new(State {
            tier: Tier::Supervisor(supervisor_pid),
            leader_gone: false,
            group_gone: false,
            pidfd: Some(Arc::new(pidfd)),
        }),
    });
    registry::enter(&tree);
    runtime.spawn(follow(
        tree.clone(),
        launch.keep,
        control,
        supervisor,
        orders,
    ));
    Ok(tree)
}

/// Leaves nothing of a spawn that has not come about, and says why it has not.
fn give_up(
    answer: Option<(Notice, Option<Pidfd>)>,
    launch: &Launch,
    supervisor: &Pidfd,
) -> Failure {
    let failure = match answer {
        Some((Notice::Failed(errno), _)) => Failure::Command(Errno::from_raw(errno)),
        Some((Notice::Started(leader), _)) => {
            // It runs, but there was no descriptor left for it. The leader dies with its supervisor, unless it may outlive it.
            if launch.keep {
                let _ = Process::open_exact(leader).and_then(|it| it.pidfd.signal(libc::SIGKILL));
            }
            let _ = supervisor.signal(libc::SIGKILL);
            Failure::Command(Errno::EMFILE)
        }
        _ => Failure::Supervisor(Errno::EPROTO),
    };
    // It ends by itself where it has nothing to hold, and nobody to listen to.
    let _ = wait_for(Child::Pidfd(supervisor.as_raw_fd()));
    failure
}

fn spawn_supervisor(
    launch: &Launch,
    stdio: &Stdio,
    pin: bool,
) -> Result<(OwnedFd, i32, Pidfd), Failure> {
    let count = stdio.command.len() as RawFd;
    let (ours, theirs) = socketpair(
        AddressFamily::Unix,
        SockType::SeqPacket,
        None,
        SockFlag::SOCK_CLOEXEC,
    )
    .map_err(Failure::Command)?;
    let theirs = duplicate(theirs.as_raw_fd(), count + 2).map_err(Failure::Command)?;
    let own = own_pidfd(count + 2).map_err(Failure::Command)?;
    let order = Order {
        descriptors: stdio.command.len(),
        plan: launch.plan,
        keep: launch.keep,
        pin,
        uid: launch.uid,
        gid: launch.gid,
        cwd: launch.cwd.clone(),
        file: (launch.argv.first() != Some(&launch.file)).then(|| launch.file.clone()),
        argv: launch.argv.clone(),
    };
    let command = stdio.command.iter().copied();
    let path = CString::new(supervisor_path().as_os_str().as_bytes());
    let supervisor = Command {
        programs: vec![path.map_err(|_| Failure::Supervisor(Errno::ENOENT))?],
        argv: order.encode(NAME),
        envp: launch.envp.clone(),
        descriptors: command
            .chain([theirs.as_raw_fd(), own.as_raw_fd()])
            .collect(),
        // From its first instruction on, it cannot be hit by a signal that is meant for us.
        blocks_signals: true,
        ..Command::default()
    };
    match proctree::launch::launch(&supervisor) {
        Ok((supervisor, pidfd)) => Ok((ours, supervisor.pid, pidfd)),
        // Limits of this process or of the machine, met by any other way of starting it as well.
        Err(
            errno @ (Errno::E2BIG | Errno::EAGAIN | Errno::ENOMEM | Errno::EMFILE | Errno::ENFILE),
        ) => Err(Failure::Command(errno)),
        Err(errno) => Err(Failure::Supervisor(errno)),
    }
}

/// This process, for the supervisor to watch.
fn own_pidfd(floor: RawFd) -> Result<OwnedFd, Errno> {
    static OWN: OnceLock<Pidfd> = OnceLock::new();
    let own = match OWN.get() {
        Some(own) => own,
        None => {
            let own = Pidfd::open(std::process::id() as i32)?;
            OWN.get_or_init(|| own)
        }
    };
    duplicate(own.as_raw_fd(), floor)
}
