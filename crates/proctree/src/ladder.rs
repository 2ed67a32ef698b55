//! The way down: signal, wait, stop and kill, verify, report.
//!
//! The ladder only says what comes next; a [`Target`] does it. Supervisor and addon walk the same ladder on
//! targets of their own.

use std::time::{Duration, Instant};

use nix::libc;

use crate::Identity;

/// How long SIGKILL as the first signal is given to work before the sweep starts.
const KILL_GRACE: Duration = Duration::from_millis(20);
/// When to look for those whom a stop signal keeps from taking the first signal: most trees have ended before.
const WAKE_AFTER: Duration = Duration::from_millis(10);
/// The longest rest between two sweeps; an exit of a member ends it early.
const SWEEP_REST: Duration = Duration::from_millis(50);

/// What was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The first signal.
    pub signal: i32,
    /// From the first signal to SIGKILL; none never escalates.
    pub grace: Option<Duration>,
    /// How long to wait for the end after SIGKILL, or after the first signal where there is no escalation.
    pub wait: Duration,
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All gone after the first signal.
    Exited,
    /// All gone, some of them by SIGKILL.
    Forced,
    /// Somebody is left.
    Survivors,
}

impl Outcome {
    /// What these counts amount to.
    pub fn of(tally: &Tally, survivors: &[Identity]) -> Self {
        match (survivors.is_empty(), tally.force_killed) {
            (false, _) => Self::Survivors,
            (true, 0) => Self::Exited,
            (true, _) => Self::Forced,
        }
    }
}

/// How many processes each step has met, each process counted once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Were sent the first signal.
    pub signalled: u32,
    /// Were sent SIGKILL afterwards.
    pub force_killed: u32,
    /// Were found outside the leader's group.
    pub escaped: u32,
}

/// What a finished ladder says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// How it ended.
    pub outcome: Outcome,
    /// Who was met on the way.
    pub tally: Tally,
    /// Who is left.
    pub survivors: Vec<Identity>,
    /// From the first signal to the verified end.
    pub duration: Duration,
}

/// A tree that can be ended.
pub trait Target {
    /// Sends the first signal to everyone, once.
    fn signal(&mut self, signal: i32);
    /// Continues everyone who is stopped, so that the signal takes effect.
    fn wake_stopped(&mut self);
    /// Stops everyone and kills everyone, until a pass finds nobody new.
    fn sweep(&mut self);
    /// Whether nobody is left that the ladder is to wait for.
    fn is_empty(&mut self) -> bool;
    /// Everyone who is left.
    fn survivors(&mut self) -> Vec<Identity>;
    /// What was counted so far.
    fn tally(&self) -> Tally;
}

/// What the walker has to do next.
#[derive(Debug, PartialEq, Eq)]
pub enum Progress {
    /// Wait for an exit, for so long at most, and come again.
    Wait(Duration),
    /// It is over.
    Done(Report),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Start,
    /// The first signal is out, and those who were stopped have been continued or not.
    Grace {
        until: Option<Instant>,
        woken: bool,
    },
    Sweeping,
}

/// One run.
#[derive(Debug)]
pub struct Ladder {
    plan: Plan,
    phase: Phase,
    started: Instant,
    deadline: Instant,
}

impl Ladder {
    /// A run that starts at its first [`Ladder::advance`].
    pub fn new(plan: Plan, now: Instant) -> Self {
        Self {
            plan,
            phase: Phase::Start,
            started: now,
            deadline: now + plan.wait,
        }
    }

    /// Comes to SIGKILL after this grace at the latest; none changes nothing.
    pub fn shorten(&mut self, grace: Option<Duration>, now: Instant) {
        let Some(grace) = grace else { return };
        self.plan.grace = Some(self.plan.grace.map_or(grace, |own| own.min(grace)));
        if let Phase::Grace { until, woken } = self.phase {
            let limit = now + grace;
            let until = Some(until.map_or(limit, |until| until.min(limit)));
            self.phase = Phase::Grace { until, woken };
        }
    }

    /// Goes to SIGKILL at once.
    pub fn hasten(&mut self, now: Instant) {
        if self.phase != Phase::Sweeping {
            self.phase = Phase::Sweeping;
            self.deadline = now + self.plan.wait;
        }
    }

    /// Does what is due.
    pub fn advance(&mut self, target: &mut impl Target, now: Instant) -> Progress {
        if self.phase == Phase::Start {
            self.start(target, now);
        }
        if target.is_empty() {
            return self.finish(target, true, now);
        }
        if let Phase::Grace {
            until,
            woken: false,
        } = self.phase
            && now >= self.started + WAKE_AFTER
        {
            self.phase = Phase::Grace { until, woken: true };
            target.wake_stopped();
        }
        if matches!(self.phase, Phase::Grace { until: Some(until), .. } if now >= until) {
            self.hasten(now);
        }
        if self.phase == Phase::Sweeping {
            target.sweep();
            if target.is_empty() {
                return self.finish(target, true, now);
            }
        }
        if now >= self.deadline && !matches!(self.phase, Phase::Grace { until: Some(_), .. }) {
            return self.finish(target, false, now);
        }
        Progress::Wait(self.rest(now))
    }

