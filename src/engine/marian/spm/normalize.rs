//! The form in which text is cut: characters replaced, spaces reduced and made visible.

use super::SPACE;
use super::charsmap::CharsMap;
use super::model::{Kind, Model};

#[derive(Debug)]
pub(super) struct Normalizer {
    charsmap: CharsMap,
    /// Pieces that stay as they are, the longest first.
    kept: Vec<String>,
    dummy_prefix: bool,
    remove_extra_spaces: bool,
    visible_spaces: bool,
    space_behind: bool,
}

impl Normalizer {
    pub(super) fn new(model: &Model) -> Result<Self, String> {
        let pieces = model.pieces.iter();
        let kept = pieces.filter(|piece| piece.kind == Kind::UserDefined);
        let mut kept: Vec<String> = kept.map(|piece| piece.text.clone()).collect();
        kept.sort_by_key(|text| std::cmp::Reverse(text.len()));
        Ok(Self {
            charsmap: CharsMap::new(&model.charsmap)?,
            kept,
            dummy_prefix: model.dummy_prefix,
            remove_extra_spaces: model.remove_extra_spaces,
            visible_spaces: model.visible_spaces,
            space_behind: model.space_behind,
        })
    }

    pub(super) fn normalize(&self, text: &str) -> String {
        let space = if self.visible_spaces { SPACE } else { ' ' };
        let mut rest = text;
        if self.remove_extra_spaces {
            while let Some((" ", length)) = self.prefix(rest) {
                rest = &rest[length..];
            }
        }
        let mut out = String::with_capacity(rest.len() + rest.len() / 2);
        if rest.is_empty() {
            return out;
        }
        if self.dummy_prefix && !self.space_behind {
            out.push(space);
        }
        let mut after_space = self.remove_extra_spaces;
        while let Some((replacement, length)) = self.prefix(rest) {
            let mut replacement = replacement;
            if after_space {
                replacement = replacement.trim_start_matches(' ');
            }
            if !replacement.is_empty() {
                out.extend(replacement.chars().map(|c| if c == ' ' { space } else { c }));
                after_space = replacement.ends_with(' ');
            }
            rest = &rest[length..];
            after_space &= self.remove_extra_spaces;
        }
        if self.remove_extra_spaces {
            out.truncate(out.trim_end_matches(space).len());
        }
        if self.dummy_prefix && self.space_behind {
            out.push(space);
        }
        out
    }

    /// What the text's beginning becomes, and how many bytes of the text that takes.
    fn prefix<'a>(&'a self, text: &'a str) -> Option<(&'a str, usize)> {
        let first = text.chars().next()?;
        if let Some(kept) = self.kept.iter().find(|kept| text.starts_with(kept.as_str())) {
            return Some((kept, kept.len()));
        }
        // A broken table could end within a character.
        let found = self.charsmap.longest(text.as_bytes());
        let found = found.filter(|(_, length)| text.is_char_boundary(*length));
        Some(found.unwrap_or((&text[..first.len_utf8()], first.len_utf8())))
    }
}
