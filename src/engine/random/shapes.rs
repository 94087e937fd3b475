//! Families and sizes of random models, as `config.json` states them.

use serde_json::{Value, json};

/// Architectures, each with what sets it apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// Llama 3: scaled rotary wavelengths.
    Llama,
    /// Mistral: a sliding window.
    Mistral,
    /// Ministral 3: YaRN, and queries scaled by position.
    Ministral3,
    /// Qwen 2: biases on queries, keys and values.
    Qwen2,
    /// Qwen 3: norms on query and key heads, tied embeddings.
    Qwen3,
    /// SmolLM 3: layers without rotation, tied embeddings.
    SmolLm3,
    /// Granite: factors on embedding, residual stream, attention and logits.
    Granite,
}

impl Family {
    /// All of them.
    pub const ALL: [Family; 7] = [
        Family::Llama,
        Family::Mistral,
        Family::Ministral3,
        Family::Qwen2,
        Family::Qwen3,
        Family::SmolLm3,
        Family::Granite,
    ];

    /// `model_type` in `config.json`.
    pub fn name(self) -> &'static str {
        match self {
            Family::Llama => "llama",
            Family::Mistral => "mistral",
            Family::Ministral3 => "ministral3",
            Family::Qwen2 => "qwen2",
            Family::Qwen3 => "qwen3",
            Family::SmolLm3 => "smollm3",
            Family::Granite => "granite",
        }
    }

    /// The family of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|family| family.name() == name)
    }
}

/// Sizes of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Tokens; at least 300 for a model with a tokenizer.
    pub vocabulary: usize,
    /// Width of the residual stream.
    pub hidden: usize,
    /// Width of the feed-forward layer.
    pub feed_forward: usize,
    /// Layers.
    pub layers: usize,
    /// Query heads.
    pub heads: usize,
    /// Key and value heads.
    pub kv_heads: usize,
    /// Width of a head.
    pub head_dim: usize,
    /// Most tokens.
    pub context: usize,
}

impl Size {
    /// Runs in a test in no time; rows are whole blocks of Q8_0, not of the K types.
    pub const TINY: Size = Size {
        vocabulary: 512,
        hidden: 64,
        feed_forward: 96,
        layers: 4,
        heads: 4,
        kv_heads: 2,
        head_dim: 16,
        context: 4096,
    };

    /// The smallest whose rows are whole blocks of the K types.
    pub const SMALL: Size = Size {
        vocabulary: 1024,
        hidden: 256,
        feed_forward: 512,
        layers: 3,
        heads: 4,
        kv_heads: 2,
        head_dim: 64,
        context: 8192,
    };

    /// The true shape of Qwen3-0.6B.
    pub const QWEN3_0_6B: Size = Size {
        vocabulary: 151_936,
        hidden: 1024,
        feed_forward: 3072,
        layers: 28,
        heads: 16,
        kv_heads: 8,
        head_dim: 128,
        context: 40_960,
    };

    /// The true shape of Qwen3-1.7B.
    pub const QWEN3_1_7B: Size = Size {
        hidden: 2048,
        feed_forward: 6144,
        ..Size::QWEN3_0_6B
    };

    /// The size of that name: `tiny`, `small`, `qwen3-0.6b`, `qwen3-1.7b`.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "tiny" => Some(Self::TINY),
            "small" => Some(Self::SMALL),
            "qwen3-0.6b" => Some(Self::QWEN3_0_6B),
            "qwen3-1.7b" => Some(Self::QWEN3_1_7B),
            _ => None,
        }
    }
}

/// `config.json` of a family in a size, with what sets the family apart switched on.
pub(super) fn settings(family: Family, size: Size) -> Value {
    let mut settings = json!({
        "model_type": family.name(),
        "architectures": [architecture(family)],
        "vocab_size": size.vocabulary,
        "hidden_size": size.hidden,
        "intermediate_size": size.feed_forward,
        "num_hidden_layers": size.layers,
        "num_attention_heads": size.heads,
        "num_key_value_heads": size.kv_heads,
        "head_dim": size.head_dim,
        "max_position_embeddings": size.context,
        "hidden_act": "silu",
        "rms_norm_eps": 1e-6,
        "rope_theta": 1_000_000.0,
        "tie_word_embeddings": false,
        "bos_token_id": super::tokenizer::END_OF_TEXT,
        "eos_token_id": [super::tokenizer::END_OF_TURN, super::tokenizer::END_OF_TEXT],
        "torch_dtype": "bfloat16",
    });
    let original = size.context / 8;
    let own = match family {
        Family::Llama => json!({
            "rope_scaling": {
                "rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0,
                "high_freq_factor": 4.0, "original_max_position_embeddings": original,
            },
        }),
        Family::Mistral => json!({"sliding_window": 24}),
        Family::Ministral3 => json!({
            "rope_parameters": {
                "rope_type": "yarn", "rope_theta": 1_000_000.0, "factor": 8.0,
                "beta_fast": 32.0, "beta_slow": 1.0, "mscale": 1.0, "mscale_all_dim": 1.0,
                "original_max_position_embeddings": original, "llama_4_scaling_beta": 0.1,
            },
        }),
        Family::Qwen2 => json!({}),
        Family::Qwen3 => json!({"tie_word_embeddings": true, "attention_bias": false}),
        Family::SmolLm3 => json!({"tie_word_embeddings": true, "no_rope_layer_interval": 4}),
        Family::Granite => json!({
            "embedding_multiplier": 12.0, "residual_multiplier": 0.22,
            "attention_multiplier": 0.125, "logits_scaling": 8.0, "attention_bias": true,
        }),
    };
    if let (Some(settings), Some(own)) = (settings.as_object_mut(), own.as_object()) {
        settings.extend(own.clone());
    }
    settings
}

fn architecture(family: Family) -> &'static str {
    match family {
        Family::Llama => "LlamaForCausalLM",
        Family::Mistral => "MistralForCausalLM",
        Family::Ministral3 => "Ministral3ForCausalLM",
        Family::Qwen2 => "Qwen2ForCausalLM",
        Family::Qwen3 => "Qwen3ForCausalLM",
        Family::SmolLm3 => "SmolLM3ForCausalLM",
        Family::Granite => "GraniteForCausalLM",
    }
}
