//! A [`DecoderConfig`] from the metadata of a GGUF file.
//!
//! Keys: `gguf-py/gguf/constants.py` of llama.cpp; what each architecture does with them:
//! `src/llama-model.cpp` there.

use super::{DecoderConfig, QueryScale, Rope, RopeScaling};
use crate::engine::error::EngineError;
use candle_core::quantized::gguf_file::{Content, Value};

/// Architectures whose files store the rows of each query and key head as interleaved rotary pairs
/// (`LLAMA_ROPE_TYPE_NORM` in llama.cpp); the others store halves, as `transformers` does.
pub fn interleaved(architecture: &str) -> bool {
    matches!(architecture, "llama" | "mistral3" | "smollm3" | "granite")
}

/// Reads the settings of a decoder. `divisors` is the tensor `rope_freqs.weight` where the file has
/// one.
///
/// # Errors
/// An unknown `general.architecture`, a key that is missing, of a wrong type or absurd, or a
/// variant that is not implemented.
pub fn from_content(content: &Content, divisors: Option<Vec<f32>>) -> Result<DecoderConfig, EngineError> {
    let architecture = match content.metadata.get("general.architecture") {
        Some(Value::String(name)) => name.clone(),
        other => {
            return Err(EngineError::Config {
                field: "general.architecture".into(),
                expected: "a name".into(),
                found: shown(other),
            });
        }
    };
    let known = ["llama", "qwen2", "qwen3", "smollm3", "mistral3", "granite"];
    if !known.contains(&architecture.as_str()) {
        return Err(EngineError::UnsupportedArchitecture { found: architecture });
    }
    let keys = Keys {
        content,
        architecture: &architecture,
    };
    let has = |name: &str| content.tensor_infos.contains_key(name);
    let heads = keys.size("attention.head_count")?;
    let hidden_size = keys.size("embedding_length")?;
    let layers = keys.size("block_count")?.min(1 << 16);
    let head_dim = match keys.optional_size("attention.key_length")? {
        Some(dim) => dim,
        None => hidden_size / heads.max(1),
    };
    if let Some(values) = keys
        .optional_size("attention.value_length")?
        .filter(|v| *v != head_dim)
    {
        return Err(EngineError::UnsupportedFeature {
            what: "size of value heads",
            found: format!("{values} beside {head_dim} of key heads"),
        });
    }
    let vocab_size = match content.tensor_infos.get("token_embd.weight") {
        Some(info) => info.shape.dims().first().copied().unwrap_or(0),
        None => {
            return Err(EngineError::MissingTensor {
                name: "token_embd.weight".into(),
            });
        }
    };
    let window = keys.optional_size("attention.sliding_window")?.filter(|w| *w > 0);
    let granite = architecture == "granite";
    let (embedding_scale, residual_scale, attention_scale, logit_divisor) = match granite {
        true => (
            keys.number("embedding_scale", 1.0)?,
            keys.number("residual_scale", 1.0)?,
            keys.number("attention.scale", 1.0 / (head_dim as f64).sqrt())?,
            keys.number("logit_scale", 1.0)?,
        ),
        false => (1.0, 1.0, 1.0 / (head_dim as f64).sqrt(), 1.0),
    };
    let smollm3 = architecture == "smollm3";
    DecoderConfig {
        vocab_size,
        hidden_size,
        intermediate_size: keys.size("feed_forward_length")?,
        layers,
        heads,
        kv_heads: keys.optional_size("attention.head_count_kv")?.unwrap_or(heads),
        head_dim,
        context_length: keys.size("context_length")?,
        rms_norm_eps: keys.number("attention.layer_norm_rms_epsilon", 1e-5)? as f32,
        rope: rope(&keys, head_dim, divisors)?,
        // `n_no_rope_layer_step` of LLM_ARCH_SMOLLM3 in llama.cpp.
        rope_layers: (1..=layers).map(|layer| !smollm3 || layer % 4 != 0).collect(),
        windows: vec![window; layers],
        qkv_bias: has("blk.0.attn_q.bias"),
        output_bias: has("blk.0.attn_output.bias"),
        mlp_bias: has("blk.0.ffn_gate.bias"),
        qk_norm: architecture == "qwen3",
        tied_embeddings: !has("output.weight"),
        embedding_scale: embedding_scale as f32,
        residual_scale: residual_scale as f32,
        attention_scale: attention_scale as f32,
        logit_scale: (1.0 / logit_divisor) as f32,
        query_scale: query_scale(&keys)?,
        eos_tokens: eos(content),
        architecture: architecture.clone(),
    }
    .checked()
}

