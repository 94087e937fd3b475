//! `depeche status`: where a run stands.

use super::args::{StatusArgs, StatusFormat};
use super::failure::Failure;
use super::live::in_words;
use super::{Exit, stdout};
use crate::output::text::printable;
use crate::pipeline::{self, Standing, Status};
use crate::store::{RunLock, Store, StoreError};
use jiff::Timestamp;
use std::fmt::Write;
use std::path::Path;
use std::time::Duration;

/// Articles that are no longer among the inputs, at most that many by name.
const MOST_NAMED: usize = 10;

/// Says where the run stands that writes, or wrote last, into a folder.
///
/// # Errors
/// When there is no store, or it cannot be read.
pub fn status(args: &StatusArgs) -> anyhow::Result<Exit> {
    let holder = RunLock::holder(&args.out);
    let store = match Store::open_to_read(&args.out) {
        // nobody works there: it can be brought up to date
        Err(StoreError::Older { .. }) if holder.is_none() => {
            let _lock = RunLock::take(&args.out)?;
            Store::open(&args.out)?
        }
        other => other?,
    };
    let now = Timestamp::now();
    let Some(status) = pipeline::status(&store, holder, now)? else {
        return Err(Failure::new(
            format!(
                "expected a run in `{}`, but none was ever started there",
                args.out.display()
            ),
            "`depeche run PATH --out OUT` starts one",
        )
        .into());
    };
    stdout::print(&match args.format {
        StatusFormat::Text => in_text(&args.out, &status, now),
        StatusFormat::Json => serde_json::to_string_pretty(&status)? + "\n",
    })?;
    Ok(Exit::Done)
}

fn in_text(out: &Path, status: &Status, now: Timestamp) -> String {
    let mut text = String::new();
    let mut say = |name: &str, value: String| {
        let _ = writeln!(text, "{name:>12}  {value}");
    };
    let process = status
        .process
        .map_or_else(String::new, |id| format!(" (process {id})"));
    let stage = status.stage.as_deref().unwrap_or("starting");
    say(
        "run",
        match status.standing {
            Standing::Running => format!("{}: running{process}, {stage}", out.display()),
            // As after Ctrl-C: it ended in order, and there is something left.
            Standing::Finished if status.tasks.iter().any(|task| task.left > 0) => format!(
                "{}: stopped before all was done; the same `depeche run` command goes on from there",
                out.display()
            ),
            Standing::Finished => format!("{}: ended", out.display()),
            Standing::CutOff => format!(
                "{}: cut off while {stage}; the same `depeche run` command goes on from there",
                out.display()
            ),
        },
    );
    say("started", ago(&status.started, now));
    if status.standing == Standing::Finished {
        say("ended", ago(&status.last_activity, now));
    } else {
        say("last sign", ago(&status.last_activity, now));
    }
    say("inputs", printable(&status.inputs.join(" ")).to_string());
    let mut articles = status.articles.to_string();
    if status.unreadable > 0 {
        let _ = write!(
            articles,
            ", besides {} inputs that cannot be read",
            status.unreadable
        );
    }
    say("articles", articles);
    if !status.removed.is_empty() {
        let named: Vec<String> = status
            .removed
            .iter()
            .take(MOST_NAMED)
            .map(|path| printable(path).to_string())
            .collect();
        let more = status.removed.len().saturating_sub(MOST_NAMED);
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        say(
            "removed",
            format!(
                "{} no longer among the inputs: {}{more}",
                status.removed.len(),
                named.join(", ")
            ),
        );
    }
    match &status.model {
        Some(model) => say("model", format!("{} on {}", printable(&model.name), model.device)),
        None => say("model", "none".to_owned()),
    }
    for task in &status.tasks {
        say(
            &task.task,
            format!("{} done, {} failed, {} left", task.done, task.failed, task.left),
        );
    }
    say(
        "problems",
        format!("{} errors, {} flags", status.errors, status.flags),
    );
    if let Some(speed) = &status.speed {
        say(
            "speed",
            format!(
                "{:.1} articles/min, {:.0} tokens/s",
                speed.articles_per_minute, speed.tokens_per_second
            ),
        );
    }
    if let Some(seconds) = status.seconds_left {
        say(
            "time left",
            format!("about {}", in_words(Duration::from_secs(seconds))),
        );
    }
    text
}

/// `2026-01-14T08:30:00Z, 4 min ago`.
fn ago(time: &str, now: Timestamp) -> String {
    let passed = time
        .parse::<Timestamp>()
        .ok()
        .and_then(|then| Duration::try_from(now.duration_since(then)).ok());
    match passed {
        Some(passed) => format!("{time}, {} ago", in_words(passed)),
        None => time.to_owned(),
    }
}
