//! `depeche run --dry-run`: what would be done, on standard output; nothing is written, downloaded or asked of a model.

use super::args::{GlobalArgs, LogFormat};
use super::live::{Live, in_words};
use super::model::Counter;
use super::speed::SpeedBook;
use super::ui::Ui;
use super::{Exit, stdout};
use crate::output::text::printable;
use crate::pipeline::{self, ArticleForecast, Counters, Forecast, Plan, Settings};
use crate::store::{Store, StoreError};
use serde_json::json;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use std::time::Duration;

/// Says what `depeche run` would do.
///
/// # Errors
/// When the model or the store that is there cannot be read.
pub fn dry_run(
    settings: &Settings,
    writer: Option<Counter>,
    translator: Option<Counter>,
    out: &Path,
    global: &GlobalArgs,
    ui: &Ui,
) -> anyhow::Result<Exit> {
    let store = match Store::open_to_read(out) {
        Ok(store) => Some(store),
        Err(StoreError::NotFound { .. }) => None,
        Err(error) => return Err(error.into()),
    };
    let counters = Counters {
        writer: writer.as_ref().map(|counter| counter.backend.as_ref()),
        translator: translator.as_ref().map(|counter| counter.backend.as_ref()),
    };
    let plan = Plan::new(settings, counters.writer, counters.translator);
    let live = Live::new(ui);
    let forecast = pipeline::forecast(settings, &plan, store.as_ref(), counters, &live);
    ui.end();
    let forecast = forecast?;
    let exact = [&writer, &translator]
        .into_iter()
        .flatten()
        .all(|counter| counter.exact);
    let book = SpeedBook::read();
    let two = translator.is_some();
    let time_of = |counter: &Option<Counter>, translates: bool| match counter {
        None => Some(Duration::ZERO),
        Some(counter) => book.time(counter.backend.info(), &forecast, |task| {
            !two || task.starts_with("translation.") == translates
        }),
    };
    let time = time_of(&writer, false)
        .zip(time_of(&translator, true))
        .map(|(one, other)| one + other);
    let any = writer.is_some() || translator.is_some();
    let text = match global.log_format {
        LogFormat::Human => in_text(&forecast, any, exact, time),
        LogFormat::Json => {
            let seconds = time.map(|time| time.as_secs());
            let value = json!({"forecast": forecast, "tokens_exact": exact, "seconds": seconds});
            format!("{value}\n")
        }
    };
    stdout::print(&text)?;
    Ok(if forecast.unreadable > 0 {
        Exit::Partial
    } else {
        Exit::Done
    })
}

fn in_text(forecast: &Forecast, model: bool, exact: bool, time: Option<Duration>) -> String {
    let mut text = String::new();
    for article in &forecast.work {
        text.push_str(&line(article));
    }
    let Forecast {
        articles,
        unreadable,
        ledgers,
        reused,
        failed,
        work,
    } = forecast;
    let mut say = |line: String| {
        let _ = writeln!(text, "{line}");
    };
    say(format!(
        "{articles} articles, {unreadable} inputs that cannot be read; figures and entities to list: {ledgers}"
    ));
    if !model {
        say("no model: no tasks".to_owned());
        return text;
    }
    let mut totals: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for task in work.iter().flat_map(|article| &article.tasks) {
        let (count, tokens) = totals.entry(&task.task).or_default();
        *count += 1;
        *tokens += task.prompt_tokens;
    }
    let (tasks, tokens) = totals
        .values()
        .fold((0, 0), |(n, t), (count, tokens)| (n + count, t + tokens));
    say(format!(
        "{tasks} model tasks on {} articles; {reused} are finished, {failed} failed before",
        work.len()
    ));
    let about = if exact { "" } else { "about " };
    for (task, (count, tokens)) in totals {
        say(format!("  {task}: {count}, {about}{tokens} prompt tokens"));
    }
    if tasks == 0 {
        return text;
    }
    let how = if exact {
        "counted with the model's tokenizer"
    } else {
        "estimated: the model is not on this machine"
    };
    say(format!(
        "{about}{tokens} prompt tokens to begin with ({how}); what tasks on an article share is computed once"
    ));
    say(match time {
        Some(time) => format!(
            "about {} at the speed of earlier runs on this machine",
            in_words(time)
        ),
        None => {
            "time: not known, for no run with this model and these tasks was measured on this machine yet"
                .to_owned()
        }
    });
    text
}

/// One article: its tasks by what calls for them.
fn line(article: &ArticleForecast) -> String {
    let mut text = format!("{}:", printable(&article.path));
    let mut why = None;
    for task in &article.tasks {
        if why != Some(task.why) {
            let _ = write!(text, " ({})", task.why.as_str());
            why = Some(task.why);
        }
        let _ = write!(text, " {} {}", task.task, task.prompt_tokens);
    }
    text.push('\n');
    text
}
