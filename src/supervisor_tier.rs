//! Trees that a supervisor holds.

use std::ffi::CString;
use std::io::{IoSlice, IoSliceMut};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::ffi::OsStrExt;
use std::sync::{Arc, Mutex, OnceLock};

use nix::errno::Errno;
use nix::libc;
use nix::sys::socket::{
    AddressFamily, ControlMessageOwned, MsgFlags, SockFlag, SockType, recvmsg, sendmsg, socketpair,
};
use proctree::foreign::Reach;
use proctree::group;
use proctree::ladder::{Plan, Report};
use proctree::launch::Command;
use proctree::order::Order;
use proctree::pidfd::Pidfd;
use proctree::protocol::{MESSAGE_MAX, Notice, Request};
use proctree::wait::{Child, Ended, try_wait, wait_for};
use tokio::io::unix::AsyncFd;
use tokio::sync::mpsc::unbounded_channel;

use crate::descriptors::{Stdio, duplicate};
use crate::events::{Event, Sender};
use crate::ladder::{Orders, walk};
use crate::spawn::{Failure, Launch, supervisor_path};
use crate::tree::{State, Tier, Tree};
use crate::watch::{readable, watch};
use crate::{registry, runtime};

/// As ps(1) shows it.
const NAME: &str = "subreaper-supervisor";
/// Room for the answer that a spawn waits for.
const FIRST_NOTICE_MAX: usize = 64;

