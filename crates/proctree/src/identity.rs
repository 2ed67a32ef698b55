//! Telling a process from a later one with the same number.

/// A process id together with the start time that makes it unique within one boot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Identity {
    /// Process id.
    pub pid: i32,
    /// Clock ticks from boot to the start of the process: field 22 of
    /// [proc_pid_stat(5)](https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html).
    pub start_time: u64,
}
