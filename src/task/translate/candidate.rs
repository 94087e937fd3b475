//! One answer to one sentence, judged: whether it can be used at all, which figures differ, and what it lacks.

use super::demand::{Demand, Demands, Kind};
use super::fault::Fault;
use super::numerals;
use super::shell::Shell;
use super::typography;
use crate::record::{Finding, Lang};
use crate::task::check;
use crate::task::line::one_line;

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
        let fault = match cut {
            true => Some(Fault::Cut),
            false => Fault::of(&line, &self.shell.body, self.from, self.to),
        };
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
