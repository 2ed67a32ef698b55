//! What addon and supervisor say to each other.
//!
//! The supervisor is told what to run by its command line, readable in ps(1); afterwards both speak over a
//! `SOCK_SEQPACKET` socket, one message a packet: a tag, then little-endian integers.

use std::time::Duration;

use crate::Identity;
use crate::ladder::{Outcome, Plan, Report, Tally};

/// Raised by every change that the other end could misread.
pub const VERSION: u32 = 1;

/// No more survivors than these are named in one packet.
const SURVIVORS_MAX: usize = 4096;
/// Room for the longest message.
pub const MESSAGE_MAX: usize = 64 + SURVIVORS_MAX * 12;

/// From the addon to the supervisor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// End the tree, and report.
    Terminate(Plan),
    /// The group's number is no longer in use: the leader may be reaped.
    Release,
}

/// From the supervisor to the addon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The command runs; its pidfd comes along.
    Started(Identity),
    /// It cannot be run: the errno of the call that failed.
    Failed(i32),
    /// The leader has ended: its exit code, or the signal that ended it.
    LeaderExited {
        /// Exit code; 0 where a signal ended it.
        code: i32,
        /// Signal; 0 where it exited by itself.
        signal: i32,
    },
    /// A termination is over.
    Report(Report),
    /// Nobody is left.
    Empty,
}

impl Request {
    /// The packet.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Writer::default();
        match self {
            Self::Terminate(plan) => {
                out.u8(1);
                out.i32(plan.signal);
                out.millis(plan.grace);
                out.millis(Some(plan.wait));
            }
            Self::Release => out.u8(2),
        }
        out.0
    }

    /// Reads a packet; none where it is not one of this version.
    pub fn decode(packet: &[u8]) -> Option<Self> {
        let mut input = Reader(packet);
        let request = match input.u8()? {
            1 => Self::Terminate(Plan {
                signal: input.i32()?,
                grace: input.millis()?,
                wait: input.millis()??,
            }),
            2 => Self::Release,
            _ => return None,
        };
        input.end()?;
        Some(request)
    }
}

impl Notice {
    /// The packet.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Writer::default();
        match self {
            Self::Started(identity) => {
                out.u8(1);
                out.identity(identity);
            }
            Self::Failed(errno) => {
                out.u8(2);
                out.i32(*errno);
            }
            Self::LeaderExited { code, signal } => {
                out.u8(3);
                out.i32(*code);
                out.i32(*signal);
            }
            Self::Report(report) => {
                out.u8(4);
                out.report(report);
            }
            Self::Empty => out.u8(5),
        }
        out.0
    }

    /// Reads a packet; none where it is not one of this version.
    pub fn decode(packet: &[u8]) -> Option<Self> {
        let mut input = Reader(packet);
        let notice = match input.u8()? {
            1 => Self::Started(input.identity()?),
            2 => Self::Failed(input.i32()?),
            3 => Self::LeaderExited {
                code: input.i32()?,
                signal: input.i32()?,
            },
            4 => Self::Report(input.report()?),
            5 => Self::Empty,
            _ => return None,
        };
        input.end()?;
        Some(notice)
    }
}

#[derive(Default)]
struct Writer(Vec<u8>);

impl Writer {
    fn u8(&mut self, value: u8) {
        self.0.push(value);
    }

    fn i32(&mut self, value: i32) {
        self.0.extend(value.to_le_bytes());
    }

    fn u32(&mut self, value: u32) {
        self.0.extend(value.to_le_bytes());
    }

    fn u64(&mut self, value: u64) {
        self.0.extend(value.to_le_bytes());
    }

    fn millis(&mut self, value: Option<Duration>) {
        self.u64(value.map_or(u64::MAX, |value| value.as_millis() as u64));
    }

    fn identity(&mut self, identity: &Identity) {
        self.i32(identity.pid);
        self.u64(identity.start_time);
    }

