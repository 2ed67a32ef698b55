//! Who belongs to a tree, decided on a table alone.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::Identity;
use crate::snapshot::{Row, Table};

/// All descendants of a process, itself left out.
///
/// A child that is older than its parent is none: the parent's number was given anew while the table was read.
pub fn descendants(table: &Table, root: i32) -> Vec<&Row> {
    let mut by_parent: BTreeMap<i32, Vec<&Row>> = BTreeMap::new();
    for row in table.rows() {
        by_parent.entry(row.ppid).or_default().push(row);
    }
    let mut found = Vec::new();
    let mut open: Vec<&Row> = table.get(root).into_iter().collect();
    while let Some(parent) = open.pop() {
        for &child in by_parent.get(&parent.pid).into_iter().flatten() {
            // A process cannot be its own parent, but a table read while numbers change hands can say so.
            if child.start_time >= parent.start_time && child.pid != parent.pid {
                found.push(child);
                open.push(child);
            }
        }
        by_parent.remove(&parent.pid);
    }
    found
}

/// The process and its parents, up to PID 1 or to where the namespace ends.
pub fn lineage(table: &Table, pid: i32) -> Vec<&Row> {
    let mut line: Vec<&Row> = Vec::new();
    let mut next = table.get(pid);
    while let Some(row) = next {
        if line.iter().any(|seen| seen.pid == row.pid) {
            break;
        }
        line.push(row);
        next = table.get(row.ppid);
    }
    line
}

/// Why a group may not be signalled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It holds the caller, an ancestor of the caller, or PID 1.
    Protected,
    /// The process exists, and no group has its number.
    NotALeader,
}

/// Decides whether the caller may signal the group with this number.
///
/// # Errors
/// The reason why not.
pub fn admit_group(table: &Table, caller: i32, pgid: i32) -> Result<(), Refusal> {
    let protects = |row: &&Row| row.pgid == pgid;
    if lineage(table, caller).iter().any(protects) || table.get(1).as_ref().is_some_and(protects) {
        return Err(Refusal::Protected);
    }
    match table.get(pgid) {
        Some(_) if !table.rows().any(|row| row.pgid == pgid) => Err(Refusal::NotALeader),
        _ => Ok(()),
    }
}

/// A tree that nobody contains, followed from one table to the next.
///
/// It grows by what its members have forked, and by the groups and sessions they lead. A group or
/// session whose leader is gone still belongs to it while one known member carries the number, since
/// the kernel gives a number to nobody else for so long.
#[derive(Debug, Default)]
pub struct Growth {
    /// Everyone who has ever been a member, with the root they came from.
    known: HashMap<Identity, Identity>,
    groups: BTreeMap<i32, Identity>,
    sessions: BTreeMap<i32, Identity>,
}

impl Growth {
    /// Starts from some processes.
    pub fn from_roots(roots: impl IntoIterator<Item = Identity>) -> Self {
        Self {
            known: roots.into_iter().map(|root| (root, root)).collect(),
            ..Self::default()
        }
    }

    /// Starts from a process that leads, or led, a session and a group of its own.
    pub fn from_leader(leader: Identity) -> Self {
        Self {
            known: HashMap::from([(leader, leader)]),
            ..Self::from_number(leader.pid)
        }
    }

    /// Starts from a group (and session) that is known to be ours although its leader is gone.
    pub fn from_number(pgid: i32) -> Self {
        // Nobody knows any more when the leader started.
        let leader = Identity {
            pid: pgid,
            start_time: 0,
        };
        let number = BTreeMap::from([(pgid, leader)]);
        Self {
            groups: number.clone(),
            sessions: number,
            ..Self::default()
        }
    }

    /// Whether this process has ever been a member.
    pub fn knows(&self, identity: Identity) -> bool {
        self.known.contains_key(&identity)
    }

    /// Whether nobody has been a member yet.
    pub fn is_new(&self) -> bool {
        self.known.is_empty()
    }

    /// Which root a member came from.
    pub fn root_of(&self, member: Identity) -> Option<Identity> {
        self.known.get(&member).copied()
    }

