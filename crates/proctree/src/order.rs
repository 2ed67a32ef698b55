//! The supervisor's command line: `NAME=value` words up to `--`, then the command's own.
//!
//! Made for eyes too: ps(1) shows what the supervisor holds.

use std::ffi::{CString, OsString};
use std::os::unix::ffi::OsStringExt;
use std::time::Duration;

use crate::ladder::Plan;
use crate::protocol::VERSION;

/// What a supervisor is to run, and how. Its descriptors are those of the command, then the control socket, then
/// a pidfd of the owner; its environment is the command's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// How many descriptors are the command's.
    pub descriptors: usize,
    /// How the tree ends when the owner does, or when the supervisor is told to.
    pub plan: Plan,
    /// The tree may outlive the owner.
    pub keep: bool,
    /// The leader is not reaped before the group is empty, since this kernel cannot signal a group otherwise.
    pub pin: bool,
    /// The command's user.
    pub uid: Option<u32>,
    /// The command's group.
    pub gid: Option<u32>,
    /// The command's working directory.
    pub cwd: Option<CString>,
    /// What to run, where it is not the first argument.
    pub file: Option<CString>,
    /// The command's arguments, the first being its name.
    pub argv: Vec<CString>,
}

impl Order {
    /// The command line of a supervisor with this name.
    pub fn encode(&self, name: &str) -> Vec<CString> {
        let millis = |time: Duration| time.as_millis();
        let mut words = vec![
            name.to_owned(),
            format!("protocol={VERSION}"),
            format!("descriptors={}", self.descriptors),
            format!("signal={}", self.plan.signal),
            format!("wait={}", millis(self.plan.wait)),
        ];
        words.extend(
            self.plan
                .grace
                .map(|grace| format!("grace={}", millis(grace))),
        );
        words.extend(self.keep.then(|| String::from("keep=1")));
        words.extend(self.pin.then(|| String::from("pin=1")));
        words.extend(self.uid.map(|uid| format!("uid={uid}")));
        words.extend(self.gid.map(|gid| format!("gid={gid}")));
        let mut line: Vec<Vec<u8>> = words.into_iter().map(String::into_bytes).collect();
        line.extend(
            self.cwd
                .as_ref()
                .map(|cwd| [b"cwd=", cwd.to_bytes()].concat()),
        );
        line.extend(
            self.file
                .as_ref()
                .map(|file| [b"file=", file.to_bytes()].concat()),
        );
        line.push(b"--".to_vec());
        // None of the parts holds a NUL: they are numbers, or were C strings.
        let head = line.into_iter().filter_map(|word| CString::new(word).ok());
        head.chain(self.argv.iter().cloned()).collect()
    }

    /// Reads a command line; none where it is not one of this version.
    pub fn decode(line: impl IntoIterator<Item = OsString>) -> Option<Self> {
        let mut words = line.into_iter().skip(1).map(OsString::into_vec);
        let mut fields: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
        for word in words.by_ref().take_while(|word| word != b"--") {
            let split = word.iter().position(|&byte| byte == b'=')?;
            fields.push((word[..split].to_vec(), word[split + 1..].to_vec()));
        }
        let bytes = |name: &str| {
            let mut matching = fields.iter().filter(|(field, _)| field == name.as_bytes());
            matching.next().map(|(_, value)| value.as_slice())
        };
        let number =
            |name: &str| -> Option<u64> { std::str::from_utf8(bytes(name)?).ok()?.parse().ok() };
        let string = |name: &str| CString::new(bytes(name)?).ok();
        if number("protocol") != Some(u64::from(VERSION)) {
            return None;
        }
        Some(Self {
            descriptors: number("descriptors")? as usize,
            plan: Plan {
                signal: number("signal")? as i32,
                grace: number("grace").map(Duration::from_millis),
                wait: Duration::from_millis(number("wait")?),
            },
            keep: number("keep").is_some(),
            pin: number("pin").is_some(),
            uid: number("uid").map(|uid| uid as u32),
            gid: number("gid").map(|gid| gid as u32),
            cwd: string("cwd"),
            file: string("file"),
            argv: words
                .map(|word| CString::new(word).ok())
                .collect::<Option<_>>()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order() -> Order {
        Order {
            descriptors: 4,
            plan: Plan {
                signal: 15,
                grace: Some(Duration::from_secs(5)),
                wait: Duration::from_secs(10),
            },
            keep: true,
            pin: true,
            uid: Some(u32::MAX - 1),
            gid: Some(0),
            cwd: Some(c"/a=b c\xff".to_owned()),
            file: Some(c"--".to_owned()),
            argv: [c"npm", c"--", c"", c"keep=1"]
                .map(|arg| arg.to_owned())
                .to_vec(),
        }
    }

    fn decode(line: Vec<CString>) -> Option<Order> {
        Order::decode(
            line.into_iter()
                .map(|word| OsString::from_vec(word.into_bytes())),
        )
    }

    #[test]
    fn an_order_reads_as_it_was_written() {
        let plain = Order {
            plan: Plan {
                grace: None,
                ..order().plan
            },
            keep: false,
            pin: false,
            uid: None,
            gid: None,
            cwd: None,
            file: None,
            argv: Vec::new(),
            ..order()
        };
        for order in [order(), plain] {
            assert_eq!(decode(order.encode("supervisor")), Some(order));
        }
    }

    #[test]
    fn another_version_is_refused() {
        let mut line = order().encode("supervisor");
        line[1] = c"protocol=999".to_owned();
        assert_eq!(decode(line), None);
        assert_eq!(decode(vec![c"supervisor".to_owned()]), None);
    }
}
