//! The one place where data leaves through standard output.

use std::io::{self, BufWriter, Write};

/// Standard output, buffered. A reader that went away (`| head`) is no error: see [`finished`].
pub fn writer() -> BufWriter<io::StdoutLock<'static>> {
    BufWriter::with_capacity(1 << 16, io::stdout().lock())
}

/// What a command returns after its last write: a closed pipe means that the reader has had enough.
///
/// # Errors
/// Everything but a closed pipe.
pub fn finished(result: io::Result<()>) -> anyhow::Result<()> {
    match result {
        Err(error) if is_closed_pipe(&error) => Ok(()),
        other => other.map_err(|error| anyhow::Error::new(error).context("cannot write to standard output")),
    }
}

/// Whether the error, or what lies under it, is that nobody reads any more: writers of formats wrap it.
fn is_closed_pipe(error: &io::Error) -> bool {
    let mut under: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = under {
        let closed = |error: &io::Error| error.kind() == io::ErrorKind::BrokenPipe;
        if error.downcast_ref::<io::Error>().is_some_and(closed) {
            return true;
        }
        under = match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    false
}

/// Writes one text and flushes it.
///
/// # Errors
/// As [`finished`].
pub fn print(text: &str) -> anyhow::Result<()> {
    let mut out = writer();
    finished(out.write_all(text.as_bytes()).and_then(|()| out.flush()))
}
