//! The socket to the owner.

use std::io::{IoSlice, IoSliceMut};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};

use nix::errno::Errno;
use nix::sys::socket::{ControlMessage, MsgFlags, recvmsg, sendmsg};
use proctree::pidfd::Pidfd;
use proctree::protocol::{Notice, Request};

/// Longest request, with room to notice one that is too long.
const REQUEST_MAX: usize = 64;

/// One end of the control socket.
pub struct Control(OwnedFd);

/// What came in.
pub enum Received {
    /// A request.
    Request(Request),
    /// Nothing yet, or nothing that this version knows.
    Nothing,
    /// The owner has closed its end.
    Closed,
}

impl Control {
    pub fn new(socket: OwnedFd) -> Self {
        Self(socket)
    }

    /// Tells the owner.
    ///
    /// # Errors
    /// Where it is gone, or does not read: it is never waited for.
    pub fn send(&self, notice: &Notice) -> nix::Result<()> {
        self.transmit(notice, &[])
    }

    /// Tells the owner, and hands it a pidfd.
    ///
    /// # Errors
    /// As [`Control::send`].
    pub fn send_with(&self, notice: &Notice, pidfd: &Pidfd) -> nix::Result<()> {
        self.transmit(notice, &[ControlMessage::ScmRights(&[pidfd.as_raw_fd()])])
    }

    fn transmit(&self, notice: &Notice, attached: &[ControlMessage<'_>]) -> nix::Result<()> {
        let packet = notice.encode();
        let flags = MsgFlags::MSG_DONTWAIT | MsgFlags::MSG_NOSIGNAL;
        sendmsg::<()>(
            self.0.as_raw_fd(),
            &[IoSlice::new(&packet)],
            attached,
            flags,
            None,
        )
        .map(drop)
    }

    /// Reads one request without blocking.
    pub fn receive(&self) -> Received {
        let mut buffer = [0; REQUEST_MAX];
        let mut parts = [IoSliceMut::new(&mut buffer)];
        let length = recvmsg::<()>(self.0.as_raw_fd(), &mut parts, None, MsgFlags::MSG_DONTWAIT)
            .map(|message| message.bytes);
        match length {
            Ok(0) => Received::Closed,
            Ok(length) => {
                Request::decode(&buffer[..length]).map_or(Received::Nothing, Received::Request)
            }
            Err(Errno::EAGAIN | Errno::EINTR) => Received::Nothing,
            Err(_) => Received::Closed,
        }
    }
}

impl AsFd for Control {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}
