//! The words of a translation in the places of its source's runs.
//!
//! Which words of a translation belong inside a link or between two stars is not known for sure. Names, numbers and
//! other words that are the same on both sides tell it; between them, the share of each run in the text does. The
//! words and their order are never changed.

use super::Run;
use std::collections::HashSet;

/// Beyond this many steps places are told by shares alone.
const MOST_STEPS: usize = 4_000_000;
/// What a word that is the same on both sides is worth, a mark of punctuation, and a run left without words.
const SAME_WORD: f64 = 3.0;
const SAME_MARK: f64 = 1.0;
const EMPTY: f64 = -50.0;
/// What it costs that an inner run has one word more or less than its source.
const OTHER_LENGTH: f64 = 1.5;
/// What it costs to put a cut at the other end of the text.
const FAR: f64 = 8.0;

/// One piece a run; joined they are the target, but for white space at the edges.
pub(super) fn pieces(runs: &[Run], target: &str) -> Vec<String> {
    let tokens = tokens(target);
    let cuts = cuts(runs, &tokens);
    let mut pieces: Vec<String> = Vec::with_capacity(runs.len());
    let mut from = 0;
    for &to in &cuts {
        let mut piece = String::new();
        for (at, token) in tokens[from..to].iter().enumerate() {
            if at > 0 && token.spaced {
                piece.push(' ');
            }
            piece.push_str(token.text);
        }
        pieces.push(piece);
        from = to;
    }
    space(runs, &tokens, &cuts, &mut pieces);
    pieces
}

/// A word, or a mark of punctuation at its edge.
struct Token<'a> {
    text: &'a str,
    /// White space stands before it.
    spaced: bool,
}

impl Token<'_> {
    fn is_word(&self) -> bool {
        self.text.chars().any(char::is_alphanumeric)
    }
}

fn tokens(target: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    for word in target
        .split([' ', '\n', '\t', '\r'])
        .filter(|word| !word.is_empty())
    {
        let is_edge =
            |c: char| !c.is_alphanumeric() && !matches!(c, '$' | '€' | '£' | '%' | '-' | '−' | '+' | '°');
        let core = word.trim_start_matches(is_edge);
        let lead = word.len() - core.len();
        let core = core.trim_end_matches(is_edge);
        let parts = [&word[..lead], core, &word[lead + core.len()..]];
        let mut spaced = true;
        for text in parts.into_iter().filter(|part| !part.is_empty()) {
            tokens.push(Token { text, spaced });
            spaced = false;
        }
    }
    tokens
}

