//! Who is an orphan, since when, and who is left alone, decided on a table and what is remembered of earlier ones.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use crate::Identity;
use crate::marker::Marker;
use crate::snapshot::{Row, Table};
use crate::tree::lineage;

/// The kernel's name of a supervisor, cut at 15 bytes.
const SUPERVISOR_COMM: &str = "subreaper-super";

/// How a child came to be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kinship {
    /// This process started it.
    Started,
    /// Its parent died, and the kernel gave it to this process.
    Adopted,
    /// It may be either.
    Unknown,
    /// It was there before anybody watched, or came when a thread ended, and is taken for started unless there is proof.
    Presumed,
}

/// What has been seen of the processes of this machine that matter here.
#[derive(Debug, Default)]
pub struct Ledger {
    kinship: HashMap<Identity, Kinship>,
    /// Seen as somebody else's child, in the last table.
    elsewhere: HashSet<Identity>,
    orphans: HashMap<Identity, Instant>,
    zombies: HashMap<Identity, Instant>,
}

/// What has to be known besides the table.
pub struct Facts<'a> {
    /// This process.
    pub own: Identity,
    /// Children on the main thread's list, to which orphans come.
    pub main_children: &'a HashSet<i32>,
    /// Children on the lists of other threads, which have started them.
    pub other_children: &'a HashSet<i32>,
    /// Started by this process, for certain.
    pub started: &'a HashSet<i32>,
    /// A thread has ended since the last look: what it had started is on the main thread's list by now.
    pub thread_ended: bool,
    /// First 8 hex digits of this boot's id.
    pub boot: &'a str,
    /// Time of the table.
    pub now: Instant,
    /// How long an orphan is left alone.
    pub grace: Duration,
}

/// A process that has lost those who were to look after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Orphan {
    /// The process.
    pub row: Row,
    /// It was not one before.
    pub is_new: bool,
    /// It has been one for the whole grace period.
    pub is_due: bool,
}

/// What is to be done.
#[derive(Debug, Default)]
pub struct Decision {
    /// All orphans.
    pub orphans: Vec<Orphan>,
    /// Living children that may be adopted or started by this process.
    pub suspects: Vec<Identity>,
    /// Adopted children that have exited, to be collected at once.
    pub zombies: Vec<Identity>,
    /// Children that have exited, may be somebody's to wait for, and how long they have been seen so.
    pub doubtful_zombies: Vec<(Identity, Duration)>,
    /// Time until the next orphan is due.
    pub next_due: Option<Duration>,
}

impl Ledger {
    /// Starts with the children there are. Nobody has watched before, so all in doubt get the benefit of it.
    pub fn new(children: impl IntoIterator<Item = Identity>) -> Self {
        let kinship = children
            .into_iter()
            .map(|child| (child, Kinship::Presumed))
            .collect();
        Self {
            kinship,
            ..Self::default()
        }
    }

    /// Learns that a suspect was not started by this process.
    pub fn confirm_adopted(&mut self, identity: Identity) {
        if let Some(kinship) = self.kinship.get_mut(&identity)
            && *kinship == Kinship::Unknown
        {
            *kinship = Kinship::Adopted;
        }
    }

