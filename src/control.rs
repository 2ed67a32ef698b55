//! The socket to a supervisor.

use std::io::{IoSlice, IoSliceMut};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};

use nix::errno::Errno;
use nix::sys::socket::{ControlMessageOwned, MsgFlags, recvmsg, sendmsg};
use proctree::pidfd::Pidfd;
use proctree::protocol::{Notice, Request};

/// Room for the answer that a spawn waits for.
const FIRST_NOTICE_MAX: usize = 64;

/// Waits for the supervisor's answer: what became of the command. None where the supervisor is gone.
pub fn first_notice(control: &OwnedFd) -> Option<(Notice, Option<Pidfd>)> {
    loop {
        match receive(
            control.as_fd(),
            FIRST_NOTICE_MAX,
            MsgFlags::MSG_CMSG_CLOEXEC,
        ) {
            Err(Errno::EINTR) => {}
            answer => return answer.ok().flatten(),
        }
    }
}

/// Reads one packet, and the descriptor that comes with it. None at the end, and for what this version does not know.
pub fn receive(
    control: BorrowedFd<'_>,
    room: usize,
    flags: MsgFlags,
) -> Result<Option<(Notice, Option<Pidfd>)>, Errno> {
    let mut buffer = vec![0; room];
    let mut parts = [IoSliceMut::new(&mut buffer)];
    let mut attached = nix::cmsg_space!(RawFd);
    let message = recvmsg::<()>(control.as_raw_fd(), &mut parts, Some(&mut attached), flags)?;
    let mut pidfd = None;
    for attachment in message.cmsgs()? {
        if let ControlMessageOwned::ScmRights(fds) = attachment {
            for fd in fds {
                // SAFETY: the kernel has just made this descriptor for us, and nobody else knows it.
                pidfd = Some(Pidfd::from(unsafe { OwnedFd::from_raw_fd(fd) }));
            }
        }
    }
    let length = message.bytes;
    Ok(Notice::decode(&buffer[..length]).map(|notice| (notice, pidfd)))
}

/// Asks something of a supervisor. One that cannot be told any more is one that ends, which its pidfd reports.
pub fn request(control: BorrowedFd<'_>, request: Request) {
    let packet = request.encode();
    let flags = MsgFlags::MSG_DONTWAIT | MsgFlags::MSG_NOSIGNAL;
    let _ = sendmsg::<()>(
        control.as_raw_fd(),
        &[IoSlice::new(&packet)],
        &[],
        flags,
        None,
    );
}
