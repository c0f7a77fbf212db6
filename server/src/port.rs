//! The far end of a link: where its frames go.

use crate::frame_out::{Class, Frame};

/// Where a link's frames go.
pub(crate) trait Port: Send + Sync + 'static {
    /// Hands over one frame, or says why not.
    ///
    /// # Errors
    /// [`Blocked::Full`] when it has to wait, [`Blocked::Gone`] when nobody is there any more.
    fn try_send(&self, class: Class<'_>, frame: &Frame) -> Result<(), Blocked>;

    /// Tells the client that it is out of the namespace, and takes it out.
    ///
    /// # Errors
    /// As [`Port::try_send`].
    fn leave(&self) -> Result<(), Blocked>;
}

/// Why a port did not take a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Blocked {
    /// There is no room now.
    Full,
    /// There is nobody any more.
    Gone,
}