    /// Whether all of these children have been looked at already.
    pub fn knows_children<'a>(&self, pids: impl IntoIterator<Item = &'a i32>) -> bool {
        let known: HashSet<i32> = self.kinship.keys().map(|identity| identity.pid).collect();
        pids.into_iter().all(|pid| known.contains(pid))
    }

    /// Children that are not known to be started by this process.
    pub fn strangers(&self) -> impl Iterator<Item = Identity> {
        let strangers = self
            .kinship
            .iter()
            .filter(|(_, kinship)| **kinship != Kinship::Started);
        strangers.map(|(&identity, _)| identity)
    }

    /// Looks at a table. `marker_of` is asked for every process that could be an orphan by its marker.
    pub fn decide(
        &mut self,
        table: &Table,
        facts: &Facts<'_>,
        marker_of: impl FnMut(&Row) -> Marker,
    ) -> Decision {
        self.learn_kinship(table, facts);
        let mut decision = Decision::default();
        self.decide_children(table, facts, &mut decision);
        let orphans = self.find_orphans(table, facts, marker_of);
        self.note_orphans(orphans, facts, &mut decision);
        let foreign = table.rows().filter(|row| row.ppid != facts.own.pid);
        self.elsewhere = foreign.map(Row::identity).collect();
        decision
    }

    fn learn_kinship(&mut self, table: &Table, facts: &Facts<'_>) {
        let own_session = table.find(facts.own).map(|row| row.sid);
        let children = table.rows().filter(|row| row.ppid == facts.own.pid);
        let mut kinship = HashMap::new();
        for row in children {
            let identity = row.identity();
            let seen = self.kinship.get(&identity).copied();
            let is_new = seen.is_none();
            let known = seen.unwrap_or(Kinship::Unknown);
            let judged = match known {
                Kinship::Started | Kinship::Adopted => known,
                _ if facts.started.contains(&row.pid) => Kinship::Started,
                _ if self.elsewhere.contains(&identity) => Kinship::Adopted,
                // A child of our own is in our session, or has called setsid(2) itself.
                _ if Some(row.sid) != own_session && row.sid != row.pid => Kinship::Adopted,
                Kinship::Unknown if facts.other_children.contains(&row.pid) => Kinship::Started,
                // The children of a thread that has ended cannot be told from orphans.
                Kinship::Unknown if facts.thread_ended && is_new => Kinship::Presumed,
                Kinship::Unknown | Kinship::Presumed => known,
            };
            kinship.insert(identity, judged);
        }
        self.kinship = kinship;
    }

    fn decide_children(&mut self, table: &Table, facts: &Facts<'_>, decision: &mut Decision) {
        let own_session = table.find(facts.own).map(|row| row.sid);
        let mut seen = HashMap::new();
        for (&identity, &kinship) in &self.kinship {
            let Some(row) = table.find(identity) else {
                continue;
            };
            match kinship {
                Kinship::Adopted if !row.is_alive() => decision.zombies.push(identity),
                // A list may miss a child for a moment, and then says nothing about it.
                Kinship::Unknown | Kinship::Presumed if !facts.main_children.contains(&row.pid) => {
                }
                // A session with a terminal of its own is what an addon that opens one makes: not ours to judge.
                Kinship::Unknown
                    if row.is_alive() && (Some(row.sid) == own_session || row.terminal == 0) =>
                {
                    decision.suspects.push(identity);
                }
                // Whoever has started it and is there will wait for it; the child of a Worker that has ended has nobody.
                Kinship::Unknown | Kinship::Presumed if !row.is_alive() => {
                    let since = self.zombies.get(&identity).copied().unwrap_or(facts.now);
                    seen.insert(identity, since);
                    decision
                        .doubtful_zombies
                        .push((identity, facts.now.duration_since(since)));
                }
                _ => {}
            }
        }
        self.zombies = seen;
    }

    fn find_orphans<'a>(
        &self,
        table: &'a Table,
        facts: &Facts<'_>,
        mut marker_of: impl FnMut(&Row) -> Marker,
    ) -> Vec<&'a Row> {
        let spared: HashSet<i32> = lineage(table, facts.own.pid)
            .iter()
            .map(|row| row.pid)
            .collect();
        let mut markers: HashMap<i32, Marker> = HashMap::new();
        let candidates = table
            .rows()
            .filter(|row| row.is_alive() && row.pid != 1 && !spared.contains(&row.pid));
        let candidates: Vec<&Row> = candidates.collect();
        for row in &candidates {
            markers.insert(row.pid, marker_of(row));
        }
        let is_dead_owners = |row: &Row| {
            markers.get(&row.pid).is_some_and(|marker| {
                let owner = marker.owner.as_ref();
                !marker.keep
                    && owner
                        .is_some_and(|it| it.boot == facts.boot && !it.is_alive(table, facts.boot))
            })
        };
        candidates
            .into_iter()
            .filter(|row| !is_supervisor(row))
            .filter(|row| match self.kinship.get(&row.identity()) {
                Some(Kinship::Adopted) => {
                    let marker = markers.get(&row.pid);
                    let other =
                        marker
                            .and_then(|marker| marker.owner.as_ref())
                            .is_some_and(|owner| {
                                owner.identity != facts.own && owner.is_alive(table, facts.boot)
                            });
                    !other && !marker.is_some_and(|marker| marker.keep)
                }
                Some(_) => false,
                None => {
                    let parent = table.get(row.ppid);
                    // Its parent goes first, and takes it along.
                    is_dead_owners(row)
                        && !parent.is_some_and(&is_dead_owners)
                        && !self.is_looked_after(table, facts, row)
                }
            })
            .collect()
    }

    /// Whether a supervisor above it is about to end it, or this process has started what started it.
    fn is_looked_after(&self, table: &Table, facts: &Facts<'_>, row: &Row) -> bool {
        let above = lineage(table, row.ppid);
        above
            .iter()
            .any(|row| is_supervisor(row) || row.identity() == facts.own)
    }

    fn note_orphans(&mut self, found: Vec<&Row>, facts: &Facts<'_>, decision: &mut Decision) {
        let mut orphans = HashMap::new();
        for row in found {
            let before = self.orphans.get(&row.identity()).copied();
            let since = before.unwrap_or(facts.now);
            let age = facts.now.duration_since(since);
            let is_due = age >= facts.grace;
            if !is_due {
                let rest = facts.grace - age;
                decision.next_due = Some(decision.next_due.map_or(rest, |next| next.min(rest)));
            }
            orphans.insert(row.identity(), since);
            decision.orphans.push(Orphan {
                row: row.clone(),
                is_new: before.is_none(),
                is_due,
            });
        }
        self.orphans = orphans;
    }
}

