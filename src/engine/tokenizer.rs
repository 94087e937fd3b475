//! Text to tokens and back, from the `tokenizer.json` that the model ships.
//!
//! A conversation is rendered to a sequence of [`Span`]s: template text, which may hold special tokens,
//! and content, which never does. An article that contains `<|im_end|>` is encoded as the seven
//! characters that a reader sees: added tokens are matched in template spans alone, and the tokenizer
//! that encodes everything between them knows none of them. Texts without such strings get exactly the
//! tokens that the model's own tokenizer gives.
//!
//! Tokens come back as bytes: decoding is concatenation, whatever the family of the tokenizer.

mod added;
mod bytes;
mod definition;
mod gguf;

pub use definition::Definition;
pub use gguf::definition as gguf_definition;

use added::{AddedTokens, Run};
use bytes::TokenBytes;
use definition::build;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tokenizers::Tokenizer;

/// Why a tokenizer could not be loaded or used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TokenizerError {
    /// A file could not be read.
    #[error("{} cannot be read", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// A file is not what it should be.
    #[error("{origin} is not a valid tokenizer: {reason}")]
    Malformed {
        /// The file, or `GGUF metadata`.
        origin: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The model ships no tokenizer that can be used.
    #[error("expected a tokenizer.json beside the model, but found none")]
    Missing,
    /// The tokenizer in the GGUF file is of a kind that cannot be rebuilt faithfully.
    #[error(
        "expected a tokenizer.json beside the model, but found only GGUF metadata of kind {model:?}, pre-tokenizer {pre:?}, which cannot be rebuilt exactly"
    )]
    UnknownGguf {
        /// `tokenizer.ggml.model`.
        model: String,
        /// `tokenizer.ggml.pre`.
        pre: String,
    },
    /// The tokenizer's tokens have no spelling in bytes that is known.
    #[error("expected a byte-level or SentencePiece decoder, but found {found}")]
    UnknownDecoder {
        /// The decoder's type.
        found: String,
    },
    /// A text could not be encoded.
    #[error("a text cannot be encoded: {0}")]
    Encode(String),
}

impl TokenizerError {
    /// What the user can do about it, where something can be said.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Missing | Self::UnknownGguf { .. } => {
                Some("put the tokenizer.json of the model's original repository into the folder of the model")
            }
            Self::Malformed { .. } => Some("the file is damaged: fetch it again"),
            _ => None,
        }
    }
}

/// A piece of a rendered conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Span<'a> {
    /// Written by the template: special tokens in it are special.
    Template(String),
    /// Written by anyone: nothing in it is special.
    Content(&'a str),
}

/// Settings that lie beside `tokenizer.json`.
#[derive(Debug, Clone, Default)]
pub struct TokenizerFiles {
    /// `tokenizer_config.json`.
    pub config: Option<PathBuf>,
    /// `generation_config.json`.
    pub generation: Option<PathBuf>,
}

/// A model's tokenizer.
pub struct TextTokenizer {
    /// Encodes what stands between added tokens: it knows none of them.
    plain: Tokenizer,
    /// The same without a space put before the text; none when `plain` puts none.
    exact: Option<Tokenizer>,
    added: AddedTokens,
    /// Empty for those that are not text.
    bytes: TokenBytes,
    /// Decoded text loses the one space that encoding put before it.
    strip_first_space: bool,
    stop: Vec<u32>,
    /// `bos_token`, `eos_token`, …: what templates write by name.
    names: BTreeMap<String, String>,
}

impl TextTokenizer {
    /// The tokenizer of a definition, with the settings that lie beside it; `stop` are the end tokens that the model's own
    /// settings name.
    ///
    /// # Errors
    /// When a file cannot be read or parsed, or they describe no tokenizer.
    pub fn load(
        definition: Definition,
        files: &TokenizerFiles,
        stop: &[u32],
    ) -> Result<TextTokenizer, TokenizerError> {
        let settings = |path: &Option<PathBuf>| match path {
            Some(path) => read_json(path),
            None => Ok(Value::Null),
        };
        TextTokenizer::new(
            definition,
            &settings(&files.config)?,
            &settings(&files.generation)?,
            stop,
        )
    }

