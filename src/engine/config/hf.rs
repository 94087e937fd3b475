//! A [`DecoderConfig`] from the `config.json` of a `transformers` model.

use super::{DecoderConfig, QueryScale, Rope, RopeScaling};
use crate::engine::error::EngineError;
use serde_json::{Map, Value};

/// Reads the settings of a decoder; for models that wrap one (`mistral3`), those of the wrapped
/// text model.
///
/// # Errors
/// An unknown `model_type`, a setting that is missing, of a wrong type or absurd, or a variant
/// that is not implemented.
pub fn from_json(json: &Value) -> Result<DecoderConfig, EngineError> {
    let Some(root) = json.as_object() else {
        return Err(wrong("config.json", "an object", json));
    };
    let outer = Fields(root);
    let text = root.get("text_config").and_then(Value::as_object);
    let fields = Fields(text.unwrap_or(root));
    let kind = fields
        .text("model_type")
        .or_else(|| outer.text("model_type"))
        .unwrap_or_default();
    // Defaults that differ: transformers/models/*/configuration_*.py.
    let (eps, theta) = match kind {
        "llama" | "mistral" | "qwen2" | "qwen3" | "granite" => (1e-6, 10_000.0),
        "ministral3" => (1e-5, 10_000.0),
        "smollm3" => (1e-6, 2_000_000.0),
        _ => {
            return Err(EngineError::UnsupportedArchitecture {
                found: kind.to_owned(),
            });
        }
    };
    if let Some(act) = fields.text("hidden_act").filter(|act| *act != "silu") {
        return Err(EngineError::UnsupportedFeature {
            what: "activation",
            found: act.to_owned(),
        });
    }
    let heads = fields.size("num_attention_heads")?;
    let hidden_size = fields.size("hidden_size")?;
    let head_dim = match fields.optional_size("head_dim")? {
        Some(dim) => dim,
        None if kind == "qwen3" || kind == "ministral3" => 128,
        None => hidden_size / heads.max(1),
    };
    let layers = fields.size("num_hidden_layers")?.min(1 << 16);
    let rope = rope(&fields, head_dim, theta)?;
    let attention_bias = fields.flag("attention_bias");
    let granite = kind == "granite";
    let factor = |name: &str| match granite {
        true => fields.number(name, 1.0),
        false => Ok(1.0),
    };
    let attention_scale = match granite {
        true => fields.number("attention_multiplier", 1.0)?,
        false => 1.0 / (head_dim as f64).sqrt(),
    };
    DecoderConfig {
        architecture: kind.to_owned(),
        vocab_size: fields.size("vocab_size")?,
        hidden_size,
        intermediate_size: fields.size("intermediate_size")?,
        layers,
        heads,
        kv_heads: fields.optional_size("num_key_value_heads")?.unwrap_or(heads),
        head_dim,
        context_length: fields.optional_size("max_position_embeddings")?.unwrap_or(2048),
        rms_norm_eps: fields.number("rms_norm_eps", eps)? as f32,
        query_scale: query_scale(&fields),
        rope,
        rope_layers: rope_layers(&fields, kind, layers)?,
        windows: windows(&fields, kind, layers)?,
        qkv_bias: attention_bias || kind == "qwen2",
        output_bias: attention_bias && kind != "qwen2",
        mlp_bias: fields.flag("mlp_bias"),
        qk_norm: kind == "qwen3",
        tied_embeddings: match (
            outer.switch("tie_word_embeddings"),
            fields.switch("tie_word_embeddings"),
        ) {
            (None, None) => kind == "smollm3",
            (outer, inner) => outer == Some(true) || inner == Some(true),
        },
        embedding_scale: factor("embedding_multiplier")? as f32,
        residual_scale: factor("residual_multiplier")? as f32,
        attention_scale: attention_scale as f32,
        logit_scale: (1.0 / factor("logits_scaling")?) as f32,
        eos_tokens: eos(fields.0.get("eos_token_id").or(outer.0.get("eos_token_id"))),
    }
    .checked()
}

/// `eos_token_id` of `config.json` or `generation_config.json`: a number, a list or nothing.
pub fn eos(value: Option<&Value>) -> Vec<u32> {
    let one = |v: &Value| v.as_u64().and_then(|id| u32::try_from(id).ok());
    match value {
        Some(Value::Array(ids)) => ids.iter().filter_map(one).collect(),
        Some(value) => one(value).into_iter().collect(),
        None => Vec::new(),
    }
}

