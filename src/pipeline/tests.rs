//! A whole run with fake models: which of them does what, what is remembered, what is reported.

use super::{Models, Recall, Remembering, Settings, Shelf, Unobserved, rebuild, run};
use crate::backend::{
    Backend, BackendError, Completion, Finish, Message, ModelInfo, Request, Role, Sampling, Stats, Ticket,
};
use crate::glossary::{Format, Glossary};
use crate::output::csv::Dialect;
use crate::record::Lang;
use crate::store::Store;
use crate::task::Length;
use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;

/// Answers each request at once with what `answer` makes of its last message.
struct Fake {
    info: ModelInfo,
    sentences: bool,
    answer: fn(&str) -> String,
    asked: Vec<String>,
    ready: VecDeque<(Ticket, Completion)>,
}

impl Fake {
    fn new(name: &str, sentences: bool, answer: fn(&str) -> String) -> Fake {
        Fake {
            info: ModelInfo {
                name: name.to_owned(),
                source: format!("test/{name}"),
                revision: "r1".to_owned(),
                device: "cpu".to_owned(),
                context_length: if sentences { 512 } else { 32_000 },
                ..ModelInfo::default()
            },
            sentences,
            answer,
            asked: Vec::new(),
            ready: VecDeque::new(),
        }
    }
}

impl Backend for Fake {
    fn info(&self) -> &ModelInfo {
        &self.info
    }

    fn sentence_translator(&self) -> bool {
        self.sentences
    }

    fn count_tokens(&self, messages: &[Message]) -> Result<usize, BackendError> {
        Ok(messages.iter().map(|message| message.content.len() / 4 + 2).sum())
    }

    fn submit(&mut self, request: Request) -> Result<Ticket, BackendError> {
        let text = request
            .messages
            .last()
            .map(|message| message.content.clone())
            .unwrap_or_default();
        let ticket = Ticket(self.asked.len() as u64);
        let completion = Completion {
            text: (self.answer)(&text),
            alternatives: Vec::new(),
            finish: Finish::Stop,
            prompt_tokens: 0,
            cached_tokens: 0,
            tokens: 0,
        };
        self.ready.push_back((ticket, completion));
        self.asked.push(text);
        Ok(ticket)
    }

    fn poll(&mut self) -> Result<Vec<(Ticket, Completion)>, BackendError> {
        Ok(self.ready.pop_front().into_iter().collect())
    }

    fn outstanding(&self) -> usize {
        self.ready.len()
    }

    fn stats(&self) -> Stats {
        Stats {
            decode_tokens: self.asked.len() as u64,
            ..Stats::default()
        }
    }
}

fn settings(folder: &Path) -> Settings {
    Settings {
        inputs: vec![folder.to_string_lossy().into_owned()],
        ingest: crate::ingest::Options::default(),
        summary_langs: vec![Lang::Fr],
        translate_to: Some(Lang::En),
        glossary: None,
        extract: false,
        length: Length::Short,
        sampling: Sampling::GREEDY,
        force: false,
        retry_failed: false,
        dialect: Dialect::En,
    }
}

/// Two articles that share a sentence.
fn folder() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("in")).unwrap();
    for (name, text) in [
        (
            "a.txt",
            "Le groupe a ouvert une usine dans la ville. La mer est belle ce matin pour la flotte.\n",
        ),
        (
            "b.txt",
            "La mer est belle ce matin pour la flotte. Le vent se lève sur la côte et dans le port.\n",
        ),
    ] {
        std::fs::write(dir.path().join("in").join(name), text).unwrap();
    }
    dir
}

fn summary(_: &str) -> String {
    r#"{"headline": "Usine", "bullets": [], "abstract": "Une usine."}"#.to_owned()
}

fn english(text: &str) -> String {
    format!("In English: {}", text.replace("usine", "plant"))
}

