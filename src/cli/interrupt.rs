//! Ctrl-C and SIGTERM: once finishes the running step and leaves cleanly, twice stops at once.

use std::sync::atomic::{AtomicBool, Ordering};

static ASKED: AtomicBool = AtomicBool::new(false);

/// Exit status of a program that a signal ended, as shells count it (128 + SIGINT).
const INTERRUPTED: i32 = 130;

/// Starts to listen; the default (stop at once) holds where the system refuses.
pub fn listen() {
    let handler = || {
        if ASKED.swap(true, Ordering::SeqCst) {
            std::process::exit(INTERRUPTED);
        }
        use std::io::Write;
        let _ = writeln!(
            std::io::stderr(),
            "\nstopping after the running step; what is finished is kept (again to stop at once)"
        );
    };
    if let Err(error) = ctrlc::set_handler(handler) {
        tracing::debug!(%error, "no interrupt handler");
    }
}

/// Whether the user asked to stop.
pub fn asked() -> bool {
    ASKED.load(Ordering::SeqCst)
}