    /// The same with the contents of the files.
    ///
    /// # Errors
    /// When they do not describe a tokenizer.
    pub fn new(
        definition: Definition,
        config: &Value,
        generation: &Value,
        stop: &[u32],
    ) -> Result<TextTokenizer, TokenizerError> {
        let added = AddedTokens::of(&definition)?;
        let Definition {
            origin,
            mut settings,
            model,
        } = definition;
        without_added_tokens(&mut settings);
        let first_only = prefix_after_specials_off(&mut settings);
        let spelling = bytes::Spelling::of(settings.get("decoder").unwrap_or(&Value::Null))?;
        let mut without_prefix = settings.clone();
        let exact = match prefix_off(&mut without_prefix) {
            true => Some(build(&origin, without_prefix, model.clone())?),
            false => None,
        };
        let plain = build(&origin, settings, model)?;
        let bytes = TokenBytes::new(&spelling, &plain, &added)?;
        let names = names(config);
        let stop = stop_tokens(&added, stop, config, generation);
        Ok(TextTokenizer {
            plain,
            strip_first_space: exact.is_some() || first_only,
            exact,
            added,
            bytes,
            stop,
            names,
        })
    }

    /// Number of tokens, added ones included.
    pub fn vocabulary(&self) -> usize {
        self.bytes.count()
    }

    /// Tokens that end an answer.
    pub fn stop_tokens(&self) -> &[u32] {
        &self.stop
    }

    /// Special tokens by the name under which templates write them (`bos_token`, …).
    pub fn names(&self) -> &BTreeMap<String, String> {
        &self.names
    }

    /// Whether a special token of this spelling exists.
    pub fn has_special(&self, spelling: &str) -> bool {
        self.added.id(spelling).is_some()
    }

    /// Encodes a rendered conversation.
    ///
    /// # Errors
    /// When the tokenizer fails.
    pub fn encode(&self, spans: &[Span<'_>]) -> Result<Vec<u32>, TokenizerError> {
        let mut tokens = Vec::new();
        let mut text = String::new();
        let mut strip_next = false;
        for span in spans {
            match span {
                Span::Content(content) => self.push_text(&mut text, content, &mut strip_next),
                Span::Template(template) => {
                    for run in self.added.runs(template) {
                        match run {
                            Run::Text(piece) => self.push_text(&mut text, piece, &mut strip_next),
                            Run::Token {
                                id,
                                eats_left,
                                eats_right,
                            } => {
                                if eats_left {
                                    text.truncate(text.trim_end().len());
                                }
                                self.encode_text(&text, &mut tokens)?;
                                text.clear();
                                tokens.push(id);
                                strip_next = eats_right;
                            }
                        }
                    }
                }
            }
        }
        self.encode_text(&text, &mut tokens)?;
        Ok(tokens)
    }

    fn push_text(&self, text: &mut String, piece: &str, strip_next: &mut bool) {
        let piece = if *strip_next { piece.trim_start() } else { piece };
        if !piece.is_empty() {
            *strip_next = false;
            text.push_str(piece);
        }
    }

    /// Encodes text in which nothing is special, for a place after other tokens.
    fn encode_text(&self, text: &str, tokens: &mut Vec<u32>) -> Result<(), TokenizerError> {
        for run in self.added.inert_runs(text) {
            match run {
                Run::Token { id, .. } => tokens.push(id),
                Run::Text(text) => encode_plain(&self.plain, &self.added, text, tokens)?,
            }
        }
        Ok(())
    }

    /// Encodes text so that the tokens' bytes are the text's, without a space before it.
    ///
    /// # Errors
    /// When the tokenizer fails.
    pub fn encode_exact(&self, text: &str) -> Result<Vec<u32>, TokenizerError> {
        let mut tokens = Vec::new();
        encode_plain(
            self.exact.as_ref().unwrap_or(&self.plain),
            &self.added,
            text,
            &mut tokens,
        )?;
        Ok(tokens)
    }

    /// The bytes of a token; empty for special tokens and for numbers that are no token.
    pub fn token_bytes(&self, token: u32) -> &[u8] {
        self.bytes.get(token)
    }

    /// The text of an answer. Special tokens are left out; broken UTF-8 becomes U+FFFD.
    pub fn decode(&self, tokens: &[u32]) -> String {
        let mut decoder = TextDecoder::new(self);
        let mut text = String::new();
        for &token in tokens {
            text.push_str(&decoder.push(token));
        }
        text.push_str(&decoder.finish());
        text
    }
}

/// Decodes an answer as it grows: a character comes out when its last byte is there.
pub struct TextDecoder<'t> {
    tokenizer: &'t TextTokenizer,
    pending: Vec<u8>,
    at_start: bool,
}

