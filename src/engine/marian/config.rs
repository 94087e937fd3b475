//! What `config.json` and `generation_config.json` of a Marian model say.
//!
//! The fields are those that transformers' `modeling_marian.py` computes with. Older files carry many
//! more, from the conversion of the original checkpoints; of these only the ones that would make it
//! another network are looked at, and refused.

use crate::engine::error::EngineError;
use crate::engine::weights::files::read_json;
use serde_json::Value;
use std::path::Path;

/// Most hypotheses that a search follows.
pub const MOST_BEAMS: usize = 64;

/// Largest sizes that are believed: a broken file must not ask for the machine's memory.
const LARGEST: usize = 1 << 14;
/// Most tokens that are believed.
const LARGEST_VOCABULARY: usize = 1 << 22;

/// Function between the two products of a feed-forward layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activation {
    /// `x * sigmoid(x)`, also called swish.
    Silu,
    /// `max(x, 0)`.
    Relu,
    /// `x / 2 * (1 + erf(x / sqrt 2))`.
    Gelu,
}

/// One half of the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stack {
    /// Layers.
    pub layers: usize,
    /// Attention heads of a layer.
    pub heads: usize,
    /// Width between the two feed-forward products.
    pub feed_forward: usize,
}

/// A Marian model's shape, and how it wants to be searched.
#[derive(Debug, Clone, PartialEq)]
pub struct MarianConfig {
    /// Width of the residual stream.
    pub width: usize,
    /// The half that reads.
    pub encoder: Stack,
    /// The half that writes.
    pub decoder: Stack,
    /// Between the feed-forward products.
    pub activation: Activation,
    /// Factor on embeddings.
    pub embedding_scale: f32,
    /// Tokens of the encoder's embedding.
    pub source_vocabulary: usize,
    /// Tokens of the decoder's embedding and of the output.
    pub target_vocabulary: usize,
    /// Whether both halves read from one table.
    pub shared_embeddings: bool,
    /// Whether the output matrix is the decoder's embedding.
    pub tied_output: bool,
    /// Positions that source and output have each.
    pub positions: usize,
    /// How outputs are searched for.
    pub generation: Generation,
}

/// How outputs are searched for, as the model's files say.
#[derive(Debug, Clone, PartialEq)]
pub struct Generation {
    /// What the decoder reads first.
    pub start: u32,
    /// Ends an output, and the source.
    pub end: u32,
    /// Fills; never written.
    pub pad: u32,
    /// Ends an output that is as long as it may get; `None` lets it end open.
    pub forced_end: Option<u32>,
    /// Sequences that must not be written: the last token is forbidden after the others.
    pub bad_words: Vec<Vec<u32>>,
    /// Most tokens of an output, the start included.
    pub max_length: usize,
    /// Hypotheses that are followed; 1 is greedy.
    pub beams: usize,
    /// A hypothesis of `n` tokens is worth its log-probability over `n^penalty`.
    pub length_penalty: f64,
    /// When the search stops.
    pub early_stopping: EarlyStopping,
    /// Whether probabilities are taken over the allowed tokens alone.
    pub renormalize: bool,
}

/// When a search with as many finished hypotheses as beams stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EarlyStopping {
    /// At once.
    Yes,
    /// When the best open hypothesis at its present length is worth less than all of them.
    No,
    /// When no open hypothesis could still be worth more at any length.
    Never,
}

impl MarianConfig {
    /// Width of one attention head of a half.
    pub fn head_width(&self, stack: Stack) -> usize {
        self.width / stack.heads
    }

    /// Reads `config.json` and, where it is, `generation_config.json`.
    ///
    /// # Errors
    /// When one cannot be read or is no JSON, and as [`MarianConfig::from_json`].
    pub fn read(config: &Path, generation: Option<&Path>) -> Result<Self, EngineError> {
        let config = read_json(config)?;
        let generation = generation.map(read_json).transpose()?;
        Self::from_json(&config, generation.as_ref())
    }

