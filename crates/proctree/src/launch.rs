//! Starting a command without copying the caller's page tables.
//!
//! The child shares memory with the suspended caller, as in posix_spawn(3), which has no way to change the user or to
//! ask for a signal when the parent dies. Between clone and exec only async-signal-safe calls are made, nothing is
//! allocated, and credentials are changed by raw system calls: the C library's own would reach every thread of the caller.

use std::ffi::{CStr, CString, c_char, c_void};
use std::os::fd::{FromRawFd, OwnedFd, RawFd};
use std::ptr;

use nix::errno::Errno;
use nix::libc;

use crate::clock::ticks;
use crate::pidfd::Pidfd;
use crate::wait::{Child, wait_for};
use crate::{Identity, snapshot};

/// Where commands are looked for when `PATH` is not set, as in execvp(3).
const DEFAULT_PATH: &[u8] = b"/bin:/usr/bin";
const STACK_SIZE: usize = 64 * 1024;
/// How many signals the kernel knows, and how many bits its sets of them have.
const SIGNALS: usize = 64;

/// What to start, as the leader of a session and group of its own.
#[derive(Clone, Debug, Default)]
pub struct Command {
    /// Paths to try, in order.
    pub programs: Vec<CString>,
    /// Its arguments, the first being its name.
    pub argv: Vec<CString>,
    /// Its environment, `NAME=value`.
    pub envp: Vec<CString>,
    /// Its working directory; none for the caller's.
    pub cwd: Option<CString>,
    /// Its user.
    pub uid: Option<u32>,
    /// Its group.
    pub gid: Option<u32>,
    /// It starts with every signal blocked, not with none.
    pub blocks_signals: bool,
    /// SIGKILL it when the calling thread ends.
    pub dies_with_parent: bool,
    /// Its descriptors: the one at index `i` becomes `i`. Each is `i` itself, beyond the end of the list, or -1 for none.
    pub descriptors: Vec<RawFd>,
}

/// Paths at which execvp(3) would look for a command.
pub fn candidates(file: &CStr, path: Option<&[u8]>) -> Vec<CString> {
    let name = file.to_bytes();
    if name.is_empty() || name.contains(&b'/') {
        return vec![file.to_owned()];
    }
    let folders = path.unwrap_or(DEFAULT_PATH).split(|&byte| byte == b':');
    folders
        .filter_map(|folder| {
            let slash: &[u8] = if folder.is_empty() { b"" } else { b"/" };
            CString::new([folder, slash, name].concat()).ok()
        })
        .collect()
}

/// Starts it. Returns once it runs, with a descriptor made by the very call that made the process.
///
/// # Errors
/// What the call that failed said: `ENOENT`, `EACCES`, `EPERM`, `E2BIG`, `EAGAIN`, ….
pub fn launch(command: &Command) -> Result<(Identity, Pidfd), Errno> {
    let argv = pointers(&command.argv);
    let envp = pointers(&command.envp);
    // A script without `#!` is given to the shell, as execvp(3) does: `/bin/sh SCRIPT ARGUMENTS…`.
    let mut shell_argv = vec![c"/bin/sh".as_ptr(), ptr::null()];
    shell_argv.extend(argv.get(1..).unwrap_or(&[ptr::null()]));
    let mut child = InChild {
        command,
        programs: pointers(&command.programs),
        argv,
        envp,
        shell_argv,
        parent: std::process::id() as i32,
        errno: 0,
    };
    let mut stack: Vec<u128> = Vec::with_capacity(STACK_SIZE / size_of::<u128>());
    let mut pidfd: libc::c_int = -1;
    let flags = libc::CLONE_VM | libc::CLONE_VFORK | libc::CLONE_PIDFD | libc::SIGCHLD;
    let before = ticks();
    let pid = with_signals_blocked(|| {
        // SAFETY: the caller is suspended until the child has left this memory by exec or exit, so stack, `child`
        // and `pidfd` outlive its use of them; no signal handler can run in the child, all being blocked.
        unsafe {
            let top = stack.as_mut_ptr().add(stack.capacity()).cast::<c_void>();
            libc::clone(
                run,
                top,
                flags,
                (&raw mut child).cast::<c_void>(),
                &raw mut pidfd,
            )
        }
    });
    let pid = Errno::result(pid)?;
    // SAFETY: CLONE_PIDFD has stored a new descriptor here that nobody else knows.
    let pidfd = Pidfd::from(unsafe { OwnedFd::from_raw_fd(pidfd) });
    // SAFETY: `child` is a live local; the child process wrote to it before it ended, unseen by the compiler.
    match unsafe { ptr::read_volatile(&raw const child.errno) } {
        0 => {
            let start_time = start_between(before, ticks(), pid);
            Ok((Identity { pid, start_time }, pidfd))
        }
        errno => {
            // It has ended already, or somebody else has collected it: either way nothing is left.
            let _ = wait_for(Child::Pid(pid));
            Err(Errno::from_raw(errno))
        }
    }
}

