//! What a person sees on standard error: progress, notes, problems. Data never goes through here.
//!
//! On a terminal a progress line is redrawn in place; in a pipe every notice is one plain line; with
//! `--log-format json` every notice is one JSON object with `event` and `message`.

use super::args::{GlobalArgs, LogFormat};
use super::block::{self, Block};
use super::failure;
use crate::hub::human_bytes;
use crate::output::tables::severity_name;
use crate::output::text::printable;
use crate::record::{Problem, Severity};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::json;
use std::io::{IsTerminal, Write};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// How often a pipe is told how far the work is.
const PLAIN_INTERVAL: Duration = Duration::from_secs(10);

/// How progress is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Voice {
    /// Not at all.
    Silent,
    /// A block that is redrawn.
    Terminal,
    /// A line now and then.
    Plain,
    /// JSON events.
    Machine,
}

/// What is on the terminal and changes there.
enum Drawn {
    /// One line, redrawn by itself.
    Bar(ProgressBar),
    /// A run.
    Block(Block),
}

/// Standard error, as the flags want it.
pub struct Ui {
    format: LogFormat,
    quiet: bool,
    verbose: bool,
    terminal: bool,
    drawn: Mutex<Option<Drawn>>,
    last_plain: Mutex<Instant>,
}

impl Ui {
    /// As the flags want it.
    pub fn new(global: &GlobalArgs) -> Ui {
        Ui {
            format: global.log_format,
            quiet: global.quiet,
            verbose: global.verbose > 0,
            terminal: std::io::stderr().is_terminal() && !is_dumb(),
            drawn: Mutex::new(None),
            last_plain: Mutex::new(Instant::now()),
        }
    }

    /// Something worth knowing: not shown with `--quiet`.
    pub fn note(&self, message: &str) {
        if !self.quiet {
            self.line("note", "", message, None);
        }
    }

    /// Something to look at.
    pub fn warn(&self, message: &str, hint: Option<&str>) {
        self.line("warning", "warning: ", message, hint);
    }

    /// The error that ends the program, with what caused it and what to do.
    pub fn fatal(&self, error: &anyhow::Error, hint: Option<&str>) {
        if self.format == LogFormat::Json {
            self.write(&error_event(&error.to_string(), &failure::causes(error), hint));
            return;
        }
        self.write(&failure::render(error, hint));
    }

    /// One row of the problems, as it happens.
    pub fn problem(&self, problem: &Problem) {
        if self.quiet && problem.severity == Severity::Note {
            return;
        }
        if self.format == LogFormat::Json {
            let mut value = serde_json::to_value(problem).unwrap_or_default();
            value["event"] = json!("problem");
            self.event(value);
            return;
        }
        let mut text = format!(
            "{}: {}: {}",
            severity_name(problem.severity),
            printable(&problem.path),
            printable(&problem.message)
        );
        if let Some(hint) = problem
            .hint
            .as_deref()
            .filter(|_| problem.severity == Severity::Error)
        {
            text.push_str("\n  hint: ");
            text.push_str(hint);
        }
        self.write(&text);
    }

    /// What a task of a run has to say, as it ends. What must be looked at is counted in the block and stands in the
    /// tables; it is said here only where that was asked for.
    pub fn problem_of_task(&self, problem: &Problem, path: &str) {
        let said = problem.severity == Severity::Error || self.verbose || self.format == LogFormat::Json;
        if said {
            self.problem(&Problem {
                path: path.to_owned(),
                ..problem.clone()
            });
        }
    }

    /// A signal was heard: says so above what is drawn, or, where it stops the program at once, leaves what is drawn as
    /// it is, with the next prompt on a line of its own.
    pub fn interrupted(&self, at_once: bool) {
        if at_once {
            // whoever holds the lock is drawing: nothing is worth waiting for now
            match self.drawn.try_lock().ok().and_then(|mut drawn| drawn.take()) {
                Some(Drawn::Bar(bar)) => bar.abandon(),
                Some(Drawn::Block(mut block)) => block.leave(),
                None => {}
            }
            return;
        }
        let echo = self.terminal && self.format == LogFormat::Human && lock(&self.drawn).is_none();
        let start = if echo { "\n" } else { "" }; // the terminal has shown `^C`
        self.line(
            "note",
            start,
            "stopping after the running step; what is finished is kept (again to stop at once)",
            None,
        );
    }