impl<'t> TextDecoder<'t> {
    /// A decoder at the start of an answer.
    pub fn new(tokenizer: &'t TextTokenizer) -> TextDecoder<'t> {
        TextDecoder {
            tokenizer,
            pending: Vec::new(),
            at_start: true,
        }
    }

    /// The text that a token completes; may be empty.
    pub fn push(&mut self, token: u32) -> String {
        let mut bytes = self.tokenizer.token_bytes(token);
        if self.at_start && !bytes.is_empty() {
            self.at_start = false;
            if self.tokenizer.strip_first_space {
                bytes = bytes.strip_prefix(b" ").unwrap_or(bytes);
            }
        }
        self.pending.extend_from_slice(bytes);
        let complete = complete_utf8(&self.pending);
        let text = String::from_utf8_lossy(&self.pending[..complete]).into_owned();
        self.pending.drain(..complete);
        text
    }

    /// What is left at the end: a cut character becomes U+FFFD.
    pub fn finish(self) -> String {
        String::from_utf8_lossy(&self.pending).into_owned()
    }
}

/// Length of the prefix that does not end in the middle of a character.
fn complete_utf8(bytes: &[u8]) -> usize {
    match std::str::from_utf8(bytes) {
        Ok(_) => bytes.len(),
        // A cut character at the end waits; a wrong byte is let through, to become U+FFFD.
        Err(error) if error.error_len().is_none() => error.valid_up_to(),
        Err(error) => {
            let bad = error.valid_up_to() + error.error_len().unwrap_or(1);
            bad + complete_utf8(&bytes[bad..])
        }
    }
}

/// Encodes text; a token that is special all the same (a vocabulary may hold the spelling of one) is
/// taken apart.
fn encode_plain(
    tokenizer: &Tokenizer,
    added: &AddedTokens,
    text: &str,
    tokens: &mut Vec<u32>,
) -> Result<(), TokenizerError> {
    if text.is_empty() {
        return Ok(());
    }
    let encoding = tokenizer
        .encode_fast(text, false)
        .map_err(|error| TokenizerError::Encode(error.to_string()))?;
    let special = |id: &u32| added.is_special(*id) && !added.is_unknown(*id);
    if !encoding.get_ids().iter().any(special) {
        tokens.extend_from_slice(encoding.get_ids());
        return Ok(());
    }
    // `<s` and `>` cannot become `<s>` again.
    let cut = added.first_special_in(text).map(|start| start + 1);
    match cut.filter(|&cut| cut < text.len() && text.is_char_boundary(cut)) {
        Some(cut) => {
            encode_plain(tokenizer, added, &text[..cut], tokens)?;
            encode_plain(tokenizer, added, &text[cut..], tokens)
        }
        None => {
            tokens.extend(encoding.get_ids().iter().filter(|id| !special(id)));
            Ok(())
        }
    }
}

fn read_json(path: &Path) -> Result<Value, TokenizerError> {
    serde_json::from_str(&read_text(path)?).map_err(|error| TokenizerError::Malformed {
        origin: path.display().to_string(),
        reason: error.to_string(),
    })
}

fn read_text(path: &Path) -> Result<String, TokenizerError> {
    std::fs::read_to_string(path).map_err(|source| TokenizerError::Io {
        path: path.to_owned(),
        source,
    })
}

/// Nothing is matched before the model sees the text, nothing put around it, nothing cut off it.
fn without_added_tokens(settings: &mut Map<String, Value>) {
    settings.insert("added_tokens".to_owned(), Value::Array(Vec::new()));
    for part in ["post_processor", "truncation", "padding"] {
        settings.insert(part.to_owned(), Value::Null);
    }
}

/// Metaspace with `prepend_scheme: first` puts a space before the text's very first word; every text
/// here stands after another token, so it is switched off. True when it was on.
fn prefix_after_specials_off(settings: &mut Map<String, Value>) -> bool {
    let mut changed = false;
    for part in steps(settings.get_mut("pre_tokenizer"), "pretokenizers") {
        if part["type"] == "Metaspace" && part["prepend_scheme"] == "first" {
            part["prepend_scheme"] = "never".into();
            changed = true;
        }
    }
    changed
}

/// Switches off every step that puts a space before the text. True when there was one.
fn prefix_off(settings: &mut Map<String, Value>) -> bool {
    let mut changed = false;
    if let Some(normalizer) = settings.get_mut("normalizer") {
        if normalizer["type"] == "Prepend" {
            *normalizer = Value::Null;
            changed = true;
        } else if let Some(steps) = normalizer.get_mut("normalizers").and_then(Value::as_array_mut) {
            let before = steps.len();
            steps.retain(|step| step["type"] != "Prepend");
            changed |= steps.len() < before;
        }
    }
    for part in steps(settings.get_mut("pre_tokenizer"), "pretokenizers") {
        if part["type"] == "Metaspace" && part["prepend_scheme"] != "never" {
            part["prepend_scheme"] = "never".into();
            part["add_prefix_space"] = false.into();
            changed = true;
        }
        if part["type"] == "ByteLevel" && part["add_prefix_space"] == true {
            part["add_prefix_space"] = false.into();
            changed = true;
        }
    }
    changed
}

/// The steps of a pre-tokenizer: those of a sequence, or itself.
fn steps<'v>(part: Option<&'v mut Value>, list: &str) -> Vec<&'v mut Value> {
    let Some(part) = part else { return Vec::new() };
    if part["type"] == "Sequence" {
        part[list]
            .as_array_mut()
            .map(|steps| steps.iter_mut().collect())
            .unwrap_or_default()
    } else {
        vec![part]
    }
}

