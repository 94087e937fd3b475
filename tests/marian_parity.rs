//! The translation engine against the reference implementation: encoder outputs, logits, and outputs
//! of greedy and beam search of small random models, computed by Python `transformers`
//! (tests/parity/marian_reference.py made the numbers).
#![allow(clippy::unwrap_used)]

use candle_core::Device;
use depeche::engine::marian::config::{EarlyStopping, MarianConfig};
use depeche::engine::marian::network::Network;
use depeche::engine::marian::{
    CpuNetwork, GenericNetwork, MarianFiles, Precision, SearchOptions, Translation, Translator,
    TranslatorOptions,
};
use depeche::engine::random::{FloatType, MarianShape, RandomMarian};
use serde_json::Value;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parity")
}

struct Reference {
    about: Value,
    numbers: Vec<f32>,
}

impl Reference {
    fn read(name: &str) -> Self {
        let text = std::fs::read_to_string(folder().join(format!("marian-{name}.json"))).unwrap();
        let bytes = std::fs::read(folder().join(format!("marian-{name}.f32"))).unwrap();
        let numbers = bytes.as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b));
        Self {
            about: serde_json::from_str(&text).unwrap(),
            numbers: numbers.collect(),
        }
    }

    fn model(&self) -> (tempfile::TempDir, MarianFiles) {
        let settings = self.about["settings"].clone();
        let seed = self.about["seed"].as_u64().unwrap();
        let end_bias = self.about["end_bias"].as_f64().unwrap() as f32;
        let model = RandomMarian::from_settings(settings, seed)
            .unwrap()
            .with_end_bias(end_bias);
        let folder = tempfile::tempdir().unwrap();
        model.write_network(folder.path(), FloatType::F32).unwrap();
        let files = MarianFiles::find(folder.path()).unwrap();
        (folder, files)
    }

    fn sources(&self) -> Vec<Vec<u32>> {
        let sources = self.about["sources"].as_array().unwrap().iter();
        sources.map(tokens).collect()
    }

    fn check_numbers<N: Network>(&self, network: &N) {
        let mut expected = self.numbers.as_slice();
        let mut compare = |found: &[f32], what: &str| {
            let (own, rest) = expected.split_at(found.len());
            expected = rest;
            for (found, own) in found.iter().zip(own) {
                assert!((found - own).abs() < 2e-5, "{what}: {found} for {own}");
            }
        };
        let sources = self.sources();
        for source in &sources {
            compare(&network.encoder_output(source).unwrap(), "encoder output");
        }
        let mut state = network.encode(&[&sources[0]]).unwrap().remove(0);
        for token in tokens(&self.about["target"]) {
            compare(&network.logits(&mut state, token).unwrap(), "logits");
        }
        assert!(expected.is_empty());
    }

    /// All searches of all sentences, all sentences of a search together.
    fn check_searches<N: Network>(&self, open: impl Fn(MarianConfig) -> N) {
        for search in self.about["searches"].as_array().unwrap() {
            let mut settings = self.about["settings"].clone();
            let options = search["options"].as_object().unwrap();
            settings.as_object_mut().unwrap().extend(options.clone());
            settings["max_length"] = self.about["max_length"].clone();
            let config = MarianConfig::from_json(&settings, None).unwrap();
            let options = SearchOptions::of(&config.generation);
            let mut translator = Translator::new(open(config), TranslatorOptions::default());
            let found = translate(&mut translator, &self.sources(), options);
            for (index, found) in found.iter().enumerate() {
                let expected = search["outputs"][index].as_array().unwrap();
                let about = format!("{} source {index}", search["options"]);
                assert_eq!(found.hypotheses.len(), expected.len(), "{about}");
                for (found, expected) in found.hypotheses.iter().zip(expected) {
                    let mut tokens = tokens(&expected["tokens"]);
                    tokens.pop_if(|last| *last == 0);
                    assert_eq!(found.tokens, tokens, "{about}");
                    if let Some(score) = expected["score"].as_f64() {
                        let most = 1e-5 * score.abs().max(1.0);
                        assert!((f64::from(found.score) - score).abs() < most, "{about}");
                    }
                }
            }
        }
    }
}