    /// How progress is told.
    pub fn voice(&self) -> Voice {
        match (self.quiet, self.format, self.terminal) {
            (true, ..) => Voice::Silent,
            (_, LogFormat::Json, _) => Voice::Machine,
            (_, LogFormat::Human, true) => Voice::Terminal,
            (_, LogFormat::Human, false) => Voice::Plain,
        }
    }

    /// Columns of the terminal.
    pub fn width(&self) -> usize {
        let size = terminal_size::terminal_size_of(std::io::stderr());
        size.map_or(80, |(width, _)| usize::from(width.0))
            .saturating_sub(block::FREE)
            .max(20)
    }

    /// Draws a block of lines, in place of the one before.
    pub fn draw_block(&self, lines: Vec<String>) {
        let mut drawn = lock(&self.drawn);
        if let Some(Drawn::Block(block)) = drawn.as_mut() {
            return block.draw(lines);
        }
        if let Some(Drawn::Bar(bar)) = drawn.take() {
            bar.finish_and_clear();
        }
        let mut block = Block::new();
        block.draw(lines);
        *drawn = Some(Drawn::Block(block));
    }

    /// A plain line on progress.
    pub fn plain(&self, line: &str) {
        self.write(line);
    }

    /// One JSON object, with the time.
    pub fn event(&self, event: serde_json::Value) {
        self.write(&stamped(event));
    }

    /// Whether progress is to be told again, after that long.
    pub fn is_due(&self, interval: Duration) -> bool {
        let mut last = lock(&self.last_plain);
        let due = last.elapsed() >= interval;
        if due {
            *last = Instant::now();
        }
        due
    }

