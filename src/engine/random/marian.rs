//! Translation models with random weights, as the Hub has real ones: settings, `source.spm`,
//! `target.spm`, `vocab.json` and one file of tensors.

use super::{FloatType, Tensor, io, pieces, weights, write_safetensors_file};
use crate::engine::error::EngineError;
use crate::engine::marian::MarianConfig;
use crate::engine::marian::config::Stack;
use serde_json::{Value, json};
use std::path::Path;

/// Sizes of a translation model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MarianShape {
    /// Tokens; at least 400 for a model with a tokenizer.
    pub vocabulary: usize,
    /// Width of the residual stream.
    pub width: usize,
    /// Layers of each half.
    pub layers: usize,
    /// Attention heads.
    pub heads: usize,
    /// Width between the feed-forward products.
    pub feed_forward: usize,
    /// Positions of source and output each.
    pub positions: usize,
}

impl MarianShape {
    /// For tests: computes in no time.
    pub const TINY: MarianShape = MarianShape {
        vocabulary: 600,
        width: 32,
        layers: 2,
        heads: 4,
        feed_forward: 64,
        positions: 512,
    };

    /// The true shape of Helsinki-NLP/opus-mt-fr-en.
    pub const OPUS_MT_FR_EN: MarianShape = MarianShape {
        vocabulary: 59_514,
        width: 512,
        layers: 6,
        heads: 8,
        feed_forward: 2048,
        positions: 512,
    };

    /// The true shape of Helsinki-NLP/opus-mt-tc-big-fr-en.
    pub const OPUS_MT_TC_BIG_FR_EN: MarianShape = MarianShape {
        vocabulary: 53_017,
        width: 1024,
        layers: 6,
        heads: 16,
        feed_forward: 4096,
        positions: 1024,
    };

    /// The shape of that name: `tiny`, `opus-mt-fr-en`, `opus-mt-tc-big-fr-en`.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "tiny" => Some(Self::TINY),
            "opus-mt-fr-en" => Some(Self::OPUS_MT_FR_EN),
            "opus-mt-tc-big-fr-en" => Some(Self::OPUS_MT_TC_BIG_FR_EN),
            _ => None,
        }
    }

    fn settings(self) -> Value {
        let pad = self.vocabulary - 1;
        json!({
            "model_type": "marian",
            "architectures": ["MarianMTModel"],
            "vocab_size": self.vocabulary,
            "decoder_vocab_size": self.vocabulary,
            "d_model": self.width,
            "encoder_layers": self.layers, "decoder_layers": self.layers,
            "encoder_attention_heads": self.heads, "decoder_attention_heads": self.heads,
            "encoder_ffn_dim": self.feed_forward, "decoder_ffn_dim": self.feed_forward,
            "activation_function": "swish",
            "scale_embedding": true,
            "static_position_embeddings": true,
            "normalize_before": false, "normalize_embedding": false, "add_final_layer_norm": false,
            "share_encoder_decoder_embeddings": true, "tie_word_embeddings": true,
            "max_position_embeddings": self.positions,
            "eos_token_id": 0, "forced_eos_token_id": 0,
            "pad_token_id": pad, "decoder_start_token_id": pad,
            "bad_words_ids": [[pad]],
            "num_beams": 4, "max_length": 512,
        })
    }
}

/// A translation model that is its settings and a seed.
#[derive(Debug, Clone)]
pub struct RandomMarian {
    /// As `config.json` states them.
    pub settings: Value,
    /// As the engine reads them.
    pub config: MarianConfig,
    /// Which weights.
    pub seed: u64,
    /// Added to the logit of the end token: without it a random model seldom ends.
    pub end_bias: f32,
    /// Languages that it writes, each with a mark in the vocabulary; none for a model of one pair.
    pub targets: Vec<String>,
}

impl RandomMarian {
    /// A model of that shape.
    pub fn new(shape: MarianShape, seed: u64) -> Self {
        Self::from_settings(shape.settings(), seed).expect("OK because every shape is loaded by a test")
    }

    /// A model with the settings of a `config.json`.
    ///
    /// # Errors
    /// When they describe no Marian model.
    pub fn from_settings(settings: Value, seed: u64) -> Result<Self, EngineError> {
        Ok(Self {
            config: MarianConfig::from_json(&settings, None)?,
            settings,
            seed,
            end_bias: 0.0,
            targets: Vec::new(),
        })
    }

    /// The same model with a stronger inclination to end.
    pub fn with_end_bias(mut self, end_bias: f32) -> Self {
        self.end_bias = end_bias;
        self
    }

    /// The same model with several languages to write: `["fra", "zho_Hans"]` puts `>>fra<<` and `>>zho_Hans<<` into
    /// `vocab.json`, which is where the published models have them.
    pub fn with_targets(mut self, targets: &[&str]) -> Self {
        self.targets = targets.iter().map(|code| (*code).to_owned()).collect();
        self
    }

