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
            if let Some(word) = words.last_mut() {
                word.pause = word.pause.max(pause);
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

    /// The strongest pause between two places of the text, and how many chars are between them.
    pub(super) fn apart(&self, from: usize, to: usize) -> (Pause, usize) {
        let first = self.0.partition_point(|word| word.end <= from).saturating_sub(1);
        let last = self.0.partition_point(|word| word.start < to);
        let pause = self.0[first..last]
            .iter()
            .filter(|word| word.end <= to && word.end >= from)
            .map(|word| word.pause)
            .max();
        (pause.unwrap_or(Pause::None), to.saturating_sub(from))
    }
}
