//! One sentence of an article on its way: its answers judged, repaired, checked and flagged.

use super::super::candidate::{Candidate, Judge, Origin};
use super::super::demand::{Demand, Demands, Kind};
use super::super::protect::Guarded;
use super::super::render;
use super::super::shell::Shell;
use super::Asked;
use crate::backend::{Completion, Finish};
use crate::figures::{Options, scan};
use crate::record::{Checks, Lang, Repair, TermStatus, TermUse};
use std::ops::Range;

/// One sentence, or one cell of a row.
pub(super) struct Unit {
    /// Bytes of the block's source.
    pub(super) range: Range<usize>,
    pub(super) sentence: String,
    /// What stands between it and the next one, in the translation.
    pub(super) gap: String,
    pub(super) shell: Shell,
    pub(super) demanded: Vec<Demand>,
    pub(super) best: Option<Candidate>,
    /// The first answer had other figures.
    pub(super) mismatched: bool,
    /// What the first answer did not have.
    pub(super) first_missed: Vec<usize>,
    /// Answers to it that are awaited.
    pub(super) open: usize,
    /// Asked for again already.
    pub(super) retried: bool,
    /// A piece of a sentence that was too long or was cut.
    pub(super) is_piece: bool,
    /// Nothing for a model: digits, a figure alone, a separator.
    pub(super) by_rule: bool,
}

impl Unit {
    /// Every answer of one request, judged.
    pub(super) fn candidates(
        &self,
        asked: &Asked,
        answer: &Completion,
        demands: &Demands,
        from: Lang,
        to: Lang,
    ) -> Vec<Candidate> {
        let judge = Judge {
            sentence: &self.sentence,
            shell: &self.shell,
            demands,
            demanded: &self.demanded,
            from,
            to,
        };
        let cut = answer.finish == Finish::Length;
        let texts = std::iter::once(&answer.text).chain(&answer.alternatives);
        match &asked.protected {
            None => texts
                .enumerate()
                .map(|(at, text)| {
                    let origin = if at == 0 { Origin::First } else { Origin::Beam };
                    judge.candidate(text, origin, cut)
                })
                .collect(),
            Some(protected) => texts
                .filter_map(|text| protected.restore(text))
                .map(|text| judge.candidate(&text, Origin::Protected, cut))
                .collect(),
        }
    }

    /// What a second request puts stand-ins for: all figures when one differs, all demands when one is missed.
    pub(super) fn guarded(&self, from: Lang, to: Lang) -> Vec<Guarded> {
        let Some(best) = &self.best else { return Vec::new() };
        let body = &self.shell.body;
        let mut guarded: Vec<Guarded> = Vec::new();
        if !best.missed.is_empty() || best.fault.is_some() {
            guarded.extend(self.demanded.iter().map(|demand| Guarded {
                range: demand.range.clone(),
                replacement: demand.inflected.clone(),
                is_figure: false,
            }));
        }
        if !best.findings.is_empty() || best.fault.is_some() {
            for figure in scan(body, from, &Options::default()) {
                let start = byte_of(body, figure.start);
                let whole =
                    render::render(&figure, from, to).map(|text| (start..start + figure.text.len(), text));
                let spelled = whole.or_else(|| {
                    let (length, text) = render::digits(&figure, from, to)?;
                    Some((start..start + length, text))
                });
                let Some((range, replacement)) = spelled else {
                    continue;
                };
                let free = guarded
                    .iter()
                    .all(|g| range.end <= g.range.start || g.range.end <= range.start);
                if free && body.is_char_boundary(range.end) {
                    guarded.push(Guarded {
                        range,
                        replacement,
                        is_figure: true,
                    });
                }
            }
        }
        guarded.sort_by_key(|guarded| guarded.range.start);
        guarded
    }

    pub(super) fn repair(&self, best: &Candidate) -> Option<Repair> {
        match best.origin {
            _ if best.fault.is_some() || self.by_rule => None,
            Origin::Protected => Some(Repair::Protection),
            Origin::Beam => Some(Repair::Beam),
            Origin::First => best.respelled.then_some(Repair::Spelling),
        }
    }

    pub(super) fn checks(&self, best: &Candidate) -> Checks {
        let (terms, names): (Vec<usize>, Vec<usize>) =
            (0..self.demanded.len()).partition(|&at| matches!(self.demanded[at].kind, Kind::Term(_)));
        let missed = |all: &[usize]| all.iter().filter(|at| best.missed.contains(at)).count();
        let repaired = |all: &[usize]| all.iter().filter(|at| self.is_repaired(**at, best)).count();
        let mended = self.mismatched && best.fault.is_none() && best.findings.is_empty();
        // a first answer that could not be used at all had no figures to compare
        let mismatched = self.mismatched || !best.findings.is_empty();
        Checks {
            segments: 1,
            mismatched: usize::from(mismatched),
            repaired_by_beam: usize::from(mended && best.origin == Origin::Beam),
            repaired_by_protection: usize::from(mended && best.origin == Origin::Protected),
            flagged: usize::from(!best.findings.is_empty()),
            unusable: usize::from(best.fault.is_some()),
            names: names.len(),
            names_repaired: repaired(&names),
            names_missed: missed(&names),
            terms: terms.len(),
            terms_repaired: repaired(&terms),
            terms_missed: missed(&terms),
            ..Checks::default()
        }
    }

    fn is_repaired(&self, at: usize, best: &Candidate) -> bool {
        !best.missed.contains(&at) && (self.first_missed.contains(&at) || best.respelled)
    }

    pub(super) fn terms(
        &self,
        best: &Candidate,
        paragraph: Option<usize>,
        demands: &Demands,
    ) -> Vec<TermUse> {
        let of = |at: usize, demand: &Demand| {
            let (source, target) = demands.words(demand)?;
            Some(TermUse {
                source: source.to_owned(),
                target: target.to_owned(),
                paragraph,
                status: match (best.missed.contains(&at), self.is_repaired(at, best)) {
                    (true, _) => TermStatus::Missed,
                    (_, true) => TermStatus::Repaired,
                    _ => TermStatus::Used,
                },
                sentence: self.sentence.clone(),
                translation: best.text.clone(),
            })
        };
        self.demanded
            .iter()
            .enumerate()
            .filter_map(|(at, demand)| of(at, demand))
            .collect()
    }

    pub(super) fn flags(&self, best: &Candidate, place: &str, demands: &Demands) -> Vec<String> {
        if let Some(fault) = best.fault {
            return vec![format!(
                "{place}: no usable translation of “{}”: {fault}; the source stands in",
                shortened(&self.sentence)
            )];
        }
        let findings = best
            .findings
            .iter()
            .map(|finding| format!("{place}: {}", finding.message));
        let missed = best
            .missed
            .iter()
            .map(|&at| demands.complaint(place, &self.demanded[at]));
        findings.chain(missed).collect()
    }
}

fn shortened(sentence: &str) -> String {
    const LONGEST: usize = 80;
    if sentence.chars().count() <= LONGEST {
        return sentence.to_owned();
    }
    format!(
        "{}…",
        sentence.chars().take(LONGEST).collect::<String>().trim_end()
    )
}

fn byte_of(text: &str, char: usize) -> usize {
    text.char_indices().nth(char).map_or(text.len(), |(byte, _)| byte)
}
