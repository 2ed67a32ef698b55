//! The kernel's lists of children, `/proc/PID/task/TID/children` of
//! [proc_tid_children(5)](https://man7.org/linux/man-pages/man5/proc_tid_children.5.html).
//!
//! A list may miss children while others exit, so an empty answer counts only when it is given again.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;

use crate::snapshot::{self, Table};

/// Where children are looked up.
#[derive(Debug)]
pub enum Children {
    /// The kernel's own lists, read one process at a time.
    Lists,
    /// A table, for kernels without the lists (`CONFIG_PROC_CHILDREN`).
    Table(Table),
}

impl Children {
    /// The children of all threads of a process; none where it is gone.
    pub fn of(&self, pid: i32) -> Vec<i32> {
        match self {
            Self::Lists => of_threads(pid).unwrap_or_default(),
            Self::Table(table) => table
                .rows()
                .filter(|row| row.ppid == pid)
                .map(|row| row.pid)
                .collect(),
        }
    }
}

/// The children of this process: those on the main thread's list, and those of its other threads.
///
/// # Errors
/// Where the kernel keeps no lists, or `/proc` cannot be read.
pub fn of_own_threads() -> io::Result<(HashSet<i32>, HashSet<i32>)> {
    let own = std::process::id() as i32;
    let main = of_thread(own, &own.to_string())?.into_iter().collect();
    let mut others = HashSet::new();
    for tid in threads(own)?
        .into_iter()
        .filter(|tid| *tid != own.to_string())
    {
        // A thread that ends in between has handed its children to another one.
        others.extend(of_thread(own, &tid).unwrap_or_default());
    }
    Ok((main, others))
}

/// The threads of this process, by number.
///
/// # Errors
/// Where `/proc` cannot be read.
pub fn own_threads() -> io::Result<HashSet<String>> {
    Ok(threads(std::process::id() as i32)?.into_iter().collect())
}

/// Whether this kernel keeps the lists.
pub fn are_listed() -> bool {
    snapshot::pids().is_ok() && fs::exists("/proc/thread-self/children").unwrap_or(false)
}

fn of_threads(pid: i32) -> io::Result<Vec<i32>> {
    // Two links of its own, and one for every thread: cheaper to ask for than to list.
    if fs::metadata(format!("/proc/{pid}/task"))?.nlink() == 3 {
        return of_thread(pid, &pid.to_string());
    }
    let mut children = Vec::new();
    for tid in threads(pid)? {
        // A thread that ends in between has handed its children to another one.
        children.extend(of_thread(pid, &tid).unwrap_or_default());
    }
    Ok(children)
}

fn threads(pid: i32) -> io::Result<Vec<String>> {
    let tasks = fs::read_dir(format!("/proc/{pid}/task"))?;
    Ok(tasks
        .filter_map(|task| task.ok()?.file_name().into_string().ok())
        .collect())
}

fn of_thread(pid: i32, tid: &str) -> io::Result<Vec<i32>> {
    let list = fs::read_to_string(format!("/proc/{pid}/task/{tid}/children"))?;
    Ok(list
        .split_ascii_whitespace()
        .filter_map(|number| number.parse().ok())
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_find_a_child_of_another_thread() {
        let own = std::process::id() as i32;
        let mut child = std::process::Command::new("sleep")
            .arg("60")
            .spawn()
            .unwrap();
        let pid = child.id() as i32;
        assert!(are_listed());
        assert!(Children::Lists.of(own).contains(&pid));
        assert!(
            Children::Table(crate::snapshot::read().unwrap())
                .of(own)
                .contains(&pid)
        );
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(!Children::Lists.of(own).contains(&pid));
    }
}