fn tokens(list: &Value) -> Vec<u32> {
    let list = list.as_array().unwrap().iter();
    list.map(|id| id.as_u64().unwrap() as u32).collect()
}

fn translate<N: Network>(
    translator: &mut Translator<N>,
    sources: &[Vec<u32>],
    options: SearchOptions,
) -> Vec<Translation> {
    for source in sources {
        translator.submit(source.clone(), options).unwrap();
    }
    let mut done = Vec::new();
    while translator.outstanding() > 0 {
        done.extend(translator.step().unwrap());
    }
    done.sort_by_key(|translation| translation.id);
    done
}

const MODELS: [&str; 3] = ["shared", "separate", "gelu"];

#[test]
fn encoder_outputs_and_logits_are_those_of_transformers() {
    for name in MODELS {
        let reference = Reference::read(name);
        let (_folder, files) = reference.model();
        reference.check_numbers(&CpuNetwork::open(&files, Precision::Float).unwrap());
        reference.check_numbers(&GenericNetwork::open(&files, &Device::Cpu).unwrap());
    }
}

#[test]
fn searches_find_what_transformers_finds() {
    for name in MODELS {
        let reference = Reference::read(name);
        let (_folder, files) = reference.model();
        reference.check_searches(|config| CpuNetwork::open_as(config, &files, Precision::Float).unwrap());
        reference.check_searches(|config| GenericNetwork::open_as(config, &files, &Device::Cpu).unwrap());
    }
}

#[test]
fn a_sentence_is_translated_alike_in_every_batch() {
    let reference = Reference::read("shared");
    let (_folder, files) = reference.model();
    let sources = reference.sources();
    let options = SearchOptions {
        beams: 4,
        length_penalty: 1.0,
        early_stopping: EarlyStopping::No,
        max_length: 40,
    };
    let run = |precision, sources: &[Vec<u32>], max_sentences| {
        let shared = TranslatorOptions {
            max_sentences,
            ..TranslatorOptions::default()
        };
        let mut translator = Translator::new(CpuNetwork::open(&files, precision).unwrap(), shared);
        let found = translate(&mut translator, sources, options);
        found
            .into_iter()
            .map(|found| found.hypotheses)
            .collect::<Vec<_>>()
    };
    for precision in [Precision::Float, Precision::Int8] {
        let together = run(precision, &sources, 64);
        let few = run(precision, &sources, 2);
        assert_eq!(few, together, "two at a time, others joining");
        for (index, source) in sources.iter().enumerate() {
            // Scores are compared bit for bit.
            let alone = run(precision, std::slice::from_ref(source), 1);
            assert_eq!(alone[0], together[index]);
        }
    }
}

/// The true depth and width of opus-mt-fr-en, with fewer tokens.
#[test]
fn logits_in_eight_bits_stay_close() {
    let shape = MarianShape {
        vocabulary: 2000,
        ..MarianShape::OPUS_MT_FR_EN
    };
    let folder = tempfile::tempdir().unwrap();
    RandomMarian::new(shape, 5)
        .write_network(folder.path(), FloatType::F32)
        .unwrap();
    let files = MarianFiles::find(folder.path()).unwrap();
    let source: Vec<u32> = (0..12).map(|i| 7 + i * 131).chain([0]).collect();
    let run = |precision| -> Vec<f32> {
        let network = CpuNetwork::open(&files, precision).unwrap();
        let mut state = network.encode(&[&source]).unwrap().remove(0);
        let written = [1999, 5, 77, 1200];
        let logits = written.map(|token| network.logits(&mut state, token).unwrap());
        logits.concat()
    };
    let (exact, found) = (run(Precision::Float), run(Precision::Int8));
    let square = |x: f32| f64::from(x).powi(2);
    let error: f64 = exact.iter().zip(&found).map(|(a, b)| square(a - b)).sum();
    let error = (error / exact.iter().map(|x| square(*x)).sum::<f64>()).sqrt();
    println!("root mean square error of int8 logits: {error:.4} of the logits'");
    assert!(error > 0.0 && error < 0.05, "{error}");
}
