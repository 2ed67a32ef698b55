//! The one thread of this addon: started at first use, asleep in the kernel when nothing happens.

use std::future::Future;
use std::sync::mpsc::sync_channel;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread;

use nix::errno::Errno;
use tokio::runtime::{Builder, Handle};

static STARTING: Mutex<()> = Mutex::new(());
static RUNTIME: OnceLock<Handle> = OnceLock::new();
/// As it shows in `/proc/PID/task/TID/comm`.
const THREAD_NAME: &str = "subreaper";

/// The thread's runtime.
///
/// # Errors
/// `EAGAIN` or what else kept the thread from starting; the next call tries again.
pub fn runtime() -> Result<&'static Handle, Errno> {
    if let Some(handle) = RUNTIME.get() {
        return Ok(handle);
    }
    // One thread, also where two Workers come here at once.
    let _starting = STARTING.lock().unwrap_or_else(PoisonError::into_inner);
    match RUNTIME.get() {
        Some(handle) => Ok(handle),
        None => {
            let handle = start()?;
            Ok(RUNTIME.get_or_init(|| handle))
        }
    }
}

/// Runs a task on the thread.
///
/// # Errors
/// Those of [`runtime`].
pub fn run(task: impl Future<Output = ()> + Send + 'static) -> Result<(), Errno> {
    runtime()?.spawn(task);
    Ok(())
}

/// Runs a function on the thread, and waits for what it returns.
///
/// # Errors
/// Those of [`runtime`].
pub fn call<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Errno> {
    let (sender, receiver) = sync_channel(1);
    run(async move {
        // The caller waits below, so the receiver is there.
        let _ = sender.send(work());
    })?;
    receiver.recv().map_err(|_| Errno::EAGAIN)
}

fn start() -> Result<Handle, Errno> {
    let errno = |error: std::io::Error| error.raw_os_error().map_or(Errno::EAGAIN, Errno::from_raw);
    let runtime = Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .build()
        .map_err(errno)?;
    let handle = runtime.handle().clone();
    thread::Builder::new()
        .name(THREAD_NAME.to_owned())
        .spawn(move || runtime.block_on(std::future::pending::<()>()))
        .map_err(errno)?;
    Ok(handle)
}