    /// Takes the settings from the files' content; what the generation file states goes before what
    /// the configuration states, as in transformers.
    ///
    /// # Errors
    /// When it is no Marian model, a field is missing or makes no sense, or the model has a part that
    /// transformers' form of it does not have.
    pub fn from_json(config: &Value, generation: Option<&Value>) -> Result<Self, EngineError> {
        let fields = Fields { config, generation };
        let kind = fields.get("model_type").and_then(Value::as_str).unwrap_or("");
        if kind != "marian" {
            return Err(EngineError::UnsupportedArchitecture {
                found: kind.to_owned(),
            });
        }
        fields.refuse_other_networks()?;
        let width = fields.size("d_model", None)?;
        let stack = |half: &str| -> Result<Stack, EngineError> {
            let heads = fields.size(&format!("{half}_attention_heads"), None)?;
            if !width.is_multiple_of(heads) {
                return Err(fields.wrong(&format!("{half}_attention_heads"), "a divisor of d_model"));
            }
            Ok(Stack {
                layers: fields.size(&format!("{half}_layers"), None)?,
                heads,
                feed_forward: fields.size(&format!("{half}_ffn_dim"), None)?,
            })
        };
        let source_vocabulary = fields.size_within("vocab_size", None, LARGEST_VOCABULARY)?;
        let shared = fields.flag("share_encoder_decoder_embeddings", true);
        let target_vocabulary = match shared {
            true => source_vocabulary,
            false => {
                let most = LARGEST_VOCABULARY;
                fields.size_within("decoder_vocab_size", Some(source_vocabulary), most)?
            }
        };
        let scaled = fields.flag("scale_embedding", false);
        Ok(Self {
            width,
            encoder: stack("encoder")?,
            decoder: stack("decoder")?,
            activation: fields.activation()?,
            embedding_scale: if scaled { (width as f32).sqrt() } else { 1.0 },
            source_vocabulary,
            target_vocabulary,
            shared_embeddings: shared,
            tied_output: fields.flag("tie_word_embeddings", true),
            positions: fields.size("max_position_embeddings", Some(1024))?,
            generation: fields.generation(target_vocabulary)?,
        })
    }
}

/// The two files, and how their fields are read.
struct Fields<'a> {
    config: &'a Value,
    generation: Option<&'a Value>,
}