fn rope(keys: &Keys, head_dim: usize, divisors: Option<Vec<f32>>) -> Result<Rope, EngineError> {
    let theta = keys.number("rope.freq_base", 10_000.0)?;
    let dim = keys.optional_size("rope.dimension_count")?.unwrap_or(head_dim);
    if let Some(divisors) = divisors {
        let found = divisors.len();
        if found != dim / 2 || divisors.iter().any(|d| !d.is_finite() || *d <= 0.0) {
            return Err(EngineError::Config {
                field: "rope_freqs.weight".into(),
                expected: format!("{} positive divisors", dim / 2),
                found: format!("{found} numbers"),
            });
        }
        let scaling = RopeScaling::Divisors(divisors);
        return Ok(Rope { theta, dim, scaling });
    }
    let factor = keys.number("rope.scaling.factor", 1.0)?;
    let scaling = match keys.text("rope.scaling.type").unwrap_or("none") {
        "none" => RopeScaling::None,
        "linear" if factor > 0.0 => RopeScaling::Linear { factor },
        "yarn" if factor > 0.0 => RopeScaling::Yarn {
            factor,
            original: keys.size("rope.scaling.original_context_length")? as f64,
            beta_fast: keys.number("rope.scaling.yarn_beta_fast", 32.0)?,
            beta_slow: keys.number("rope.scaling.yarn_beta_slow", 1.0)?,
            // A log multiplier says that the two scales of the original cancel each other.
            attention_factor: match keys.number("rope.scaling.yarn_log_multiplier", 0.0)? {
                0.0 => 0.1 * factor.max(1.0).ln() + 1.0,
                _ => 1.0,
            },
            truncate: true,
        },
        other => {
            return Err(EngineError::UnsupportedFeature {
                what: "rope scaling",
                found: format!("{other} by {factor}"),
            });
        }
    };
    Ok(Rope { theta, dim, scaling })
}

fn query_scale(keys: &Keys) -> Result<Option<QueryScale>, EngineError> {
    let beta = keys.number("attention.temperature_scale", 0.0)? as f32;
    let original = match keys.optional_size("attention.temperature_length")? {
        Some(length) => Some(length),
        None => keys.optional_size("rope.scaling.original_context_length")?,
    };
    Ok(original
        .filter(|original| beta != 0.0 && *original > 0)
        .map(|original| QueryScale { beta, original }))
}

/// End of text and end of turn, where the file names them.
fn eos(content: &Content) -> Vec<u32> {
    let mut ids: Vec<u32> = ["eos", "eot", "eom"]
        .iter()
        .filter_map(|name| {
            let key = format!("tokenizer.ggml.{name}_token_id");
            let id = whole(content.metadata.get(&key)?)?;
            u32::try_from(id).ok()
        })
        .collect();
    ids.dedup();
    ids
}

struct Keys<'a> {
    content: &'a Content,
    architecture: &'a str,
}

impl<'a> Keys<'a> {
    fn get(&self, key: &str) -> Option<&'a Value> {
        let key = format!("{}.{key}", self.architecture);
        self.content.metadata.get(&key)
    }

    fn text(&self, key: &str) -> Option<&'a str> {
        match self.get(key)? {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    fn optional_size(&self, key: &str) -> Result<Option<usize>, EngineError> {
        match self.get(key) {
            None => Ok(None),
            Some(value) => match whole(value).and_then(|v| usize::try_from(v).ok()) {
                Some(size) => Ok(Some(size)),
                None => Err(self.wrong(key, "a whole number", Some(value))),
            },
        }
    }

    fn size(&self, key: &str) -> Result<usize, EngineError> {
        self.optional_size(key)?
            .ok_or_else(|| self.wrong(key, "a whole number", None))
    }

    fn number(&self, key: &str, default: f64) -> Result<f64, EngineError> {
        match self.get(key) {
            None => Ok(default),
            Some(Value::F32(number)) if number.is_finite() => Ok(f64::from(*number)),
            Some(Value::F64(number)) if number.is_finite() => Ok(*number),
            Some(value) => match whole(value) {
                Some(number) => Ok(number as f64),
                None => Err(self.wrong(key, "a finite number", Some(value))),
            },
        }
    }

    fn wrong(&self, key: &str, expected: &str, found: Option<&Value>) -> EngineError {
        EngineError::Config {
            field: format!("{}.{key}", self.architecture),
            expected: expected.to_owned(),
            found: shown(found),
        }
    }
}

fn whole(value: &Value) -> Option<u64> {
    match *value {
        Value::U8(v) => Some(v.into()),
        Value::U16(v) => Some(v.into()),
        Value::U32(v) => Some(v.into()),
        Value::U64(v) => Some(v),
        Value::I8(v) => v.try_into().ok(),
        Value::I16(v) => v.try_into().ok(),
        Value::I32(v) => v.try_into().ok(),
        Value::I64(v) => v.try_into().ok(),
        _ => None,
    }
}

fn shown(value: Option<&Value>) -> String {
    match value {
        None => "nothing".to_owned(),
        Some(Value::Array(items)) => format!("an array of {}", items.len()),
        Some(Value::String(text)) => format!("{:?}", text.chars().take(60).collect::<String>()),
        Some(other) => format!("{other:?}"),
    }
}
