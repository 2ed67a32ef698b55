//! The addon: what JavaScript calls, and the one thread that waits for the kernel.
//!
//! JavaScript checks arguments and builds errors; what comes in here is valid, and what goes out is plain values.

mod capabilities;
mod control;
mod descriptors;
mod events;
mod following;
mod foreign;
mod group_tier;
mod info;
mod kill_group;
mod ladder;
mod reaper;
mod registry;
mod runtime;
mod sent;
mod spawn;
mod supervisor_tier;
mod tree;
mod watch;