    /// Adds processes that something else than parentage, group or session has shown to be members.
    pub fn adopt(&mut self, members: impl IntoIterator<Item = Identity>) {
        self.known
            .extend(members.into_iter().map(|member| (member, member)));
    }

    /// The members in this table, zombies among them. `held` are numbers that the kernel has just confirmed to
    /// be those of the same groups as before; `spared` are processes that are never members, nor is what they start.
    pub fn members<'a>(
        &mut self,
        table: &'a Table,
        held: &[i32],
        spared: &HashSet<i32>,
    ) -> Vec<&'a Row> {
        self.forget_lost_numbers(table, held);
        let mut members: BTreeMap<i32, &Row> = BTreeMap::new();
        loop {
            let before = members.len();
            for row in table.rows().filter(|row| !spared.contains(&row.pid)) {
                if members.contains_key(&row.pid) {
                    continue;
                }
                if let Some(root) = self.claim(row, &members) {
                    self.take(row, root);
                    members.insert(row.pid, row);
                }
            }
            if members.len() == before {
                return members.into_values().collect();
            }
        }
    }

    /// The root whose tree a process belongs to.
    fn claim(&self, row: &Row, members: &BTreeMap<i32, &Row>) -> Option<Identity> {
        let parent = members
            .get(&row.ppid)
            .filter(|parent| row.start_time >= parent.start_time);
        self.root_of(row.identity())
            .or_else(|| self.root_of(parent?.identity()))
            .or_else(|| self.groups.get(&row.pgid).copied())
            .or_else(|| self.sessions.get(&row.sid).copied())
    }

    fn take(&mut self, row: &Row, root: Identity) {
        self.known.insert(row.identity(), root);
        if row.pid == row.pgid {
            self.groups.insert(row.pid, root);
        }
        if row.pid == row.sid {
            self.sessions.insert(row.pid, root);
        }
    }

    fn forget_lost_numbers(&mut self, table: &Table, held: &[i32]) {
        let known: Vec<&Row> = table
            .rows()
            .filter(|row| self.knows(row.identity()))
            .collect();
        self.groups
            .retain(|group, _| held.contains(group) || known.iter().any(|row| row.pgid == *group));
        self.sessions
            .retain(|sid, _| held.contains(sid) || known.iter().any(|row| row.sid == *sid));
    }
}

/// Rows for tests.
#[cfg(test)]
pub(crate) mod invent {
    use crate::snapshot::Row;

    /// A sleeping process in its parent's group and session, as old as its number.
    pub fn row(pid: i32, ppid: i32) -> Row {
        Row {
            pid,
            ppid,
            pgid: 1,
            sid: 1,
            terminal: 0,
            start_time: pid as u64,
            state: 'S',
            threads: 1,
            comm: String::from("sleep"),
            resident_pages: 1,
        }
    }

