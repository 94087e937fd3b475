//! The bytes that each token stands for.
//!
//! Two spellings are in use: byte-level vocabularies write each byte as a printable character,
//! SentencePiece vocabularies write a space as U+2581 and a lone byte as `<0x0A>`. Which one it is, the
//! decoder says, alone or inside a sequence.

use super::TokenizerError;
use super::added::AddedTokens;
use serde_json::Value;
use std::collections::BTreeMap;
use tokenizers::Tokenizer;

/// How a vocabulary writes its bytes.
pub(super) enum Spelling {
    /// By character its byte.
    ByteLevel(Vec<Option<u8>>),
    /// The character that stands for a space.
    SentencePiece(char),
}

/// The bytes of all tokens, one after the other.
pub(super) struct TokenBytes {
    data: Vec<u8>,
    /// Where those of each token end.
    ends: Vec<usize>,
}

impl TokenBytes {
    /// Special tokens have none.
    pub(super) fn new(
        spelling: &Spelling,
        tokenizer: &Tokenizer,
        added: &AddedTokens,
    ) -> Result<Self, TokenizerError> {
        let added: BTreeMap<u32, &[u8]> = added
            .iter()
            .map(|(id, text)| match added.is_special(id) {
                true => (id, &[][..]),
                false => (id, text.as_bytes()),
            })
            .collect();
        let known = tokenizer.get_vocab_size(false);
        // A number far beyond the vocabulary's size would be a table of nothing.
        let sane = (known + added.len()) * 4 + 1024;
        let largest = added.keys().next_back().map_or(0, |id| *id as usize + 1);
        let mut all = Self {
            data: Vec::new(),
            ends: Vec::with_capacity(known + added.len()),
        };
        let mut found = 0;
        for id in 0..sane {
            if found == known && id >= largest {
                return Ok(all);
            }
            let id = id as u32;
            let token = tokenizer.id_to_token(id);
            found += usize::from(token.is_some());
            match (added.get(&id), token) {
                (Some(bytes), _) => all.data.extend_from_slice(bytes),
                (None, Some(token)) => spelling.write(&token, &mut all.data),
                (None, None) => {}
            }
            all.ends.push(all.data.len());
        }
        // Some number is too large, unless tokens share one: those were found once for all of them.
        let most = tokenizer.get_vocab(false).into_values().max().unwrap_or(0);
        let most = largest.max(most as usize + 1);
        if most > sane {
            return Err(TokenizerError::Malformed {
                origin: "the vocabulary".to_owned(),
                reason: format!("{known} tokens, but numbers up to {}", most - 1),
            });
        }
        all.ends.truncate(most);
        Ok(all)
    }

    /// How many tokens.
    pub(super) fn count(&self) -> usize {
        self.ends.len()
    }

    /// The bytes of one; none of a number that is no token.
    pub(super) fn get(&self, token: u32) -> &[u8] {
        let token = token as usize;
        let Some(end) = self.ends.get(token) else {
            return &[];
        };
        let start = token.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.data[start..*end]
    }
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

    fn write(&self, token: &str, out: &mut Vec<u8>) {
        match self {
            Spelling::ByteLevel(alphabet) => {
                let start = out.len();
                for character in token.chars() {
                    match alphabet.get(character as usize) {
                        Some(Some(byte)) => out.push(*byte),
                        // A character outside of the alphabet stands for itself, as the reference decodes it.
                        _ => {
                            out.truncate(start);
                            out.extend_from_slice(token.as_bytes());
                            return;
                        }
                    }
                }
            }
            Spelling::SentencePiece(space) => match lone_byte(token) {
                Some(byte) => out.push(byte),
                None => out.extend_from_slice(token.replace(*space, " ").as_bytes()),
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
fn byte_characters() -> Vec<Option<u8>> {
    let printable = |byte: &u8| matches!(byte, b'!'..=b'~' | 0xa1..=0xac | 0xae..=0xff);
    let mut bytes: Vec<Option<u8>> = (0..=255_u8).map(|byte| Some(byte).filter(printable)).collect();
    bytes.extend((0..=255_u8).filter(|byte| !printable(byte)).map(Some));
    bytes
}