    fn report(&mut self, report: &Report) {
        self.u8(match report.outcome {
            Outcome::Exited => 0,
            Outcome::Forced => 1,
            Outcome::Survivors => 2,
        });
        self.u32(report.tally.signalled);
        self.u32(report.tally.force_killed);
        self.u32(report.tally.escaped);
        self.u64(report.duration.as_micros() as u64);
        for survivor in report.survivors.iter().take(SURVIVORS_MAX) {
            self.identity(survivor);
        }
    }
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*head)
    }

    fn u8(&mut self) -> Option<u8> {
        self.take().map(u8::from_le_bytes)
    }

    fn i32(&mut self) -> Option<i32> {
        self.take().map(i32::from_le_bytes)
    }

    fn u32(&mut self) -> Option<u32> {
        self.take().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Option<u64> {
        self.take().map(u64::from_le_bytes)
    }

    fn millis(&mut self) -> Option<Option<Duration>> {
        self.u64()
            .map(|value| (value != u64::MAX).then(|| Duration::from_millis(value)))
    }

    fn identity(&mut self) -> Option<Identity> {
        Some(Identity {
            pid: self.i32()?,
            start_time: self.u64()?,
        })
    }

    fn report(&mut self) -> Option<Report> {
        let outcome = match self.u8()? {
            0 => Outcome::Exited,
            1 => Outcome::Forced,
            2 => Outcome::Survivors,
            _ => return None,
        };
        let tally = Tally {
            signalled: self.u32()?,
            force_killed: self.u32()?,
            escaped: self.u32()?,
        };
        let duration = Duration::from_micros(self.u64()?);
        let mut survivors = Vec::new();
        while !self.0.is_empty() {
            survivors.push(self.identity()?);
        }
        Some(Report {
            outcome,
            tally,
            survivors,
            duration,
        })
    }

    fn end(&self) -> Option<()> {
        self.0.is_empty().then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn requests() -> Vec<Request> {
        let plan = Plan {
            signal: 15,
            grace: None,
            wait: Duration::from_secs(10),
        };
        let patient = Plan {
            grace: Some(Duration::from_millis(1)),
            ..plan
        };
        vec![
            Request::Terminate(plan),
            Request::Terminate(patient),
            Request::Release,
        ]
    }

    fn notices() -> Vec<Notice> {
        let identity = Identity {
            pid: 7,
            start_time: u64::MAX,
        };
        let report = Report {
            outcome: Outcome::Survivors,
            tally: Tally {
                signalled: 1,
                force_killed: 2,
                escaped: 3,
            },
            survivors: vec![identity; 3],
            duration: Duration::from_micros(1500),
        };
        vec![
            Notice::Started(identity),
            Notice::Failed(2),
            Notice::LeaderExited { code: 3, signal: 0 },
            Notice::Report(report),
            Notice::Empty,
        ]
    }

    #[test]
    fn every_message_reads_as_it_was_written() {
        for request in requests() {
            assert_eq!(Request::decode(&request.encode()), Some(request));
        }
        for notice in notices() {
            assert_eq!(Notice::decode(&notice.encode()), Some(notice));
        }
    }

    #[test]
    fn cut_or_padded_messages_are_refused() {
        for packet in requests().iter().map(Request::encode) {
            (0..packet.len()).for_each(|end| assert_eq!(Request::decode(&packet[..end]), None));
            assert_eq!(Request::decode(&[packet, vec![0]].concat()), None);
        }
        for packet in notices().iter().map(Notice::encode) {
            assert_eq!(Notice::decode(&packet[..packet.len() - 1]), None);
            assert_eq!(Notice::decode(&[packet, vec![0]].concat()), None);
        }
        assert_eq!(Notice::decode(&[99]), None);
    }

    #[test]
    fn the_longest_report_fits() {
        let Some(Notice::Report(report)) = notices().into_iter().nth(3) else {
            unreachable!()
        };
        let survivors = vec![report.survivors[0]; SURVIVORS_MAX + 5];
        let packet = Notice::Report(Report {
            survivors,
            ..report
        })
        .encode();
        assert!(packet.len() <= MESSAGE_MAX);
        assert!(Notice::decode(&packet).is_some());
    }
}
