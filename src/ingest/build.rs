//! From blocks to an [`Article`]: one text, its paragraphs, its hash and the way back.

use super::decode::Decoded;
use super::language;
use super::trace::Traced;
use crate::record::{Article, Lang, Paragraph, ParagraphKind, Removed};

/// One paragraph before it joins the text.
#[derive(Debug, Clone, Default)]
pub(super) struct Block {
    pub(super) kind: ParagraphKind,
    pub(super) text: Traced,
}

/// What a reader found in a file.
///
/// The title, when there is one, is also the first block, as a heading with the same text.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) title: Option<String>,
    pub(super) date: Option<String>,
    pub(super) url: Option<String>,
    /// The language that the source states.
    pub(super) lang: Option<Lang>,
    pub(super) blocks: Vec<Block>,
    pub(super) removed: Vec<Removed>,
}

/// As much of a removed text as a reader wants to see, in characters.
const REMOVED_SHOWN: usize = 200;

impl Draft {
    /// Notes a text that is left out.
    pub(super) fn remove(&mut self, text: &str, reason: &str) {
        let text = text.trim();
        let mut shown: String = text.chars().take(REMOVED_SHOWN).collect();
        if shown.len() < text.len() {
            shown.push('…');
        }
        self.removed.push(Removed {
            text: shown,
            reason: reason.to_owned(),
        });
    }

    /// Joins neighbours that were left out for the same reason: a menu of forty entries is one thing.
    pub(super) fn join_removed(&mut self) {
        let mut joined: Vec<Removed> = Vec::new();
        for removed in self.removed.drain(..) {
            match joined.last_mut() {
                Some(last)
                    if last.reason == removed.reason
                        && last.text.chars().count() + removed.text.chars().count() < REMOVED_SHOWN =>
                {
                    last.text.push_str(" · ");
                    last.text.push_str(&removed.text);
                }
                _ => joined.push(removed),
            }
        }
        self.removed = joined;
    }
}

/// Between two paragraphs.
const SEPARATOR: &str = "\n\n";

/// Joins the blocks; `lang` is the caller's word on the language.
pub(super) fn article(mut draft: Draft, decoded: &Decoded, path: &str, lang: Option<Lang>) -> Article {
    if decoded.replaced > 0 {
        let reason = format!(
            "{} byte sequences that are no {}",
            decoded.replaced, decoded.charset
        );
        draft.remove("\u{fffd}", &reason);
    }
    let mut text = Traced::default();
    let mut paragraphs = Vec::with_capacity(draft.blocks.len());
    let mut chars = 0;
    for block in &draft.blocks {
        let trimmed = block.text.trimmed();
        if trimmed.text().is_empty() {
            continue;
        }
        if !paragraphs.is_empty() {
            text.push_bridge(SEPARATOR);
            chars += SEPARATOR.len();
        }
        text.append(&trimmed);
        let length = trimmed.text().chars().count();
        paragraphs.push(Paragraph {
            start: chars,
            end: chars + length,
            kind: block.kind,
        });
        chars += length;
    }
    let span_map = text.span_map(&decoded.text, &decoded.origins);
    let text = text.text().to_owned();
    let lang = lang.unwrap_or_else(|| language::detect(&text, draft.lang));
    let hash = hash(draft.title.as_deref(), draft.date.as_deref(), &text);
    Article {
        id: hash[..16].to_owned(),
        hash,
        path: path.to_owned(),
        title: draft.title,
        date: draft.date,
        url: draft.url,
        lang,
        text,
        paragraphs,
        removed: draft.removed,
        span_map,
    }
}

/// BLAKE3 over the three fields, each preceded by its length, so that no two articles run together.
pub(super) fn hash(title: Option<&str>, date: Option<&str>, text: &str) -> String {
    let mut hasher = blake3::Hasher::new();
    for field in [title.unwrap_or_default(), date.unwrap_or_default(), text] {
        hasher.update(&(field.len() as u64).to_le_bytes());
        hasher.update(field.as_bytes());
    }
    hasher.finalize().to_hex().to_string()
}
