//! What is to be done on every article, and under which key each result is filed.

use super::Settings;
use crate::backend::{Backend, ModelInfo};
use crate::record::Lang;
use crate::store::Key;
use crate::task::{self, Length, TaskKind};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A task of the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "task", content = "lang")]
pub enum TaskName {
    /// A summary in a language.
    Summary(Lang),
    /// A translation to a language.
    Translation(Lang),
    /// Entities and labels of figures.
    Extraction,
}

impl TaskName {
    /// The name in the store and in messages: `summary.fr`.
    pub fn label(self) -> String {
        match self {
            TaskName::Summary(lang) => format!("summary.{}", lang.code()),
            TaskName::Translation(lang) => format!("translation.{}", lang.code()),
            TaskName::Extraction => "extraction".to_owned(),
        }
    }

    /// The language whose articles do not need it.
    pub fn not_due_in(self) -> Option<Lang> {
        match self {
            TaskName::Translation(lang) => Some(lang),
            TaskName::Summary(_) | TaskName::Extraction => None,
        }
    }

    /// The stage that its problems are filed under.
    pub fn stage(self) -> &'static str {
        match self {
            TaskName::Summary(_) => "summary",
            TaskName::Translation(_) => "translation",
            TaskName::Extraction => "extraction",
        }
    }
}

/// One task, and everything but the article that its result depends on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedTask {
    /// The task.
    #[serde(flatten)]
    pub name: TaskName,
    /// Hash of its prompts.
    pub prompt_hash: String,
    /// Model, revision, prompts, parameters.
    pub parts: Vec<String>,
}

impl PlannedTask {
    /// Where the result for the article with this content is filed.
    pub fn key(&self, hash: &str) -> Key {
        Key::new(hash, &self.name.label(), &as_strs(&self.parts))
    }
}

/// What is to be done on every article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// What the ledger depends on.
    pub ledger: Vec<String>,
    /// The model's tasks; empty without one.
    pub tasks: Vec<PlannedTask>,
    /// Languages that a summary was asked for; the extractive one stands in where the model's is missing.
    pub summary_langs: Vec<Lang>,
}

impl Plan {
    /// The plan for these settings and models: each task is the work of one of them.
    pub fn new(settings: &Settings, writer: Option<&dyn Backend>, translator: Option<&dyn Backend>) -> Plan {
        let version = env!("CARGO_PKG_VERSION");
        let ledger = vec![version.to_owned(), settings.length.as_str().to_owned()];
        // a translation model neither summarizes nor extracts
        let author = writer.filter(|backend| !backend.sentence_translator());
        let translator = translator.or(writer);
        let summaries = settings
            .summary_langs
            .iter()
            .map(|&lang| (TaskName::Summary(lang), author));
        let translation = settings
            .translate_to
            .map(|lang| (TaskName::Translation(lang), translator));
        let extraction = settings.extract.then_some((TaskName::Extraction, author));
        let tasks = summaries
            .chain(translation)
            .chain(extraction)
            .filter_map(|(name, backend)| Some(planned(name, settings, backend?, version)))
            .collect();
        Plan {
            ledger,
            tasks,
            summary_langs: settings.summary_langs.clone(),
        }
    }

    /// Length of the article's own summary: the last part of what the ledger depends on.
    pub(super) fn length(&self) -> Length {
        let length = self.ledger.last().and_then(|name| name.parse().ok());
        length.unwrap_or(Length::Medium)
    }

    /// Where the ledger of the article with this content is filed.
    pub fn ledger_key(&self, hash: &str) -> Key {
        Key::new(hash, "ledger", &as_strs(&self.ledger))
    }

    /// Hashes of the prompts, by task.
    pub fn prompt_hashes(&self) -> BTreeMap<String, String> {
        self.tasks
            .iter()
            .map(|task| (task.name.label(), task.prompt_hash.clone()))
            .collect()
    }
}

fn planned(name: TaskName, settings: &Settings, backend: &dyn Backend, version: &str) -> PlannedTask {
    let model: &ModelInfo = backend.info();
    let prompt_hash = match name {
        TaskName::Translation(_) if backend.sentence_translator() => {
            format!("sentences-{}", task::SENTENCES_VERSION)
        }
        TaskName::Summary(lang) => task::prompt_hash(TaskKind::Summary, lang),
        TaskName::Translation(lang) => task::prompt_hash(TaskKind::Translation, lang),
        // asked in the language of the article; one hash stands for all of its prompts
        TaskName::Extraction => task::prompt_hash(TaskKind::Extraction, Lang::Fr),
    };
    let mut parts = vec![version.to_owned()];
    parts.extend(model.identity());
    parts.extend([
        model.context_length.to_string(),
        prompt_hash.clone(),
        format!("{:?}", settings.sampling),
    ]);
    if let TaskName::Summary(_) = name {
        parts.push(settings.length.as_str().to_owned());
    }
    if let (TaskName::Translation(_), Some(glossary)) = (name, &settings.glossary) {
        parts.push(glossary.hash().to_owned());
    }
    PlannedTask {
        name,
        prompt_hash,
        parts,
    }
}

fn as_strs(parts: &[String]) -> Vec<&str> {
    parts.iter().map(String::as_str).collect()
}
