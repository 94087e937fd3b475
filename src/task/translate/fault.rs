//! Answers that cannot be used at all, whatever their figures: what models produce when they fail.

use crate::record::Lang;
use std::collections::HashSet;
use std::fmt;

/// Why an answer cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    Empty,
    Cut,
    TooLong,
    TooShort,
    Markup,
    Loop,
    Script,
    Untranslated,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Fault::Empty => "it is empty",
            Fault::Cut => "it was cut at its largest length",
            Fault::TooLong => "it is far longer than its source",
            Fault::TooShort => "it is far shorter than its source",
            Fault::Markup => "it holds markup or control characters",
            Fault::Loop => "it repeats itself",
            Fault::Script => "it is in another script",
            Fault::Untranslated => "it repeats the source untranslated",
        })
    }
}

impl Fault {
    /// What is wrong with a line as the translation of `source`.
    pub fn of(line: &str, source: &str, from: Lang, to: Lang) -> Option<Fault> {
        if !line.chars().any(char::is_alphanumeric) {
            return Some(Fault::Empty);
        }
        let (written, read) = (line.chars().count(), source.chars().count());
        if written > read * 3 + 80 {
            return Some(Fault::TooLong);
        }
        if has_markup(line, source) {
            return Some(Fault::Markup);
        }
        if repeats_itself(line) && !repeats_itself(source) {
            return Some(Fault::Loop);
        }
        if line.chars().any(|c| is_foreign(c) && !source.contains(c)) {
            return Some(Fault::Script);
        }
        if is_copied(line, source, from, to) {
            return Some(Fault::Untranslated);
        }
        // What is short may be said much shorter; of a whole sentence a third is none.
        if read >= 60 && written * 3 < read {
            return Some(Fault::TooShort);
        }
        None
    }

    /// Whether shorter pieces of the sentence may fare better.
    pub fn is_of_length(self) -> bool {
        matches!(self, Fault::Cut | Fault::Loop | Fault::TooLong | Fault::TooShort)
    }
}

/// Tags, references, fences and control characters that the source does not have.
fn has_markup(line: &str, source: &str) -> bool {
    const MARKS: [&str; 9] = ["</", "<!", "/>", "&lt;", "&#", "```", "](", "⁇", "\u{fffd}"];
    let opens_tag = |text: &str| {
        let bytes = text.as_bytes();
        bytes
            .windows(2)
            .any(|pair| pair[0] == b'<' && pair[1].is_ascii_alphabetic())
    };
    MARKS
        .iter()
        .any(|mark| line.contains(mark) && !source.contains(mark))
        || opens_tag(line) && !opens_tag(source)
        || line
            .chars()
            .any(|c| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
}

/// One to six words four times in a row, or a few letters over and over without a space.
fn repeats_itself(line: &str) -> bool {
    let words: Vec<&str> = line.split_whitespace().collect();
    let of_words = (1..=6).any(|length| {
        words.windows(length * 4).any(|run| {
            let first = &run[..length];
            run.chunks(length).all(|chunk| chunk == first)
        })
    });
    of_words || stutters(line)
}

/// One character eight times in a row, or two to eight characters six times; digits are the gate's matter.
fn stutters(line: &str) -> bool {
    let chars: Vec<char> = line.chars().collect();
    (1..=8).any(|length| {
        let times = if length == 1 { 8 } else { 6 };
        let mut run = 0;
        chars.iter().zip(chars.iter().skip(length)).any(|(before, c)| {
            let goes_on = before == c && !c.is_whitespace() && !c.is_ascii_digit();
            run = if goes_on { run + 1 } else { 0 };
            run >= length * (times - 1)
        })
    })
}

/// A letter of a script that neither language writes.
fn is_foreign(c: char) -> bool {
    let latin = matches!(c, '\u{0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}');
    let greek = matches!(c, '\u{370}'..='\u{3ff}');
    c.is_alphabetic() && !latin && !greek && !matches!(c, 'ª' | 'º' | '℃' | 'Ω' | 'µ')
}

/// Five words on, no French sentence is an English one, whatever its marks and figures; nor has an English one seven
/// in eight of its common words from French. Of other pairs it is not known how many words they share.
fn is_copied(line: &str, source: &str, from: Lang, to: Lang) -> bool {
    let lower = |text: &str| -> Vec<String> { words(text).map(str::to_lowercase).collect() };
    let stated = lower(source);
    if source.split_whitespace().count() >= 5 && lower(line) == stated {
        return true;
    }
    if from == Lang::Other || to == Lang::Other || from == to {
        return false;
    }
    // Names begin with a capital and stay.
    let common = words(line).filter(|word| word.len() > 1 && word.starts_with(char::is_lowercase));
    let stated: HashSet<String> = stated.into_iter().collect();
    let (mut all, mut copied) = (0, 0);
    for word in common {
        all += 1;
        copied += usize::from(stated.contains(word));
    }
    all >= 5 && copied * 8 >= all * 7
}

/// Words without marks and figures.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphabetic())
        .filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(line: &str, source: &str) -> Option<Fault> {
        Fault::of(line, source, Lang::Fr, Lang::En)
    }

    #[test]
    fn letters_over_and_over_are_a_loop_as_words_are() {
        let source = "Le marché a ri de bon cœur ce matin.";
        for line in [
            "The market laughed and laughed and laughed and laughed and laughed",
            "The market hahahahahahaha",
            "pppppppppppppp",
            "The jibaisteisteisteisteisteiste market",
            "The market !!!!!!!!!!",
        ] {
            assert_eq!(fault(line, source), Some(Fault::Loop), "{line}");
        }
        for line in [
            "The market hahaha laughed.",
            "The market laughed at 100000000000.",
            "The Mississippi market… laughed, no, no, no.",
        ] {
            assert_eq!(fault(line, source), None, "{line}");
        }
        assert_eq!(fault("Chapter 1 .......... 12", "Chapitre 1 .......... 12"), None);
    }

    #[test]
    fn a_source_with_other_marks_and_figures_is_still_the_source() {
        let source = "Le groupe a levé 10 milliards de dollars en 2024, selon lui.";
        for line in [
            "le groupe a levé $10 billion de dollars en 2024 selon lui",
            "Le groupe a levé 10 milliards de dollars en 2024, selon him.",
        ] {
            assert_eq!(fault(line, source), Some(Fault::Untranslated), "{line}");
        }
        let right = "The group raised $10 billion in 2024, it says, on a six-page prospectus.";
        assert_eq!(fault(right, source), None);
        // Spanish and Portuguese share many words.
        let other = Fault::of(
            "a empresa de carros vende a fábrica em Lisboa",
            "la empresa de carros vende la fábrica en Lisboa",
            Lang::Other,
            Lang::Other,
        );
        assert_eq!(other, None);
    }

    #[test]
    fn a_fragment_is_no_translation_of_a_long_sentence() {
        let source = "Le navire a quitté le port de Brest à l’aube, puis il a longé la côte jusqu’à la nuit.";
        assert_eq!(fault("The ship left.", source), Some(Fault::TooShort));
        assert_eq!(
            fault("The ship left Brest at dawn and followed the coast.", source),
            None
        );
        assert_eq!(fault("Yes.", "Oui, tout à fait, c’est cela."), None);
    }
}
