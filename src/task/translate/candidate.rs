//! One answer to one sentence, judged: whether it can be used at all, which figures differ, and what it lacks.

use super::demand::{Demand, Demands, Kind};
use super::numerals;
use super::shell::Shell;
use super::typography;
use crate::record::{Finding, Lang};
use crate::task::check;
use crate::task::line::one_line;
use std::fmt;

/// Where an answer came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Origin {
    /// The best beam.
    First,
    /// Another beam.
    Beam,
    /// Asked again, with stand-ins.
    Protected,
}

/// Why an answer cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    Empty,
    Cut,
    TooLong,
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
            Fault::Markup => "it holds markup or control characters",
            Fault::Loop => "it repeats itself",
            Fault::Script => "it is in another script",
            Fault::Untranslated => "it repeats the source untranslated",
        })
    }
}

/// One answer, judged.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    /// As it stands in the document, shell included.
    pub text: String,
    pub origin: Origin,
    pub fault: Option<Fault>,
    pub findings: Vec<Finding>,
    /// Demands that it does not have.
    pub missed: Vec<usize>,
    /// Names or terms were put into their spelling.
    pub respelled: bool,
}

/// What an answer is judged against.
pub(super) struct Judge<'a> {
    /// As it stands in the article.
    pub sentence: &'a str,
    pub shell: &'a Shell,
    pub demands: &'a Demands,
    pub demanded: &'a [Demand],
    pub from: Lang,
    pub to: Lang,
}

impl Judge<'_> {
    /// Judges the answer to a whole sentence.
    pub fn candidate(&self, answer: &str, origin: Origin, cut: bool) -> Candidate {
        let line = one_line(answer);
        let fault = if cut { Some(Fault::Cut) } else { self.fault(&line) };
        if fault.is_some() {
            return Candidate {
                text: self.sentence.to_owned(),
                origin,
                fault,
                findings: Vec::new(),
                missed: (0..self.demanded.len()).collect(),
                respelled: false,
            };
        }
        let body = &self.shell.body;
        let line = numerals::respell_copied(body, &line, self.from, self.to);
        let line = typography::tidy(&line, body, self.to);
        let mut candidate = self.judged(&line, origin);
        if !candidate.missed.is_empty()
            && let Some(respelled) = self
                .demands
                .respell(self.demanded, &candidate.missed, body, &line)
        {
            let better = self.judged(&respelled, origin);
            let holds_more = better.missed.len() < candidate.missed.len();
            if holds_more && better.findings.len() <= candidate.findings.len() {
                candidate = Candidate {
                    respelled: true,
                    ..better
                };
            }
        }
        candidate
    }

    fn judged(&self, line: &str, origin: Origin) -> Candidate {
        let Shell { open, close, .. } = self.shell;
        // a stop that the shell brings is not doubled
        let line = match close.trim_start_matches(['”', '»', '\u{a0}']) {
            "." => line.strip_suffix('.').unwrap_or(line),
            _ => line,
        };
        let text = format!("{open}{line}{close}");
        Candidate {
            findings: check::between(self.sentence, self.from, &text, self.to),
            missed: self.demands.missed(self.demanded, &text),
            text,
            origin,
            fault: None,
            respelled: false,
        }
    }

    fn fault(&self, line: &str) -> Option<Fault> {
        let source = &self.shell.body;
        if !line.chars().any(char::is_alphanumeric) {
            return Some(Fault::Empty);
        }
        if line.chars().count() > source.chars().count() * 3 + 80 {
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
        // Five words on, no French sentence is an English one.
        let words = source.split_whitespace().count();
        if words >= 5 && line.to_lowercase() == source.to_lowercase() {
            return Some(Fault::Untranslated);
        }
        None
    }
}

impl Candidate {
    /// The lower, the better; the model's own order decides between equals.
    pub fn rank(&self, demanded: &[Demand]) -> (bool, usize, usize, usize, Origin) {
        let terms = self
            .missed
            .iter()
            .filter(|&&at| matches!(demanded[at].kind, Kind::Term(_)))
            .count();
        (
            self.fault.is_some(),
            self.findings.len(),
            terms,
            self.missed.len() - terms,
            self.origin,
        )
    }

    /// Nothing to mend.
    pub fn is_clean(&self) -> bool {
        self.fault.is_none() && self.findings.is_empty() && self.missed.is_empty()
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

/// One to six words four times in a row.
fn repeats_itself(line: &str) -> bool {
    let words: Vec<&str> = line.split_whitespace().collect();
    (1..=6).any(|length| {
        words.windows(length * 4).any(|run| {
            let first = &run[..length];
            run.chunks(length).all(|chunk| chunk == first)
        })
    })
}

/// A letter of a script that neither language writes.
fn is_foreign(c: char) -> bool {
    let latin = matches!(c, '\u{0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}');
    let greek = matches!(c, '\u{370}'..='\u{3ff}');
    c.is_alphabetic() && !latin && !greek && !matches!(c, 'ª' | 'º' | '℃' | 'Ω' | 'µ')
}
