//! Trees without a supervisor, found in `/proc` again and again: a foreign process and what it starts, a group, or
//! what a killed supervisor has left behind.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use nix::libc;

use crate::Identity;
use crate::group::Group;
use crate::ladder::{Outcome, Report, Tally, Target};
use crate::marker::Marker;
use crate::pidfd::Pidfd;
use crate::process::Process;
use crate::snapshot::{self, Row, Table};
use crate::tree::{Growth, lineage};

/// One sweep of a tree that breeds gives way to the clock after so long.
const SWEEP_TIME: Duration = Duration::from_millis(100);

/// A group that nobody is in.
const NO_GROUP: i32 = 0;

/// How far a termination goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// The process, its descendants, and the groups and sessions they lead.
    Tree,
    /// The group alone; whoever has left it is named, not touched.
    Group,
}

/// A tree that nobody contains.
#[derive(Debug)]
pub struct ForeignTree {
    pgid: i32,
    reach: Reach,
    leader: Option<Arc<Pidfd>>,
    pinned: Arc<AtomicBool>,
    tree_marker: Option<String>,
    growth: Growth,
    /// The groups that the roots were in, where there are many.
    homes: HashMap<Identity, i32>,
    spared: HashSet<i32>,
    table: Table,
    /// The last table could not be read, so that nobody having been found says nothing.
    is_blind: bool,
    signalled: HashSet<Identity>,
    killed: HashSet<Identity>,
    escaped: HashSet<Identity>,
}

impl ForeignTree {
    /// The tree of a process that is alive, or a zombie still.
    pub fn of_process(root: Process) -> Self {
        let growth = Growth::from_roots([root.identity()]);
        let leads = root.row.pid == root.row.pgid;
        Self::new(root.row.pgid, leads.then(|| Arc::new(root.pidfd)), growth)
    }

    /// The trees of many processes, to be ended together. They are members of no common group.
    pub fn of_processes(roots: &[Row]) -> Self {
        let growth = Growth::from_roots(roots.iter().map(Row::identity));
        let homes = roots
            .iter()
            .map(|root| (root.identity(), root.pgid))
            .collect();
        Self {
            homes,
            ..Self::new(NO_GROUP, None, growth)
        }
    }

    /// The rest of a group whose leader is gone.
    pub fn of_leaderless_group(pgid: i32) -> Self {
        Self::new(pgid, None, Growth::from_number(pgid))
    }

    /// A tree of our own, by its leader, and by the marker that its processes carry.
    pub fn of_leader(
        leader: Identity,
        pidfd: Option<Arc<Pidfd>>,
        pinned: Arc<AtomicBool>,
        reach: Reach,
        marker: &str,
    ) -> Self {
        let mut tree = Self::new(leader.pid, pidfd, Growth::from_leader(leader));
        tree.reach = reach;
        tree.pinned = pinned;
        tree.tree_marker = Some(marker.to_owned());
        tree
    }

    fn new(pgid: i32, leader: Option<Arc<Pidfd>>, growth: Growth) -> Self {
        Self {
            pgid,
            reach: Reach::Tree,
            leader,
            pinned: Arc::default(),
            tree_marker: None,
            growth,
            homes: HashMap::new(),
            spared: HashSet::new(),
            table: Table::default(),
            is_blind: false,
            signalled: HashSet::new(),
            killed: HashSet::new(),
            escaped: HashSet::new(),
        }
    }

    /// The living members now, in the group or out of it.
    pub fn members(&mut self) -> Vec<Row> {
        let read = snapshot::read();
        self.is_blind = read.is_err();
        self.table = read.unwrap_or_default();
        let own = std::process::id() as i32;
        self.spared = lineage(&self.table, own)
            .iter()
            .map(|row| row.pid)
            .chain([1, own])
            .collect();
        // The number is all that is known of a leaderless group, so it is believed once.
        let held = if self.growth.is_new() || self.group().is_held() {
            vec![self.pgid]
        } else {
            Vec::new()
        };
        self.adopt_marked();
        let members = self.growth.members(&self.table, &held, &self.spared);
        let living: Vec<Row> = members
            .into_iter()
            .filter(|row| row.is_alive())
            .cloned()
            .collect();
        let outside = living
            .iter()
            .filter(|row| row.pgid != self.home_of(row.identity()));
        let outside: Vec<Identity> = outside.map(Row::identity).collect();
        self.escaped.extend(outside);
        living
    }