impl Fields<'_> {
    /// A field of the configuration; one that is null is not there.
    fn get(&self, name: &str) -> Option<&Value> {
        self.config.get(name).filter(|value| !value.is_null())
    }

    /// A field of the generation file, else of the configuration.
    fn search(&self, name: &str) -> Option<&Value> {
        let own = self.generation.and_then(|file| file.get(name));
        own.filter(|value| !value.is_null()).or_else(|| self.get(name))
    }

    fn wrong(&self, name: &str, expected: &str) -> EngineError {
        let found = self.search(name);
        EngineError::Config {
            field: name.to_owned(),
            expected: expected.to_owned(),
            found: found.map_or("nothing".to_owned(), Value::to_string),
        }
    }

    fn size(&self, name: &str, default: Option<usize>) -> Result<usize, EngineError> {
        self.size_within(name, default, LARGEST)
    }

    fn size_within(&self, name: &str, default: Option<usize>, most: usize) -> Result<usize, EngineError> {
        let found = match (self.get(name), default) {
            (None, Some(default)) => return Ok(default),
            (found, _) => found.and_then(Value::as_u64).map(|n| n as usize),
        };
        found
            .filter(|n| (1..=most).contains(n))
            .ok_or_else(|| self.wrong(name, &format!("a whole number from 1 to {most}")))
    }

    fn flag(&self, name: &str, default: bool) -> bool {
        self.get(name).and_then(Value::as_bool).unwrap_or(default)
    }

    fn activation(&self) -> Result<Activation, EngineError> {
        match self.get("activation_function").and_then(Value::as_str) {
            Some("swish" | "silu") => Ok(Activation::Silu),
            Some("relu") => Ok(Activation::Relu),
            Some("gelu") | None => Ok(Activation::Gelu),
            Some(other) => Err(EngineError::UnsupportedFeature {
                what: "activation function",
                found: other.to_owned(),
            }),
        }
    }

    /// Settings of the original checkpoints under which transformers' network is another one.
    fn refuse_other_networks(&self) -> Result<(), EngineError> {
        for (what, refused) in [
            ("normalize_before", true),
            ("normalize_embedding", true),
            ("add_final_layer_norm", true),
            ("static_position_embeddings", false),
        ] {
            if self.get(what).and_then(Value::as_bool) == Some(refused) {
                return Err(EngineError::UnsupportedFeature {
                    what,
                    found: refused.to_string(),
                });
            }
        }
        Ok(())
    }

    fn generation(&self, vocabulary: usize) -> Result<Generation, EngineError> {
        let token = |name: &str| -> Result<Option<u32>, EngineError> {
            let Some(value) = self.search(name) else {
                return Ok(None);
            };
            // Some files state a list of one.
            let value = match value.as_array().map(Vec::as_slice) {
                Some([one]) => one,
                _ => value,
            };
            let id = value.as_u64().filter(|id| *id < vocabulary as u64);
            id.map(|id| Some(id as u32))
                .ok_or_else(|| self.wrong(name, "a token of the vocabulary"))
        };
        let needed = |name: &str| token(name)?.ok_or_else(|| self.wrong(name, "a token"));
        let pad = needed("pad_token_id")?;
        let number = |name: &str, default: f64| -> Result<f64, EngineError> {
            match self.search(name) {
                None => Ok(default),
                Some(value) => value
                    .as_f64()
                    .filter(|x| x.is_finite() && x.abs() <= 1e3)
                    .ok_or_else(|| self.wrong(name, "a number")),
            }
        };
        let count = |name: &str, default: usize, most: usize| -> Result<usize, EngineError> {
            match self.search(name) {
                None => Ok(default),
                Some(value) => match value.as_u64() {
                    Some(n) if n >= 1 => Ok((n as usize).min(most)),
                    _ => Err(self.wrong(name, "a whole number of at least 1")),
                },
            }
        };
        let early_stopping = match self.search("early_stopping") {
            Some(Value::Bool(true)) => EarlyStopping::Yes,
            Some(Value::String(word)) if word == "never" => EarlyStopping::Never,
            None | Some(Value::Bool(false)) => EarlyStopping::No,
            Some(_) => return Err(self.wrong("early_stopping", "true, false or \"never\"")),
        };
        Ok(Generation {
            start: token("decoder_start_token_id")?.unwrap_or(pad),
            end: needed("eos_token_id")?,
            pad,
            forced_end: token("forced_eos_token_id")?,
            bad_words: self.bad_words()?,
            max_length: count("max_length", 512, LARGEST)?,
            beams: count("num_beams", 1, MOST_BEAMS)?,
            length_penalty: number("length_penalty", 1.0)?,
            early_stopping,
            renormalize: self
                .search("renormalize_logits")
                .and_then(Value::as_bool)
                .unwrap_or(false),
        })
    }

    fn bad_words(&self) -> Result<Vec<Vec<u32>>, EngineError> {
        let wrong = || self.wrong("bad_words_ids", "a list of lists of tokens");
        let Some(words) = self.search("bad_words_ids") else {
            return Ok(Vec::new());
        };
        let word = |word: &Value| -> Option<Vec<u32>> {
            let ids = word.as_array()?.iter();
            let ids: Vec<u32> = ids
                .map(|id| u32::try_from(id.as_u64()?).ok())
                .collect::<Option<_>>()?;
            (!ids.is_empty()).then_some(ids)
        };
        let words = words.as_array().ok_or_else(wrong)?;
        words.iter().map(word).collect::<Option<_>>().ok_or_else(wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn settings() -> Value {
        json!({
            "model_type": "marian", "d_model": 64, "vocab_size": 100, "activation_function": "swish",
            "encoder_layers": 2, "encoder_attention_heads": 4, "encoder_ffn_dim": 128,
            "decoder_layers": 3, "decoder_attention_heads": 8, "decoder_ffn_dim": 96,
            "scale_embedding": true, "max_position_embeddings": 512, "pad_token_id": 99,
            "eos_token_id": 0, "bad_words_ids": [[99]], "num_beams": 6, "max_length": 512,
            "normalize_before": false, "static_position_embeddings": true,
        })
    }

    #[test]
    fn the_generation_file_goes_first() {
        let generation = json!({"num_beams": 4, "forced_eos_token_id": 0, "renormalize_logits": true});
        let config = MarianConfig::from_json(&settings(), Some(&generation)).unwrap();
        assert_eq!((config.generation.beams, config.generation.start), (4, 99));
        assert_eq!(config.generation.forced_end, Some(0));
        assert!(config.generation.renormalize && config.shared_embeddings && config.tied_output);
        assert_eq!(config.embedding_scale, 8.0);
        assert_eq!((config.decoder.layers, config.encoder.heads), (3, 4));
        assert_eq!(config.generation.bad_words, [[99]]);
    }

    #[test]
    fn broken_settings_are_named() {
        let explain = |field: &str, value: Value| {
            let mut settings = settings();
            settings[field] = value;
            MarianConfig::from_json(&settings, None).unwrap_err().to_string()
        };
        let cases = [
            ("d_model", json!(0)),
            ("encoder_layers", json!(1u64 << 40)),
            ("decoder_attention_heads", json!(7)),
            ("pad_token_id", json!(100)),
            ("eos_token_id", Value::Null),
            ("bad_words_ids", json!([[]])),
            ("length_penalty", json!("long")),
            ("early_stopping", json!(3)),
        ];
        for (field, value) in cases {
            assert!(explain(field, value).contains(field), "{field}");
        }
        assert!(explain("normalize_before", json!(true)).contains("normalize_before"));
        assert!(explain("activation_function", json!("mish")).contains("mish"));
        assert!(explain("model_type", json!("bart")).contains("bart"));
    }
}
