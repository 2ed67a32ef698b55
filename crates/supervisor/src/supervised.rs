//! The tree below a supervisor: every descendant, since none can leave.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::libc;
use proctree::Identity;
use proctree::children::{Children, are_listed};
use proctree::group::{self, Group, group_of};
use proctree::ladder::{Tally, Target};
use proctree::pidfd::Pidfd;
use proctree::process::Process;
use proctree::snapshot;
use proctree::wait::{Child, Ended, try_wait};

/// One sweep of a tree that breeds gives way to the loop after so long.
const SWEEP_TIME: Duration = Duration::from_millis(30);

/// The leader's tree, reaped and counted.
pub struct SupervisedTree {
    own: i32,
    leader: Identity,
    pidfd: Pidfd,
    pinned: bool,
    ended: Option<Ended>,
    childless: bool,
    signalled: u32,
    killed: HashSet<Identity>,
    escaped: HashSet<Identity>,
}

impl SupervisedTree {
    pub fn new(leader: Identity, pidfd: Pidfd, pinned: bool) -> Self {
        Self {
            own: std::process::id() as i32,
            leader,
            pidfd,
            pinned,
            ended: None,
            childless: false,
            signalled: 0,
            killed: HashSet::new(),
            escaped: HashSet::new(),
        }
    }

    /// How the leader ended; none while it runs.
    pub fn leader_end(&self) -> Option<Ended> {
        self.ended
    }

    /// Lets the leader's number go, so that it can be reaped.
    pub fn unpin(&mut self) {
        self.pinned = false;
    }

    /// Starts the counts of another termination.
    pub fn forget_counts(&mut self) {
        self.signalled = 0;
        self.killed.clear();
        self.escaped.clear();
    }

    /// Collects every child that has ended, but for a pinned leader.
    pub fn reap(&mut self) {
        if self.pinned {
            self.reap_around_leader()
        } else {
            self.reap_all()
        }
    }

    fn reap_all(&mut self) {
        loop {
            match try_wait(Child::Any, false) {
                Ok(Some(ended)) if ended.pid == self.leader.pid => {
                    self.ended.get_or_insert(ended);
                }
                Ok(Some(_)) | Err(Errno::EINTR) => {}
                Ok(None) => return,
                // No child, so no descendant either: their parents would be among ours.
                Err(_) => {
                    self.childless = true;
                    return;
                }
            }
        }
    }

    fn reap_around_leader(&mut self) {
        let leader = Child::Pidfd(std::os::fd::AsRawFd::as_raw_fd(&self.pidfd));
        if self.ended.is_none() {
            self.ended = try_wait(leader, true).ok().flatten();
        }
        let mut others = self.other_children();
        for &pid in &others {
            let _ = try_wait(Child::Pid(pid), false);
        }
        if self.ended.is_some() {
            // The list may miss children while others exit, so it has to be empty twice.
            others.extend(self.other_children());
            others.extend(self.other_children());
            self.childless = others.is_empty();
        }
    }

    fn other_children(&self) -> Vec<i32> {
        let children = lister().of(self.own);
        children
            .into_iter()
            .filter(|&pid| pid != self.leader.pid)
            .collect()
    }

    /// Shows every living member to `visit`, once, parents first, one descriptor open at a time.
    fn walk(&mut self, mut visit: impl FnMut(&Process)) {
        let mut tree = HashSet::from([self.own]);
        let leader = self.leader.pid;
        let escaped = &mut self.escaped;
        traverse(self.own, |pid| {
            let Some(process) = open_member(pid, &tree) else {
                return false;
            };
            tree.insert(pid);
            if process.row.pgid != leader {
                escaped.insert(process.identity());
            }
            visit(&process);
            true
        });
    }

    fn signal_group(&self, signal: i32) {
        let group = Group {
            pgid: self.leader.pid,
            leader: Some(&self.pidfd),
            pinned: self.pinned,
        };
        // Members that may not be signalled show up as survivors.
        let _ = group.signal(signal);
    }
}

impl Target for SupervisedTree {
    /// The group first, in one call, and counted before; then everyone outside it, looked for among those who are left.
    fn signal(&mut self, signal: i32) {
        let leader = self.leader.pid;
        self.signalled = group::count_living(leader);
        self.signal_group(signal);
        self.reap();
        let mut tree = HashSet::from([self.own]);
        traverse(self.own, |pid| {
            if group_of(pid) == Some(leader) {
                tree.insert(pid);
                return true;
            }
            let Some(process) = open_member(pid, &tree) else {
                return false;
            };
            tree.insert(pid);
            self.escaped.insert(process.identity());
            self.signalled += 1;
            // One that may not be signalled shows up as a survivor.
            let _ = process.pidfd.signal(signal);
            true
        });
    }

    fn wake_stopped(&mut self) {
        self.walk(|process| {
            if process.row.is_stopped() {
                let _ = process.pidfd.signal(libc::SIGCONT);
            }
        });
    }

    fn sweep(&mut self) {
        let deadline = Instant::now() + SWEEP_TIME;
        let mut stopped = HashSet::new();
        while !self.childless && Instant::now() < deadline {
            let mut news = 0;
            let mut killed = std::mem::take(&mut self.killed);
            self.walk(|process| {
                // Counted here, since it may be gone before the next walk sees it.
                killed.insert(process.identity());
                if stopped.insert(process.identity()) {
                    news += 1;
                    let _ = process.pidfd.signal(libc::SIGSTOP);
                }
            });
            self.signal_group(libc::SIGKILL);
            self.walk(|process| {
                killed.insert(process.identity());
                let _ = process.pidfd.signal(libc::SIGKILL);
            });
            self.killed = killed;
            self.reap();
            if news == 0 {
                // Everyone who is left has been killed before, and has yet to end.
                return;
            }
        }
    }

    fn is_empty(&mut self) -> bool {
        self.reap();
        self.childless
    }

    fn survivors(&mut self) -> Vec<Identity> {
        let mut survivors = Vec::new();
        if !self.childless {
            self.walk(|process| survivors.push(process.identity()));
        }
        survivors
    }

    fn tally(&self) -> Tally {
        Tally {
            signalled: self.signalled,
            force_killed: self.killed.len() as u32,
            escaped: self.escaped.len() as u32,
        }
    }
}

/// Shows the processes below one to `enter`, parents first, and goes on below those that it takes. What a parent loses
/// by its end while this goes on turns up among the root's own children, so these are read until there is nobody new.
fn traverse(root: i32, mut enter: impl FnMut(i32) -> bool) {
    let mut seen = HashSet::new();
    loop {
        let children = lister();
        let before = seen.len();
        let mut open = vec![root];
        while let Some(parent) = open.pop() {
            for pid in children.of(parent) {
                if seen.insert(pid) && enter(pid) {
                    open.push(pid);
                }
            }
        }
        if seen.len() == before {
            return;
        }
    }
}

/// Opens a process that was listed as a child; none where it is dead, or somebody else by now.
fn open_member(pid: i32, tree: &HashSet<i32>) -> Option<Process> {
    let process = Process::open(pid).ok()?;
    // Its parent is one of the tree, which proves that it still is the process that was listed.
    (process.row.is_alive() && tree.contains(&process.row.ppid)).then_some(process)
}

fn lister() -> Children {
    if are_listed() {
        return Children::Lists;
    }
    Children::Table(snapshot::read().unwrap_or_default())
}
