//! Collecting children with [waitid(2)](https://man7.org/linux/man-pages/man2/waitid.2.html), any signal number included.

use nix::errno::Errno;
use nix::libc;

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Process id.
    pub pid: i32,
    /// Exit code; 0 where a signal ended it.
    pub code: i32,
    /// Signal that ended it; 0 where it exited by itself.
    pub signal: i32,
}

/// Which child is meant.
#[derive(Clone, Copy, Debug)]
pub enum Child {
    /// Any one.
    Any,
    /// The one with this number: safe for our own children, whose numbers are taken until we wait.
    Pid(i32),
    /// The one this pidfd is open on.
    Pidfd(i32),
}

/// Collects a child that has ended, without blocking; with `keep` it can be collected once more.
///
/// # Errors
/// `ECHILD` where there is no such child.
pub fn try_wait(child: Child, keep: bool) -> Result<Option<Ended>, Errno> {
    wait(child, libc::WNOHANG | if keep { libc::WNOWAIT } else { 0 })
}

/// Waits until a child ends, and collects it.
///
/// # Errors
/// `ECHILD` where there is no such child.
pub fn wait_for(child: Child) -> Result<Option<Ended>, Errno> {
    loop {
        match wait(child, 0) {
            Err(Errno::EINTR) => {}
            waited => return waited,
        }
    }
}

fn wait(child: Child, flags: i32) -> Result<Option<Ended>, Errno> {
    let (kind, id) = match child {
        Child::Any => (libc::P_ALL, 0),
        Child::Pid(pid) => (libc::P_PID, pid),
        Child::Pidfd(fd) => (libc::P_PIDFD, fd),
    };
    // SAFETY: all bytes zero is a valid siginfo_t, and says "no child" as the man page asks for.
    let mut info: libc::siginfo_t = unsafe { std::mem::zeroed() };
    let flags = flags | libc::WEXITED | libc::__WALL;
    // SAFETY: `info` is a siginfo_t that the kernel may write to for the length of the call.
    Errno::result(unsafe { libc::waitid(kind, id as libc::id_t, &mut info, flags) })?;
    // SAFETY: waitid fills the fields of a SIGCHLD, or leaves the zeroes.
    let (pid, status) = unsafe { (info.si_pid(), info.si_status()) };
    let exited = info.si_code == libc::CLD_EXITED;
    Ok((pid != 0).then_some(Ended {
        pid,
        code: if exited { status } else { 0 },
        signal: if exited { 0 } else { status },
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    fn end_of(script: &str) -> Ended {
        let pid = Command::new("sh")
            .args(["-c", script])
            .spawn()
            .unwrap()
            .id() as i32;
        wait_for(Child::Pid(pid)).unwrap().unwrap()
    }

    #[test]
    fn tells_codes_from_signals_of_every_number() {
        let end = end_of("exit 7");
        assert_eq!((end.code, end.signal), (7, 0));
        let end = end_of("kill -9 $$");
        assert_eq!((end.code, end.signal), (0, 9));
        let end = end_of("kill -40 $$");
        assert_eq!((end.code, end.signal), (0, 40));
    }
}
