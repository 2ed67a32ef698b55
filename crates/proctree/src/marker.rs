//! The marker in a tree's environment: whose it is.

use std::fs;
use std::str::FromStr;
use std::sync::OnceLock;

use crate::Identity;
use crate::snapshot::{self, Table};

/// Names the owner: `<boot id, 8 hex>:<pid>:<start time>`.
pub const OWNER: &str = "SUBREAPER_OWNER";
/// Present where the tree may outlive its owner.
pub const KEEP: &str = "SUBREAPER_KEEP";
/// Names the tree: 16 hex digits made up for it.
pub const TREE: &str = "SUBREAPER_TREE";

/// The process that started a tree, in one boot of one machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// First 8 hex digits of the boot's id.
    pub boot: String,
    /// The process.
    pub identity: Identity,
}

impl Owner {
    /// This process. None without `/proc`.
    pub fn current() -> Option<&'static Self> {
        static CURRENT: OnceLock<Option<Owner>> = OnceLock::new();
        CURRENT
            .get_or_init(|| {
                let row = snapshot::read_one(std::process::id() as i32).ok()?;
                Some(Self {
                    boot: boot()?.to_owned(),
                    identity: row.identity(),
                })
            })
            .as_ref()
    }

    /// Whether exactly this process is alive, going by a table and the boot it was read in.
    pub fn is_alive(&self, table: &Table, boot: &str) -> bool {
        self.boot == boot
            && table
                .find(self.identity)
                .is_some_and(snapshot::Row::is_alive)
    }
}

impl std::fmt::Display for Owner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{}:{}:{}",
            self.boot, self.identity.pid, self.identity.start_time
        )
    }
}

impl FromStr for Owner {
    type Err = ();

    fn from_str(value: &str) -> Result<Self, ()> {
        let [boot, pid, start_time] =
            <[&str; 3]>::try_from(value.split(':').collect::<Vec<_>>()).map_err(drop)?;
        if boot.len() != 8 || !boot.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(());
        }
        let pid = pid.parse().map_err(drop)?;
        let start_time = start_time.parse().map_err(drop)?;
        if pid < 1 {
            return Err(());
        }
        Ok(Self {
            boot: boot.to_owned(),
            identity: Identity { pid, start_time },
        })
    }
}

/// What one environment says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marker {
    /// Who started it.
    pub owner: Option<Owner>,
    /// It may outlive its owner.
    pub keep: bool,
    /// Which of the owner's trees it is of.
    pub tree: Option<String>,
}

impl Marker {
    /// Reads it from an environment as `/proc/PID/environ` shows it: entries that end in NUL.
    pub fn parse(environ: &[u8]) -> Self {
        let mut marker = Self::default();
        for entry in environ.split(|&byte| byte == 0) {
            let Some((name, value)) = std::str::from_utf8(entry)
                .ok()
                .and_then(|entry| entry.split_once('='))
            else {
                continue;
            };
            match name {
                OWNER => marker.owner = value.parse().ok(),
                KEEP => marker.keep = true,
                TREE => marker.tree = Some(value.to_owned()),
                _ => {}
            }
        }
        marker
    }

    /// Reads the marker of a process; an empty one where its environment may not be read.
    pub fn of(pid: i32) -> Self {
        fs::read(format!("/proc/{pid}/environ"))
            .map_or_else(|_| Self::default(), |e| Self::parse(&e))
    }
}

/// First 8 hex digits of this boot's id.
pub fn boot() -> Option<&'static str> {
    static BOOT: OnceLock<Option<String>> = OnceLock::new();
    BOOT.get_or_init(|| {
        let id = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
        id.get(..8).map(str::to_owned)
    })
    .as_deref()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::invent::row;

    #[test]
    fn an_owner_reads_as_it_was_written() {
        let owner = Owner::current().unwrap();
        assert_eq!(owner.to_string().parse().as_ref(), Ok(owner));
    }

    #[test]
    fn anything_else_is_no_owner() {
        for value in [
            "",
            "::",
            "deadbeef:1",
            "deadbeef:1:2:3",
            "nothexas:1:2",
            "deadbeef:0:2",
            "deadbeef:-5:2",
            "deadbeef:1:x",
            "dead:1:2",
        ] {
            assert_eq!(value.parse::<Owner>(), Err(()), "{value}");
        }
    }

    #[test]
    fn an_owner_is_alive_as_itself_in_this_boot_only() {
        let owner = Owner {
            boot: String::from("deadbeef"),
            identity: row(5, 1).identity(),
        };
        let alive = Table::new([row(5, 1)]);
        let recycled = Table::new([snapshot::Row {
            start_time: 9,
            ..row(5, 1)
        }]);
        let zombie = Table::new([snapshot::Row {
            state: 'Z',
            ..row(5, 1)
        }]);
        assert!(owner.is_alive(&alive, "deadbeef"));
        assert!(!owner.is_alive(&alive, "cafecafe"));
        assert!(!owner.is_alive(&recycled, "deadbeef"));
        assert!(!owner.is_alive(&zombie, "deadbeef"));
    }

    #[test]
    fn a_marker_is_found_among_hostile_neighbours() {
        let environ = b"A=\xff\0SUBREAPER_OWNERX=1\0\0SUBREAPER_OWNER=deadbeef:5:7\0SUBREAPER_KEEP=1\0SUBREAPER_TREE=ab\0=";
        let marker = Marker::parse(environ);
        assert_eq!(
            marker.owner.unwrap().identity,
            Identity {
                pid: 5,
                start_time: 7
            }
        );
        assert!(marker.keep);
        assert_eq!(marker.tree.as_deref(), Some("ab"));
        assert_eq!(Marker::parse(b""), Marker::default());
    }
}
