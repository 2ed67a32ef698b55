//! Numbers of leaders that this process has started, so that a bare number is known for what it was.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError, Weak};

use crate::tree::Tree;

#[derive(Default)]
struct Registry {
    alive: HashMap<i32, Weak<Tree>>,
    /// Bounded by the size of the PID space: a number is in here once.
    ended: HashSet<i32>,
}

static REGISTRY: LazyLock<Mutex<Registry>> = LazyLock::new(Mutex::default);

/// What a number means here.
pub enum Known {
    /// A tree of ours.
    Alive(Arc<Tree>),
    /// A tree of ours that has ended; the number may be anyone's by now.
    Ended,
    /// Nothing.
    Unknown,
}

fn registry() -> MutexGuard<'static, Registry> {
    // Nothing in here can be left half done.
    REGISTRY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Looks a number up.
pub fn look_up(pid: i32) -> Known {
    let registry = registry();
    match registry.alive.get(&pid).and_then(Weak::upgrade) {
        Some(tree) => Known::Alive(tree),
        None if registry.ended.contains(&pid) => Known::Ended,
        None => Known::Unknown,
    }
}

/// The children of this process that hold or lead trees which have not ended.
pub fn children() -> HashSet<i32> {
    let trees: Vec<Arc<Tree>> = registry()
        .alive
        .values()
        .filter_map(Weak::upgrade)
        .collect();
    trees.iter().map(|tree| tree.child()).collect()
}

/// Enters a tree that has just been started.
pub fn enter(tree: &Arc<Tree>) {
    let mut registry = registry();
    registry.ended.remove(&tree.leader.pid);
    registry.alive.insert(tree.leader.pid, Arc::downgrade(tree));
}

/// Marks a tree as ended, unless its number is that of a newer one already.
pub fn retire(tree: &Arc<Tree>) {
    let mut registry = registry();
    let pid = tree.leader.pid;
    if registry
        .alive
        .get(&pid)
        .is_some_and(|entry| std::ptr::eq(entry.as_ptr(), Arc::as_ptr(tree)))
    {
        registry.alive.remove(&pid);
        registry.ended.insert(pid);
    }
}
