//! What can be measured, by name.

use serde::{Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// Tokens that each sequence of a decoding test generates while time is taken.
pub const ANSWER: usize = 48;

/// Tokens of prompts that a step reads at least, beside the answers that are under way.
const READ: usize = 256;

/// Tokens of a prompt where the test does not say.
const DEPTH: usize = 32;

/// Most tokens or sequences of a test: a slip of the finger should not run for days.
const MOST: usize = 1 << 20;

/// One test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Test {
    /// `prefill-N`: one prompt of `N` tokens to its first token.
    Prefill(usize),
    /// `decode-N@D`: `N` sequences at once, each after a prompt of `D` tokens (32 where not said).
    Decode {
        /// Sequences.
        sequences: usize,
        /// Tokens of each prompt.
        depth: usize,
    },
    /// `job`: all tasks on a folder of articles.
    Job,
}

impl Test {
    /// Tokens of all its sequences together.
    pub fn tokens(&self) -> usize {
        match *self {
            // a page of 16 or more is rounded up to by the engine
            Test::Prefill(tokens) => tokens + 1,
            Test::Decode { sequences, depth } => sequences * (depth + self.answer()).next_multiple_of(64),
            Test::Job => 0,
        }
    }

    /// Tokens that each sequence may generate: the first one goes on while the prompts of the others are read.
    pub fn answer(&self) -> usize {
        match *self {
            Test::Decode { sequences, depth } => ANSWER + (sequences * depth).div_ceil(READ) + 1,
            Test::Prefill(_) | Test::Job => 1,
        }
    }

    /// Sequences at once.
    pub fn sequences(&self) -> usize {
        match *self {
            Test::Decode { sequences, .. } => sequences,
            Test::Prefill(_) | Test::Job => 1,
        }
    }
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Test::Prefill(tokens) => write!(f, "prefill-{tokens}"),
            Test::Decode {
                sequences,
                depth: DEPTH,
            } => write!(f, "decode-{sequences}"),
            Test::Decode { sequences, depth } => write!(f, "decode-{sequences}@{depth}"),
            Test::Job => f.write_str("job"),
        }
    }
}

impl FromStr for Test {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let number = |text: &str| match text.parse::<usize>() {
            Ok(number) if (1..=MOST).contains(&number) => Ok(number),
            _ => Err(format!("expected a number from 1 to {MOST}, but found {text:?}")),
        };
        match name.split_once('-') {
            None if name == "job" => Ok(Test::Job),
            Some(("prefill", tokens)) => number(tokens).map(Test::Prefill),
            Some(("decode", rest)) => {
                let (sequences, depth) = match rest.split_once('@') {
                    Some((sequences, depth)) => (number(sequences)?, number(depth)?),
                    None => (number(rest)?, DEPTH),
                };
                Ok(Test::Decode { sequences, depth })
            }
            _ => Err(format!(
                "expected prefill-TOKENS, decode-SEQUENCES, decode-SEQUENCES@DEPTH or job, but found {name:?}"
            )),
        }
    }
}

impl Serialize for Test {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_to_tests_and_back() {
        for name in ["prefill-512", "decode-8", "decode-8@1024", "job"] {
            let test: Test = name.parse().unwrap();
            assert_eq!(test.to_string(), name);
        }
        assert_eq!("decode-8@32".parse::<Test>().unwrap().to_string(), "decode-8");
    }

    #[test]
    fn what_is_no_test_is_refused() {
        for name in [
            "",
            "prefill",
            "prefill-0",
            "prefill-x",
            "decode-4@",
            "decode--1",
            "prefill-99999999",
            "jobs",
        ] {
            assert!(name.parse::<Test>().is_err(), "{name}");
        }
    }
}