    /// Starts a stage of `total` items (0 when it is not known how many).
    pub fn start(&self, stage: &'static str, total: u64) {
        if self.quiet {
            return;
        }
        if self.format == LogFormat::Json {
            self.event(json!({"event": "start", "stage": stage, "total": total}));
            return;
        }
        if !self.terminal {
            return;
        }
        let template = if total > 0 {
            "{prefix:>12} [{bar:32}] {pos}/{len} {msg} {eta} left"
        } else {
            "{prefix:>12} {spinner} {pos} {msg}"
        };
        let style = ProgressStyle::with_template(template)
            .expect("OK because the template is a constant that a test renders")
            .progress_chars("=> ");
        let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr())
            .with_style(style)
            .with_prefix(stage);
        self.draw(bar);
    }

    /// Starts a stage whose results go to standard output as it runs: no line is drawn in between where
    /// that is a terminal too.
    pub fn start_beside_data(&self, stage: &'static str) {
        if !std::io::stdout().is_terminal() {
            self.start(stage, 0);
        }
    }

    /// Starts a transfer of `total` bytes, of which `done` are there.
    pub fn start_bytes(&self, label: &str, done: u64, total: u64) {
        if self.quiet || self.format == LogFormat::Json || !self.terminal {
            return;
        }
        let template =
            "{msg} [{wide_bar}] {decimal_bytes}/{decimal_total_bytes} {decimal_bytes_per_sec} {eta} left";
        let style = ProgressStyle::with_template(template)
            .expect("OK because the template is a constant that a test renders")
            .progress_chars("=> ");
        let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr())
            .with_style(style)
            .with_message(label.to_owned())
            .with_position(done);
        bar.reset_eta();
        self.draw(bar);
    }

    /// Says how far a transfer is.
    pub fn bytes(&self, label: &str, done: u64, total: u64) {
        if self.quiet {
            return;
        }
        if let Some(Drawn::Bar(bar)) = lock(&self.drawn).as_ref() {
            bar.set_position(done);
            return;
        }
        if !self.plain_is_due() {
            return;
        }
        match self.format {
            LogFormat::Json => self.event(
                json!({"event": "progress", "stage": "download", "done": done, "total": total, "detail": label}),
            ),
            LogFormat::Human => {
                let (done, total) = (human_bytes(done), human_bytes(total));
                self.write(&format!("download: {done} of {total} {label}"));
            }
        }
    }

    /// Says how far the stage is.
    pub fn progress(&self, stage: &str, done: u64, total: u64, detail: &str) {
        if self.quiet {
            return;
        }
        if let Some(Drawn::Bar(bar)) = lock(&self.drawn).as_ref() {
            bar.set_position(done);
            bar.set_message(detail.to_owned());
            return;
        }
        if !self.plain_is_due() {
            return;
        }
        match self.format {
            LogFormat::Json => self.event(
                json!({"event": "progress", "stage": stage, "done": done, "total": total, "detail": detail}),
            ),
            LogFormat::Human if total > 0 => self.write(&format!("{stage}: {done}/{total} {detail}")),
            LogFormat::Human => self.write(&format!("{stage}: {done} {detail}")),
        }
    }

    /// Whether a pipe is to be told again how far the work is.
    fn plain_is_due(&self) -> bool {
        self.is_due(PLAIN_INTERVAL)
    }

    /// Draws this line from now on, in place of the one before.
    fn draw(&self, bar: ProgressBar) {
        self.end();
        bar.enable_steady_tick(Duration::from_millis(200));
        *lock(&self.drawn) = Some(Drawn::Bar(bar));
    }

    /// Ends the stage and its progress line.
    pub fn end(&self) {
        match lock(&self.drawn).take() {
            Some(Drawn::Bar(bar)) => bar.finish_and_clear(),
            Some(Drawn::Block(mut block)) => block.clear(),
            None => {}
        }
    }

    fn line(&self, event: &str, prefix: &str, message: &str, hint: Option<&str>) {
        if self.format == LogFormat::Json {
            self.event(json!({"event": event, "message": message, "hint": hint}));
            return;
        }
        let mut text = format!("{prefix}{message}");
        if let Some(hint) = hint {
            text.push_str("\nhint: ");
            text.push_str(hint);
        }
        self.write(&text);
    }

    fn write(&self, text: &str) {
        let print = || {
            // standard error that is closed is no reason to stop the work
            let _ = writeln!(std::io::stderr(), "{text}");
        };
        match lock(&self.drawn).as_mut() {
            Some(Drawn::Bar(bar)) => bar.suspend(print),
            Some(Drawn::Block(block)) => block.above(print),
            None => print(),
        }
    }
}

/// The error that ends the program, as one JSON object.
pub fn error_event(message: &str, causes: &[String], hint: Option<&str>) -> String {
    stamped(json!({"event": "error", "message": message, "causes": causes, "hint": hint}))
}

/// A JSON object with the time.
fn stamped(mut event: serde_json::Value) -> String {
    let now = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S%.3fZ");
    event["time"] = json!(now.to_string());
    event.to_string()
}

/// Whether the terminal says of itself that it cannot move its cursor: it is told lines, as a pipe is.
fn is_dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|term| term == "dumb")
}

/// A panic in another thread must not silence this one.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_progress_templates_are_valid() {
        for total in [0, 3] {
            let ui = Ui {
                format: LogFormat::Human,
                quiet: false,
                verbose: false,
                terminal: true,
                drawn: Mutex::new(None),
                last_plain: Mutex::new(Instant::now()),
            };
            ui.start("test", total);
            ui.progress("test", 1, total, "x");
            ui.end();
            ui.draw_block(vec!["one".into(), "two".into()]);
            ui.draw_block(vec!["three".into()]);
            ui.end();
            ui.start_bytes("x", 1, total);
            ui.bytes("x", 2, total);
            ui.end();
        }
    }
}
