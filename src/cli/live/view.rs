//! What is known of a run while it works, as the lines of a terminal, a sentence for a pipe, an event for a machine.

use crate::backend::Stats;
use crate::output::text::printable;
use crate::pipeline::{Load, TaskDone};
use crate::record::{Problem, Severity};
use serde_json::json;
use std::time::{Duration, Instant};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// One stage of a run.
#[derive(Debug, Clone)]
struct Stage {
    name: &'static str,
    done: u64,
    total: u64,
    began: Instant,
    /// When the first items were done, and how many.
    first: Option<(Instant, u64)>,
}

impl Stage {
    /// Items a second. Many are begun at once and none is done for a while, so time counts from the first that was
    /// done; where that is too few to go by, from the beginning, which is slower than what follows.
    fn speed(&self) -> Option<f64> {
        const FEW: u64 = 3;
        const SOON: f64 = 10.0;
        let since_first = self.first.map(|(at, before)| {
            let items = self.done.saturating_sub(before);
            (items, at.elapsed().as_secs_f64())
        });
        let spent = self.began.elapsed().as_secs_f64();
        match since_first {
            Some((items, spent)) if items >= FEW && spent >= 1.0 => Some(items as f64 / spent),
            Some(_) if spent >= SOON => Some(self.done as f64 / spent),
            _ => None,
        }
    }
}

/// What is known of a run while it works.
#[derive(Debug, Default)]
pub(super) struct View {
    stages: Vec<Stage>,
    /// Name, done, total.
    tasks: Vec<(String, u64, u64)>,
    articles_done: u64,
    articles: u64,
    tokens_per_second: f64,
    errors: u64,
    flags: u64,
    last: Option<String>,
}

impl View {
    pub(super) fn enter(&mut self, name: &'static str, total: u64) {
        self.stages.push(Stage {
            name,
            done: 0,
            total,
            began: Instant::now(),
            first: None,
        });
        self.tasks.clear();
        (self.articles, self.articles_done, self.tokens_per_second) = (0, 0, 0.0);
    }

    pub(super) fn load(&mut self, load: &Load) {
        self.articles = load.articles;
        self.tasks = load
            .tasks
            .iter()
            .map(|(name, total)| (name.clone(), 0, *total))
            .collect();
    }

    pub(super) fn progress(&mut self, done: u64, total: u64, stats: &Stats) {
        if let Some(stage) = self.stages.last_mut() {
            stage.done = done;
            stage.total = total.max(stage.total);
            if done > 0 && stage.first.is_none() {
                stage.first = Some((Instant::now(), done));
            }
        }
        if stats.seconds > 0.0 {
            let tokens = stats.prefill_tokens + stats.decode_tokens + stats.forced_tokens;
            self.tokens_per_second = tokens as f64 / stats.seconds;
        }
    }

    pub(super) fn task_done(&mut self, done: &TaskDone<'_>) {
        if let Some((_, count, _)) = self.tasks.iter_mut().find(|(name, ..)| name == done.task) {
            *count += 1;
        }
        self.articles_done += u64::from(done.article_done);
        for problem in done.problems {
            self.count(problem);
            if problem.severity != Severity::Note {
                let path = file_name(done.path);
                self.last = Some(format!("{path}: {}", printable(&problem.message)));
            }
        }
    }

    pub(super) fn count(&mut self, problem: &Problem) {
        match problem.severity {
            Severity::Error => self.errors += 1,
            Severity::Flag => self.flags += 1,
            Severity::Note => {}
        }
    }

    /// Articles a minute, and the time that is left; nothing before there is something to reckon with.
    fn pace(&self) -> (Option<f64>, Option<Duration>) {
        let Some(stage) = self.stages.last().filter(|stage| stage.total > 0) else {
            return (None, None);
        };
        let Some(items_a_second) = stage.speed() else {
            return (None, None);
        };
        // by the tasks: whole articles come in bursts; where there are none, the items are articles
        let articles = if self.tasks.is_empty() {
            stage.total
        } else {
            self.articles
        };
        let pace = articles as f64 / stage.total as f64 * items_a_second * 60.0;
        let left = stage.total.saturating_sub(stage.done) as f64 / items_a_second;
        (Some(pace), Some(Duration::from_secs_f64(left)))
    }

    /// The facts on the stage at work, the most important first.
    fn facts(&self) -> Vec<String> {
        let (pace, left) = self.pace();
        let mut facts = Vec::new();
        facts.extend(left.map(|left| format!("{} left", in_words(left))));
        facts.extend(pace.map(|pace| format!("{} articles/min", short(pace))));
        if self.tokens_per_second > 0.0 {
            facts.push(format!("{} tokens/s", short(self.tokens_per_second)));
        }
        facts
    }

