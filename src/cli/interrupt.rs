//! Ctrl-C and SIGTERM: once finishes the running step and leaves cleanly, twice stops at once.
//!
//! A signal that was set to be ignored before the program started stays ignored: `nohup depeche run …` goes on when
//! its terminal is closed.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

static ASKED: AtomicBool = AtomicBool::new(false);

/// Says that a signal was heard; handed whether it stops the program at once.
type Say = Box<dyn Fn(bool) + Send + Sync>;
static SAY: OnceLock<Say> = OnceLock::new();

/// Whoever draws on the terminal says it: a line from elsewhere would stand in the middle of the block.
pub fn say_with(say: impl Fn(bool) + Send + Sync + 'static) {
    // the first one stays: there is one terminal
    let _ = SAY.set(Box::new(say));
}

/// Exit status of a program that a signal ended, as shells count it (128 + SIGINT).
const INTERRUPTED: i32 = 130;

/// Starts to listen; the default (stop at once) holds where the system refuses.
pub fn listen() {
    if let Err(error) = install() {
        tracing::debug!(%error, "no interrupt handler");
    }
}

/// Whether the user asked to stop.
pub fn asked() -> bool {
    ASKED.load(Ordering::SeqCst)
}

/// On a thread of its own: it may print.
fn heard() {
    let again = ASKED.swap(true, Ordering::SeqCst);
    if let Some(say) = SAY.get() {
        say(again);
    }
    if again {
        exit_at_once();
    }
}

#[cfg(unix)]
fn install() -> std::io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let heeded = [SIGINT, SIGTERM, SIGHUP]
        .into_iter()
        .filter(|&signal| !is_ignored(signal));
    let mut signals = signal_hook::iterator::Signals::new(heeded)?;
    std::thread::Builder::new()
        .name("signals".to_owned())
        .spawn(move || signals.forever().for_each(|_| heard()))?;
    Ok(())
}

/// Whether whoever started the program had the signal ignored. Where that cannot be told, `nohup` is assumed: without
/// a handler a terminal that is closed ends the program at once, which loses no finished work.
#[cfg(unix)]
fn is_ignored(signal: i32) -> bool {
    let mask = std::fs::read_to_string("/proc/self/status")
        .ok()
        .and_then(|status| {
            let line = status.lines().find_map(|line| line.strip_prefix("SigIgn:"))?;
            u64::from_str_radix(line.trim(), 16).ok()
        });
    match mask {
        Some(mask) => mask >> (signal - 1) & 1 == 1,
        None => signal == signal_hook::consts::SIGHUP,
    }
}

/// Without waiting for the threads that work.
#[cfg(unix)]
fn exit_at_once() {
    signal_hook::low_level::exit(INTERRUPTED);
}

#[cfg(not(unix))]
fn install() -> Result<(), ctrlc::Error> {
    ctrlc::set_handler(heard)
}

#[cfg(not(unix))]
fn exit_at_once() {
    std::process::exit(INTERRUPTED);
}
