//! What has to be known and decided about process trees on Linux, without any JavaScript.
//!
//! Reading (`snapshot`, `children`, `details`) is kept apart from deciding (`tree`, `ladder`, `marker`), so that the
//! decisions are tested on invented process tables. Acting goes through an identity: `pidfd`, `process`, `group`.

pub mod children;
pub mod clock;
pub mod details;
pub mod foreign;
pub mod group;
pub mod identity;
pub mod ladder;
pub mod launch;
pub mod marker;
pub mod order;
pub mod orphans;
pub mod pidfd;
pub mod process;
pub mod protocol;
pub mod snapshot;
pub mod tree;
pub mod wait;

pub use identity::Identity;
pub use nix::errno::Errno;
