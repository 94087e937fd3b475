//! The bytes that each token stands for.
//!
//! Two spellings are in use: byte-level vocabularies write each byte as a printable character,
//! SentencePiece vocabularies write a space as U+2581 and a lone byte as `<0x0A>`. Which one it is, the
//! decoder says, alone or inside a sequence.

use super::TokenizerError;
use super::added::AddedTokens;
use serde_json::Value;
use std::collections::HashMap;
use tokenizers::Tokenizer;

/// How a vocabulary writes its bytes.
pub(super) enum Spelling {
    ByteLevel(HashMap<char, u8>),
    /// The character that stands for a space.
    SentencePiece(char),
}

/// By token; empty for special tokens.
pub(super) fn of_tokens(
    spelling: &Spelling,
    tokenizer: &Tokenizer,
    added: &AddedTokens,
) -> Result<Vec<Vec<u8>>, TokenizerError> {
    let vocabulary = tokenizer.get_vocab(false);
    let most = vocabulary
        .values()
        .copied()
        .chain(added.iter().map(|(id, _)| id))
        .max();
    // A number far beyond the vocabulary's size would be a table of nothing.
    let sane = (vocabulary.len() + added.iter().count()) * 4 + 1024;
    let size = most.map_or(0, |id| id as usize + 1);
    if size > sane {
        return Err(TokenizerError::Malformed {
            origin: "the vocabulary".to_owned(),
            reason: format!("{} tokens, but numbers up to {}", vocabulary.len(), size - 1),
        });
    }
    let mut all = vec![Vec::new(); size];
    for (token, id) in &vocabulary {
        all[*id as usize] = spelling.bytes(token);
    }
    for (id, text) in added.iter() {
        all[id as usize] = match added.is_special(id) {
            true => Vec::new(),
            false => text.as_bytes().to_vec(),
        };
    }
    Ok(all)
}

impl Spelling {
    /// What the decoder says.
    pub(super) fn of(decoder: &Value) -> Result<Self, TokenizerError> {
        let steps: Vec<&Value> = match decoder["decoders"].as_array() {
            Some(steps) => steps.iter().collect(),
            None => vec![decoder],
        };
        for step in &steps {
            match step["type"].as_str() {
                Some("ByteLevel") => return Ok(Spelling::ByteLevel(byte_characters())),
                Some("Metaspace") => {
                    let space = step["replacement"].as_str().and_then(|text| text.chars().next());
                    return Ok(Spelling::SentencePiece(space.unwrap_or('\u{2581}')));
                }
                Some("Replace") if step["content"] == " " => {
                    let pattern = step["pattern"]["String"].as_str().unwrap_or_default();
                    let mut characters = pattern.chars();
                    if let (Some(space), None) = (characters.next(), characters.next()) {
                        return Ok(Spelling::SentencePiece(space));
                    }
                }
                _ => {}
            }
        }
        let found = steps
            .iter()
            .filter_map(|step| step["type"].as_str())
            .collect::<Vec<_>>()
            .join(", ");
        Err(TokenizerError::UnknownDecoder {
            found: if found.is_empty() {
                "none".to_owned()
            } else {
                found
            },
        })
    }

    fn bytes(&self, token: &str) -> Vec<u8> {
        match self {
            // A character outside of the alphabet stands for itself, as the reference decodes it.
            Spelling::ByteLevel(alphabet) => {
                let bytes: Option<Vec<u8>> = token.chars().map(|c| alphabet.get(&c).copied()).collect();
                bytes.unwrap_or_else(|| token.as_bytes().to_vec())
            }
            Spelling::SentencePiece(space) => match lone_byte(token) {
                Some(byte) => vec![byte],
                None => token.replace(*space, " ").into_bytes(),
            },
        }
    }
}

/// `<0x0A>`.
fn lone_byte(token: &str) -> Option<u8> {
    let digits = token.strip_prefix("<0x")?.strip_suffix('>')?;
    (digits.len() == 2)
        .then(|| u8::from_str_radix(digits, 16).ok())
        .flatten()
}

/// GPT-2's alphabet: printable Latin-1 characters stand for themselves, the others for 256 and on.
fn byte_characters() -> HashMap<char, u8> {
    let mut next = 0x100_u32;
    (0..=255_u8)
        .filter_map(|byte| {
            let printable = matches!(byte, b'!'..=b'~' | 0xa1..=0xac | 0xae..=0xff);
            let code = if printable {
                u32::from(byte)
            } else {
                next += 1;
                next - 1
            };
            char::from_u32(code).map(|character| (character, byte))
        })
        .collect()
}
