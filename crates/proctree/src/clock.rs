//! The clock that start times are told by.

use std::time::Duration;

use nix::time::{ClockId, clock_gettime};
use nix::unistd::{SysconfVar, sysconf};

/// Clock ticks since boot, as field 22 of
/// [proc_pid_stat(5)](https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html) counts them.
pub fn ticks() -> Option<u64> {
    u64::try_from(since_boot()?.as_nanos() / tick()?.as_nanos()).ok()
}

/// How long ago a process started.
pub fn age(start_time: u64) -> Option<Duration> {
    let started = tick()?.as_nanos().checked_mul(u128::from(start_time))?;
    let nanos = since_boot()?.as_nanos().saturating_sub(started);
    u64::try_from(nanos).ok().map(Duration::from_nanos)
}

fn since_boot() -> Option<Duration> {
    clock_gettime(ClockId::CLOCK_BOOTTIME)
        .ok()
        .map(Duration::from)
}

fn tick() -> Option<Duration> {
    let per_second = u64::try_from(sysconf(SysconfVar::CLK_TCK).ok()??).ok()?;
    Some(Duration::from_nanos(
        1_000_000_000_u64.checked_div(per_second)?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_as_old_as_the_clock_says() {
        let mut child = std::process::Command::new("sleep")
            .arg("60")
            .spawn()
            .unwrap();
        let start = crate::snapshot::read_start_time(child.id() as i32).unwrap();
        assert!(start <= ticks().unwrap());
        assert!(age(start).unwrap() < Duration::from_secs(5));
        child.kill().unwrap();
        child.wait().unwrap();
    }
}
