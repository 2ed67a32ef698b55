//! What is read of one process only when somebody wants to see it.

use std::collections::HashMap;
use std::fs;
use std::os::unix::fs::MetadataExt;

use crate::Identity;
use crate::marker::{Marker, Owner, boot};
use crate::snapshot::{Row, Table};

/// One process, to be shown.
#[derive(Clone, Debug)]
pub struct Details {
    /// What the table has of it.
    pub row: Row,
    /// Effective user id; 0 where it vanished in mid-read.
    pub uid: u32,
    /// Path of the executable, where it may be read.
    pub executable: Option<String>,
    /// Command line.
    pub argv: Vec<String>,
    /// Whose tree it is of, and whether that owner is alive.
    pub owner: Option<(Identity, bool)>,
    /// The tree may outlive its owner.
    pub keep: bool,
}

/// Reads the rest of a process that a table has.
fn read(row: &Row, attribution: &Attribution) -> Details {
    let folder = format!("/proc/{}", row.pid);
    let executable = fs::read_link(format!("{folder}/exe")).ok();
    let argv = fs::read(format!("{folder}/cmdline")).unwrap_or_default();
    Details {
        uid: fs::metadata(&folder).map_or(0, |metadata| metadata.uid()),
        executable: executable.map(|path| path.to_string_lossy().into_owned()),
        argv: split_arguments(&argv),
        owner: attribution
            .owner
            .as_ref()
            .map(|(owner, alive)| (owner.identity, *alive)),
        keep: attribution.keep,
        row: row.clone(),
    }
}

fn split_arguments(cmdline: &[u8]) -> Vec<String> {
    let cmdline = cmdline.strip_suffix(&[0]).unwrap_or(cmdline);
    if cmdline.is_empty() {
        return Vec::new();
    }
    cmdline
        .split(|&byte| byte == 0)
        .map(|arg| String::from_utf8_lossy(arg).into_owned())
        .collect()
}

/// Whose a process is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attribution {
    /// The owner, and whether it is alive.
    pub owner: Option<(Owner, bool)>,
    /// The tree may outlive its owner.
    pub keep: bool,
}

/// Attributes processes of a table, and their ancestors: by their own marker, else as their nearest marked ancestor.
pub fn attribute<'a>(
    table: &'a Table,
    rows: impl Iterator<Item = &'a Row>,
    boot: &str,
    marker_of: impl Fn(i32) -> Marker,
) -> HashMap<i32, Attribution> {
    let mut attributed: HashMap<i32, Attribution> = HashMap::new();
    for row in rows {
        let mut unmarked = Vec::new();
        let mut next = Some(row);
        let mut found = Attribution::default();
        while let Some(row) = next {
            if let Some(known) = attributed.get(&row.pid) {
                found = known.clone();
                break;
            }
            if unmarked.contains(&row.pid) {
                break;
            }
            unmarked.push(row.pid);
            let marker = marker_of(row.pid);
            if let Some(owner) = marker.owner {
                let alive = owner.is_alive(table, boot);
                found = Attribution {
                    owner: Some((owner, alive)),
                    keep: marker.keep,
                };
                break;
            }
            next = table.get(row.ppid);
        }
        attributed.extend(unmarked.into_iter().map(|pid| (pid, found.clone())));
    }
    attributed
}

/// Which processes to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filter {
    /// All that can be seen.
    All,
    /// Those this process started.
    OwnedBySelf,
    /// Those whose owner is gone.
    OwnerDead,
    /// Those that have an owner.
    Owned,
}

/// Shows the processes of a table that pass the filter.
pub fn list(table: &Table, filter: Filter) -> Vec<Details> {
    let mut processes = show(table, table.rows());
    processes.retain(|process| match (filter, &process.owner) {
        (Filter::All, _) | (Filter::Owned, Some(_)) => true,
        (Filter::OwnedBySelf, Some((owner, _))) => {
            Owner::current().is_some_and(|own| own.identity == *owner)
        }
        (Filter::OwnerDead, Some((_, alive))) => !alive,
        (_, None) => false,
    });
    processes
}

/// Shows exactly these processes, where the table has them.
pub fn show_only(table: &Table, wanted: &[Identity]) -> Vec<Details> {
    show(
        table,
        wanted.iter().filter_map(|&identity| table.find(identity)),
    )
}

fn show<'a>(table: &'a Table, rows: impl Iterator<Item = &'a Row> + Clone) -> Vec<Details> {
    let attributed = attribute(table, rows.clone(), boot().unwrap_or_default(), Marker::of);
    rows.filter_map(|row| Some(read(row, attributed.get(&row.pid)?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::invent::row;

    fn marked(pid: i32) -> Marker {
        Marker {
            owner: format!("deadbeef:{pid}:{pid}").parse().ok(),
            ..Marker::default()
        }
    }

    #[test]
    fn the_unmarked_belong_to_their_nearest_marked_ancestor() {
        let table = Table::new([
            row(1, 0),
            row(5, 1),
            row(6, 5),
            row(7, 6),
            row(8, 7),
            row(9, 1),
        ]);
        let attributed = attribute(&table, table.rows(), "deadbeef", |pid| match pid {
            5 => marked(1),
            7 => Marker {
                keep: true,
                ..marked(4)
            },
            _ => Marker::default(),
        });
        let owner = |pid: i32| {
            attributed[&pid]
                .owner
                .as_ref()
                .map(|(owner, alive)| (owner.identity.pid, *alive))
        };
        assert_eq!(
            (owner(6), owner(8), owner(9)),
            (Some((1, true)), Some((4, false)), None)
        );
        assert!(attributed[&8].keep && !attributed[&6].keep);
    }

    #[test]
    fn arguments_may_be_empty_or_not_text() {
        assert_eq!(split_arguments(b""), Vec::<String>::new());
        assert_eq!(split_arguments(b"a\0\0b\xff\0"), ["a", "", "b\u{fffd}"]);
    }
}