    fn start(&mut self, target: &mut impl Target, now: Instant) {
        let grace = match self.plan.signal {
            // SIGKILL cannot be waited out, and only a sweep gets those that are forked past it.
            libc::SIGKILL => Some(KILL_GRACE),
            _ => self.plan.grace,
        };
        self.started = now;
        self.deadline = now + self.plan.wait;
        let until = grace.map(|grace| now + grace);
        self.phase = Phase::Grace {
            until,
            woken: !has_to_be_taken(self.plan.signal),
        };
        target.signal(self.plan.signal);
    }

    fn rest(&self, now: Instant) -> Duration {
        let until = match self.phase {
            Phase::Grace { until, woken: true } => until.unwrap_or(self.deadline),
            Phase::Grace {
                until,
                woken: false,
            } => until
                .unwrap_or(self.deadline)
                .min(self.started + WAKE_AFTER),
            Phase::Start | Phase::Sweeping => self.deadline.min(now + SWEEP_REST),
        };
        until.saturating_duration_since(now)
    }

    fn finish(&self, target: &mut impl Target, is_empty: bool, now: Instant) -> Progress {
        let survivors = target.survivors();
        let tally = target.tally();
        // Somebody may be left whom nobody can see.
        let outcome = if is_empty {
            Outcome::of(&tally, &survivors)
        } else {
            Outcome::Survivors
        };
        // `now` was taken before the sweep of this very step.
        let duration = self
            .started
            .elapsed()
            .max(now.saturating_duration_since(self.started));
        Progress::Done(Report {
            outcome,
            tally,
            survivors,
            duration,
        })
    }
}