fn is_supervisor(row: &Row) -> bool {
    row.comm == SUPERVISOR_COMM && row.sid == row.pid
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::invent::{member, row};

    const OWN: i32 = 10;
    const GRACE: Duration = Duration::from_secs(30);

    /// A machine on which process 10 looks, in session 10, below PID 1.
    struct World {
        ledger: Ledger,
        started: HashSet<i32>,
        main: HashSet<i32>,
        others: HashSet<i32>,
        thread_ended: bool,
        markers: HashMap<i32, Marker>,
        start: Instant,
    }

    impl World {
        fn new() -> Self {
            Self {
                ledger: Ledger::default(),
                started: HashSet::new(),
                main: (2..100).collect(),
                others: HashSet::new(),
                thread_ended: false,
                markers: HashMap::new(),
                start: Instant::now(),
            }
        }

        fn look(&mut self, second: u64, rows: Vec<Row>) -> Decision {
            let own = member(OWN, 1, OWN, OWN);
            let table = Table::new([row(1, 0), own.clone()].into_iter().chain(rows));
            let facts = Facts {
                own: own.identity(),
                main_children: &self.main,
                other_children: &self.others,
                thread_ended: self.thread_ended,
                started: &self.started,
                boot: "deadbeef",
                now: self.start + Duration::from_secs(second),
                grace: GRACE,
            };
            let markers = &self.markers;
            self.ledger.decide(&table, &facts, |row| {
                markers.get(&row.pid).cloned().unwrap_or_default()
            })
        }

        fn mark(&mut self, pid: i32, owner: &str) {
            let marker = Marker {
                owner: owner.parse().ok(),
                ..Marker::default()
            };
            self.markers.insert(pid, marker);
        }
    }

    fn pids(decision: &Decision) -> Vec<i32> {
        decision
            .orphans
            .iter()
            .map(|orphan| orphan.row.pid)
            .collect()
    }

    fn zombie(row: Row) -> Row {
        Row { state: 'Z', ..row }
    }

    #[test]
    fn a_child_seen_under_another_parent_is_adopted() {
        let mut world = World::new();
        world.started.insert(20);
        let below = member(21, 20, OWN, OWN);
        assert!(pids(&world.look(1, vec![member(20, OWN, OWN, OWN), below.clone()])).is_empty());
        let decision = world.look(2, vec![Row { ppid: OWN, ..below }]);
        assert_eq!(pids(&decision), [21]);
        assert_eq!(decision.next_due, Some(GRACE));
    }

    #[test]
    fn a_child_of_a_third_session_is_adopted() {
        let decision = World::new().look(1, vec![member(20, OWN, 15, 15)]);
        assert_eq!(pids(&decision), [20]);
    }

    #[test]
    fn a_child_in_doubt_is_a_suspect_until_it_is_confirmed() {
        let mut world = World::new();
        let rows = vec![member(20, OWN, OWN, OWN), member(21, OWN, 21, 21)];
        let decision = world.look(1, rows.clone());
        assert!(pids(&decision).is_empty());
        assert_eq!(decision.suspects.len(), 2);
        world.ledger.confirm_adopted(rows[0].identity());
        assert_eq!(pids(&world.look(2, rows)), [20]);
    }

    #[test]
    fn a_terminal_of_its_own_or_a_gap_in_the_list_raises_no_suspicion() {
        let mut world = World::new();
        world.main.remove(&21);
        let shell = Row {
            terminal: 5,
            ..member(20, OWN, 20, 20)
        };
        let decision = world.look(1, vec![shell, member(21, OWN, OWN, OWN)]);
        assert!(decision.suspects.is_empty());
        world.main.insert(21);
        assert_eq!(
            world
                .look(2, vec![member(21, OWN, OWN, OWN)])
                .suspects
                .len(),
            1
        );
    }

    #[test]
    fn children_that_come_when_a_thread_ends_may_be_its_own() {
        let mut world = World::new();
        world.thread_ended = true;
        let child = member(20, OWN, OWN, OWN);
        let proven = member(21, OWN, 15, 15);
        let decision = world.look(1, vec![child.clone(), proven.clone()]);
        assert_eq!((pids(&decision), decision.suspects.len()), (vec![21], 0));
        world.thread_ended = false;
        assert!(world.look(2, vec![child, proven]).suspects.is_empty());
    }

    #[test]
    fn children_of_our_own_are_never_orphans() {
        let mut world = World::new();
        world.others.insert(30);
        world.started.insert(20);
        let rows = vec![member(20, OWN, 20, 20), member(30, OWN, OWN, OWN)];
        let decision = world.look(1, rows.clone());
        assert!(pids(&decision).is_empty() && decision.suspects.is_empty());
        world.ledger.confirm_adopted(rows[1].identity());
        assert!(pids(&world.look(2, rows)).is_empty());
    }

    #[test]
    fn children_older_than_the_ledger_are_our_own_unless_proven() {
        let mut world = World::new();
        let rows = vec![member(20, OWN, OWN, OWN), member(21, OWN, 15, 15)];
        world.ledger = Ledger::new(rows.iter().map(Row::identity));
        let decision = world.look(0, rows);
        assert_eq!((pids(&decision), decision.suspects.len()), (vec![21], 0));
    }

    #[test]
    fn grace_counts_from_becoming_an_orphan_and_by_identity() {
        let mut world = World::new();
        let orphan = member(20, OWN, 15, 15);
        let first = world.look(100, vec![orphan.clone()]);
        assert!(first.orphans[0].is_new && !first.orphans[0].is_due);
        let second = world.look(129, vec![orphan.clone()]);
        assert!(!second.orphans[0].is_new && !second.orphans[0].is_due);
        assert_eq!(second.next_due, Some(Duration::from_secs(1)));
        assert!(world.look(130, vec![orphan.clone()]).orphans[0].is_due);
        let recycled = Row {
            start_time: 900,
            ..orphan
        };
        let anew = world.look(131, vec![recycled]);
        assert!(anew.orphans[0].is_new && !anew.orphans[0].is_due);
    }

    #[test]
    fn a_dead_owners_process_is_an_orphan_wherever_it_is() {
        let mut world = World::new();
        world.mark(20, "deadbeef:77:77");
        world.mark(21, "deadbeef:77:77");
        let rows = vec![member(20, 1, 20, 20), member(21, 20, 20, 20)];
        assert_eq!(pids(&world.look(1, rows)), [20]);
    }

    #[test]
    fn other_owners_other_boots_and_the_kept_are_left_alone() {
        let mut world = World::new();
        world.mark(20, "deadbeef:40:40");
        world.mark(21, "cafecafe:77:77");
        world.mark(22, "deadbeef:77:77");
        world
            .markers
            .entry(22)
            .and_modify(|marker| marker.keep = true);
        world.mark(23, "deadbeef:40:41");
        let rows = vec![
            member(40, 1, 40, 40),
            member(20, OWN, 15, 15),
            member(21, 1, 21, 21),
            member(22, OWN, 15, 15),
            member(23, 1, 23, 23),
        ];
        assert_eq!(pids(&world.look(1, rows)), [23]);
    }

    #[test]
    fn what_a_supervisor_or_we_look_after_is_left_alone() {
        let mut world = World::new();
        let supervisor = Row {
            comm: SUPERVISOR_COMM.into(),
            ..member(20, 1, 20, 20)
        };
        for pid in [20, 21, 31] {
            world.mark(pid, "deadbeef:77:77");
        }
        world.started.insert(30);
        let rows = vec![
            supervisor,
            member(21, 20, 21, 21),
            member(30, OWN, OWN, OWN),
            member(31, 30, OWN, OWN),
        ];
        assert!(pids(&world.look(1, rows)).is_empty());
    }

    #[test]
    fn ancestors_and_pid_1_are_left_alone_whatever_they_carry() {
        let mut world = World::new();
        for pid in [1, 5, OWN] {
            world.mark(pid, "deadbeef:77:77");
        }
        let own = Row {
            ppid: 5,
            ..member(OWN, 1, OWN, OWN)
        };
        assert!(pids(&world.look(1, vec![member(5, 1, 5, 5), own])).is_empty());
    }

    #[test]
    fn zombies_of_the_presumed_are_doubtful_like_others() {
        let mut world = World::new();
        world.thread_ended = true;
        let child = member(20, OWN, OWN, OWN);
        world.look(1, vec![child.clone()]);
        let decision = world.look(2, vec![zombie(child.clone())]);
        assert_eq!(
            decision.doubtful_zombies,
            [(child.identity(), Duration::ZERO)]
        );
        assert!(decision.zombies.is_empty());
    }

    #[test]
    fn only_proven_zombies_are_collected_at_once() {
        let mut world = World::new();
        let proven = zombie(member(20, OWN, 15, 15));
        let doubtful = zombie(member(21, OWN, OWN, OWN));
        world.started.insert(22);
        let started = zombie(member(22, OWN, OWN, OWN));
        let rows = vec![proven.clone(), doubtful.clone(), started];
        world.look(1, rows.clone());
        let decision = world.look(4, rows);
        assert_eq!(decision.zombies, [proven.identity()]);
        assert_eq!(
            decision.doubtful_zombies,
            [(doubtful.identity(), Duration::from_secs(3))]
        );
    }
}