    /// The same, in this group and session.
    pub fn member(pid: i32, ppid: i32, pgid: i32, sid: i32) -> Row {
        Row {
            pgid,
            sid,
            ..row(pid, ppid)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::invent::{member, row};
    use super::*;

    fn pids(rows: &[&Row]) -> Vec<i32> {
        let mut pids: Vec<i32> = rows.iter().map(|row| row.pid).collect();
        pids.sort_unstable();
        pids
    }

    fn grow(growth: &mut Growth, rows: Vec<Row>, held: &[i32]) -> Vec<i32> {
        pids(&growth.members(&Table::new(rows), held, &HashSet::new()))
    }

    #[test]
    fn descendants_reach_every_depth() {
        let table = Table::new([row(1, 0), row(5, 1), row(6, 5), row(7, 6), row(8, 1)]);
        assert_eq!(pids(&descendants(&table, 5)), [6, 7]);
    }

    #[test]
    fn a_child_older_than_its_parent_is_a_strangers() {
        let reused = Row {
            start_time: 90,
            ..row(5, 1)
        };
        let table = Table::new([row(1, 0), reused, row(6, 5)]);
        assert!(descendants(&table, 5).is_empty());
    }

    #[test]
    fn circles_of_a_torn_table_end() {
        let table = Table::new([
            Row {
                start_time: 1,
                ..row(5, 6)
            },
            Row {
                start_time: 1,
                ..row(6, 5)
            },
            row(7, 7),
        ]);
        assert_eq!(pids(&descendants(&table, 5)), [5, 6]);
        assert_eq!(pids(&lineage(&table, 5)), [5, 6]);
        assert!(descendants(&table, 7).is_empty());
    }

    #[test]
    fn groups_of_the_caller_its_ancestors_and_pid_1_are_refused() {
        let table = Table::new([
            member(1, 0, 1, 1),
            member(10, 1, 10, 10),
            member(11, 10, 11, 10),
            member(12, 11, 11, 10),
            member(20, 12, 20, 20),
            member(21, 20, 20, 20),
        ]);
        for refused in [1, 10, 11] {
            assert_eq!(admit_group(&table, 12, refused), Err(Refusal::Protected));
        }
        assert_eq!(admit_group(&table, 12, 21), Err(Refusal::NotALeader));
        assert_eq!(admit_group(&table, 12, 20), Ok(()));
        assert_eq!(admit_group(&table, 12, 99), Ok(()));
    }

    #[test]
    fn a_tree_grows_by_children_groups_and_sessions() {
        let mut growth = Growth::from_roots([row(5, 1).identity()]);
        let rows = vec![
            member(5, 1, 5, 5),
            member(6, 5, 6, 5),
            member(7, 1, 6, 5),
            member(8, 1, 8, 5),
            member(9, 1, 9, 9),
        ];
        assert_eq!(grow(&mut growth, rows, &[]), [5, 6, 7, 8]);
    }

    #[test]
    fn a_member_is_known_after_its_parent_has_gone() {
        let mut growth = Growth::from_roots([row(5, 1).identity()]);
        grow(
            &mut growth,
            vec![member(5, 1, 2, 2), member(6, 5, 6, 6)],
            &[],
        );
        assert_eq!(grow(&mut growth, vec![member(6, 1, 6, 6)], &[]), [6]);
    }

    #[test]
    fn a_number_given_anew_is_a_strangers() {
        let mut growth = Growth::from_roots([row(5, 1).identity()]);
        grow(&mut growth, vec![member(5, 1, 5, 5)], &[]);
        let stranger = Row {
            start_time: 900,
            ..member(5, 1, 5, 5)
        };
        let its_child = Row {
            start_time: 901,
            ..member(6, 5, 5, 5)
        };
        assert!(grow(&mut growth, vec![stranger, its_child], &[]).is_empty());
    }

    #[test]
    fn a_group_without_leader_is_ours_while_a_known_member_or_the_kernel_says_so() {
        let mut growth = Growth::from_roots([row(5, 1).identity()]);
        grow(
            &mut growth,
            vec![member(5, 1, 5, 5), member(6, 5, 5, 5)],
            &[],
        );
        assert_eq!(
            grow(
                &mut growth,
                vec![member(6, 1, 5, 5), member(7, 1, 5, 5)],
                &[]
            ),
            [6, 7]
        );
        assert_eq!(grow(&mut growth, vec![member(8, 1, 5, 5)], &[5]), [8]);
        assert!(grow(&mut growth, vec![member(9, 1, 5, 5)], &[]).is_empty());
    }

    #[test]
    fn members_of_many_trees_are_told_apart() {
        let (one, other) = (row(5, 1).identity(), row(6, 1).identity());
        let mut growth = Growth::from_roots([one, other]);
        let rows = vec![
            member(5, 1, 5, 5),
            member(6, 1, 6, 6),
            member(7, 6, 6, 6),
            member(8, 1, 5, 5),
        ];
        assert_eq!(grow(&mut growth, rows, &[]), [5, 6, 7, 8]);
        assert_eq!(growth.root_of(row(7, 6).identity()), Some(other));
        assert_eq!(growth.root_of(row(8, 1).identity()), Some(one));
        assert_eq!(growth.root_of(row(9, 1).identity()), None);
    }

    #[test]
    fn what_is_spared_takes_its_children_along() {
        let mut growth = Growth::from_roots([row(5, 1).identity()]);
        let table = Table::new([row(5, 1), row(6, 5), row(7, 6)]);
        assert_eq!(pids(&growth.members(&table, &[], &HashSet::from([6]))), [5]);
    }
}