/// Whether a stopped process has to run for this signal to take effect.
fn has_to_be_taken(signal: i32) -> bool {
    let others = [
        libc::SIGKILL,
        libc::SIGCONT,
        libc::SIGSTOP,
        libc::SIGTSTP,
        libc::SIGTTIN,
        libc::SIGTTOU,
    ];
    !others.contains(&signal)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tree of numbers: some die of the first signal, some only of SIGKILL, some never.
    #[derive(Default)]
    struct Invented {
        gentle: u32,
        stubborn: u32,
        immortal: u32,
        /// Take the first signal once they are continued.
        stopped: u32,
        signals: Vec<i32>,
        sweeps: u32,
        tally: Tally,
    }

    impl Target for Invented {
        fn signal(&mut self, signal: i32) {
            self.signals.push(signal);
            self.tally.signalled = self.gentle + self.stubborn + self.immortal + self.stopped;
            self.gentle = 0;
        }
        fn wake_stopped(&mut self) {
            self.stopped = 0;
        }
        fn sweep(&mut self) {
            self.sweeps += 1;
            self.tally.force_killed += std::mem::take(&mut self.stubborn);
        }
        fn is_empty(&mut self) -> bool {
            self.gentle + self.stubborn + self.immortal + self.stopped == 0
        }
        fn survivors(&mut self) -> Vec<Identity> {
            (0..self.immortal)
                .map(|pid| Identity {
                    pid: pid as i32,
                    start_time: 0,
                })
                .collect()
        }
        fn tally(&self) -> Tally {
            self.tally
        }
    }

    const PLAN: Plan = Plan {
        signal: libc::SIGTERM,
        grace: Some(Duration::from_secs(5)),
        wait: Duration::from_secs(10),
    };

    fn walk(plan: Plan, target: &mut Invented) -> (Report, Duration) {
        let start = Instant::now();
        let mut now = start;
        let mut ladder = Ladder::new(plan, now);
        loop {
            match ladder.advance(target, now) {
                // An exit ends the wait.
                Progress::Wait(_) if target.is_empty() => {}
                Progress::Wait(rest) => now += rest,
                Progress::Done(report) => return (report, now - start),
            }
        }
    }

    #[test]
    fn the_gentle_end_at_the_first_signal() {
        let mut target = Invented {
            gentle: 3,
            ..Invented::default()
        };
        let (report, took) = walk(PLAN, &mut target);
        assert_eq!(
            (report.outcome, report.tally.signalled),
            (Outcome::Exited, 3)
        );
        assert_eq!((target.signals, target.sweeps), (vec![libc::SIGTERM], 0));
        assert_eq!(took, Duration::ZERO);
    }

    #[test]
    fn the_stubborn_are_killed_after_the_grace_and_not_before() {
        let mut target = Invented {
            gentle: 1,
            stubborn: 2,
            ..Invented::default()
        };
        let (report, took) = walk(PLAN, &mut target);
        assert_eq!(
            (report.outcome, report.tally.force_killed),
            (Outcome::Forced, 2)
        );
        assert_eq!((target.sweeps, took), (1, Duration::from_secs(5)));
    }

    #[test]
    fn the_stopped_are_continued_soon_and_once() {
        let mut target = Invented {
            stopped: 2,
            ..Invented::default()
        };
        let (report, took) = walk(PLAN, &mut target);
        assert_eq!((report.outcome, took), (Outcome::Exited, WAKE_AFTER));
        let mut target = Invented {
            stopped: 1,
            stubborn: 1,
            ..Invented::default()
        };
        assert_eq!(
            walk(
                Plan {
                    grace: None,
                    ..PLAN
                },
                &mut target
            )
            .1,
            Duration::from_secs(10)
        );
        let mut target = Invented {
            stopped: 1,
            ..Invented::default()
        };
        let stop = Plan {
            signal: libc::SIGSTOP,
            grace: None,
            ..PLAN
        };
        assert_eq!(walk(stop, &mut target).1, Duration::from_secs(10));
    }

    #[test]
    fn the_immortal_are_named_after_grace_and_wait() {
        let mut target = Invented {
            stubborn: 1,
            immortal: 2,
            ..Invented::default()
        };
        let (report, took) = walk(PLAN, &mut target);
        assert_eq!(
            (report.outcome, report.survivors.len()),
            (Outcome::Survivors, 2)
        );
        assert!(target.sweeps > 10);
        assert_eq!(took, Duration::from_secs(15));
    }

    #[test]
    fn without_grace_nobody_is_killed() {
        let mut target = Invented {
            stubborn: 1,
            immortal: 1,
            ..Invented::default()
        };
        let (report, took) = walk(
            Plan {
                grace: None,
                ..PLAN
            },
            &mut target,
        );
        assert_eq!((report.outcome, target.sweeps), (Outcome::Survivors, 0));
        assert_eq!(took, Duration::from_secs(10));
    }

    #[test]
    fn those_whom_nobody_can_see_are_no_success() {
        let mut target = Invented {
            stopped: 1,
            ..Invented::default()
        };
        let plan = Plan {
            signal: libc::SIGSTOP,
            grace: None,
            ..PLAN
        };
        let (report, _) = walk(plan, &mut target);
        assert_eq!(
            (report.outcome, report.survivors.len()),
            (Outcome::Survivors, 0)
        );
    }

    #[test]
    fn an_empty_tree_is_done_at_once() {
        let (report, _) = walk(PLAN, &mut Invented::default());
        assert_eq!(
            (report.outcome, report.tally),
            (Outcome::Exited, Tally::default())
        );
    }

    #[test]
    fn sigkill_as_first_signal_sweeps_soon_even_without_grace() {
        let mut target = Invented {
            stubborn: 1,
            ..Invented::default()
        };
        let plan = Plan {
            signal: libc::SIGKILL,
            grace: None,
            ..PLAN
        };
        let (report, took) = walk(plan, &mut target);
        assert_eq!((report.outcome, took), (Outcome::Forced, KILL_GRACE));
    }

    #[test]
    fn shortened_it_kills_no_later_than_after_the_new_grace() {
        for grace in [Some(Duration::from_secs(60)), None] {
            let now = Instant::now();
            let mut target = Invented {
                stubborn: 1,
                ..Invented::default()
            };
            let mut ladder = Ladder::new(Plan { grace, ..PLAN }, now);
            ladder.advance(&mut target, now);
            ladder.shorten(None, now);
            ladder.shorten(Some(Duration::from_secs(1)), now);
            ladder.advance(&mut target, now + Duration::from_millis(999));
            assert_eq!(target.sweeps, 0);
            ladder.advance(&mut target, now + Duration::from_secs(1));
            assert_eq!(target.sweeps, 1);
        }
    }

    #[test]
    fn hastened_it_kills_at_once_and_waits_in_full() {
        let now = Instant::now();
        let mut target = Invented {
            stubborn: 1,
            immortal: 1,
            ..Invented::default()
        };
        let mut ladder = Ladder::new(PLAN, now);
        assert_eq!(ladder.advance(&mut target, now), Progress::Wait(WAKE_AFTER));
        ladder.hasten(now);
        assert_eq!(ladder.advance(&mut target, now), Progress::Wait(SWEEP_REST));
        assert_eq!((target.sweeps, target.stubborn), (1, 0));
    }
}
