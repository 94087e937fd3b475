//! An article's text addressed by characters: slices, paragraphs, and where a quote stands.
//!
//! Everything that leaves the tasks with offsets goes through here, and an offset is only ever made
//! from a place where the words were found: `slice(start, end)` is the quote by construction.

use crate::record::{Article, Quote};
use std::ops::Range;

/// An article's text with the byte offset of each of its characters.
pub(super) struct Chars<'a> {
    text: &'a str,
    /// Byte offset of each character, and the length of the text.
    bytes: Vec<usize>,
    /// Paragraphs as ranges of characters, in order, inside the text.
    paragraphs: Vec<Range<usize>>,
}

impl<'a> Chars<'a> {
    pub fn of(article: &'a Article) -> Chars<'a> {
        let bytes: Vec<usize> = article
            .text
            .char_indices()
            .map(|(byte, _)| byte)
            .chain([article.text.len()])
            .collect();
        let len = bytes.len() - 1;
        // Offsets come from outside (a stored or hand-made record): kept inside the text.
        let mut paragraphs: Vec<Range<usize>> = article
            .paragraphs
            .iter()
            .map(|paragraph| {
                let end = paragraph.end.min(len);
                paragraph.start.min(end)..end
            })
            .collect();
        if paragraphs.is_empty() && !article.text.trim().is_empty() {
            paragraphs.push(0..len);
        }
        Chars {
            text: &article.text,
            bytes,
            paragraphs,
        }
    }

    /// The characters from `start` to before `end`; both are cut to the text.
    pub fn slice(&self, start: usize, end: usize) -> &'a str {
        let end = end.min(self.len());
        let start = start.min(end);
        &self.text[self.bytes[start]..self.bytes[end]]
    }

    /// Number of characters.
    pub fn len(&self) -> usize {
        self.bytes.len() - 1
    }

    /// The paragraphs as ranges of characters; an article without any counts as one.
    pub fn paragraphs(&self) -> &[Range<usize>] {
        &self.paragraphs
    }

    /// The paragraph in which a character stands, or the last one that begins before it.
    pub fn paragraph_of(&self, position: usize) -> usize {
        self.paragraphs
            .partition_point(|range| range.start <= position)
            .saturating_sub(1)
    }

    /// Every place of `needle` inside `within`, left to right, not overlapping. Places where it stands
    /// as whole words are returned alone when there are any.
    pub fn find_all(&self, needle: &str, within: Range<usize>) -> Vec<Range<usize>> {
        if needle.is_empty() {
            return Vec::new();
        }
        let haystack = self.slice(within.start, within.end);
        let base = self.bytes[within.start.min(self.len())];
        let found: Vec<Range<usize>> = haystack
            .match_indices(needle)
            .map(|(byte, _)| self.char_at(base + byte)..self.char_at(base + byte + needle.len()))
            .collect();
        let whole: Vec<Range<usize>> = found
            .iter()
            .filter(|place| self.is_whole(place))
            .cloned()
            .collect();
        if whole.is_empty() { found } else { whole }
    }

    /// The place of `needle` inside `within` that is nearest to `position`, the first of equals.
    pub fn nearest(&self, needle: &str, within: Range<usize>, position: usize) -> Option<Quote> {
        self.find_all(needle, within)
            .into_iter()
            .min_by_key(|place| {
                if place.end <= position {
                    position - place.end
                } else {
                    place.start.saturating_sub(position)
                }
            })
            .map(|place| self.quote(place))
    }

    /// The words of a place.
    pub fn quote(&self, place: Range<usize>) -> Quote {
        Quote {
            text: self.slice(place.start, place.end).to_owned(),
            start: place.start,
            end: place.end,
        }
    }

    /// The character that begins at a byte offset, which must be one of a character.
    fn char_at(&self, byte: usize) -> usize {
        self.bytes.partition_point(|&start| start < byte)
    }

    /// Neither side of the place is in the middle of a word.
    fn is_whole(&self, place: &Range<usize>) -> bool {
        let inside = self.slice(place.start, place.end);
        let before = self
            .slice(place.start.saturating_sub(1), place.start)
            .chars()
            .next();
        let after = self.slice(place.end, place.end + 1).chars().next();
        let joined = |left: Option<char>, right: Option<char>| {
            left.is_some_and(char::is_alphanumeric) && right.is_some_and(char::is_alphanumeric)
        };
        !joined(before, inside.chars().next()) && !joined(inside.chars().last(), after)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Paragraph;
    use crate::task::tests::fake::article;

    #[test]
    fn places_are_counted_in_characters() {
        let article = article("", &["L’été à Évry.", "Évry encore, Évryens."]);
        let chars = Chars::of(&article);
        let places = chars.find_all("Évry", 0..chars.len());
        assert_eq!(places, [8..12, 15..19], "the start of a longer word is left out");
        for place in places {
            assert_eq!(chars.slice(place.start, place.end), "Évry");
        }
        assert_eq!(chars.paragraph_of(8), 0);
        assert_eq!(chars.paragraph_of(15), 1);
    }

    #[test]
    fn part_of_a_word_is_taken_when_there_is_nothing_else() {
        let article = article("", &["Les Évryens"]);
        let places = Chars::of(&article).find_all("Évry", 0..99);
        assert_eq!(places.iter().map(|place| place.start).collect::<Vec<_>>(), [4]);
    }

    #[test]
    fn the_nearest_place_wins() {
        let article = article("", &["OVH, puis OVH, puis OVH"]);
        let chars = Chars::of(&article);
        assert_eq!(
            chars.nearest("OVH", 0..chars.len(), 12).map(|quote| quote.start),
            Some(10)
        );
        assert_eq!(chars.nearest("IBM", 0..chars.len(), 12), None);
    }

    #[test]
    fn offsets_outside_the_text_do_not_panic() {
        let mut article = article("", &["court"]);
        article.paragraphs[0].end = 500;
        article.paragraphs.push(Paragraph {
            start: 400,
            end: 300,
            kind: crate::record::ParagraphKind::Text,
        });
        let chars = Chars::of(&article);
        assert_eq!(chars.slice(2, 900), "urt");
        assert_eq!(chars.paragraphs(), [0..5, 5..5]);
        assert!(chars.find_all("", 0..9).is_empty());
    }
}