#[test]
fn one_model_writes_and_another_translates_and_no_sentence_is_asked_for_twice() {
    let dir = folder();
    let out = dir.path().join("out");
    let store = Store::create(&out).unwrap();
    let settings = settings(&dir.path().join("in"));
    let (mut writer, mut translator) = (Fake::new("llm", false, summary), Fake::new("mt", true, english));
    let models = Models {
        writer: Some(&mut writer),
        translator: Some(&mut translator),
    };
    let report = run(&settings, &out, &store, models, &Unobserved).unwrap();
    assert_eq!((report.articles, report.translations), (2, 2));
    assert_eq!(translator.asked.len(), 3, "{:?}", translator.asked);
    assert!(!writer.asked.is_empty());
    assert!(writer.asked.iter().all(|text| !text.contains("Translate")));
    assert_eq!(
        report.sentences,
        Recall {
            translated: 3,
            remembered: 1
        }
    );
    assert_eq!(report.checks.segments, 4);
    let json: serde_json::Value =
        serde_json::from_slice(&std::fs::read(out.join("run.json")).unwrap()).unwrap();
    assert_eq!(json["model"]["name"], "llm");
    assert_eq!(json["translation_model"]["name"], "mt");
    assert_eq!(json["translation_stats"]["decode_tokens"], 3);
    assert_eq!(json["report"]["checks"]["segments"], 4);

    // one article changes by one sentence: the others are known, in a later process too
    let path = dir.path().join("in/b.txt");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("{} Tout est calme ici.\n", text.trim_end())).unwrap();
    drop(store);
    let store = Store::open(&out).unwrap();
    let (mut writer, mut translator) = (Fake::new("llm", false, summary), Fake::new("mt", true, english));
    let models = Models {
        writer: Some(&mut writer),
        translator: Some(&mut translator),
    };
    let report = run(&settings, &out, &store, models, &Unobserved).unwrap();
    assert_eq!(translator.asked, ["Tout est calme ici."]);
    assert_eq!(report.sentences.remembered, 2);
    let rebuilt = rebuild(&store, &out, None, &Unobserved).unwrap();
    assert_eq!(rebuilt.checks, report.checks);

    // another revision knows nothing of it
    let mut newer = Fake::new("mt", true, english);
    newer.info.revision = "r2".to_owned();
    let models = Models {
        writer: None,
        translator: Some(&mut newer),
    };
    run(&settings, &out, &store, models, &Unobserved).unwrap();
    assert_eq!(newer.asked.len(), 4);
}

#[test]
fn a_changed_glossary_chooses_again_and_asks_only_for_what_it_needs() {
    let dir = folder();
    let out = dir.path().join("out");
    let store = Store::create(&out).unwrap();
    let mut settings = settings(&dir.path().join("in"));
    settings.summary_langs.clear();
    let mut first = Fake::new("mt", true, english);
    run(&settings, &out, &store, Models::one(&mut first), &Unobserved).unwrap();
    assert_eq!(first.asked.len(), 3);
    let glossary = Glossary::parse("usine,factory\n", Format::Csv, "fr", "en").unwrap();
    settings.glossary = Some(Arc::new(glossary));
    let mut second = Fake::new("mt", true, english);
    let report = run(&settings, &out, &store, Models::one(&mut second), &Unobserved).unwrap();
    // every known sentence is known; the one with the term is asked for with a stand-in
    assert!(
        second.asked.iter().all(|text| text.contains("XQ1")),
        "{:?}",
        second.asked
    );
    assert_eq!(report.checks.terms, 1);
    assert_eq!(report.checks.terms_repaired, 1);
    let csv = std::fs::read_to_string(out.join("translations/a.en.md")).unwrap();
    assert!(csv.contains("factory") && !csv.contains("plant"), "{csv}");
}

#[test]
fn a_translation_model_alone_translates_and_does_nothing_else() {
    let dir = folder();
    let out = dir.path().join("out");
    let store = Store::create(&out).unwrap();
    let mut settings = settings(&dir.path().join("in"));
    settings.extract = true;
    let mut backend = Fake::new("mt", true, english);
    let report = run(&settings, &out, &store, Models::one(&mut backend), &Unobserved).unwrap();
    assert_eq!((report.translations, report.tasks_done), (2, 2));
    // the summaries are the articles' own sentences
    assert_eq!(report.summaries, 2);
}

#[test]
fn requests_that_are_under_way_are_joined_and_each_ticket_is_answered_once() {
    let mut fake = Fake::new("mt", true, english);
    let mut remembering = Remembering::new(&mut fake, Shelf::memory(), false);
    let request = |text: &str| Request {
        messages: vec![Message {
            role: Role::User,
            content: text.to_owned(),
        }],
        constraint: None,
        max_tokens: 10,
        sampling: Sampling::GREEDY,
        alternatives: 3,
    };
    let first = remembering.submit(request("a")).unwrap();
    let second = remembering.submit(request("a")).unwrap();
    let other = remembering.submit(request("b")).unwrap();
    assert_eq!(remembering.outstanding(), 3);
    let mut answered = Vec::new();
    while remembering.outstanding() > 0 {
        answered.extend(
            remembering
                .poll()
                .unwrap()
                .into_iter()
                .map(|(ticket, answer)| (ticket, answer.text)),
        );
    }
    let third = remembering.submit(request("a")).unwrap();
    answered.extend(
        remembering
            .poll()
            .unwrap()
            .into_iter()
            .map(|(ticket, answer)| (ticket, answer.text)),
    );
    let a = || "In English: a".to_owned();
    assert_eq!(
        answered,
        [
            (first, a()),
            (second, a()),
            (other, "In English: b".to_owned()),
            (third, a())
        ]
    );
    assert_eq!(
        remembering.recall(),
        Recall {
            translated: 2,
            remembered: 2
        }
    );
    drop(remembering);
    assert_eq!(fake.asked, ["a", "b"]);
}