    /// What a report says about the tree of one of the roots.
    pub fn part_of(&self, root: Identity, report: &Report) -> Report {
        let of_root = |identity: &&Identity| self.growth.root_of(**identity) == Some(root);
        let count = |all: &HashSet<Identity>| all.iter().filter(of_root).count() as u32;
        let survivors: Vec<Identity> = report.survivors.iter().filter(of_root).copied().collect();
        let tally = Tally {
            signalled: count(&self.signalled),
            force_killed: count(&self.killed),
            escaped: count(&self.escaped),
        };
        // Somebody may be left whom nobody can see.
        let is_unsure = report.outcome == Outcome::Survivors && report.survivors.is_empty();
        let outcome = if is_unsure {
            Outcome::Survivors
        } else {
            Outcome::of(&tally, &survivors)
        };
        Report {
            outcome,
            tally,
            survivors,
            duration: report.duration,
        }
    }

    /// The table in which the members were last looked for.
    pub fn into_table(self) -> Table {
        self.table
    }

    fn home_of(&self, member: Identity) -> i32 {
        let root = self.growth.root_of(member);
        root.and_then(|root| self.homes.get(&root))
            .copied()
            .unwrap_or(self.pgid)
    }

    fn group(&self) -> Group<'_> {
        Group {
            pgid: self.pgid,
            leader: self.leader.as_deref(),
            pinned: self.is_pinned(),
        }
    }

    fn adopt_marked(&mut self) {
        let Some(marker) = &self.tree_marker else {
            return;
        };
        let unknown = self
            .table
            .rows()
            .filter(|row| !self.spared.contains(&row.pid) && !self.growth.knows(row.identity()));
        let marked: Vec<Identity> = unknown
            .filter(|row| Marker::of(row.pid).tree.as_ref() == Some(marker))
            .map(Row::identity)
            .collect();
        self.growth.adopt(marked);
    }

    /// The living members that the ladder acts on, and waits for.
    pub fn targets(&mut self) -> Vec<Row> {
        let (reach, pgid) = (self.reach, self.pgid);
        let members = self.members();
        members
            .into_iter()
            .filter(|row| reach == Reach::Tree || row.pgid == pgid)
            .collect()
    }

    fn is_pinned(&self) -> bool {
        self.pinned.load(Ordering::Acquire)
    }

    fn leads_own_group(&self) -> bool {
        self.leader.is_some() || self.is_pinned()
    }

    /// Sends one signal through the group where it is the tree's own, and through identities to the rest.
    fn send(&self, targets: &[Row], signal: i32) {
        if self.leads_own_group() {
            // Members that may not be signalled show up as survivors.
            let _ = self.group().signal(signal);
        }
        for row in targets {
            if row.pgid != self.pgid || !self.leads_own_group() {
                send_to(row, signal);
            }
        }
    }
}

impl Target for ForeignTree {
    fn signal(&mut self, signal: i32) {
        let targets = self.targets();
        self.send(&targets, signal);
        self.signalled.extend(targets.iter().map(Row::identity));
    }

    fn wake_stopped(&mut self) {
        let targets = self.targets();
        targets
            .iter()
            .filter(|row| row.is_stopped())
            .for_each(|row| send_to(row, libc::SIGCONT));
    }

    fn sweep(&mut self) {
        let deadline = Instant::now() + SWEEP_TIME;
        let mut stopped: HashSet<Identity> = HashSet::new();
        loop {
            let targets = self.targets();
            // A stopped process cannot fork, so the tree is complete once a pass finds nobody new.
            let news = targets
                .iter()
                .filter(|row| stopped.insert(row.identity()))
                .count();
            if news > 0 && Instant::now() < deadline {
                targets.iter().for_each(|row| send_to(row, libc::SIGSTOP));
                continue;
            }
            self.killed.extend(targets.iter().map(Row::identity));
            self.send(&targets, libc::SIGKILL);
            return;
        }
    }

    fn is_empty(&mut self) -> bool {
        self.targets().is_empty() && self.targets().is_empty() && !self.is_blind
    }

    fn survivors(&mut self) -> Vec<Identity> {
        self.members().iter().map(Row::identity).collect()
    }

    fn tally(&self) -> Tally {
        Tally {
            signalled: self.signalled.len() as u32,
            force_killed: self.killed.len() as u32,
            escaped: self.escaped.len() as u32,
        }
    }
}

fn send_to(row: &Row, signal: i32) {
    // A process that is gone needs no signal, and one that may not be signalled shows up as a survivor.
    let _ = Process::open_exact(row.identity()).and_then(|process| process.pidfd.signal(signal));
}