/// Since transformers 5 `rope_parameters` holds theta and the scaling; before, `rope_theta` and
/// `rope_scaling` (whose kind was once called `type`).
fn rope(fields: &Fields, head_dim: usize, theta: f64) -> Result<Rope, EngineError> {
    let nested = ["rope_parameters", "rope_scaling"]
        .iter()
        .find_map(|name| fields.0.get(*name)?.as_object())
        .map(Fields);
    let theta = fields.number("rope_theta", theta)?;
    let share = fields.number("partial_rotary_factor", 1.0)?;
    let Some(nested) = nested else {
        return Ok(Rope {
            theta,
            dim: partial(head_dim, share),
            scaling: RopeScaling::None,
        });
    };
    let theta = nested.number("rope_theta", theta)?;
    let dim = partial(head_dim, nested.number("partial_rotary_factor", share)?);
    let kind = nested
        .text("rope_type")
        .or(nested.text("type"))
        .unwrap_or("default");
    let scaling = match kind {
        "default" | "mrope" => RopeScaling::None,
        "linear" => RopeScaling::Linear {
            factor: nested.needed_number("factor")?,
        },
        "llama3" => RopeScaling::Llama3 {
            factor: nested.needed_number("factor")?,
            low: nested.needed_number("low_freq_factor")?,
            high: nested.needed_number("high_freq_factor")?,
            original: nested.needed_number("original_max_position_embeddings")?,
        },
        "yarn" => yarn(&nested)?,
        other => {
            return Err(EngineError::UnsupportedFeature {
                what: "rope scaling",
                found: other.to_owned(),
            });
        }
    };
    Ok(Rope { theta, dim, scaling })
}

fn partial(head_dim: usize, share: f64) -> usize {
    (head_dim as f64 * share.clamp(0.0, 1.0)) as usize
}

/// `_compute_yarn_parameters` in transformers/modeling_rope_utils.py.
fn yarn(fields: &Fields) -> Result<RopeScaling, EngineError> {
    let factor = fields.needed_number("factor")?;
    let magnitude = |scale: f64, by: f64| match scale <= 1.0 {
        true => 1.0,
        false => 0.1 * by * scale.ln() + 1.0,
    };
    let mscale = fields.number("mscale", 0.0)?;
    let all = fields.number("mscale_all_dim", 0.0)?;
    let inferred = match mscale != 0.0 && all != 0.0 {
        true => magnitude(factor, mscale) / magnitude(factor, all),
        false => magnitude(factor, 1.0),
    };
    Ok(RopeScaling::Yarn {
        factor,
        original: fields.needed_number("original_max_position_embeddings")?,
        beta_fast: fields.number("beta_fast", 32.0)?,
        beta_slow: fields.number("beta_slow", 1.0)?,
        attention_factor: fields.number("attention_factor", inferred)?,
        truncate: !matches!(fields.0.get("truncate"), Some(Value::Bool(false))),
    })
}

fn query_scale(fields: &Fields) -> Option<QueryScale> {
    let nested = fields.0.get("rope_parameters")?.as_object()?;
    Some(QueryScale {
        beta: nested.get("llama_4_scaling_beta")?.as_f64()? as f32,
        original: nested.get("original_max_position_embeddings")?.as_u64()? as usize,
    })
}

fn rope_layers(fields: &Fields, kind: &str, layers: usize) -> Result<Vec<bool>, EngineError> {
    if kind != "smollm3" {
        return Ok(vec![true; layers]);
    }
    match fields.0.get("no_rope_layers") {
        // Despite its name, 1 stands for a layer with rope.
        Some(Value::Array(marks)) => Ok(marks
            .iter()
            .take(layers)
            .map(|mark| mark.as_u64() != Some(0))
            .collect()),
        Some(Value::Null) | None => {
            let interval = fields
                .optional_size("no_rope_layer_interval")?
                .unwrap_or(4)
                .max(1);
            Ok((1..=layers).map(|layer| layer % interval != 0).collect())
        }
        Some(other) => Err(wrong("no_rope_layers", "a list", other)),
    }
}

/// Mistral slides in every layer when `sliding_window` is set; the Qwens only with
/// `use_sliding_window`, from layer `max_window_layers` on or as `layer_types` says.
fn windows(fields: &Fields, kind: &str, layers: usize) -> Result<Vec<Option<usize>>, EngineError> {
    let window = fields.optional_size("sliding_window")?;
    let sliding = match kind {
        "mistral" | "ministral3" => true,
        "qwen2" | "qwen3" | "smollm3" => fields.flag("use_sliding_window"),
        _ => false,
    };
    if !sliding || window.is_none() {
        return Ok(vec![None; layers]);
    }
    let kinds = fields.0.get("layer_types").and_then(Value::as_array);
    let first = fields.optional_size("max_window_layers")?.unwrap_or(28);
    Ok((0..layers)
        .map(|layer| {
            let slides = match (kind, kinds) {
                ("mistral" | "ministral3", _) => true,
                (_, Some(kinds)) => kinds.get(layer).and_then(Value::as_str) == Some("sliding_attention"),
                (_, None) => kind != "smollm3" && layer >= first,
            };
            window.filter(|_| slides)
        })
        .collect())
}

