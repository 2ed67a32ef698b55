//! Following a tree that a supervisor holds, and ending it where the supervisor has been killed.

use std::ops::ControlFlow;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use nix::errno::Errno;
use nix::libc;
use nix::sys::socket::MsgFlags;
use proctree::foreign::{ForeignTree, Reach};
use proctree::ladder::{Outcome, Plan, Report};
use proctree::pidfd::Pidfd;
use proctree::protocol::{MESSAGE_MAX, Notice, Request};
use proctree::wait::{Child, Ended, try_wait};

use crate::control::{receive, request};
use crate::events::Event;
use crate::ladder::{Orders, walk};
use crate::tree::Tree;
use crate::watch::{Watched, all_ended};

/// Rest before what has outlived its end is looked at again.
const REST: Duration = Duration::from_millis(20);

/// What the thread knows of one tree while it follows it.
struct Following {
    tree: Arc<Tree>,
    keep: bool,
    control: Watched,
    told_of_exit: bool,
    empty: bool,
    /// JavaScript waits for a report.
    asked: bool,
    /// The report, once it is known that all are gone.
    report: Option<Report>,
}

/// Follows a tree until nobody is left of it.
pub async fn follow(
    tree: Arc<Tree>,
    keep: bool,
    control: OwnedFd,
    supervisor: Pidfd,
    mut orders: Orders,
) {
    let mut following = Following {
        tree,
        keep,
        control: Watched::new(control),
        told_of_exit: false,
        empty: false,
        asked: false,
        report: None,
    };
    let supervisor = Watched::new(supervisor.into());
    loop {
        tokio::select! {
            biased;
            () = following.control.readable() => {
                if following.hear_all().is_break() {
                    break;
                }
            }
            () = supervisor.readable() => break,
            Some(plan) = orders.recv() => following.terminate(plan),
        }
    }
    let ended = loop {
        supervisor.readable().await;
        if !following.empty {
            let _ = following.hear_all();
        }
        if !following.empty {
            following.tree.lose_supervisor();
        }
        // From here on nobody uses the supervisor's number any more, so that it may be given anew.
        match try_wait(Child::Pidfd(supervisor.as_fd().as_raw_fd()), false) {
            Ok(None) => {}
            Ok(ended) => break ended,
            // The kernel has collected it, SIGCHLD being ignored in this process.
            Err(_) => break None,
        }
    };
    following.conclude(ended, orders).await;
}

impl Following {
    /// Reads what has come in. Breaks at the end.
    fn hear_all(&mut self) -> ControlFlow<()> {
        loop {
            match receive(self.control.as_fd(), MESSAGE_MAX, MsgFlags::MSG_DONTWAIT) {
                Ok(Some((notice, _))) => self.hear(notice),
                // A supervisor that has ended without reading our last request: what it has said comes after this.
                Err(Errno::ECONNRESET | Errno::EINTR) => {}
                Err(Errno::EAGAIN) => {
                    self.control.exhausted();
                    return ControlFlow::Continue(());
                }
                _ => return ControlFlow::Break(()),
            }
        }
    }

    fn terminate(&mut self, plan: Plan) {
        self.asked = true;
        request(self.control.as_fd(), Request::Terminate(plan));
    }

    fn hear(&mut self, notice: Notice) {
        match notice {
            Notice::LeaderExited { code, signal } => {
                let pid = self.tree.leader.pid;
                self.tell_exit(Some(Ended { pid, code, signal }));
            }
            Notice::Report(report) => self.keep_report(report),
            Notice::Empty => {
                self.empty = true;
                self.tree.let_group_go();
                request(self.control.as_fd(), Request::Release);
            }
            // Said once, at the start.
            Notice::Started(_) | Notice::Failed(_) => {}
        }
    }

    fn tell_exit(&mut self, end: Option<Ended>) {
        if !std::mem::replace(&mut self.told_of_exit, true) {
            self.tree.tell_exit(end);
        }
    }

    /// A report that all are gone is kept until the supervisor has ended too.
    fn keep_report(&mut self, report: Report) {
        if report.outcome != Outcome::Survivors {
            self.report = Some(report);
        } else if std::mem::take(&mut self.asked) {
            self.tree.tell_report(report);
        }
    }

    /// The supervisor has ended: so has the tree, or the rest of it has to be ended without it.
    async fn conclude(mut self, ended: Option<Ended>, mut orders: Orders) {
        if !self.empty {
            self.finish_without_supervisor(ended, &mut orders).await;
        }
        self.tree.conclude(orders, self.asked, self.report);
    }

    async fn finish_without_supervisor(&mut self, ended: Option<Ended>, orders: &mut Orders) {
        let mut rest = self.tree.as_foreign(Reach::Tree);
        let mut plan = self.tree.plan;
        let mut told = false;
        loop {
            let report = self.walk(&mut rest, plan, orders).await;
            if !std::mem::replace(&mut told, true) {
                self.tree.tell(Event {
                    kind: String::from("lost"),
                    signal: ended
                        .map(|ended| ended.signal)
                        .filter(|&signal| signal != 0),
                    report: Some(report.clone().into()),
                    ..Event::default()
                });
            }
            if report.outcome != Outcome::Survivors {
                self.report = Some(report);
                break;
            }
            if std::mem::take(&mut self.asked) {
                self.tree.tell_report(report.clone());
            }
            tokio::select! {
                () = all_ended(&report.survivors) => tokio::time::sleep(REST).await,
                Some(order) = orders.recv() => {
                    self.asked = true;
                    plan = order;
                }
            }
        }
        // Nobody is left, so the leader is not either.
        self.tell_exit(self.killed_with_supervisor());
    }

    /// Ends what is left, and tells of the leader's end as soon as it comes.
    async fn walk(&mut self, rest: &mut ForeignTree, plan: Plan, orders: &mut Orders) -> Report {
        let tree = self.tree.clone();
        let mut leader = pin!(tree.leader_ended());
        let mut asked = self.asked;
        let report = {
            let mut walk = pin!(walk(rest, plan, orders, &mut asked));
            loop {
                tokio::select! {
                    report = &mut walk => break report,
                    () = &mut leader, if !self.told_of_exit => {
                        self.tell_exit(self.killed_with_supervisor());
                    }
                }
            }
        };
        self.asked = asked;
        report
    }

    /// PR_SET_PDEATHSIG has sent SIGKILL to a leader that may not outlive its supervisor; how another one ended, nobody knows.
    fn killed_with_supervisor(&self) -> Option<Ended> {
        let killed = Ended {
            pid: self.tree.leader.pid,
            code: 0,
            signal: libc::SIGKILL,
        };
        (!self.keep).then_some(killed)
    }
}
