//! What a long operation tells while it runs. Nothing is printed here: the command line draws it.

use std::path::Path;
use std::time::Duration;

use super::error::HubError;
use super::plan::Plan;

/// One step of a resolution, download or verification.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// What is about to be downloaded; comes before the first byte of it.
    Announce(&'a Plan),
    /// A transfer begins, or goes on behind the bytes that are already there.
    Start {
        /// Name in the repository.
        file: &'a str,
        /// Bytes of the whole file.
        size: u64,
        /// Bytes that an earlier run left.
        resumed: u64,
    },
    /// The transfer has this many bytes now; less than before if it had to start again.
    Position {
        /// Name in the repository.
        file: &'a str,
        /// Bytes that are there.
        bytes: u64,
    },
    /// An attempt failed, the next begins after a wait.
    Retry {
        /// Name in the repository, or what was asked.
        file: &'a str,
        /// Which attempt failed, from 1.
        attempt: u32,
        /// How long the wait is.
        wait: Duration,
        /// Why it failed.
        cause: &'a HubError,
    },
    /// Another process downloads the same file.
    Waiting {
        /// Name in the repository.
        file: &'a str,
        /// The lock that it holds.
        lock: &'a Path,
    },
    /// A file that is there is read and its hash computed.
    Verify {
        /// Name in the repository.
        file: &'a str,
        /// Bytes of the whole file.
        size: u64,
    },
    /// A file is complete and checked.
    Done {
        /// Name in the repository.
        file: &'a str,
        /// Bytes of the whole file.
        size: u64,
    },
}

/// Hears of events; called from the thread that does the work.
pub trait Progress {
    /// Takes one event. It must not block for long.
    fn event(&self, event: Event<'_>);

    /// Whether the user wants it to end; asked between pieces of a download.
    fn cancelled(&self) -> bool {
        false
    }
}

/// Hears nothing.
impl Progress for () {
    fn event(&self, _: Event<'_>) {}
}

impl<F: Fn(Event<'_>)> Progress for F {
    fn event(&self, event: Event<'_>) {
        self(event);
    }
}
