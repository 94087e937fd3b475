//! SentencePiece models as they are published: `.spm` files, read and applied without any other
//! program.
//!
//! - [`model`]: the file's content.
//! - [`charsmap`] and [`normalize`]: the form in which text is cut.
//! - [`unigram`] and [`bpe`]: the two ways of cutting.
//!
//! Source: google/sentencepiece 0.2.x, `src/{model_interface,normalizer,unigram_model,bpe_model,
//! sentencepiece_processor}.cc`; tests/parity/marian_tokenizer_reference.py made the test's numbers
//! with its Python package.

mod bpe;
mod charsmap;
mod model;
mod normalize;
mod unigram;

use model::{Kind, Model, ModelType};
use normalize::Normalizer;

/// Stands for a space within pieces.
pub(super) const SPACE: char = '\u{2581}';

/// A SentencePiece model at work.
#[derive(Debug)]
pub struct SentencePiece {
    model: Model,
    normalizer: Normalizer,
}

/// A part of a text: a piece of the model by its number, or text that it does not know.
type Cut<'t> = (&'t str, Option<usize>);

impl SentencePiece {
    /// Reads the content of an `.spm` file.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn new(bytes: &[u8]) -> Result<Self, String> {
        let model = Model::parse(bytes)?;
        let normalizer = Normalizer::new(&model)?;
        Ok(Self { model, normalizer })
    }

    /// Cuts a text into pieces.
    pub fn encode(&self, text: &str) -> Vec<String> {
        let text = self.normalizer.normalize(text);
        let cuts = match self.model.kind {
            ModelType::Unigram => unigram::cut(&self.model, &text),
            ModelType::Bpe => bpe::cut(&self.model, &text),
        };
        let mut pieces: Vec<String> = Vec::with_capacity(cuts.len());
        let mut unknown_before = false;
        for (text, id) in cuts {
            let unknown = id.is_none();
            if unknown && self.model.byte_fallback {
                pieces.extend(text.bytes().map(|byte| format!("<0x{byte:02X}>")));
            } else if unknown && unknown_before {
                // Neighbours that are not known are one piece.
                if let Some(last) = pieces.last_mut() {
                    last.push_str(text);
                }
            } else {
                pieces.push(text.to_owned());
            }
            unknown_before = unknown;
        }
        pieces
    }

    /// Puts pieces together to text, without spaces around it. Control pieces say nothing; bytes
    /// that are no UTF-8 become U+FFFD.
    pub fn decode<'p>(&self, pieces: impl Iterator<Item = &'p str>) -> String {
        let mut text = String::new();
        let mut bytes = Vec::new();
        for piece in pieces {
            let kind = self.model.id(piece).map(|id| self.model.pieces[id].kind);
            match (kind, byte_of(piece)) {
                (Some(Kind::Byte), Some(byte)) => bytes.push(byte),
                (Some(Kind::Control), _) => {}
                _ => {
                    flush(&mut bytes, &mut text);
                    text.extend(piece.chars().map(|c| if c == SPACE { ' ' } else { c }));
                }
            }
        }
        flush(&mut bytes, &mut text);
        // What Python's `strip` takes away, with which MarianTokenizer ends.
        let blank = |c: char| c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c);
        text.trim_matches(blank).to_owned()
    }
}

fn flush(bytes: &mut Vec<u8>, text: &mut String) {
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
    bytes.clear();
}

/// `<0x0A>`
fn byte_of(piece: &str) -> Option<u8> {
    let digits = piece.strip_prefix("<0x")?.strip_suffix('>')?;
    u8::from_str_radix(digits, 16).ok().filter(|_| digits.len() == 2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;
    use std::path::{Path, PathBuf};

    fn folder() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parity/spm")
    }

    /// Models that SentencePiece trained, and what it makes of hard strings.
    #[test]
    fn texts_are_cut_and_put_together_as_by_sentencepiece() {
        let text = std::fs::read_to_string(folder().join("expected.json")).unwrap();
        let expected: Value = serde_json::from_str(&text).unwrap();
        let models = expected["models"].as_object().unwrap();
        assert!(models.len() >= 4);
        for (name, cases) in models {
            let model = SentencePiece::new(&std::fs::read(folder().join(name)).unwrap()).unwrap();
            let cases = cases.as_array().unwrap();
            assert!(cases.len() > 60);
            for (text, case) in expected["texts"].as_array().unwrap().iter().zip(cases) {
                let text = text.as_str().unwrap();
                let pieces: Vec<&str> = case[0]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|p| p.as_str().unwrap())
                    .collect();
                assert_eq!(model.encode(text), pieces, "{name}: {text:?}");
                let decoded = model.decode(pieces.into_iter());
                assert_eq!(decoded, case[1].as_str().unwrap(), "{name}: {text:?}");
            }
        }
    }

    #[test]
    fn no_broken_file_panics() {
        for name in ["bpe.spm", "bytes.spm"] {
            let whole = std::fs::read(folder().join(name)).unwrap();
            let mut refused = 0;
            for at in (0..whole.len()).step_by(11) {
                let mut changed = whole.clone();
                changed[at] ^= 0x55;
                for bytes in [&whole[..at], &changed] {
                    match SentencePiece::new(bytes) {
                        Ok(model) => drop(model.encode("Déjà 20,5 % des ﬁlms…\u{1f600}")),
                        Err(_) => refused += 1,
                    }
                }
            }
            assert!(refused > 100, "{refused}");
        }
        assert!(SentencePiece::new(b"").is_err());
    }
}
