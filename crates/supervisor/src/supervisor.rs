//! The loop: owner, control socket, signals, and the ladder when there is one.

use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::libc;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::SigSet;
use nix::sys::signalfd::{SfdFlags, SignalFd};
use proctree::ladder::{Ladder, Outcome, Plan, Progress, Target};
use proctree::order::Order;
use proctree::pidfd::Pidfd;
use proctree::protocol::{Notice, Request};

use crate::control::{Control, Received};
use crate::supervised::SupervisedTree;

/// How long to leave alone a tree that has outlived SIGKILL, when there is no owner left to be told.
const RETRY: Duration = Duration::from_secs(1);

/// One tree and those who have a say in it.
pub struct Supervisor {
    plan: Plan,
    keep: bool,
    pinned: bool,
    /// None once the owner is gone.
    owner: Option<(Control, Pidfd)>,
    tree: SupervisedTree,
    ladder: Option<Ladder>,
    retry_at: Option<Instant>,
    told_of_leader: bool,
    told_of_end: bool,
}

impl Supervisor {
    pub fn new(order: &Order, control: Control, owner: Pidfd, tree: SupervisedTree) -> Self {
        Self {
            plan: order.plan,
            keep: order.keep,
            pinned: order.pin,
            owner: Some((control, owner)),
            tree,
            ladder: None,
            retry_at: None,
            told_of_leader: false,
            told_of_end: false,
        }
    }

    /// Lets the owner go, and ends the tree at once.
    pub fn abandon(&mut self) {
        self.owner = None;
        let plan = Plan {
            signal: libc::SIGKILL,
            ..self.plan
        };
        self.begin(plan, Instant::now());
    }

    /// Runs until the tree is empty and, where the leader is pinned, until the owner knows.
    pub fn run(mut self, signals: &SigSet) -> nix::Result<()> {
        let flags = SfdFlags::SFD_NONBLOCK | SfdFlags::SFD_CLOEXEC;
        let signals = SignalFd::with_flags(signals, flags)?;
        loop {
            let rest = self.advance();
            if self.tree.is_empty() {
                if self.ladder.is_some() {
                    // The last one has ended since: the report comes first.
                    continue;
                }
                if self.take_leave() {
                    return Ok(());
                }
            }
            self.wait(&signals, rest)?;
            self.take_signals(&signals)?;
            self.hear_owner();
        }
    }

    /// Reaps, walks the ladder, reports; says how long nothing is due.
    fn advance(&mut self) -> Option<Duration> {
        let now = Instant::now();
        self.tree.reap();
        self.tell_of_leader();
        if self.retry_at.is_some_and(|at| now >= at) {
            self.retry_at = None;
            self.begin(
                Plan {
                    signal: libc::SIGKILL,
                    ..self.plan
                },
                now,
            );
        }
        let rest = match self
            .ladder
            .as_mut()
            .map(|ladder| ladder.advance(&mut self.tree, now))
        {
            None => self.retry_at.map(|at| at - now),
            Some(Progress::Wait(rest)) => Some(rest),
            Some(Progress::Done(report)) => {
                self.ladder = None;
                if report.outcome == Outcome::Survivors
                    && self.owner.is_none()
                    && self.plan.grace.is_some()
                {
                    self.retry_at = Some(now + RETRY);
                }
                self.tell_of_leader();
                self.tell(&Notice::Report(report));
                self.retry_at.map(|at| at - now)
            }
        };
        self.tell_of_leader();
        rest
    }

    /// Tells the owner that nobody is left; says whether that was all there is to do.
    fn take_leave(&mut self) -> bool {
        if !self.told_of_end {
            self.told_of_end = true;
            self.tell(&Notice::Empty);
        }
        // A pinned number may be in use by the owner until it says otherwise.
        !self.pinned || self.owner.is_none()
    }

    fn wait(&self, signals: &SignalFd, rest: Option<Duration>) -> nix::Result<()> {
        let mut fds = vec![PollFd::new(signals.as_fd(), PollFlags::POLLIN)];
        if let Some((control, owner)) = &self.owner {
            fds.push(PollFd::new(control.as_fd(), PollFlags::POLLIN));
            fds.push(PollFd::new(owner.as_fd(), PollFlags::POLLIN));
        }
        // Rounded up, so that what is due is due when poll(2) returns.
        let millis =
            rest.map(|rest| i32::try_from(rest.as_micros().div_ceil(1000)).unwrap_or(i32::MAX));
        let timeout = millis.map_or(PollTimeout::NONE, |millis| {
            PollTimeout::try_from(millis).unwrap_or(PollTimeout::MAX)
        });
        match poll(&mut fds, timeout) {
            Ok(_) | Err(Errno::EINTR) => Ok(()),
            Err(errno) => Err(errno),
        }
    }

    fn take_signals(&mut self, signals: &SignalFd) -> nix::Result<()> {
        while let Some(info) = signals.read_signal()? {
            match info.ssi_signo as i32 {
                libc::SIGTERM | libc::SIGINT | libc::SIGHUP | libc::SIGQUIT => {
                    self.begin(self.plan, Instant::now());
                }
                // SIGCHLD has done its work by waking us; the others mean nothing here.
                _ => {}
            }
        }
        Ok(())
    }

    fn hear_owner(&mut self) {
        while let Some((control, owner)) = &self.owner {
            match control.receive() {
                Received::Request(Request::Terminate(plan)) => self.begin(plan, Instant::now()),
                Received::Request(Request::Release) => {
                    self.pinned = false;
                    self.tree.unpin();
                }
                Received::Closed => self.lose_owner(),
                Received::Nothing if owner.has_exited() => self.lose_owner(),
                Received::Nothing => return,
            }
        }
    }

    fn lose_owner(&mut self) {
        self.owner = None;
        if !self.keep {
            let now = Instant::now();
            // A run under way goes on, but comes to its end no later than one of the supervisor's own would.
            if let Some(ladder) = &mut self.ladder {
                ladder.shorten(self.plan.grace, now);
            }
            self.begin(self.plan, now);
        }
    }

    /// Starts a termination, or hurries the one under way when SIGKILL is asked for.
    fn begin(&mut self, plan: Plan, now: Instant) {
        match &mut self.ladder {
            Some(ladder) if plan.signal == libc::SIGKILL => ladder.hasten(now),
            Some(_) => {}
            None => {
                self.tree.forget_counts();
                self.ladder = Some(Ladder::new(plan, now));
            }
        }
    }

    fn tell_of_leader(&mut self) {
        if let Some(ended) = self.tree.leader_end().filter(|_| !self.told_of_leader) {
            self.told_of_leader = true;
            self.tell(&Notice::LeaderExited {
                code: ended.code,
                signal: ended.signal,
            });
        }
    }

    fn tell(&self, notice: &Notice) {
        if let Some((control, _)) = &self.owner {
            // An owner that is gone is noticed by the loop.
            let _ = control.send(notice);
        }
    }
}
