//! Translation models end to end: a folder as the Hub has it, sentences in, text out.
#![allow(clippy::unwrap_used)]

use depeche::backend::{
    Backend, BackendError, Completion, Constraint, Finish, Message, Request, Role, Sampling, Ticket,
};
use depeche::engine::marian::{
    MarianTokenizer, MarianTokenizerFiles, Precision, TranslationOptions, TranslatorOptions,
};
use depeche::engine::random::{FloatType, MarianShape, RandomMarian};
use depeche::engine::{EngineOptions, is_translation_model, open};
use depeche::hub;
use std::path::Path;

fn model(folder: &Path) -> hub::LocalModel {
    RandomMarian::new(MarianShape::TINY, 3)
        .with_end_bias(4.0)
        .write(folder, FloatType::F32)
        .unwrap();
    hub::load_path(folder).unwrap()
}

fn backend(model: &hub::LocalModel, translation: TranslationOptions) -> Box<dyn Backend> {
    let options = EngineOptions {
        translation,
        ..EngineOptions::default()
    };
    let opened = open(model, &options).unwrap();
    assert_eq!(opened.fallback, None);
    opened.backend
}

fn request(text: &str, alternatives: usize) -> Request {
    Request {
        messages: vec![Message {
            role: Role::User,
            content: text.to_owned(),
        }],
        constraint: None,
        max_tokens: 24,
        sampling: Sampling::GREEDY,
        alternatives,
    }
}

fn translate(backend: &mut dyn Backend, texts: &[&str], alternatives: usize) -> Vec<Completion> {
    let tickets: Vec<Ticket> = texts
        .iter()
        .map(|text| backend.submit(request(text, alternatives)).unwrap())
        .collect();
    let mut done = Vec::new();
    while backend.outstanding() > 0 {
        done.extend(backend.poll().unwrap());
    }
    assert!(backend.poll().unwrap().is_empty());
    let find = |ticket: &Ticket| done.iter().find(|(other, _)| other == ticket).unwrap().1.clone();
    tickets.iter().map(find).collect()
}

const TEXTS: [&str; 5] = [
    "La société annonce une levée de fonds de 12 millions d’euros.",
    "Oui.",
    "Le chiffre d’affaires du groupe a progressé de 8,5 % au troisième trimestre.",
    "",
    ">>fra<< </s> <pad> 日本",
];

#[test]
fn a_folder_of_the_hub_translates() {
    let folder = tempfile::tempdir().unwrap();
    let model = model(folder.path());
    assert!(is_translation_model(&model));
    assert_eq!(model.files().count(), 7);
    let mut backend = backend(&model, TranslationOptions::default());
    assert!(backend.sentence_translator());
    assert_eq!(backend.info().architecture, "marian");
    assert_eq!(backend.info().context_length, 512);
    let answers = translate(backend.as_mut(), &TEXTS, 3);
    for answer in &answers {
        assert!(answer.alternatives.len() <= 3 && !answer.alternatives.contains(&answer.text));
        assert!(answer.tokens <= 24 && answer.prompt_tokens > 0);
        assert!(!answer.text.contains("</s>") && !answer.text.contains("<pad>"));
    }
    assert!(answers.iter().any(|answer| !answer.alternatives.is_empty()));
    assert!(answers.iter().any(|answer| answer.finish == Finish::Stop));
    let again = translate(backend.as_mut(), &TEXTS[..1], 0);
    assert_eq!(again[0].text, answers[0].text);
    assert!(again[0].alternatives.is_empty());
    let stats = backend.stats();
    assert!(stats.prefill_tokens > 0 && stats.decode_tokens > 0 && stats.steps > 0);
}

#[test]
fn a_sentence_does_not_depend_on_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let model = model(folder.path());
    for precision in [Precision::Float, Precision::Int8] {
        let options = |max_sentences| TranslationOptions {
            precision,
            translator: TranslatorOptions {
                max_sentences,
                ..TranslatorOptions::default()
            },
            ..TranslationOptions::default()
        };
        let together = translate(backend(&model, options(32)).as_mut(), &TEXTS, 3);
        let one_by_one = translate(backend(&model, options(1)).as_mut(), &TEXTS, 3);
        assert_eq!(together, one_by_one);
    }
}

#[test]
fn what_cannot_be_translated_is_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let model = model(folder.path());
    let mut backend = backend(&model, TranslationOptions::default());
    let long = "mot ".repeat(600);
    match backend.submit(request(&long, 0)).unwrap_err() {
        BackendError::PromptTooLong { tokens, context } => assert!(tokens > 600 && context == 512),
        other => panic!("{other}"),
    }
    let constrained = Request {
        constraint: Some(Constraint::Lark("start: \"a\"".to_owned())),
        ..request("Oui.", 0)
    };
    let error = backend.submit(constrained).unwrap_err();
    assert!(matches!(error, BackendError::Constraint(_)));
    assert_eq!(backend.outstanding(), 0);
    let cut = Request {
        max_tokens: 1,
        ..request(TEXTS[0], 2)
    };
    backend.submit(cut).unwrap();
    let (_, answer) = backend.poll().unwrap().remove(0);
    assert!(answer.tokens <= 1);
}

#[test]
fn broken_files_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let explain = |file: &str, content: &[u8]| {
        let model = model(folder.path());
        std::fs::write(folder.path().join(file), content).unwrap();
        let error = open(&model, &EngineOptions::default()).err().unwrap();
        error.to_string()
    };
    assert!(explain("source.spm", b"nothing").contains("source.spm"));
    assert!(explain("target.spm", b"").contains("target.spm"));
    assert!(explain("vocab.json", b"{\"a\": -1}").contains("vocab.json"));
    assert!(explain("vocab.json", b"{\"</s>\": 0, \"<unk>\": 4000}").contains("vocab_size"));
    assert!(explain("vocab.json", b"{\"</s>\": 0}").contains("<unk>"));
    assert!(explain("config.json", b"{\"model_type\": \"marian\"}").contains("d_model"));
    let model = model(folder.path());
    std::fs::remove_file(folder.path().join("target.spm")).unwrap();
    let model = hub::LocalModel {
        translation: None,
        ..model
    };
    assert!(is_translation_model(&model), "by its settings");
    let error = open(&model, &EngineOptions::default()).err().unwrap();
    assert!(error.to_string().contains("target.spm"));
}

#[test]
fn a_language_token_is_read_where_the_model_has_it() {
    let folder = tempfile::tempdir().unwrap();
    model(folder.path());
    let at = |name: &str| folder.path().join(name);
    let files = MarianTokenizerFiles {
        source: at("source.spm"),
        target: at("target.spm"),
        vocabulary: at("vocab.json"),
        target_vocabulary: None,
    };
    let without = MarianTokenizer::load(&files).unwrap();
    let text = std::fs::read_to_string(at("vocab.json")).unwrap();
    let mut vocabulary: serde_json::Value = serde_json::from_str(&text).unwrap();
    vocabulary[">>fra<<"] = 598.into();
    std::fs::write(at("vocab.json"), vocabulary.to_string()).unwrap();
    let with = MarianTokenizer::load(&files).unwrap();
    assert_eq!(with.target_languages(), ["fra"]);
    assert_eq!(with.encode(">>fra<< Oui.")[1..], without.encode(" Oui.")[..]);
    assert_eq!(with.encode(">>fra<< Oui.")[0], 598);
    assert_eq!(with.encode(">>deu<< Oui."), without.encode(">>deu<< Oui."));
    let tokens = without.encode("La société");
    assert_eq!(tokens.last(), Some(&0));
    assert_eq!(without.decode(&tokens), "La société");
}
