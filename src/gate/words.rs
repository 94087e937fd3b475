//! The words of a text, for what is said around its figures.

/// A word and where it stands, in chars.
#[derive(Debug)]
pub(super) struct Word {
    pub(super) start: usize,
    pub(super) end: usize,
    /// In small letters.
    pub(super) text: String,
    /// What ends a clause, or a sentence, stands before the next word.
    pub(super) pause: Pause,
    /// Where it stands.
    pause_at: usize,
}

/// What stands between two words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Pause {
    None,
    Clause,
    Sentence,
}

/// All words of one side.
#[derive(Debug)]
pub(super) struct Words(Vec<Word>);

impl Words {
    pub(super) fn of(text: &str) -> Words {
        let mut words: Vec<Word> = Vec::new();
        let mut letters = text.chars().enumerate().peekable();
        while let Some((at, letter)) = letters.next() {
            if letter.is_alphanumeric() {
                match words.last_mut().filter(|word| word.end == at) {
                    Some(word) => {
                        word.text.extend(letter.to_lowercase());
                        word.end = at + 1;
                    }
                    None => words.push(Word {
                        start: at,
                        end: at + 1,
                        text: letter.to_lowercase().collect(),
                        pause: Pause::None,
                        pause_at: at,
                    }),
                }
                continue;
            }
            // `3,4` and `U.S.` go on.
            let open = letters.peek().is_none_or(|(_, next)| !next.is_alphanumeric());
            let pause = match letter {
                '.' | '!' | '?' | ';' | '…' if open => Pause::Sentence,
                '\n' => Pause::Sentence,
                ',' | ':' | '(' | ')' | '—' | '–' if open => Pause::Clause,
                '(' => Pause::Clause,
                _ => Pause::None,
            };
            if let Some(word) = words.last_mut().filter(|word| word.pause < pause) {
                (word.pause, word.pause_at) = (pause, at);
            }
        }
        Words(words)
    }

    pub(super) fn all(&self) -> &[Word] {
        &self.0
    }

    /// The last words that end before char `at`, the nearest first, up to what ends a clause.
    pub(super) fn before(&self, at: usize) -> impl Iterator<Item = &Word> {
        let end = self.0.partition_point(|word| word.end <= at);
        self.0[..end]
            .iter()
            .rev()
            .take_while(|word| word.pause == Pause::None)
    }

    /// The words from char `at` on, up to what ends a clause; none where one ends before the first.
    pub(super) fn after(&self, at: usize) -> impl Iterator<Item = &Word> {
        let start = self.0.partition_point(|word| word.start < at);
        let apart = start
            .checked_sub(1)
            .and_then(|last| self.0.get(last))
            .is_some_and(|last| last.pause != Pause::None);
        let mut open = !apart;
        self.0[start..].iter().take_while(move |word| {
            let here = open;
            open &= word.pause == Pause::None;
            here
        })
    }

    /// The `most` nearest words before char `at`, as [`Words::before`] has them.
    pub(super) fn last(&self, at: usize, most: usize) -> Vec<&str> {
        self.before(at)
            .take(most)
            .map(|word| word.text.as_str())
            .collect()
    }

    /// Up to so many words before char `at`, in the order of the text, from the beginning of its sentence.
    pub(super) fn sentence_before(&self, at: usize, most: usize) -> Vec<&str> {
        let end = self.0.partition_point(|word| word.end <= at);
        let mut words: Vec<&str> = self.0[..end]
            .iter()
            .rev()
            .take_while(|word| word.pause != Pause::Sentence)
            .take(most)
            .map(|word| word.text.as_str())
            .collect();
        words.reverse();
        words
    }

    /// The first `most` words from char `at` on, as [`Words::after`] has them.
    pub(super) fn next(&self, at: usize, most: usize) -> Vec<&str> {
        self.after(at).take(most).map(|word| word.text.as_str()).collect()
    }

    /// The words between two places of the text.
    pub(super) fn between(&self, from: usize, to: usize) -> impl Iterator<Item = &Word> {
        let first = self.0.partition_point(|word| word.start < from);
        let after = self.0.get(first..).unwrap_or_default().iter();
        after.take_while(move |word| word.end <= to)
    }

    /// The strongest pause between two places of the text, and how many chars are between them.
    pub(super) fn apart(&self, from: usize, to: usize) -> (Pause, usize) {
        let first = self.0.partition_point(|word| word.end <= from).saturating_sub(1);
        let last = self.0.partition_point(|word| word.start < to);
        // Nothing is between places that overlap.
        let between = self.0.get(first..last).unwrap_or_default();
        // `25 %. Le taux`: what ends the sentence stands behind the figure, not behind its last word.
        let pause = between
            .iter()
            .filter(|word| word.pause_at >= from && word.pause_at < to)
            .map(|word| word.pause)
            .max();
        (pause.unwrap_or(Pause::None), to.saturating_sub(from))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clauses_end_at_commas_and_sentences_at_full_stops() {
        let words = Words::of("Le prix, de 3,40 euros, baisse. La SNCF suit");
        let text = |words: Vec<&Word>| words.iter().map(|word| word.text.clone()).collect::<Vec<_>>();
        assert_eq!(text(words.before(12).collect()), ["de"]);
        assert_eq!(text(words.after(17).collect()), ["euros"]);
        assert_eq!(words.apart(7, 24).0, Pause::Clause);
        assert_eq!(words.apart(7, 40).0, Pause::Sentence);
        assert_eq!(words.apart(34, 40).0, Pause::None);
    }

    #[test]
    fn places_that_overlap_or_lie_outside_have_nothing_between_them() {
        let words = Words::of("25-30s, par mois");
        for (from, to) in [(6, 0), (16, 3), (99, 99), (0, 99), (99, 0)] {
            assert!(words.apart(from, to).1 <= 99);
        }
        assert!(Words::of("").before(3).next().is_none());
        assert!(Words::of("").after(3).next().is_none());
    }
}
