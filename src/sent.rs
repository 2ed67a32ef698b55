//! What became of a signal.

use napi_derive::napi;
use nix::errno::Errno;
use proctree::tree::Refusal;

/// The answer to a request to signal, for JavaScript to return or to throw.
#[napi(object)]
#[derive(Default)]
pub struct Sent {
    /// It reached at least one process.
    pub delivered: bool,
    /// The errno of the call that failed.
    pub errno: Option<i32>,
    /// The code of the reason why nothing was sent.
    pub refusal: Option<String>,
}

impl From<Result<bool, Errno>> for Sent {
    fn from(result: Result<bool, Errno>) -> Self {
        match result {
            Ok(delivered) => Self {
                delivered,
                ..Self::default()
            },
            Err(errno) => Self {
                errno: Some(errno as i32),
                ..Self::default()
            },
        }
    }
}

impl From<Refusal> for Sent {
    fn from(refusal: Refusal) -> Self {
        let code = match refusal {
            Refusal::Protected => "ERR_GROUP_REFUSED",
            Refusal::NotALeader => "ERR_NOT_A_GROUP_LEADER",
        };
        Self {
            refusal: Some(code.to_owned()),
            ..Self::default()
        }
    }
}