    fn problems(&self) -> Option<String> {
        let part = |count: u64, one: &str, many: &str| {
            (count > 0).then(|| format!("{count} {}", if count == 1 { one } else { many }))
        };
        let parts = [
            part(self.errors, "error", "errors"),
            part(self.flags, "flag", "flags"),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }

    /// The block, each line at most `width` columns wide.
    pub(super) fn lines(&self, width: usize) -> Vec<String> {
        let mut lines = Vec::new();
        let at_work = self.stages.len().saturating_sub(1);
        for (index, stage) in self.stages.iter().enumerate() {
            if index < at_work {
                // one that was stopped has not done all that there was
                let count = match stage.total {
                    total if stage.done < total => format!("{}/{total}", stage.done),
                    _ => stage.done.to_string(),
                };
                lines.push(format!("{:>11}  {count} done", stage.name));
                continue;
            }
            let facts = self.facts();
            let count = match stage.total {
                0 if stage.done == 0 => "…".to_owned(),
                0 => stage.done.to_string(),
                total => format!(
                    "{} {}/{total}",
                    bar(stage.done, total, bar_width(width)),
                    stage.done
                ),
            };
            let head = format!("{:>11}  {count}", stage.name);
            let whole = format!("{head}  {}", facts.join("  "));
            if whole.width() <= width {
                lines.push(whole.trim_end().to_owned());
            } else {
                lines.push(head);
                lines.extend(folded(&facts, "  ", width));
            }
            let tasks: Vec<String> = self
                .tasks
                .iter()
                .map(|(name, done, total)| format!("{name} {done}/{total}"))
                .collect();
            lines.extend(folded(&tasks, "  ", width));
        }
        if let Some(problems) = self.problems() {
            let last = self.last.as_deref().unwrap_or_default();
            lines.push(
                format!("{:>11}  {problems}  {last}", "problems")
                    .trim_end()
                    .to_owned(),
            );
        }
        lines.iter().map(|line| cut(line, width)).collect()
    }

    /// One line for a pipe.
    pub(super) fn sentence(&self) -> String {
        let Some(stage) = self.stages.last() else {
            return String::new();
        };
        let mut text = match stage.total {
            0 if stage.done == 0 => stage.name.to_owned(),
            0 => format!("{}: {}", stage.name, stage.done),
            total => format!("{}: {}/{total}", stage.name, stage.done),
        };
        for fact in self.facts() {
            text.push_str(", ");
            text.push_str(&fact);
        }
        if let Some(problems) = self.problems() {
            text.push_str(&format!("; problems: {problems}"));
        }
        text
    }

    pub(super) fn event(&self) -> serde_json::Value {
        let (pace, left) = self.pace();
        let stage = self.stages.last();
        json!({
            "event": "progress",
            "stage": stage.map(|stage| stage.name),
            "done": stage.map(|stage| stage.done),
            "total": stage.map(|stage| stage.total),
            "articles_done": self.articles_done,
            "articles": self.articles,
            "articles_per_minute": pace,
            "tokens_per_second": (self.tokens_per_second > 0.0).then_some(self.tokens_per_second),
            "seconds_left": left.map(|left| left.as_secs()),
            "errors": self.errors,
            "flags": self.flags,
        })
    }
}

/// Pieces in as many lines as they need, under the stage's name.
fn folded(pieces: &[String], between: &str, width: usize) -> Vec<String> {
    const INDENT: &str = "             ";
    let mut lines: Vec<String> = Vec::new();
    for piece in pieces {
        match lines.last_mut() {
            Some(line) if line.width() + between.len() + piece.width() <= width => {
                line.push_str(between);
                line.push_str(piece);
            }
            _ => lines.push(format!("{INDENT}{piece}")),
        }
    }
    lines
}

fn bar_width(width: usize) -> usize {
    (width / 4).clamp(6, 30)
}

fn bar(done: u64, total: u64, width: usize) -> String {
    let filled = (done.min(total) as usize * width) / (total.max(1) as usize);
    let head = if filled < width { ">" } else { "" };
    format!("[{:<width$}]", format!("{}{head}", "=".repeat(filled)))
}

/// Cut to `width` columns, with an ellipsis.
fn cut(line: &str, width: usize) -> String {
    if line.width() <= width {
        return line.to_owned();
    }
    let mut text = String::new();
    let mut used = 1;
    for c in line.chars() {
        used += c.width().unwrap_or(0);
        if used > width {
            break;
        }
        text.push(c);
    }
    text + "…"
}

fn file_name(path: &str) -> String {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    printable(name).to_string()
}

/// Two digits that count.
fn short(number: f64) -> String {
    if number < 10.0 {
        format!("{number:.1}")
    } else {
        format!("{number:.0}")
    }
}

/// `45 s`, `4 min`, `2 h 10 min`, `3 d 4 h`.
pub fn in_words(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min", (seconds + 30) / 60),
        3_600..86_400 => format!("{} h {} min", seconds / 3_600, seconds % 3_600 / 60),
        _ => format!("{} d {} h", seconds / 86_400, seconds % 86_400 / 3_600),
    }
}

#[cfg(test)]
mod tests;
