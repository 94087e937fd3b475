//! Guesses of the next tokens, looked up in what a sequence has seen already.
//!
//! Summaries and extractions copy names, figures and whole sentences out of the article. Where the last
//! tokens stood before, what followed then is computed along with the next token; each guess counts only if
//! it is what the model would have chosen, so that answers do not change by a bit. (Prompt lookup decoding:
//! <https://github.com/apoorvumang/prompt-lookup-decoding>.)

/// Last tokens that must have stood before, the more telling number first.
const NEEDLES: [usize; 2] = [3, 2];

/// Steps to sit out after guesses that led nowhere, at first and at most.
const REST: (usize, usize) = (4, 64);

/// How long the guesses of one sequence are: longer while they hold, none for a while when they do not.
#[derive(Debug)]
pub(super) struct Drafts {
    length: usize,
    most: usize,
    /// Steps without a guess.
    rest: usize,
    next_rest: usize,
}

impl Drafts {
    /// Guesses of up to `most` tokens; 0 never guesses.
    pub(super) fn new(most: usize) -> Self {
        Self {
            length: most.min(4),
            most,
            rest: 0,
            next_rest: REST.0,
        }
    }

    /// Up to `room` tokens that may follow `tokens`.
    pub(super) fn propose<'a>(&mut self, tokens: &'a [u32], room: usize) -> &'a [u32] {
        if self.rest > 0 {
            self.rest -= 1;
            return &[];
        }
        follow(tokens, self.length.min(room))
    }

    /// Takes in how many of so many guessed tokens were right.
    pub(super) fn learn(&mut self, guessed: usize, right: usize) {
        if guessed == 0 {
            return;
        }
        if right == 0 {
            self.rest = self.next_rest;
            self.next_rest = (2 * self.next_rest).min(REST.1);
            self.length = 1.max(self.length / 2).min(self.most);
            return;
        }
        self.next_rest = REST.0;
        self.length = match right == guessed {
            true => (2 * self.length).min(self.most),
            false => (right + 1).min(self.most),
        };
    }
}

/// What followed the last earlier place of the last tokens.
fn follow(tokens: &[u32], most: usize) -> &[u32] {
    for needle in NEEDLES {
        if most == 0 || tokens.len() <= needle {
            continue;
        }
        let last = &tokens[tokens.len() - needle..];
        // A place that overlaps the last tokens counts: repetitions are shorter than their needle at times.
        let found = tokens[..tokens.len() - 1]
            .windows(needle)
            .rposition(|window| window == last);
        if let Some(at) = found {
            let from = at + needle;
            return &tokens[from..tokens.len().min(from + most)];
        }
    }
    &[]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_place_is_followed() {
        let tokens = [1, 2, 3, 4, 9, 1, 2, 3, 5, 6, 7, 1, 2, 3];
        assert_eq!(follow(&tokens, 2), [5, 6]);
        assert_eq!(follow(&tokens, 9), [5, 6, 7, 1, 2, 3]);
        assert_eq!(follow(&[7, 7, 7, 7], 3), [7]);
        assert_eq!(follow(&[1, 2, 3], 3), [0u32; 0]);
        assert_eq!(follow(&tokens, 0), [0u32; 0]);
    }

    #[test]
    fn guesses_grow_while_they_hold_and_rest_when_they_do_not() {
        let mut drafts = Drafts::new(8);
        let tokens = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2, 3];
        assert_eq!(drafts.propose(&tokens, 9).len(), 4);
        drafts.learn(4, 4);
        assert_eq!(drafts.propose(&tokens, 9).len(), 8);
        drafts.learn(8, 2);
        assert_eq!(drafts.propose(&tokens, 9).len(), 3);
        drafts.learn(3, 0);
        for _ in 0..REST.0 {
            assert!(drafts.propose(&tokens, 9).is_empty());
        }
        assert_eq!(drafts.propose(&tokens, 9).len(), 1);
        assert!(Drafts::new(0).propose(&tokens, 9).is_empty());
    }
}
