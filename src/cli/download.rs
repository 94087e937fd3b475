//! Options for the Hub from the flags, and downloads as the user sees them.

use super::args::{GlobalArgs, HubArgs};
use super::interrupt;
use super::ui::Ui;
use crate::hub::{Event, HubError, HubOptions, Progress, human_bytes};
use std::sync::Mutex;

/// Files below this size come and go too fast for a line of their own.
const WORTH_A_BAR: u64 = 4_000_000;

/// The environment's options with the flags over them.
///
/// # Errors
/// When there is no place for the cache.
pub fn options(global: &GlobalArgs, hub: &HubArgs, locked: bool) -> Result<HubOptions, HubError> {
    let environment = HubOptions::from_env()?;
    Ok(HubOptions {
        offline: environment.offline || global.offline,
        locked,
        lock_file: hub
            .lock_file
            .clone()
            .unwrap_or_else(|| environment.lock_file.clone()),
        ca_file: hub.ca_file.clone().or_else(|| environment.ca_file.clone()),
        ..environment
    })
}

/// Shows a download: the announcement, a bar or a line now and then, what goes wrong.
pub struct Download<'a> {
    ui: &'a Ui,
    size: Mutex<u64>,
}

impl<'a> Download<'a> {
    /// Shows on that user interface.
    pub fn new(ui: &'a Ui) -> Download<'a> {
        Download {
            ui,
            size: Mutex::new(0),
        }
    }

    fn begin(&self, file: &str, done: u64, size: u64) {
        self.ui.end();
        *self.size() = size;
        if size >= WORTH_A_BAR {
            self.ui.start_bytes(file, done, size);
        }
    }

    /// Size of the file that is at work. A panic in another thread must not silence this one.
    fn size(&self) -> std::sync::MutexGuard<'_, u64> {
        self.size
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Progress for Download<'_> {
    fn event(&self, event: Event<'_>) {
        match event {
            Event::Announce(plan) => self.ui.note(&plan.to_string()),
            Event::Start { file, size, resumed } => {
                if resumed > 0 {
                    let (there, all) = (human_bytes(resumed), human_bytes(size));
                    self.ui.note(&format!(
                        "{file}: {there} of {all} are there, going on behind them"
                    ));
                }
                self.begin(file, resumed, size);
            }
            Event::Position { file, bytes } => self.ui.bytes(file, bytes, *self.size()),
            Event::Retry { wait, cause, .. } => {
                let wait = wait.as_secs_f32();
                self.ui.warn(&format!("{cause}; trying again in {wait} s"), None);
            }
            Event::Waiting { file, lock } => {
                let lock = lock.display();
                self.ui.note(&format!(
                    "{file}: waiting for another process that downloads it ({lock})"
                ));
            }
            Event::Verify { file, size } if size >= WORTH_A_BAR => {
                self.ui.note(&format!("{file}: checking {}", human_bytes(size)));
                self.begin(file, 0, size);
            }
            Event::Done { file, size } => {
                self.ui.end();
                if size >= WORTH_A_BAR {
                    self.ui.note(&format!("{file}: {} checked", human_bytes(size)));
                }
            }
            _ => {}
        }
    }

    fn cancelled(&self) -> bool {
        interrupt::asked()
    }
}
