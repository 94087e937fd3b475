//! Articles cut to what fits the model's context: on paragraphs, and a paragraph that is itself too
//! long on sentences. Nothing is left out, and the caller says that it was split.

use super::chars::Chars;
use crate::record::{Article, Lang};
use std::ops::Range;

/// A paragraph, or a run of its sentences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    /// Index of the paragraph, from 0.
    pub paragraph: usize,
    /// Characters of the article's text.
    pub chars: Range<usize>,
    /// Their text.
    pub text: String,
}

/// Consecutive pieces that are shown to the model together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    pub pieces: Vec<Piece>,
}

impl Part {
    /// The whole article.
    pub fn whole(article: &Article) -> Part {
        let chars = Chars::of(article);
        let pieces = chars
            .paragraphs()
            .iter()
            .enumerate()
            .map(|(paragraph, range)| Piece {
                paragraph,
                chars: range.clone(),
                text: chars.slice(range.start, range.end).to_owned(),
            })
            .filter(|piece| !piece.text.trim().is_empty())
            .collect();
        Part { pieces }
    }

    /// The characters from the first piece to the last.
    pub fn span(&self) -> Range<usize> {
        match (self.pieces.first(), self.pieces.last()) {
            (Some(first), Some(last)) => first.chars.start..last.chars.end,
            _ => 0..0,
        }
    }

    /// Indices of the paragraphs, each once.
    pub fn paragraphs(&self) -> Vec<usize> {
        let mut all: Vec<usize> = self.pieces.iter().map(|piece| piece.paragraph).collect();
        all.dedup();
        all
    }
}

/// Cuts `part` so that no part costs more than `budget`. `cost` is in tokens and additive to within its
/// own slack. Parts are of about equal size; a piece that cannot be cut any further stands alone even
/// when it costs more.
pub(super) fn split(part: Part, budget: usize, cost: &dyn Fn(&str) -> usize) -> Vec<Part> {
    let budget = budget.max(1);
    let pieces: Vec<(Piece, usize)> = part
        .pieces
        .into_iter()
        .flat_map(|piece| cut_piece(piece, budget, cost))
        .collect();
    let total: usize = pieces.iter().map(|(_, cost)| cost).sum();
    let target = total.div_ceil(total.div_ceil(budget).max(1));
    let mut parts: Vec<Part> = Vec::new();
    let mut spent = 0;
    for (piece, cost) in pieces {
        match parts.last_mut() {
            Some(part) if spent + cost <= budget && spent < target => {
                part.pieces.push(piece);
                spent += cost;
            }
            _ => {
                parts.push(Part { pieces: vec![piece] });
                spent = cost;
            }
        }
    }
    parts
}

/// The piece itself when it fits, else runs of its sentences, else of its words.
fn cut_piece(piece: Piece, budget: usize, cost: &dyn Fn(&str) -> usize) -> Vec<(Piece, usize)> {
    let whole = cost(&piece.text);
    if whole <= budget {
        return vec![(piece, whole)];
    }
    let mut cuts = sentence_runs(&piece.text, budget, cost);
    if cuts.len() == 1 {
        cuts = word_halves(&piece.text);
    }
    if cuts.len() == 1 {
        return vec![(piece, whole)];
    }
    cuts.into_iter()
        .map(|range| sub_piece(&piece, range))
        .flat_map(|piece| cut_piece(piece, budget, cost))
        .collect()
}

/// Byte ranges of consecutive sentences that fit together. Each is shorter than the text, or it is the
/// only one.
fn sentence_runs(text: &str, budget: usize, cost: &dyn Fn(&str) -> usize) -> Vec<Range<usize>> {
    let mut runs: Vec<(Range<usize>, usize)> = Vec::new();
    for sentence in crate::sentence::split(text, Lang::Other) {
        let cost = cost(&text[sentence.clone()]);
        match runs.last_mut() {
            Some((run, spent)) if *spent + cost <= budget => {
                run.end = sentence.end;
                *spent += cost;
            }
            _ => runs.push((sentence, cost)),
        }
    }
    // The estimate is additive, the text is not: never hand the whole text back as one of several.
    runs.into_iter().map(|(run, _)| run).collect()
}