/// Starts a supervisor and, through it, the command.
pub fn start(launch: &Launch, stdio: &Stdio, events: Sender) -> Result<Arc<Tree>, Failure> {
    let runtime = runtime::runtime().map_err(Failure::Command)?;
    let pinned = !group::is_kernel_supported();
    let (control, supervisor_pid, supervisor) = spawn_supervisor(launch, stdio, pinned)?;
    let (leader, pidfd) = match first_notice(&control) {
        Some((Notice::Started(leader), Some(pidfd))) => (leader, pidfd),
        answer => {
            drop(control);
            // It ends by itself: it has nothing to hold, and nobody to listen to.
            let _ = wait_for(Child::Pidfd(supervisor.as_raw_fd()));
            return Err(match answer {
                Some((Notice::Failed(errno), _)) => Failure::Command(Errno::from_raw(errno)),
                _ => Failure::Supervisor(Errno::EPROTO),
            });
        }
    };
    let (sender, orders) = unbounded_channel();
    let tree = Arc::new(Tree {
        id: launch.id,
        leader,
        marker: launch.marker.clone(),
        pinned,
        plan: launch.plan,
        events,
        orders: sender,
        state: Mutex::new(State {
            tier: Tier::Supervisor(supervisor_pid),
            leader_gone: false,
            group_gone: false,
            pidfd: Some(pidfd),
        }),
    });
    registry::enter(&tree);
    runtime.spawn(follow(tree.clone(), control, supervisor, orders));
    Ok(tree)
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

/// Waits for the supervisor's answer: what became of the command. None where the supervisor is gone.
fn first_notice(control: &OwnedFd) -> Option<(Notice, Option<Pidfd>)> {
    loop {
        match receive(control, FIRST_NOTICE_MAX, MsgFlags::MSG_CMSG_CLOEXEC) {
            Err(Errno::EINTR) => {}
            answer => return answer.ok().flatten(),
        }
    }
}

/// Reads one packet, and the descriptor that comes with it. None at the end, and for what this version does not know.
fn receive(
    control: &OwnedFd,
    room: usize,
    flags: MsgFlags,
) -> Result<Option<(Notice, Option<Pidfd>)>, Errno> {
    let mut buffer = vec![0; room];
    let mut parts = [IoSliceMut::new(&mut buffer)];
    let mut attached = nix::cmsg_space!(RawFd);
    let message = recvmsg::<()>(control.as_raw_fd(), &mut parts, Some(&mut attached), flags)?;
    let mut pidfd = None;
    for attachment in message.cmsgs()? {
        if let ControlMessageOwned::ScmRights(fds) = attachment {
            for fd in fds {
                // SAFETY: the kernel has just made this descriptor for us, and nobody else knows it.
                pidfd = Some(Pidfd::from(unsafe { OwnedFd::from_raw_fd(fd) }));
            }
        }
    }
    let length = message.bytes;
    Ok(Notice::decode(&buffer[..length]).map(|notice| (notice, pidfd)))
}

/// What the thread knows of one tree while it follows it.
struct Following {
    tree: Arc<Tree>,
    control: AsyncFd<OwnedFd>,
    told_of_exit: bool,
    empty: bool,
    /// JavaScript waits for a report on this.
    asked: Option<Plan>,
    /// The report, once it is known.
    report: Option<Report>,
}

/// Follows a tree until nobody is left of it.
async fn follow(tree: Arc<Tree>, control: OwnedFd, supervisor: Pidfd, mut orders: Orders) {
    let (Ok(control), Ok(supervisor)) = (watch(control), watch(supervisor.into())) else {
        // Epoll is out of watches: letting go of the control socket has the supervisor end the tree.
        return;
    };
    let mut following = Following {
        tree,
        control,
        told_of_exit: false,
        empty: false,
        asked: None,
        report: None,
    };
    loop {
        tokio::select! {
            biased;
            guard = following.control.readable() => {
                let Ok(mut guard) = guard else { break };
                match receive(guard.get_inner(), MESSAGE_MAX, MsgFlags::MSG_DONTWAIT) {
                    Err(Errno::EAGAIN) => guard.clear_ready(),
                    Ok(Some((notice, _))) => {
                        drop(guard);
                        following.hear(notice);
                    }
                    // The end: the pidfd will say so too.
                    _ => break,
                }
            }
            () = readable(&supervisor) => break,
            Some(plan) = orders.recv() => following.terminate(plan),
        }
    }
    readable(&supervisor).await;
    loop {
        match receive(
            following.control.get_ref(),
            MESSAGE_MAX,
            MsgFlags::MSG_DONTWAIT,
        ) {
            Ok(Some((notice, _))) => following.hear(notice),
            // It ended without having read our last request; what it has said comes after this.
            Err(Errno::ECONNRESET | Errno::EINTR) => {}
            _ => break,
        }
    }
    if !following.empty {
        following.tree.state().tier = Tier::Group;
    }
    // From here on nobody uses the supervisor's number any more, so that it may be given anew.
    // ECHILD where SIGCHLD is ignored in this process: the kernel has collected it.
    let ended = try_wait(Child::Pidfd(supervisor.get_ref().as_raw_fd()), false)
        .ok()
        .flatten();
    following.conclude(ended, orders).await;
}

impl Following {
    fn terminate(&mut self, plan: Plan) {
        self.asked = Some(plan);
        self.request(Request::Terminate(plan));
    }

    fn request(&self, request: Request) {
        let packet = request.encode();
        let flags = MsgFlags::MSG_DONTWAIT | MsgFlags::MSG_NOSIGNAL;
        let socket = self.control.as_raw_fd();
        // A supervisor that cannot be told any more is one that ends, which its pidfd reports.
        let _ = sendmsg::<()>(socket, &[IoSlice::new(&packet)], &[], flags, None);
    }

    fn hear(&mut self, notice: Notice) {
        match notice {
            Notice::LeaderExited { code, signal } => self.tell_exit(code, signal),
            Notice::Report(report) => self.keep_report(report),
            Notice::Empty => {
                self.empty = true;
                self.tree.state().group_gone = true;
                self.request(Request::Release);
            }
            // Said once, at the start.
            Notice::Started(_) | Notice::Failed(_) => {}
        }
    }

    fn tell_exit(&mut self, code: i32, signal: i32) {
        if std::mem::replace(&mut self.told_of_exit, true) {
            return;
        }
        self.tree.tell_exit(code, signal);
    }

    /// A report that all are gone is kept until the supervisor has ended too.
    fn keep_report(&mut self, report: Report) {
        if report.survivors.is_empty() {
            self.report = Some(report);
        } else if self.asked.take().is_some() {
            self.tree.tell_report(report);
        }
    }

    /// The supervisor has ended: so has the tree, or the rest of it has to be ended without it.
    async fn conclude(mut self, ended: Option<Ended>, mut orders: Orders) {
        if !self.empty {
            self.finish_without_supervisor(ended, &mut orders).await;
        }
        let asked = self.asked.is_some();
        self.tree.conclude(orders, asked, self.report);
    }

    async fn finish_without_supervisor(&mut self, ended: Option<Ended>, orders: &mut Orders) {
        let plan = self.asked.unwrap_or(self.tree.plan);
        let report = walk(&mut self.tree.as_foreign(Reach::Tree), plan, orders).await;
        // The leader has not outlived the supervisor: PR_SET_PDEATHSIG sent it SIGKILL, or the walk has ended it.
        self.tell_exit(0, libc::SIGKILL);
        self.tree.tell(Event {
            kind: String::from("lost"),
            signal: ended
                .map(|ended| ended.signal)
                .filter(|&signal| signal != 0),
            report: Some(report.clone().into()),
            ..Event::default()
        });
        self.report = Some(report);
    }
}
