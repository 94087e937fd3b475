//! Opening an input. A pipe, or a person who types, may have nothing to say for hours: whoever asks to stop in the meantime
//! is heard.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::IngestError;
use super::discover::Source;

/// Whether the user asked to stop.
pub type Stop = fn() -> bool;

/// Why reading ended before the input did; travels inside an [`io::Error`].
#[derive(Debug, thiserror::Error)]
#[error("stopped")]
pub(super) struct Stopped;

/// An input that can be read.
pub(crate) struct Input {
    /// Its bytes.
    pub(crate) reader: Box<dyn Read + Send>,
    /// How many they are, where that is known before.
    pub(crate) size: Option<u64>,
}

impl Source {
    /// Opens the source for reading.
    ///
    /// # Errors
    /// When there is nothing under that name, or the system refuses.
    pub(crate) fn open(&self, stop: Option<Stop>) -> Result<Input, IngestError> {
        match self {
            Source::Stdin => Ok(Input {
                reader: stdin(stop).map_err(IngestError::Unreadable)?,
                size: None,
            }),
            Source::File(path) => open_file(path, stop).map_err(|error| match error.kind() {
                io::ErrorKind::NotFound => IngestError::NotFound,
                _ => IngestError::Unreadable(error),
            }),
        }
    }
}

fn open_file(path: &Path, stop: Option<Stop>) -> io::Result<Input> {
    if is_pipe(path) {
        return Ok(Input {
            reader: patient(open_pipe(path, stop)?, stop),
            size: None,
        });
    }
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    Ok(Input {
        size: metadata.is_file().then_some(metadata.len()),
        reader: Box::new(file),
    })
}

/// Standard input without the buffer that the standard library keeps: what lies in it would not be waited for rightly.
#[cfg(unix)]
fn stdin(stop: Option<Stop>) -> io::Result<Box<dyn Read + Send>> {
    use std::os::fd::AsFd;
    let own = io::stdin().as_fd().try_clone_to_owned()?;
    Ok(patient(File::from(own), stop))
}

#[cfg(not(unix))]
fn stdin(_: Option<Stop>) -> io::Result<Box<dyn Read + Send>> {
    Ok(Box::new(io::stdin()))
}

#[cfg(unix)]
fn is_pipe(path: &Path) -> bool {
    use std::os::unix::fs::FileTypeExt;
    path.metadata()
        .is_ok_and(|metadata| metadata.file_type().is_fifo())
}

#[cfg(not(unix))]
fn is_pipe(_: &Path) -> bool {
    false
}

/// A pipe to which nobody writes yet would keep whoever opens it waiting, deaf to everything; opened so that it does not, what
/// waits is the first reading. Elsewhere than on Linux that would find the pipe at its end.
#[cfg(target_os = "linux")]
fn open_pipe(path: &Path, stop: Option<Stop>) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    let flags = match stop {
        Some(_) => rustix::fs::OFlags::NONBLOCK.bits() as i32,
        None => 0,
    };
    File::options().read(true).custom_flags(flags).open(path)
}

#[cfg(not(target_os = "linux"))]
fn open_pipe(path: &Path, _: Option<Stop>) -> io::Result<File> {
    File::open(path)
}

/// A reader that waits for its input no longer than until `stop`.
#[cfg(unix)]
fn patient(input: File, stop: Option<Stop>) -> Box<dyn Read + Send> {
    match stop {
        Some(stop) => Box::new(Patient { input, stop }),
        None => Box::new(input),
    }
}

#[cfg(not(unix))]
fn patient(input: File, _: Option<Stop>) -> Box<dyn Read + Send> {
    Box::new(input)
}

#[cfg(unix)]
struct Patient {
    input: File,
    stop: Stop,
}

#[cfg(unix)]
impl Patient {
    /// How long a user who asked to stop waits at most.
    const PAUSE: rustix::event::Timespec = rustix::event::Timespec {
        tv_sec: 0,
        tv_nsec: 100_000_000,
    };

    /// Waits until there is something to read, or nothing more to come.
    fn wait(&self) -> io::Result<()> {
        use rustix::event::{PollFd, PollFlags, poll};
        loop {
            if (self.stop)() {
                return Err(io::Error::other(Stopped));
            }
            let mut asked = [PollFd::new(&self.input, PollFlags::IN)];
            match poll(&mut asked, Some(&Self::PAUSE)) {
                Ok(0) | Err(rustix::io::Errno::INTR) => {}
                Ok(_) => return Ok(()),
                Err(error) => return Err(error.into()),
            }
        }
    }
}

#[cfg(unix)]
impl Read for Patient {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            self.wait()?;
            match self.input.read(buffer) {
                // another reader of the same pipe was quicker
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                read => return read,
            }
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::Duration;

    /// A pipe of a name of its own.
    fn pipe(folder: &Path) -> Source {
        let path = folder.join("pipe.jsonl");
        let mode = rustix::fs::Mode::from_raw_mode(0o600);
        rustix::fs::mknodat(rustix::fs::CWD, &path, rustix::fs::FileType::Fifo, mode, 0)
            .expect("a pipe in a folder of its own");
        Source::File(path)
    }

    #[test]
    fn a_pipe_without_a_writer_is_waited_for_until_the_user_has_enough() {
        static ASKED: AtomicBool = AtomicBool::new(false);
        let folder = tempfile::tempdir().unwrap();
        let source = pipe(folder.path());
        let mut input = source.open(Some(|| ASKED.load(Ordering::SeqCst))).unwrap();
        std::thread::spawn(|| {
            std::thread::sleep(Duration::from_millis(50));
            ASKED.store(true, Ordering::SeqCst);
        });
        let error = input.reader.read(&mut [0; 8]).unwrap_err();
        assert!(matches!(IngestError::of_reading(error), IngestError::Stopped));
    }

    #[test]
    fn a_writer_that_comes_late_and_slowly_is_read_to_its_end() {
        let folder = tempfile::tempdir().unwrap();
        let source = pipe(folder.path());
        let mut input = source.open(Some(|| false)).unwrap();
        let Source::File(path) = source else {
            unreachable!()
        };
        let writer = std::thread::spawn(move || {
            use std::io::Write;
            std::thread::sleep(Duration::from_millis(50));
            let mut pipe = File::options().write(true).open(path).unwrap();
            for word in ["one ", "two"] {
                pipe.write_all(word.as_bytes()).unwrap();
                std::thread::sleep(Duration::from_millis(50));
            }
        });
        let mut text = String::new();
        input.reader.read_to_string(&mut text).unwrap();
        writer.join().unwrap();
        assert_eq!(text, "one two");
        assert_eq!(input.size, None);
    }
}