/// Every `…_token` of `tokenizer_config.json`, written as a string or as an object with `content`.
fn names(config: &Value) -> BTreeMap<String, String> {
    config
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(name, _)| name.ends_with("_token"))
        .filter_map(|(name, value)| {
            let spelling = value.as_str().or_else(|| value["content"].as_str())?;
            Some((name.clone(), spelling.to_owned()))
        })
        .collect()
}

/// Spellings that end a turn in the chat formats in use: an end token when the vocabulary has it as a
/// special one, whatever the settings name (those of base models often name the end of the document only).
const TURN_ENDS: [&str; 6] = [
    "<|im_end|>",
    "<|eot_id|>",
    "<|end_of_turn|>",
    "<end_of_turn>",
    "<|end|>",
    "<|eom_id|>",
];

fn stop_tokens(added: &AddedTokens, stop: &[u32], config: &Value, generation: &Value) -> Vec<u32> {
    let of_generation = match &generation["eos_token_id"] {
        Value::Array(ids) => ids.iter().filter_map(Value::as_u64).collect(),
        other => other.as_u64().into_iter().collect::<Vec<u64>>(),
    };
    let eos = &config["eos_token"];
    let of_config = eos
        .as_str()
        .or_else(|| eos["content"].as_str())
        .and_then(|text| added.id(text));
    let turn_ends = TURN_ENDS.iter().filter_map(|spelling| added.id(spelling));
    let mut all: Vec<u32> = of_generation
        .into_iter()
        .filter_map(|id| u32::try_from(id).ok())
        .chain(of_config)
        .chain(stop.iter().copied())
        .chain(turn_ends)
        .collect();
    let mut seen = std::collections::BTreeSet::new();
    all.retain(|id| seen.insert(*id));
    all
}

#[cfg(test)]
mod tests;