/// How many tokens the first run has, the first two, and so on.
fn cuts(runs: &[Run], tokens: &[Token<'_>]) -> Vec<usize> {
    let (count, length) = (runs.len(), tokens.len());
    if count == 1 {
        return vec![length];
    }
    let weights: Vec<f64> = runs
        .iter()
        .map(|run| run.text.trim().chars().count() as f64)
        .collect();
    let shares = shares(&weights);
    let lengths: Vec<f64> = tokens
        .iter()
        .map(|token| token.text.chars().count() as f64)
        .collect();
    let reached: Vec<f64> = std::iter::once(0.0).chain(self::shares(&lengths)).collect();
    if count * length * length > MOST_STEPS {
        return shares
            .iter()
            .map(|share| reached.partition_point(|r| r + 1e-9 < *share).min(length))
            .enumerate()
            .map(|(at, cut)| if at + 1 == count { length } else { cut })
            .collect();
    }
    let gains = gains(runs, tokens);
    let words: Vec<usize> = running_words(tokens);
    // best[run][token]: the most that the runs up to this one gain when they have so many tokens
    let mut best = vec![vec![f64::NEG_INFINITY; length + 1]; count + 1];
    let mut from = vec![vec![0; length + 1]; count + 1];
    best[0][0] = 0.0;
    for run in 0..count {
        let own_words = self::tokens(&runs[run].text)
            .iter()
            .filter(|token| token.is_word())
            .count();
        let has_words = own_words > 0;
        let is_inner = runs[run].depth > 0;
        for end in 0..=length {
            let off = if run + 1 == count {
                0.0
            } else {
                FAR * (reached[end] - shares[run]).abs()
            };
            for start in 0..=end {
                let before = best[run][start];
                if before == f64::NEG_INFINITY {
                    continue;
                }
                let empty = if start == end && has_words { EMPTY } else { 0.0 };
                let other_length = match is_inner {
                    true => OTHER_LENGTH * (words[end] - words[start]).abs_diff(own_words) as f64,
                    false => 0.0,
                };
                let gain = before + gains[run][end] - gains[run][start] + empty - off - other_length;
                if gain > best[run + 1][end] {
                    best[run + 1][end] = gain;
                    from[run + 1][end] = start;
                }
            }
        }
    }
    let mut cuts = vec![length; count];
    let mut end = length;
    for run in (0..count).rev() {
        cuts[run] = end;
        end = from[run + 1][end];
    }
    cuts
}

/// How many words the first token has, the first two, and so on.
fn running_words(tokens: &[Token<'_>]) -> Vec<usize> {
    let mut sum = 0;
    let after = tokens.iter().map(|token| {
        sum += usize::from(token.is_word());
        sum
    });
    std::iter::once(0).chain(after).collect()
}

/// Running totals, as parts of the whole.
fn shares(weights: &[f64]) -> Vec<f64> {
    let total: f64 = weights.iter().sum::<f64>().max(1.0);
    let mut sum = 0.0;
    weights
        .iter()
        .map(|weight| {
            sum += weight;
            sum / total
        })
        .collect()
}

/// For each run, the running total of what the tokens are worth to it.
fn gains(runs: &[Run], tokens: &[Token<'_>]) -> Vec<Vec<f64>> {
    let worth = |run: &Run| {
        let own: HashSet<String> = self::tokens(&run.text)
            .iter()
            .map(|token| key(token.text))
            .collect();
        let mut sum = 0.0;
        let mut totals = Vec::with_capacity(tokens.len() + 1);
        totals.push(0.0);
        for token in tokens {
            if own.contains(&key(token.text)) {
                sum += if token.is_word() { SAME_WORD } else { SAME_MARK };
            }
            totals.push(sum);
        }
        totals
    };
    runs.iter().map(worth).collect()
}

/// Numbers are the same whatever parts their groups; quotation marks whatever their language.
fn key(text: &str) -> String {
    let key: String = text
        .to_lowercase()
        .chars()
        .filter(|c| c.is_alphanumeric())
        .collect();
    if !key.is_empty() {
        // `millions` and `million`
        let singular = key.strip_suffix('s').filter(|stem| stem.chars().count() > 3);
        return singular.map_or(key.clone(), str::to_owned);
    }
    text.chars()
        .map(|c| match c {
            '«' | '“' => '"',
            '»' | '”' => '"',
            c => c,
        })
        .collect()
}

/// Puts the space between two pieces where the source has it, else outside of the inner mark; the outer edges
/// stay as they are.
fn space(runs: &[Run], tokens: &[Token<'_>], cuts: &[usize], pieces: &mut [String]) {
    let edge = |text: &str, first: bool| -> String {
        let rest = if first { text.trim_start() } else { text.trim_end() };
        let length = text.len() - rest.len();
        if first {
            text[..length].to_owned()
        } else {
            text[rest.len()..].to_owned()
        }
    };
    for at in 1..runs.len() {
        let (before, after) = (&runs[at - 1], &runs[at]);
        let cut = cuts[at - 1];
        let wants = tokens.get(cut).is_some_and(|token| token.spaced) && cut > 0;
        if !wants || before.broken {
            continue;
        }
        let after_has = after.text.starts_with(char::is_whitespace);
        let before_has = before.text.ends_with(char::is_whitespace);
        let left = match (before_has, after_has) {
            (true, false) => true,
            (false, true) => false,
            _ => before.depth <= after.depth,
        };
        if left {
            pieces[at - 1].push(' ');
        } else {
            pieces[at].insert(0, ' ');
        }
    }
    if let (Some(first), Some(run)) = (pieces.first_mut(), runs.first()) {
        first.insert_str(0, &edge(&run.text, true));
    }
    if let (Some(last), Some(run)) = (pieces.last_mut(), runs.last()) {
        last.push_str(&edge(&run.text, false));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placed(runs: &[(&str, usize)], target: &str) -> Vec<String> {
        let runs: Vec<Run> = runs
            .iter()
            .map(|&(text, depth)| Run {
                range: 0..0,
                text: text.to_owned(),
                depth,
                broken: false,
            })
            .collect();
        pieces(&runs, target)
    }

    #[test]
    fn names_and_numbers_tell_the_place() {
        assert_eq!(
            placed(
                &[
                    ("Le groupe ", 0),
                    ("Nexilia", 1),
                    (" a levé ", 0),
                    ("12 millions", 1),
                    (" en 2024.", 0)
                ],
                "In 2024, the Nexilia group raised 12 million."
            ),
            ["In 2024, the ", "Nexilia", " group raised ", "12 million", "."]
        );
        assert_eq!(
            placed(&[("Voir ", 0), ("le site", 1), (".", 0)], "See the website."),
            ["See ", "the website", "."]
        );
    }

    #[test]
    fn every_run_with_words_gets_some_and_spaces_stay_outside() {
        assert_eq!(
            placed(&[("l’", 0), ("État", 1), ("-major", 0)], "the general staff"),
            ["the ", "general", " staff"]
        );
        assert_eq!(placed(&[("  Un mot\n", 0)], "A word"), ["  A word\n"]);
    }
}