/// The start of a child that was made between two readings of the clock: known without asking where both are of the
/// same tick, which saves a look at `/proc` on the path of nearly every spawn.
fn start_between(before: Option<u64>, after: Option<u64>, pid: i32) -> u64 {
    if let Some(tick) = before.filter(|_| before == after) {
        return tick;
    }
    // Not waited for yet, so it can be read whatever it has done since; without /proc nobody can compare it anyway.
    snapshot::read_start_time(pid)
        .ok()
        .or(after)
        .unwrap_or_default()
}

fn pointers(strings: &[CString]) -> Vec<*const c_char> {
    strings
        .iter()
        .map(|string| string.as_ptr())
        .chain([ptr::null()])
        .collect()
}

fn with_signals_blocked<T>(work: impl FnOnce() -> T) -> T {
    // SAFETY: both sets are locals that sigfillset and pthread_sigmask fill before they are read.
    unsafe {
        let mut all: libc::sigset_t = std::mem::zeroed();
        let mut before: libc::sigset_t = std::mem::zeroed();
        libc::sigfillset(&raw mut all);
        libc::pthread_sigmask(libc::SIG_SETMASK, &raw const all, &raw mut before);
        let result = work();
        libc::pthread_sigmask(libc::SIG_SETMASK, &raw const before, ptr::null_mut());
        result
    }
}

struct InChild<'a> {
    command: &'a Command,
    programs: Vec<*const c_char>,
    argv: Vec<*const c_char>,
    envp: Vec<*const c_char>,
    shell_argv: Vec<*const c_char>,
    parent: i32,
    errno: i32,
}

extern "C" fn run(child: *mut c_void) -> libc::c_int {
    // SAFETY: `launch` passes a pointer to its local, which it does not touch until this process is gone.
    let child = unsafe { &mut *child.cast::<InChild<'_>>() };
    // SAFETY: this is the child of a clone with CLONE_VM | CLONE_VFORK, which is what `become_command` asks for.
    child.errno = match unsafe { become_command(child) } {
        Err(errno) => errno as i32,
        Ok(never) => match never {},
    };
    127
}

enum Never {}

/// # Safety
/// To be called in the child of [`launch`] only. Makes only async-signal-safe calls.
unsafe fn become_command(child: &mut InChild<'_>) -> Result<Never, Errno> {
    let command = child.command;
    // SAFETY: plain system calls on integers, and on strings that the suspended parent keeps.
    unsafe {
        let default = [0u64; 4];
        for signal in 1..=SIGNALS {
            // A struct sigaction of zeroes is SIG_DFL, as the kernel lays it out. By system call, since the C library
            // refuses to touch its own signals, which a parent may have left ignored. Fails for SIGKILL and SIGSTOP.
            let action = default.as_ptr();
            libc::syscall(
                libc::SYS_rt_sigaction,
                signal,
                action,
                ptr::null::<u64>(),
                SIGNALS / 8,
            );
        }
        Errno::result(libc::setsid())?;
        for (target, &source) in command.descriptors.iter().enumerate() {
            if source < 0 {
                continue;
            }
            place_descriptor(source, target as RawFd)?;
        }
        if let Some(cwd) = &command.cwd {
            Errno::result(libc::chdir(cwd.as_ptr()))?;
        }
        if command.uid.is_some() || command.gid.is_some() {
            // Refused to the unprivileged, who keep their supplementary groups, as under libuv.
            libc::syscall(libc::SYS_setgroups, 0, ptr::null::<libc::gid_t>());
        }
        if let Some(gid) = command.gid {
            Errno::result(libc::syscall(libc::SYS_setgid, gid))?;
        }
        if let Some(uid) = command.uid {
            Errno::result(libc::syscall(libc::SYS_setuid, uid))?;
        }
        if command.dies_with_parent {
            // After the change of user, which would clear it. A parent that died before this call is seen by the
            // change of getppid(2), one that dies after it by the signal.
            Errno::result(libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL, 0, 0, 0))?;
            if libc::getppid() != child.parent {
                return Err(Errno::ESRCH);
            }
        }
        if !command.blocks_signals {
            let mut none: libc::sigset_t = std::mem::zeroed();
            libc::sigemptyset(&raw mut none);
            libc::sigprocmask(libc::SIG_SETMASK, &raw const none, ptr::null_mut());
        }
        Err(exec_first(child))
    }
}

/// # Safety
/// As [`become_command`].
unsafe fn place_descriptor(source: RawFd, target: RawFd) -> Result<(), Errno> {
    // SAFETY: plain system calls on integers.
    unsafe {
        if source == target {
            Errno::result(libc::fcntl(target, libc::F_SETFD, 0))?;
        } else {
            Errno::result(libc::dup2(source, target))?;
        }
        if target <= 2 {
            // Programs do not expect EAGAIN on their standard streams.
            let flags = libc::fcntl(target, libc::F_GETFL);
            if flags >= 0 && flags & libc::O_NONBLOCK != 0 {
                libc::fcntl(target, libc::F_SETFL, flags & !libc::O_NONBLOCK);
            }
        }
    }
    Ok(())
}

