//! A run as it is watched: a block that is redrawn on a terminal, a line now and then in a pipe, events for machines.

mod view;

use super::interrupt;
use super::ui::{Ui, Voice};
use crate::backend::Stats;
use crate::pipeline::{Load, Observer, TaskDone};
use crate::record::Problem;
use serde_json::json;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;
use view::View;
pub use view::in_words;

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
                    self.ui.draw_block(view.lines(self.ui.width()));
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
