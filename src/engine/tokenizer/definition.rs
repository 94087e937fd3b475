//! `tokenizer.json`, taken apart.
//!
//! Nearly all of it is the vocabulary and its merges, some hundred thousand strings. The library's own way reads them
//! into a tree of JSON values, copies that and builds the model from the copy; here the model is built from the text.

use super::TokenizerError;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use tokenizers::models::bpe::BPE;
use tokenizers::{ModelWrapper, Tokenizer};

/// What a `tokenizer.json` says.
pub struct Definition {
    /// Where it comes from, for errors: the file, or `GGUF metadata`.
    pub(super) origin: String,
    /// Everything but the model.
    pub(super) settings: Map<String, Value>,
    /// The vocabulary, and how texts are cut into its tokens.
    pub(super) model: ModelWrapper,
}

impl Definition {
    /// Reads the file.
    ///
    /// # Errors
    /// When it cannot be read, or is no such file.
    pub fn read(path: &Path) -> Result<Self, TokenizerError> {
        Self::parse(path.display().to_string(), &super::read_text(path)?)
    }

    /// Takes the text of the file apart.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(origin: String, text: &str) -> Result<Self, TokenizerError> {
        match parts(text) {
            Ok((settings, model)) => Ok(Self {
                origin,
                settings,
                model,
            }),
            Err(reason) => Err(TokenizerError::Malformed { origin, reason }),
        }
    }

    /// Takes a tokenizer apart that was built from something else.
    ///
    /// # Errors
    /// When it cannot be written down.
    pub(super) fn of(origin: String, mut tokenizer: Tokenizer) -> Result<Self, TokenizerError> {
        let model = tokenizer.get_model().clone();
        tokenizer.with_model(BPE::default());
        match tokenizer.to_string(false) {
            Ok(text) => Ok(Self {
                model,
                ..Self::parse(origin, &text)?
            }),
            Err(error) => Err(TokenizerError::Malformed {
                origin,
                reason: error.to_string(),
            }),
        }
    }

    /// The token that stands for what the vocabulary lacks.
    pub(super) fn unknown(&self) -> Option<&str> {
        match &self.model {
            ModelWrapper::BPE(model) => model.unk_token.as_deref(),
            ModelWrapper::WordPiece(model) => Some(&model.unk_token),
            ModelWrapper::WordLevel(model) => Some(&model.unk_token),
            ModelWrapper::Unigram(_) => None,
        }
    }
}

/// A tokenizer of these settings, which have no model, and of one.
pub(super) fn build(
    origin: &str,
    mut settings: Map<String, Value>,
    model: ModelWrapper,
) -> Result<Tokenizer, TokenizerError> {
    // The library knows no tokenizer without a model.
    let none = json!({"type": "BPE", "vocab": {}, "merges": []});
    settings.insert("model".to_owned(), none);
    let built: serde_json::Result<Tokenizer> = serde_json::from_value(Value::Object(settings));
    let mut tokenizer = built.map_err(|error| TokenizerError::Malformed {
        origin: origin.to_owned(),
        reason: error.to_string(),
    })?;
    tokenizer.with_model(model);
    Ok(tokenizer)
}

fn parts(text: &str) -> Result<(Map<String, Value>, ModelWrapper), String> {
    let told = |error: serde_json::Error| error.to_string();
    let mut parts: BTreeMap<String, &RawValue> = serde_json::from_str(text).map_err(told)?;
    let model = parts.remove("model").ok_or("expected a model, but found none")?;
    let model = model_of(model.get()).map_err(told)?;
    let mut settings = Map::new();
    for (name, part) in parts {
        settings.insert(name, serde_json::from_str(part.get()).map_err(told)?);
    }
    Ok((settings, model))
}

fn model_of(text: &str) -> serde_json::Result<ModelWrapper> {
    #[derive(serde::Deserialize)]
    struct Tagged {
        r#type: Option<String>,
    }
    let Tagged { r#type } = serde_json::from_str(text)?;
    match r#type.as_deref() {
        Some("BPE") => Ok(ModelWrapper::BPE(serde_json::from_str(text)?)),
        Some("Unigram") => Ok(ModelWrapper::Unigram(serde_json::from_str(text)?)),
        _ => serde_json::from_str(text),
    }
}