/// Returns only where none of the programs can be run, with the errno that execvp(3) would give.
///
/// # Safety
/// As [`become_command`].
unsafe fn exec_first(child: &mut InChild<'_>) -> Errno {
    let mut denied = false;
    let mut last = Errno::ENOENT;
    for &program in child
        .programs
        .iter()
        .take_while(|program| !program.is_null())
    {
        // SAFETY: every array ends in a null pointer and holds strings that the suspended parent keeps.
        unsafe {
            libc::execve(program, child.argv.as_ptr(), child.envp.as_ptr());
            last = Errno::last();
            if last == Errno::ENOEXEC {
                child.shell_argv[1] = program;
                libc::execve(
                    child.shell_argv[0],
                    child.shell_argv.as_ptr(),
                    child.envp.as_ptr(),
                );
                last = Errno::last();
            }
        }
        match last {
            Errno::EACCES => denied = true,
            Errno::ENOENT | Errno::ESTALE | Errno::ENOTDIR | Errno::ENODEV | Errno::ETIMEDOUT => {}
            _ => return last,
        }
    }
    if denied { Errno::EACCES } else { last }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wait::Ended;

    fn command(file: &CStr, args: &[&CStr]) -> Command {
        Command {
            programs: candidates(file, None),
            argv: [file]
                .iter()
                .chain(args)
                .map(|&arg| arg.to_owned())
                .collect(),
            ..Command::default()
        }
    }

    fn run_to_end(command: &Command) -> Ended {
        let (identity, _) = launch(command).unwrap();
        wait_for(Child::Pid(identity.pid)).unwrap().unwrap()
    }

    #[test]
    fn looks_where_execvp_looks() {
        let paths = |path: Option<&[u8]>| candidates(c"x", path);
        assert_eq!(
            paths(Some(b"/a::b")),
            [c"/a/x", c"x", c"b/x"].map(CStr::to_owned)
        );
        assert_eq!(paths(None), [c"/bin/x", c"/usr/bin/x"].map(CStr::to_owned));
        assert_eq!(candidates(c"./x", Some(b"/a")), [c"./x".to_owned()]);
    }

    #[test]
    fn the_command_leads_its_own_session_in_its_own_folder() {
        let script =
            c"test $(cut -d' ' -f5,6 /proc/$$/stat) = 0 2>/dev/null; set -- $(cat /proc/$$/stat); \
            test $5 = $$ && test $6 = $$ && test $PWD = /usr";
        let end = run_to_end(&Command {
            cwd: Some(c"/usr".to_owned()),
            ..command(c"sh", &[c"-c", script])
        });
        assert_eq!((end.code, end.signal), (0, 0));
    }

    #[test]
    fn the_start_by_the_clock_is_the_one_in_proc() {
        for _ in 0..200 {
            let (identity, _) = launch(&command(c"true", &[])).unwrap();
            assert_eq!(
                snapshot::read_start_time(identity.pid).unwrap(),
                identity.start_time
            );
            wait_for(Child::Pid(identity.pid)).unwrap();
        }
    }

    #[test]
    fn failures_are_those_of_the_call_that_failed() {
        let errno = |command: &Command| launch(command).unwrap_err();
        assert_eq!(errno(&command(c"/nope", &[])), Errno::ENOENT);
        assert_eq!(errno(&command(c"no-such-command", &[])), Errno::ENOENT);
        assert_eq!(errno(&command(c"/etc/passwd", &[])), Errno::EACCES);
        assert_eq!(errno(&command(c"/usr", &[])), Errno::EACCES);
        let lost = Command {
            cwd: Some(c"/nope".to_owned()),
            ..command(c"true", &[])
        };
        assert_eq!(errno(&lost), Errno::ENOENT);
        let closed = Command {
            descriptors: vec![900],
            ..command(c"true", &[])
        };
        assert_eq!(errno(&closed), Errno::EBADF);
    }

    #[test]
    fn a_script_without_interpreter_goes_to_the_shell() {
        let path = std::env::temp_dir().join(format!("launch-{}", std::process::id()));
        // Written by another process: a descriptor of ours could be open in a child of another test still (ETXTBSY).
        let write = "printf 'exit $(($1 + 1))' > \"$0\" && chmod 755 \"$0\"";
        let written = std::process::Command::new("sh")
            .args(["-c", write])
            .arg(&path)
            .status();
        assert!(written.unwrap().success());
        let file = CString::new(path.to_str().unwrap()).unwrap();
        let end = run_to_end(&command(&file, &[c"4"]));
        std::fs::remove_file(&path).unwrap();
        assert_eq!(end.code, 5);
    }

    #[test]
    fn it_dies_with_the_thread_that_started_it() {
        let (identity, pidfd) = std::thread::spawn(|| {
            let sleep = command(c"sleep", &[c"60"]);
            launch(&Command {
                dies_with_parent: true,
                ..sleep
            })
            .unwrap()
        })
        .join()
        .unwrap();
        let end = wait_for(Child::Pid(identity.pid)).unwrap().unwrap();
        assert_eq!(end.signal, libc::SIGKILL);
        assert!(pidfd.has_exited());
    }
}