struct Fields<'a>(&'a Map<String, Value>);

impl<'a> Fields<'a> {
    fn text(&self, name: &str) -> Option<&'a str> {
        self.0.get(name)?.as_str()
    }

    fn switch(&self, name: &str) -> Option<bool> {
        self.0.get(name)?.as_bool()
    }

    fn flag(&self, name: &str) -> bool {
        self.switch(name).unwrap_or(false)
    }

    fn optional_size(&self, name: &str) -> Result<Option<usize>, EngineError> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => match value.as_u64().and_then(|v| usize::try_from(v).ok()) {
                Some(size) => Ok(Some(size)),
                None => Err(wrong(name, "a whole number", value)),
            },
        }
    }

    fn size(&self, name: &str) -> Result<usize, EngineError> {
        self.optional_size(name)?
            .ok_or_else(|| wrong(name, "a whole number", &Value::Null))
    }

    fn number(&self, name: &str, default: f64) -> Result<f64, EngineError> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(default),
            Some(value) => value.as_f64().ok_or_else(|| wrong(name, "a number", value)),
        }
    }

    fn needed_number(&self, name: &str) -> Result<f64, EngineError> {
        match self.0.get(name).and_then(Value::as_f64) {
            Some(number) if number > 0.0 => Ok(number),
            _ => {
                let found = self.0.get(name).unwrap_or(&Value::Null);
                Err(wrong(name, "a positive number", found))
            }
        }
    }
}

fn wrong(field: &str, expected: &str, found: &Value) -> EngineError {
    let mut found = found.to_string();
    if let Some((at, _)) = found.char_indices().nth(60) {
        found.truncate(at);
        found.push('…');
    }
    EngineError::Config {
        field: field.to_owned(),
        expected: expected.to_owned(),
        found,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn llama() -> Value {
        json!({
            "model_type": "llama", "vocab_size": 128, "hidden_size": 32,
            "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4,
            "num_key_value_heads": 2, "max_position_embeddings": 256, "eos_token_id": [1, 2]
        })
    }

    #[test]
    fn the_smallest_llama_has_defaults() {
        let config = from_json(&llama()).unwrap();
        assert_eq!(config.head_dim, 8);
        assert_eq!(config.eos_tokens, [1, 2]);
        assert!(!config.tied_embeddings && !config.qk_norm && !config.qkv_bias);
        assert_eq!(config.windows, [None, None]);
    }

    #[test]
    fn an_unknown_architecture_is_named_with_the_known_ones() {
        let mut json = llama();
        json["model_type"] = json!("mamba2");
        let message = from_json(&json).unwrap_err().to_string();
        assert!(
            message.contains("mamba2") && message.contains("qwen3"),
            "{message}"
        );
    }

    #[test]
    fn absurd_settings_are_errors() {
        for (field, value) in [
            ("vocab_size", json!(0)),
            ("hidden_size", json!(u64::MAX)),
            ("hidden_size", json!(-4)),
            ("num_attention_heads", json!(0)),
            ("num_key_value_heads", json!(3)),
            ("num_hidden_layers", json!(u64::MAX)),
            ("head_dim", json!(7)),
            ("rms_norm_eps", json!("small")),
            ("rope_theta", json!(0)),
            ("hidden_act", json!("gelu")),
            ("rope_scaling", json!({"rope_type": "longrope"})),
            ("rope_scaling", json!({"rope_type": "llama3", "factor": 8.0})),
        ] {
            let mut json = llama();
            json[field] = value.clone();
            assert!(from_json(&json).is_err(), "{field} = {value}");
        }
        assert!(from_json(&json!([1])).is_err());
        assert!(from_json(&json!({})).is_err());
    }

    #[test]
    fn smollm3_leaves_every_fourth_layer_unrotated() {
        let mut json = llama();
        json["model_type"] = json!("smollm3");
        json["num_hidden_layers"] = json!(8);
        let config = from_json(&json).unwrap();
        let expected = [true, true, true, false, true, true, true, false];
        assert_eq!(config.rope_layers, expected);
    }

    #[test]
    fn a_wrapped_text_model_is_found() {
        let mut text = llama();
        text["model_type"] = json!("ministral3");
        text["head_dim"] = json!(8);
        text["rope_parameters"] = json!({
            "rope_type": "yarn", "rope_theta": 1e6, "factor": 16.0, "mscale": 1.0,
            "mscale_all_dim": 1.0, "original_max_position_embeddings": 64,
            "llama_4_scaling_beta": 0.1
        });
        let config = from_json(&json!({"model_type": "mistral3", "text_config": text})).unwrap();
        assert_eq!(config.architecture, "ministral3");
        assert_eq!(config.rope.attention_factor(), 1.0);
        assert_eq!(config.query_scale.unwrap().original, 64);
    }
}
