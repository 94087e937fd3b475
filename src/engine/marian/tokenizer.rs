//! Text and tokens of a translation model: `source.spm` cuts, `vocab.json` numbers, `target.spm` puts
//! together. As transformers' `MarianTokenizer`, with two differences, both because article text is
//! data: `</s>` or `<pad>` in a text are read as characters, and `>>xyz<<` at its beginning is a
//! language token only where the model has it. Pieces without a number are `<unk>`.

use super::spm::SentencePiece;
use crate::engine::tokenizer::TokenizerError;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// The files of a translation model's tokenizer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarianTokenizerFiles {
    /// `source.spm`.
    pub source: PathBuf,
    /// `target.spm`.
    pub target: PathBuf,
    /// `vocab.json`: pieces of both sides, or of the source.
    pub vocabulary: PathBuf,
    /// `target_vocab.json`, where the sides have vocabularies of their own.
    pub target_vocabulary: Option<PathBuf>,
}

/// A translation model's tokenizer.
#[derive(Debug)]
pub struct MarianTokenizer {
    source: SentencePiece,
    target: SentencePiece,
    ids: HashMap<String, u32>,
    /// Target pieces by number; numbers that the file leaves out are empty.
    pieces: Vec<String>,
    end: u32,
    unknown: u32,
}

/// Largest number of a token that is believed.
const LARGEST: u32 = 1 << 22;

impl MarianTokenizer {
    /// Reads the files.
    ///
    /// # Errors
    /// When one cannot be read or is not what it should be.
    pub fn load(files: &MarianTokenizerFiles) -> Result<Self, TokenizerError> {
        let ids = vocabulary(&files.vocabulary)?;
        let of_target = match &files.target_vocabulary {
            Some(path) => &vocabulary(path)?,
            None => &ids,
        };
        let most = of_target.values().max().copied().unwrap_or(0);
        let mut pieces = vec![String::new(); most as usize + 1];
        for (piece, id) in of_target {
            pieces[*id as usize].clone_from(piece);
        }
        let special = |token: &str| {
            let missing = || {
                invalid(
                    &files.vocabulary,
                    format!("expected a token {token:?}, but found none"),
                )
            };
            ids.get(token).copied().ok_or_else(missing)
        };
        Ok(Self {
            source: sentencepiece(&files.source)?,
            target: sentencepiece(&files.target)?,
            end: special("</s>")?,
            unknown: special("<unk>")?,
            pieces,
            ids,
        })
    }

    /// Tokens of a source sentence, with the end token.
    pub fn encode(&self, text: &str) -> Vec<u32> {
        let (language, text) = self.language(text);
        self.tokens(language, text)
    }

    /// The same after the mark of a target language; what looks like a mark in the text is text then.
    pub fn encode_marked(&self, mark: u32, text: &str) -> Vec<u32> {
        self.tokens(Some(mark), text)
    }

    /// The token that asks for a language of [`MarianTokenizer::target_languages`].
    pub fn mark(&self, language: &str) -> Option<u32> {
        self.ids.get(&format!(">>{language}<<")).copied()
    }

    fn tokens(&self, mark: Option<u32>, text: &str) -> Vec<u32> {
        let mut tokens: Vec<u32> = mark.into_iter().collect();
        let pieces = self.source.encode(text).into_iter();
        tokens.extend(pieces.map(|piece| self.ids.get(&piece).copied().unwrap_or(self.unknown)));
        tokens.push(self.end);
        tokens
    }

    /// Text of an output's tokens.
    pub fn decode(&self, tokens: &[u32]) -> String {
        let pieces = tokens.iter().filter_map(|id| self.pieces.get(*id as usize));
        let pieces = pieces.map(String::as_str);
        self.target
            .decode(pieces.filter(|piece| !matches!(*piece, "" | "</s>" | "<pad>" | "<unk>")))
    }

    /// Languages that a sentence can ask for by beginning with `>>xyz<<`; empty for a model of one
    /// pair.
    pub fn target_languages(&self) -> Vec<&str> {
        let tokens = self.ids.keys();
        let mut languages: Vec<&str> = tokens
            .filter_map(|token| token.strip_prefix(">>")?.strip_suffix("<<"))
            .collect();
        languages.sort_unstable();
        languages
    }

    /// Largest number of a source token, with the pieces of which no model must have fewer rows.
    pub(super) fn source_tokens(&self) -> usize {
        self.ids.values().max().map_or(0, |most| *most as usize + 1)
    }

    fn language<'t>(&self, text: &'t str) -> (Option<u32>, &'t str) {
        let end = match text.starts_with(">>") {
            true => text.find("<<").map(|at| at + 2),
            false => None,
        };
        let token = end.and_then(|end| Some((*self.ids.get(&text[..end])?, end)));
        match token {
            Some((token, end)) => (Some(token), &text[end..]),
            None => (None, text),
        }
    }
}

fn sentencepiece(path: &Path) -> Result<SentencePiece, TokenizerError> {
    let bytes = std::fs::read(path).map_err(|error| invalid(path, error.to_string()))?;
    SentencePiece::new(&bytes).map_err(|reason| invalid(path, reason))
}

fn vocabulary(path: &Path) -> Result<HashMap<String, u32>, TokenizerError> {
    let bytes = std::fs::read(path).map_err(|error| invalid(path, error.to_string()))?;
    let ids: HashMap<String, u32> =
        serde_json::from_slice(&bytes).map_err(|error| invalid(path, error.to_string()))?;
    match ids.iter().find(|(_, id)| **id >= LARGEST) {
        Some((piece, id)) => Err(invalid(path, format!("token {piece:?} has the number {id}"))),
        None => Ok(ids),
    }
}

fn invalid(path: &Path, reason: String) -> TokenizerError {
    TokenizerError::Malformed {
        origin: path.display().to_string(),
        reason,
    }
}
