//! Tokens that are matched as strings before the model of the tokenizer sees a text: the special ones,
//! and runs of white space that some vocabularies add.

use super::{Definition, TokenizerError};
use aho_corasick::{AhoCorasick, MatchKind};
use serde::Deserialize;
use serde_json::Value;
use std::collections::{HashMap, HashSet};

/// A token of `added_tokens`.
#[derive(Debug, Clone, Deserialize)]
struct Added {
    id: u32,
    content: String,
    #[serde(default)]
    lstrip: bool,
    #[serde(default)]
    rstrip: bool,
}

/// A run of a template.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Run<'t> {
    /// Text for the model of the tokenizer.
    Text(&'t str),
    /// An added token; it may take the white space beside it in.
    Token {
        id: u32,
        eats_left: bool,
        eats_right: bool,
    },
}

/// The added tokens of a tokenizer.
pub(super) struct AddedTokens {
    all: Vec<Added>,
    by_spelling: HashMap<String, u32>,
    /// Those that are not white space: whatever their flag says, they steer the model (`<think>` and
    /// `<tool_call>` are not flagged as special).
    special: HashSet<u32>,
    unknown: Option<u32>,
    matcher: AhoCorasick,
    /// White space alone: matched in any text.
    inert: Option<(AhoCorasick, Vec<u32>)>,
}

impl AddedTokens {
    pub fn of(definition: &Definition) -> Result<AddedTokens, TokenizerError> {
        let malformed = |reason: String| TokenizerError::Malformed {
            origin: definition.origin.clone(),
            reason,
        };
        let all: Vec<Added> = match definition.settings.get("added_tokens") {
            None | Some(Value::Null) => Vec::new(),
            Some(tokens) => Vec::deserialize(tokens).map_err(|error| malformed(error.to_string()))?,
        };
        let all: Vec<Added> = all
            .into_iter()
            .filter(|token| !token.content.is_empty())
            .collect();
        let is_inert = |token: &&Added| token.content.chars().all(char::is_whitespace);
        let build = |tokens: Vec<&str>| {
            AhoCorasick::builder()
                .match_kind(MatchKind::LeftmostLongest)
                .build(tokens)
                .map_err(|error| malformed(error.to_string()))
        };
        let inert: Vec<&Added> = all.iter().filter(is_inert).collect();
        let inert = match inert.is_empty() {
            true => None,
            false => Some((
                build(inert.iter().map(|token| token.content.as_str()).collect())?,
                inert.iter().map(|token| token.id).collect(),
            )),
        };
        let unknown = definition.unknown();
        Ok(AddedTokens {
            matcher: build(all.iter().map(|token| token.content.as_str()).collect())?,
            inert,
            by_spelling: all
                .iter()
                .map(|token| (token.content.clone(), token.id))
                .collect(),
            special: all
                .iter()
                .filter(|token| !is_inert(token))
                .map(|token| token.id)
                .collect(),
            unknown: unknown.and_then(|spelling| {
                all.iter()
                    .find(|token| token.content == spelling)
                    .map(|token| token.id)
            }),
            all,
        })
    }

    pub fn id(&self, spelling: &str) -> Option<u32> {
        self.by_spelling.get(spelling).copied()
    }

    /// Numbers and spellings.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &str)> {
        self.all.iter().map(|token| (token.id, token.content.as_str()))
    }

    pub fn is_special(&self, id: u32) -> bool {
        self.special.contains(&id)
    }

    /// The token that stands for what the vocabulary lacks: it may come out of any text.
    pub fn is_unknown(&self, id: u32) -> bool {
        self.unknown == Some(id)
    }

    /// Byte at which the first spelling of an added token begins.
    pub fn first_special_in(&self, text: &str) -> Option<usize> {
        self.matcher
            .find_iter(text)
            .find(|found| self.special.contains(&self.all[found.pattern().as_usize()].id))
            .map(|found| found.start())
    }

    /// Template text cut at its added tokens, the leftmost and longest first.
    pub fn runs<'t>(&self, template: &'t str) -> Vec<Run<'t>> {
        let mut runs = Vec::new();
        let mut end = 0;
        for found in self.matcher.find_iter(template) {
            if found.start() > end {
                runs.push(Run::Text(&template[end..found.start()]));
            }
            let token = &self.all[found.pattern().as_usize()];
            runs.push(Run::Token {
                id: token.id,
                eats_left: token.lstrip,
                eats_right: token.rstrip,
            });
            end = found.end();
        }
        if end < template.len() {
            runs.push(Run::Text(&template[end..]));
        }
        runs
    }

    /// Any text cut at the runs of white space that are tokens of their own.
    pub fn inert_runs<'t>(&self, text: &'t str) -> Vec<Run<'t>> {
        let Some((matcher, ids)) = &self.inert else {
            return vec![Run::Text(text)];
        };
        let mut runs = Vec::new();
        let mut end = 0;
        for found in matcher.find_iter(text) {
            if found.start() > end {
                runs.push(Run::Text(&text[end..found.start()]));
            }
            let id = ids[found.pattern().as_usize()];
            runs.push(Run::Token {
                id,
                eats_left: false,
                eats_right: false,
            });
            end = found.end();
        }
        if end < text.len() {
            runs.push(Run::Text(&text[end..]));
        }
        runs
    }
}