/// Byte ranges of the two halves of a text, cut at the white space nearest to its middle, or between
/// two characters when it has none. One range when the text is a single character.
fn word_halves(text: &str) -> Vec<Range<usize>> {
    let middle = text.len() / 2;
    let cut = text
        .char_indices()
        .filter(|&(byte, c)| c.is_whitespace() && byte > 0)
        .map(|(byte, c)| byte + c.len_utf8())
        .filter(|&byte| byte < text.len())
        .min_by_key(|byte| byte.abs_diff(middle))
        .or_else(|| {
            text.char_indices()
                .map(|(byte, _)| byte)
                .filter(|&byte| byte > 0)
                .min_by_key(|byte| byte.abs_diff(middle))
        });
    match cut {
        Some(cut) => vec![0..cut, cut..text.len()],
        None => std::iter::once(0..text.len()).collect(),
    }
}

fn sub_piece(piece: &Piece, bytes: Range<usize>) -> Piece {
    let start = piece.chars.start + piece.text[..bytes.start].chars().count();
    let text = piece.text[bytes].to_owned();
    Piece {
        paragraph: piece.paragraph,
        chars: start..start + text.chars().count(),
        text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::tests::fake::article;

    fn words(text: &str) -> usize {
        text.split_whitespace().count()
    }

    fn of_paragraphs(paragraphs: &[String]) -> Article {
        let paragraphs: Vec<&str> = paragraphs.iter().map(String::as_str).collect();
        article("", &paragraphs)
    }

    /// Every word of the article is in exactly one part, in order, and every piece is where it says.
    fn check_cover(article: &Article, parts: &[Part]) {
        let chars = Chars::of(article);
        let mut seen = String::new();
        for piece in parts.iter().flat_map(|part| &part.pieces) {
            assert_eq!(chars.slice(piece.chars.start, piece.chars.end), piece.text);
            seen.push_str(&piece.text);
            seen.push(' ');
        }
        let expected: Vec<&str> = article.text.split_whitespace().collect();
        assert_eq!(seen.split_whitespace().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_long_article_is_cut_between_paragraphs_into_equal_parts() {
        let paragraphs: Vec<String> = (0..10)
            .map(|n| format!("Paragraphe {n} de l’été, en six mots."))
            .collect();
        let article = of_paragraphs(&paragraphs);
        let parts = split(Part::whole(&article), 40, &words);
        check_cover(&article, &parts);
        assert_eq!(
            parts.iter().map(|part| part.pieces.len()).collect::<Vec<_>>(),
            [5, 5]
        );
        assert_eq!(parts[1].paragraphs(), [5, 6, 7, 8, 9]);
    }

    #[test]
    fn a_long_paragraph_is_cut_between_sentences() {
        let long = "Une phrase de cinq mots. ".repeat(20).trim_end().to_owned();
        let article = of_paragraphs(&["Court.".to_owned(), long]);
        let parts = split(Part::whole(&article), 12, &words);
        check_cover(&article, &parts);
        assert!(
            parts
                .iter()
                .all(|part| part.pieces.iter().map(|p| words(&p.text)).sum::<usize>() <= 12)
        );
        assert!(
            parts
                .iter()
                .all(|part| part.pieces.iter().all(|p| p.text.trim_end().ends_with('.')))
        );
    }

    #[test]
    fn a_sentence_without_end_is_cut_between_words_then_characters() {
        let article = of_paragraphs(&["mot ".repeat(100).trim_end().to_owned(), "é".repeat(50)]);
        let by_chars = |text: &str| text.chars().count();
        let parts = split(Part::whole(&article), 16, &by_chars);
        let chars = Chars::of(&article);
        for piece in parts.iter().flat_map(|part| &part.pieces) {
            assert_eq!(chars.slice(piece.chars.start, piece.chars.end), piece.text);
            assert!(by_chars(&piece.text) <= 16);
        }
        let total: usize = parts
            .iter()
            .flat_map(|p| &p.pieces)
            .map(|p| by_chars(&p.text))
            .sum();
        assert_eq!(total, 399 + 50);
    }

    #[test]
    fn what_cannot_be_cut_stands_alone() {
        let article = of_paragraphs(&["a".to_owned(), "b".to_owned()]);
        let parts = split(Part::whole(&article), 1, &|_| 5);
        assert_eq!(parts.len(), 2);
    }

    #[test]
    fn an_empty_article_has_no_part() {
        assert!(split(Part::whole(&Article::default()), 10, &words).is_empty());
    }
}
