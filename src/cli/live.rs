//! A run as it is watched: a block that is redrawn on a terminal, a line now and then in a pipe, events for machines.

use super::interrupt;
use super::ui::{Ui, Voice};
use crate::backend::Stats;
use crate::output::text::printable;
use crate::pipeline::{Load, Observer, TaskDone};
use crate::record::{Problem, Severity};
use serde_json::json;
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// How often the block is redrawn, a pipe is told, a machine is told.
const REDRAW: Duration = Duration::from_millis(100);
const PLAIN: Duration = Duration::from_secs(10);
const MACHINE: Duration = Duration::from_secs(1);

/// Shows a run.
pub struct Live<'a> {
    ui: &'a Ui,
    view: Mutex<View>,
}

impl<'a> Live<'a> {
    /// Shows on that user interface.
    pub fn new(ui: &'a Ui) -> Live<'a> {
        Live {
            ui,
            view: Mutex::new(View::default()),
        }
    }

    /// A panic in another thread must not silence this one.
    fn view(&self) -> MutexGuard<'_, View> {
        self.view
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn show(&self, at_once: bool) {
        let view = self.view();
        match self.ui.voice() {
            Voice::Silent => {}
            Voice::Terminal => {
                if at_once || self.ui.is_due(REDRAW) {
                    self.ui.draw_block(&view.lines(self.ui.width()).join("\n"));
                }
            }
            Voice::Plain => {
                if self.ui.is_due(PLAIN) {
                    self.ui.plain(&view.sentence());
                }
            }
            Voice::Machine => {
                if self.ui.is_due(MACHINE) {
                    self.ui.event(view.event());
                }
            }
        }
    }
}

impl Observer for Live<'_> {
    fn stage(&self, name: &'static str, total: u64) {
        self.view().enter(name, total);
        if self.ui.voice() == Voice::Machine {
            self.ui
                .event(json!({"event": "start", "stage": name, "total": total}));
        }
        self.show(true);
    }

    fn load(&self, load: &Load) {
        self.view().load(load);
        self.show(true);
    }

    fn progress(&self, _: &'static str, done: u64, total: u64, stats: &Stats) {
        self.view().progress(done, total, stats);
        self.show(total > 0 && done == total);
    }

    fn task_done(&self, done: &TaskDone<'_>) {
        if self.ui.voice() == Voice::Machine {
            self.ui.event(json!({
                "event": "task", "task": done.task, "path": done.path, "failed": done.failed,
                "article_done": done.article_done, "usage": done.usage,
            }));
        }
        self.view().task_done(done);
        for problem in done.problems {
            self.ui.problem_of_task(problem, done.path);
        }
    }

    fn problem(&self, problem: &Problem) {
        self.view().count(problem);
        self.ui.problem(problem);
    }

    fn stop(&self) -> bool {
        interrupt::asked()
    }
}

/// One stage of a run.
#[derive(Debug, Clone)]
struct Stage {
    name: &'static str,
    done: u64,
    total: u64,
    began: Instant,
}

/// What is known of a run while it works.
#[derive(Debug, Default)]
struct View {
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
    fn enter(&mut self, name: &'static str, total: u64) {
        self.stages.push(Stage {
            name,
            done: 0,
            total,
            began: Instant::now(),
        });
        self.tasks.clear();
        (self.articles, self.articles_done, self.tokens_per_second) = (0, 0, 0.0);
    }

    fn load(&mut self, load: &Load) {
        self.articles = load.articles;
        self.tasks = load
            .tasks
            .iter()
            .map(|(name, total)| (name.clone(), 0, *total))
            .collect();
    }

    fn progress(&mut self, done: u64, total: u64, stats: &Stats) {
        if let Some(stage) = self.stages.last_mut() {
            stage.done = done;
            stage.total = total.max(stage.total);
        }
        if stats.seconds > 0.0 {
            let tokens = stats.prefill_tokens + stats.decode_tokens + stats.forced_tokens;
            self.tokens_per_second = tokens as f64 / stats.seconds;
        }
    }

