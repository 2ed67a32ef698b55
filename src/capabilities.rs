//! What works on this machine, as this process.

use napi_derive::napi;
use nix::unistd::{AccessFlags, access};
use proctree::group;
use proctree::pidfd::Pidfd;

use crate::spawn::supervisor_path;

/// The supervisor, as far as it can be told without running it.
#[napi(object)]
pub struct SupervisorState {
    pub path: String,
    pub errno: Option<i32>,
}

/// What `capabilities` of `index.d.ts` is made from.
#[napi(object)]
pub struct NativeCapabilities {
    pub supervisor: SupervisorState,
    pub pidfd: bool,
    pub pidfd_group_signal: bool,
    pub proc_hidden: bool,
}

/// Looks at what there is.
#[napi(catch_unwind)]
pub fn native_capabilities() -> NativeCapabilities {
    let path = supervisor_path();
    // Also says EACCES for a file on a file system that is mounted noexec.
    let errno = access(path, AccessFlags::X_OK)
        .err()
        .map(|errno| errno as i32);
    NativeCapabilities {
        supervisor: SupervisorState {
            path: path.to_string_lossy().into_owned(),
            errno,
        },
        pidfd: Pidfd::open(std::process::id() as i32).is_ok_and(|own| own.signal(0).is_ok()),
        pidfd_group_signal: group::is_kernel_supported(),
        proc_hidden: proc_hides_others(),
    }
}

/// Whether `/proc` is mounted so that it shows this user's processes only. Root sees all the same.
fn proc_hides_others() -> bool {
    let mounts = std::fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    let last = mounts
        .lines()
        .rfind(|line| line.split(' ').nth(4) == Some("/proc"));
    let hides = last.is_some_and(|line| {
        let options = line.rsplit(' ').next().unwrap_or_default().split(',');
        options
            .filter_map(|option| option.strip_prefix("hidepid="))
            .any(|mode| !matches!(mode, "0" | "off"))
    });
    hides && !nix::unistd::geteuid().is_root()
}