    /// Writes the whole folder.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write(&self, folder: &Path, kind: FloatType) -> Result<(), EngineError> {
        self.write_network(folder, kind)?;
        let vocabulary = pieces::Vocabulary::new(self.config.source_vocabulary, &self.targets);
        let generation = json!({
            "num_beams": 4, "max_length": 512, "eos_token_id": 0, "forced_eos_token_id": 0,
            "pad_token_id": self.config.generation.pad,
            "decoder_start_token_id": self.config.generation.start,
            "bad_words_ids": [[self.config.generation.pad]],
        });
        let settings = json!({"source_lang": "fr", "target_lang": "en", "model_max_length": 512});
        for (name, bytes) in [
            ("generation_config.json", format!("{generation:#}\n").into_bytes()),
            ("tokenizer_config.json", format!("{settings:#}\n").into_bytes()),
            ("vocab.json", format!("{:#}\n", vocabulary.json()).into_bytes()),
            ("source.spm", vocabulary.sentencepiece()),
            ("target.spm", vocabulary.sentencepiece()),
        ] {
            let path = folder.join(name);
            std::fs::write(&path, bytes).map_err(io(&path))?;
        }
        Ok(())
    }

    /// Writes `config.json` and `model.safetensors` alone.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write_network(&self, folder: &Path, kind: FloatType) -> Result<(), EngineError> {
        std::fs::create_dir_all(folder).map_err(io(folder))?;
        let path = folder.join("config.json");
        std::fs::write(&path, format!("{:#}\n", self.settings)).map_err(io(&path))?;
        let path = folder.join("model.safetensors");
        write_safetensors_file(&path, kind, &self.tensors(), |tensor, first, count| {
            self.numbers(tensor, first, count)
        })
        .map_err(io(&path))
    }

    /// Parameters, tied ones counted once.
    pub fn parameters(&self) -> usize {
        let sizes = self.tensors().into_iter();
        sizes.map(|(_, shape)| shape.iter().product::<usize>()).sum()
    }

    fn numbers(&self, (name, shape): &Tensor, first: usize, count: usize) -> Vec<f32> {
        let mut numbers = weights::numbers(self.seed, name, shape, first, count);
        let end = self.config.generation.end as usize;
        if name == "final_logits_bias" && (first..first + count).contains(&end) {
            numbers[end - first] += self.end_bias;
        }
        numbers
    }

    /// Names and shapes as transformers writes them.
    fn tensors(&self) -> Vec<Tensor> {
        let config = &self.config;
        let width = config.width;
        let mut tensors = vec![("final_logits_bias".to_owned(), vec![1, config.target_vocabulary])];
        if config.shared_embeddings {
            tensors.push((
                "model.shared.weight".to_owned(),
                vec![config.source_vocabulary, width],
            ));
        } else {
            let table = |half: &str, rows| (format!("model.{half}.embed_tokens.weight"), vec![rows, width]);
            tensors.push(table("encoder", config.source_vocabulary));
            tensors.push(table("decoder", config.target_vocabulary));
        }
        if !config.tied_output {
            tensors.push(("lm_head.weight".to_owned(), vec![config.target_vocabulary, width]));
        }
        for layer in 0..config.encoder.layers {
            let name = format!("model.encoder.layers.{layer}");
            attention(&mut tensors, &name, "self_attn", width);
            feed_forward(&mut tensors, &name, width, config.encoder);
        }
        for layer in 0..config.decoder.layers {
            let name = format!("model.decoder.layers.{layer}");
            attention(&mut tensors, &name, "self_attn", width);
            attention(&mut tensors, &name, "encoder_attn", width);
            feed_forward(&mut tensors, &name, width, config.decoder);
        }
        tensors
    }
}

fn attention(tensors: &mut Vec<Tensor>, layer: &str, kind: &str, width: usize) {
    for part in ["q_proj", "k_proj", "v_proj", "out_proj"] {
        linear(tensors, &format!("{layer}.{kind}.{part}"), width, width);
    }
    norm(tensors, &format!("{layer}.{kind}_layer_norm"), width);
}

fn feed_forward(tensors: &mut Vec<Tensor>, layer: &str, width: usize, stack: Stack) {
    linear(tensors, &format!("{layer}.fc1"), stack.feed_forward, width);
    linear(tensors, &format!("{layer}.fc2"), width, stack.feed_forward);
    norm(tensors, &format!("{layer}.final_layer_norm"), width);
}

fn linear(tensors: &mut Vec<Tensor>, name: &str, rows: usize, columns: usize) {
    tensors.push((format!("{name}.weight"), vec![rows, columns]));
    tensors.push((format!("{name}.bias"), vec![rows]));
}

fn norm(tensors: &mut Vec<Tensor>, name: &str, width: usize) {
    tensors.push((format!("{name}.weight"), vec![width]));
    tensors.push((format!("{name}.bias"), vec![width]));
}