    fn task_done(&mut self, done: &TaskDone<'_>) {
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

    fn count(&mut self, problem: &Problem) {
        match problem.severity {
            Severity::Error => self.errors += 1,
            Severity::Flag => self.flags += 1,
            Severity::Note => {}
        }
    }

    /// Articles a minute, and the time that is left; nothing before there is something to reckon with.
    fn pace(&self) -> (Option<f64>, Option<Duration>) {
        let Some(stage) = self.stages.last() else {
            return (None, None);
        };
        let spent = stage.began.elapsed().as_secs_f64();
        if self.tasks.is_empty() || stage.done == 0 || spent < 1.0 {
            return (None, None);
        }
        let share = stage.done as f64 / stage.total.max(1) as f64;
        let left = spent * (1.0 - share) / share;
        // by the tasks: whole articles come in bursts
        let pace = self.articles as f64 * share * 60.0 / spent;
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
    fn lines(&self, width: usize) -> Vec<String> {
        let mut lines = Vec::new();
        let at_work = self.stages.len().saturating_sub(1);
        for (index, stage) in self.stages.iter().enumerate() {
            if index < at_work {
                lines.push(format!(
                    "{:>11}  {} done",
                    stage.name,
                    stage.done.max(stage.total)
                ));
                continue;
            }
            let facts = self.facts();
            let count = match stage.total {
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
    fn sentence(&self) -> String {
        let Some(stage) = self.stages.last() else {
            return String::new();
        };
        let mut text = match stage.total {
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

    fn event(&self) -> serde_json::Value {
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
mod tests {
    use super::*;
    use crate::backend::Usage;

    fn view() -> View {
        let mut view = View::default();
        view.enter("reading", 0);
        view.progress(19, 19, &Stats::default());
        view.enter("figures", 19);
        view.progress(19, 19, &Stats::default());
        view.enter("model", 75);
        view.load(&Load {
            articles: 19,
            tasks: vec![
                ("summary.fr".into(), 19),
                ("summary.en".into(), 19),
                ("translation.en".into(), 18),
                ("extraction".into(), 19),
            ],
        });
        let problem = Problem {
            article_id: None,
            path: String::new(),
            stage: "summary".into(),
            severity: Severity::Flag,
            message: "the text says “12 %”, which the article does not\u{1b}[2J state".into(),
            hint: None,
        };
        for _ in 0..14 {
            view.task_done(&TaskDone {
                task: "summary.fr",
                path: "articles/levée-de-fonds.txt",
                failed: false,
                problems: std::slice::from_ref(&problem),
                usage: Usage::default(),
                article_done: false,
            });
        }
        let stats = Stats {
            prefill_tokens: 8120,
            seconds: 10.0,
            ..Stats::default()
        };
        view.progress(25, 75, &stats);
        view.stages[2].began = Instant::now() - Duration::from_secs(120);
        view
    }

    #[test]
    fn a_wide_terminal_has_the_facts_beside_the_bar() {
        assert_eq!(
            view().lines(110),
            [
                "    reading  19 done",
                "    figures  19 done",
                "      model  [=========>                 ] 25/75  4 min left  3.2 articles/min  812 tokens/s",
                "             summary.fr 14/19  summary.en 0/19  translation.en 0/18  extraction 0/19",
                "   problems  14 flags  levée-de-fonds.txt: the text says “12 %”, which the article does not [2J state",
            ]
        );
    }

    #[test]
    fn no_line_is_wider_than_the_terminal_however_narrow() {
        for width in [20, 32, 40, 60, 80, 200] {
            for line in view().lines(width) {
                assert!(line.width() <= width, "{width}: {line}");
                assert!(!line.contains('\u{1b}'), "{line:?}");
            }
        }
    }

    #[test]
    fn a_pipe_gets_one_sentence_and_a_machine_the_numbers() {
        assert_eq!(
            view().sentence(),
            "model: 25/75, 4 min left, 3.2 articles/min, 812 tokens/s; problems: 14 flags"
        );
        let event = view().event();
        assert_eq!((&event["done"], &event["flags"]), (&25.into(), &14.into()));
        assert!(
            (239..=241).contains(&event["seconds_left"].as_u64().unwrap()),
            "{event}"
        );
    }

    #[test]
    fn times_are_said_in_words() {
        for (seconds, words) in [
            (5, "5 s"),
            (61, "1 min"),
            (7_800, "2 h 10 min"),
            (100_000, "1 d 3 h"),
        ] {
            assert_eq!(in_words(Duration::from_secs(seconds)), words);
        }
    }
}
