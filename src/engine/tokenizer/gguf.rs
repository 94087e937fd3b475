//! A tokenizer rebuilt from GGUF metadata, for a GGUF file that lies alone.
//!
//! Only byte-level vocabularies whose pre-tokenizer is known are rebuilt: every other name would silently
//! become GPT-2's in the reader, and cost quality that nobody could trace.

use super::{Definition, TokenizerError};
use candle_core::quantized::gguf_file::{Content, Value as Metadata};
use candle_core::quantized::tokenizer::TokenizerFromGguf;
use std::collections::HashMap;
use tokenizers::Tokenizer;

/// Pre-tokenizers, as llama.cpp names them, and the reader's name of the same rules.
const KNOWN: [(&str, &str); 7] = [
    ("qwen2", "qwen2"),
    ("llama-bpe", "llama3"),
    ("llama3", "llama3"),
    ("llama-v3", "llama3"),
    ("smaug-bpe", "smaug-bpe"),
    ("gpt-2", "gpt2"),
    ("gpt2", "gpt2"),
];

/// What `tokenizer.json` would say, as the metadata describe it.
///
/// # Errors
/// When they describe none, or one of a kind that cannot be rebuilt exactly.
pub fn definition(content: &Content) -> Result<Definition, TokenizerError> {
    let text = |key: &str| match content.metadata.get(key) {
        Some(Metadata::String(text)) => Some(text.clone()),
        _ => None,
    };
    let Some(model) = text("tokenizer.ggml.model") else {
        return Err(TokenizerError::Missing);
    };
    let pre = text("tokenizer.ggml.pre").unwrap_or_else(|| "default".to_owned());
    let known = KNOWN
        .iter()
        .find(|(name, _)| *name == pre)
        .map(|(_, rules)| *rules);
    let Some(rules) = known.filter(|_| model == "gpt2") else {
        return Err(TokenizerError::UnknownGguf { model, pre });
    };
    let mut metadata: HashMap<String, Metadata> = content
        .metadata
        .iter()
        .filter(|(key, _)| key.starts_with("tokenizer."))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    metadata.insert(
        "tokenizer.ggml.pre".to_owned(),
        Metadata::String(rules.to_owned()),
    );
    if rules == "llama3" {
        // Llama 3 takes a word that is in the vocabulary whole, whatever the merges say.
        metadata.insert("tokenizer.ggml.ignore_merges".to_owned(), Metadata::Bool(true));
    }
    let alone = Content {
        magic: content.magic,
        metadata,
        tensor_infos: HashMap::new(),
        tensor_data_offset: 0,
    };
    let origin = "GGUF metadata".to_owned();
    match Tokenizer::from_gguf(&alone) {
        Ok(tokenizer) => Definition::of(origin, tokenizer),
        Err(error) => Err(TokenizerError::Malformed {
            origin,
            reason: error.to_string(),
        }),
    }
}
