//! How fast this machine worked with a model in earlier runs, for `--dry-run`.
//!
//! Kept in `depeche/speed.json` in the user's state folder (`DEPECHE_STATE_DIR`, else `XDG_STATE_HOME`, else
//! `~/.local/state`; on Windows `LOCALAPPDATA`): numbers of tokens and seconds by model, no text and no path.

use crate::backend::{ModelInfo, Stats, Usage};
use crate::pipeline::Forecast;
use crate::store::Labour;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

/// What was measured, by model.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct SpeedBook {
    models: BTreeMap<String, Measured>,
}

/// What was measured with one model on this machine.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Measured {
    /// Tokens that the model computed.
    computed: f64,
    /// Seconds that it took.
    seconds: f64,
    /// Tokens of the first prompts and tokens computed in all, by task.
    tasks: BTreeMap<String, (f64, f64)>,
}

/// The weight of what was measured before, when a run is added to it: machines and settings change.
const FADING: f64 = 0.5;

impl SpeedBook {
    /// What is there; nothing where there is nothing that can be read.
    pub fn read() -> SpeedBook {
        let text = path().and_then(|path| std::fs::read_to_string(path).ok());
        text.and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default()
    }

    /// Adds a run and keeps the book. A book that cannot be kept is no reason to fail a run.
    pub fn record(model: &ModelInfo, stats: &Stats, labour: &[(String, Labour)]) {
        let mut book = SpeedBook::read();
        if !book.add(model, stats, labour) {
            return;
        }
        if let Err(error) = book.write() {
            tracing::debug!(%error, "the measured speed was not kept");
        }
    }

    fn add(&mut self, model: &ModelInfo, stats: &Stats, labour: &[(String, Labour)]) -> bool {
        let mut all = Usage::default();
        labour.iter().for_each(|(_, labour)| all += labour.usage);
        if stats.seconds <= 0.0 || all.computed() == 0 {
            return false;
        }
        let measured = self.models.entry(key(model)).or_default();
        measured.computed = measured.computed * FADING + all.computed() as f64;
        measured.seconds = measured.seconds * FADING + stats.seconds;
        for (task, labour) in labour {
            let (first, computed) = measured.tasks.entry(task.clone()).or_default();
            *first = *first * FADING + labour.usage.first_tokens as f64;
            *computed = *computed * FADING + labour.usage.computed() as f64;
        }
        true
    }

    fn write(&self) -> std::io::Result<()> {
        let Some(path) = path() else { return Ok(()) };
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let draft = path.with_extension(format!("{}.tmp", std::process::id()));
        std::fs::write(&draft, serde_json::to_vec_pretty(self)?)?;
        std::fs::rename(&draft, &path)
    }

    /// How long the work of a forecast takes with this model at the speed measured; none where none was.
    pub fn time(
        &self,
        model: &ModelInfo,
        forecast: &Forecast,
        is_its: impl Fn(&str) -> bool,
    ) -> Option<Duration> {
        let measured = self.models.get(&key(model))?;
        let rate = measured.seconds / measured.computed;
        let mut seconds = 0.0;
        for task in forecast.work.iter().flat_map(|article| &article.tasks) {
            if !is_its(&task.task) {
                continue;
            }
            let (first, computed) = measured.tasks.get(&task.task)?;
            if *first > 0.0 {
                seconds += task.prompt_tokens as f64 * computed / first * rate;
            }
        }
        Duration::try_from_secs_f64(seconds).ok()
    }
}

fn key(model: &ModelInfo) -> String {
    let threads = rayon::current_num_threads();
    let search = model.search.map(|search| format!(" {search}"));
    format!(
        "{}@{} {} {} {threads} threads{}",
        model.source,
        model.revision,
        model.quantization,
        model.device,
        search.unwrap_or_default()
    )
}

fn path() -> Option<PathBuf> {
    let folder = |name: &str| {
        std::env::var_os(name)
            .filter(|v| !v.is_empty())
            .map(PathBuf::from)
    };
    let home = || folder("HOME").map(|home| home.join(".local").join("state"));
    let state = folder("DEPECHE_STATE_DIR").or_else(|| {
        let base = if cfg!(windows) {
            folder("LOCALAPPDATA")
        } else {
            folder("XDG_STATE_HOME").or_else(home)
        };
        base.map(|base| base.join("depeche"))
    });
    state.map(|state| state.join("speed.json"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::{ArticleForecast, TaskForecast, Why};

    #[test]
    fn time_follows_from_what_tasks_like_these_cost() {
        let model = ModelInfo::default();
        let labour = Labour {
            tasks: 10,
            usage: Usage {
                requests: 10,
                first_tokens: 1000,
                prompt_tokens: 1500,
                cached_tokens: 500,
                tokens: 2000,
            },
            span: None,
        };
        let stats = Stats {
            seconds: 30.0,
            ..Stats::default()
        };
        let mut book = SpeedBook::default();
        assert!(book.add(&model, &stats, &[("summary.fr".into(), labour)]));
        let forecast = |task: &str| Forecast {
            work: vec![ArticleForecast {
                path: "a".into(),
                tasks: vec![TaskForecast {
                    task: task.into(),
                    why: Why::New,
                    requests: 1,
                    prompt_tokens: 500,
                }],
            }],
            ..Forecast::default()
        };
        // half of the first tokens: half of the time
        assert_eq!(
            book.time(&model, &forecast("summary.fr"), |_| true),
            Some(Duration::from_secs(15))
        );
        assert_eq!(book.time(&model, &forecast("extraction"), |_| true), None);
        let other = ModelInfo {
            revision: "other".into(),
            ..ModelInfo::default()
        };
        assert_eq!(book.time(&other, &forecast("summary.fr"), |_| true), None);
    }
}
