//! The way of a language model: paragraph by paragraph, with the article as context. One request a paragraph, so
//! that all of them share one prefill and are decoded together.
//!
//! A paragraph whose answer is cut is asked for again by sentences; one whose figures differ from the source's, or
//! that lacks a term of the glossary, is asked for once more, with what was wrong named, and the better answer is
//! kept.

use super::Translating;
use super::demand::{Demand, Demands};
use super::fault::Fault;
use super::layout::{Block, blocks};
use crate::backend::{Backend, BackendError, Completion, Finish, Request};
use crate::record::{
    Checks, Finding, Lang, Method, ParagraphKind, Segment, TermStatus, TermUse, Translation,
};
use crate::task::answer::read_line;
use crate::task::case::{Case, Room};
use crate::task::check;
use crate::task::grammar;
use crate::task::line::one_line;
use crate::task::part::Part;
use crate::task::prompt::{Instruction, article_block, messages};
use crate::task::{Job, Outcome, Step, TaskResult};
use minijinja::context;
use std::collections::BTreeSet;
use std::sync::Arc;

pub(super) fn job(order: Translating) -> Box<dyn Job> {
    let Translating {
        article,
        figures,
        entities: _, // the prompt asks for names as they are; the article is there to compare
        target,
        sampling,
        glossary,
        watch,
    } = order;
    let mut extra = grammar::extra_characters(&article.text);
    extra.extend(grammar::extra_characters(
        article.title.as_deref().unwrap_or_default(),
    ));
    Box::new(Translate {
        case: Case::new(article, figures, sampling, "translation"),
        target: if target == Lang::Fr { Lang::Fr } else { Lang::En },
        demands: Demands::of_terms(glossary, target),
        watch,
        extra,
        room: None,
        parts: Vec::new(),
        segments: Vec::new(),
        asked: Vec::new(),
    })
}

struct Translate {
    case: Case,
    target: Lang,
    demands: Demands,
    watch: Option<super::Watch>,
    extra: BTreeSet<char>,
    room: Option<Room>,
    /// The article, or its parts: the context of each paragraph is the part that holds it.
    parts: Vec<(Part, String)>,
    segments: Vec<Draft>,
    /// The units whose answers are awaited, as segment and unit.
    asked: Vec<(usize, usize)>,
}

/// One segment under work.
struct Draft {
    block: Block,
    units: Vec<Unit>,
    /// The heading that says the title once more, as the first paragraph of a file does: it is not asked for, and has
    /// the title's answer.
    repeats_title: bool,
}

/// What is asked for at once: a paragraph, or a sentence of one that was cut.
#[derive(Clone)]
struct Unit {
    source: String,
    attempts: usize,
    best: Option<Attempt>,
    /// Part of a paragraph: it is not split again.
    fragment: bool,
    /// The terms of the glossary that it states.
    terms: Vec<Demand>,
    /// The first answer had other figures.
    mismatched: bool,
    /// Terms that the first answer did not have.
    first_missed: Vec<usize>,
}

#[derive(Clone)]
struct Attempt {
    text: String,
    findings: Vec<Finding>,
    /// Terms that it does not have.
    missed: Vec<usize>,
    /// Why it cannot be used.
    fault: Option<Fault>,
}

impl Job for Translate {
    fn next(&mut self, answers: Vec<Completion>, backend: &dyn Backend) -> Step {
        let step = match self.room {
            None => self.start(backend),
            Some(room) => self.take(answers, room, backend),
        };
        step.unwrap_or_else(|error| Step::Done(self.case.refused(&error)))
    }

    fn refused(&mut self, error: &BackendError) -> Outcome {
        self.case.refused(error)
    }
}

impl Translate {
    fn start(&mut self, backend: &dyn Backend) -> Result<Step, BackendError> {
        let article = Arc::clone(&self.case.article);
        if article.lang == self.target {
            let message = format!(
                "the article is in the target language ({}) already",
                self.target.code()
            );
            self.case.note(message, None);
            return Ok(Step::Done(self.case.nothing()));
        }
        if article.text.trim().is_empty() {
            return Ok(Step::Done(
                self.case.failed("the article has no text".to_owned(), None),
            ));
        }
        let room = self.case.room(backend)?;
        self.room = Some(room);
        let blocks = blocks(&article);
        let title = blocks[0].clone();
        let repeats = |block: &Block| {
            title.paragraph.is_none()
                && block.paragraph.is_some()
                && block.kind == ParagraphKind::Heading
                && block.source == title.source
        };
        self.segments = blocks
            .into_iter()
            .map(|block| Draft {
                units: vec![self.unit(block.body(), false)],
                repeats_title: repeats(&block),
                block,
            })
            .collect();
        // The longest paragraph decides how much must be left beside the article, up to a third.
        let longest = self
            .segments
            .iter()
            .map(|draft| draft.block.source.chars().count())
            .max()
            .unwrap_or(0);
        let beside =
            (room.tokens_for(longest) + room.tokens_for(longest_target(longest))).min(room.context / 3);
        let first = &self.segments[0].block;
        let instruction = self.instruction(first, &first.source, "", &[]);
        let parts = self.case.parts(backend, room, &instruction, beside)?;
        self.parts = parts
            .into_iter()
            .map(|part| {
                let block = article_block(&article, &part);
                (part, block)
            })
            .collect();
        let open: Vec<(usize, usize)> = (0..self.segments.len())
            .filter(|&segment| !self.segments[segment].repeats_title)
            .map(|segment| (segment, 0))
            .collect();
        self.ask(open, room, backend)
    }

    /// Reads the answers, and asks again for what was cut or has other figures than its source.
    fn take(
        &mut self,
        answers: Vec<Completion>,
        room: Room,
        backend: &dyn Backend,
    ) -> Result<Step, BackendError> {
        let mut again: Vec<(usize, usize)> = Vec::new();
        let mut split: Vec<(usize, usize)> = Vec::new();
        for ((segment, unit), answer) in std::mem::take(&mut self.asked).into_iter().zip(answers) {
            let source_lang = self.case.article.lang;
            let target = self.target;
            let draft = &mut self.segments[segment];
            let cells = draft.block.cells();
            let unit_state = &mut draft.units[unit];
            unit_state.attempts += 1;
            let text = settle(read_line(&answer.text).unwrap_or_default(), cells);
            let (text, missed) = held(&self.demands, unit_state, text);
            // The grammar ends what it lets grow no longer, in the middle of a word.
            let most = longest_target(unit_state.source.chars().count());
            let cut =
                answer.finish == Finish::Length || answer.text.trim_end_matches('\n').chars().count() >= most;
            let attempt = Attempt {
                findings: check::translation(&unit_state.source, source_lang, &text, target),
                missed,
                fault: match cut || text.is_empty() {
                    true => Some(Fault::Cut),
                    false => Fault::of(&text, &unit_state.source, source_lang, target).filter(|fault| {
                        matches!(
                            fault,
                            Fault::Loop | Fault::TooLong | Fault::Markup | Fault::Script
                        )
                    }),
                },
                text,
            };
            if unit_state.attempts == 1 {
                unit_state.mismatched = !attempt.findings.is_empty();
                unit_state.first_missed.clone_from(&attempt.missed);
            }
            let better = unit_state
                .best
                .as_ref()
                .is_none_or(|best| attempt.is_better_than(best));
            if better {
                unit_state.best = Some(attempt);
            }
            let best = unit_state.best.as_ref();
            let wanting = best.is_none_or(|best| {
                best.fault.is_some() || !best.findings.is_empty() || !best.missed.is_empty()
            });
            if !wanting || unit_state.attempts >= 2 {
                continue;
            }
            if best.and_then(|best| best.fault).is_some_and(Fault::is_of_length) && !unit_state.fragment {
                split.push((segment, unit));
            } else {
                again.push((segment, unit));
            }
        }
        for (segment, unit) in split {
            again.extend(self.split(segment, unit));
        }
        if again.is_empty() {
            return Ok(Step::Done(self.finish()));
        }
        self.ask(again, room, backend)
    }

    /// Puts the sentences of a unit in its place; a single sentence is tried once more as it is.
    fn split(&mut self, segment: usize, unit: usize) -> Vec<(usize, usize)> {
        let lang = self.case.article.lang;
        let draft = &mut self.segments[segment];
        let whole = &draft.units[unit];
        let sentences: Vec<String> = crate::sentence::split(&whole.source, lang)
            .into_iter()
            .map(|range| whole.source[range].trim().to_owned())
            .filter(|sentence| !sentence.is_empty())
            .collect();
        draft.units[unit].fragment = true;
        if sentences.len() < 2 || draft.block.kind == ParagraphKind::TableRow {
            return vec![(segment, unit)];
        }
        // A paragraph has one unit until it is split, so no other index moves.
        let units: Vec<Unit> = sentences.iter().map(|source| self.unit(source, true)).collect();
        let places = (0..units.len()).map(|unit| (segment, unit)).collect();
        self.segments[segment].units = units;
        places
    }

    fn unit(&self, source: &str, fragment: bool) -> Unit {
        let source = one_line(source);
        Unit {
            terms: self.demands.terms_of(&source),
            source,
            attempts: 0,
            best: None,
            fragment,
            mismatched: false,
            first_missed: Vec::new(),
        }
    }

    fn ask(
        &mut self,
        open: Vec<(usize, usize)>,
        room: Room,
        backend: &dyn Backend,
    ) -> Result<Step, BackendError> {
        let mut requests = Vec::with_capacity(open.len());
        let mut asked = Vec::with_capacity(open.len());
        for (segment, unit) in open {
            if self.segments[segment].units[unit]
                .source
                .chars()
                .any(char::is_alphabetic)
            {
                requests.push(self.request(segment, unit, room, backend)?);
                asked.push((segment, unit));
            } else {
                // Nothing to translate: a separator, or a row of bare numbers.
                let unit = &mut self.segments[segment].units[unit];
                let text = unit.source.clone();
                unit.best = Some(Attempt {
                    text,
                    findings: Vec::new(),
                    missed: Vec::new(),
                    fault: None,
                });
            }
        }
        if requests.is_empty() {
            return Ok(Step::Done(self.finish()));
        }
        self.asked = asked;
        Ok(Step::Ask(requests))
    }

    fn request(
        &self,
        segment: usize,
        unit: usize,
        room: Room,
        backend: &dyn Backend,
    ) -> Result<Request, BackendError> {
        let draft = &self.segments[segment];
        let unit = &draft.units[unit];
        let hint = unit
            .best
            .as_ref()
            .map(|best| differences(&best.findings, self.target))
            .unwrap_or_default();
        let terms: Vec<(&str, &str)> = unit
            .terms
            .iter()
            .map(|demand| (&unit.source[demand.range.clone()], demand.target.as_str()))
            .collect();
        let instruction = self.instruction(&draft.block, &unit.source, &hint, &terms);
        let block = self.block_of(draft.block.paragraph);
        let prompt = backend.count_tokens(&messages(block, &instruction))?;
        let chars = longest_target(unit.source.chars().count());
        let likely = match unit.attempts {
            0 => room.tokens_for(chars * 2 / 3),
            _ => Room::most_tokens_for(chars),
        };
        let max_tokens = likely.min(room.context.saturating_sub(prompt));
        if max_tokens < 8 {
            return Err(BackendError::PromptTooLong {
                tokens: prompt + likely,
                context: room.context,
            });
        }
        let grammar = match draft.block.cells() {
            Some(cells) => grammar::row(cells, chars, &self.extra),
            None => grammar::line(chars, &self.extra),
        };
        let attempt = unit.attempts as u64 + u64::from(unit.fragment) * 2;
        Ok(self
            .case
            .request(block, &instruction, Some(grammar), max_tokens, attempt))
    }

    fn instruction(&self, block: &Block, source: &str, hint: &str, terms: &[(&str, &str)]) -> String {
        let values = context! {
            what => what(block, self.target),
            text => source,
            cells => block.cells().is_some(),
            hint,
            terms => minijinja::Value::from(minijinja::value::Serde(terms)),
        };
        Instruction::Translation.render(self.target, values)
    }

    /// The part of the article that holds a paragraph; the title stands with the first.
    fn block_of(&self, paragraph: Option<usize>) -> &str {
        let part = paragraph.and_then(|paragraph| {
            self.parts
                .iter()
                .find(|(part, _)| part.pieces.iter().any(|piece| piece.paragraph == paragraph))
        });
        part.or(self.parts.first()).map_or("", |(_, block)| block)
    }

    fn finish(&mut self) -> Outcome {
        let source_lang = self.case.article.lang;
        let mut checks = Checks::default();
        let mut terms = Vec::new();
        let mut segments = Vec::with_capacity(self.segments.len());
        let of_title = self.segments[0].units.clone();
        for draft in std::mem::take(&mut self.segments) {
            let block = draft.block;
            let units = match draft.repeats_title {
                true => of_title.clone(),
                false => draft.units,
            };
            let place = block.place();
            let fault = units.iter().find_map(|unit| match &unit.best {
                Some(best) => best.fault,
                None => Some(Fault::Cut),
            });
            let texts: Vec<&str> = units
                .iter()
                .filter_map(|unit| unit.best.as_ref())
                .map(|best| best.text.as_str())
                .collect();
            let target = format!("{}{}", block.marker, texts.join(" "));
            let findings = check::translation(&block.source, source_lang, &target, self.target);
            if let Some(fault) = fault {
                let message = match fault {
                    Fault::Cut => {
                        format!(
                            "the translation of the {place} was cut at its largest length: it is incomplete"
                        )
                    }
                    fault => format!("the translation of the {place} cannot be used: {fault}"),
                };
                self.case.flag(message, Some("take a larger model".to_owned()));
            }
            for finding in &findings {
                self.case.flag(format!("{place}: {}", finding.message), None);
            }
            checks += counted(&units, &findings, fault.is_some());
            for unit in &units {
                terms.extend(unit.term_uses(block.paragraph, &self.demands));
                for demand in unit.missed() {
                    self.case.flag(self.demands.complaint(&place, demand), None);
                }
            }
            let segment = Segment {
                paragraph: block.paragraph,
                source: block.source,
                target,
                findings,
                ..Segment::default()
            };
            if let Some(watch) = &self.watch {
                watch(&segment);
            }
            segments.push(segment);
        }
        let translation = Translation {
            article_id: self.case.article.id.clone(),
            source_lang,
            target_lang: self.target,
            method: Method::Model,
            segments,
            terms,
            checks,
        };
        self.case.done(TaskResult::Translation(translation))
    }
}

/// A translation with its terms, put right where they are there in another spelling, and those it lacks.
fn held(demands: &Demands, unit: &Unit, text: String) -> (String, Vec<usize>) {
    let missed = demands.missed(&unit.terms, &text);
    if !missed.is_empty()
        && let Some(respelled) = demands.respell(&unit.terms, &missed, &unit.source, &text)
    {
        let still = demands.missed(&unit.terms, &respelled);
        if still.len() < missed.len() {
            return (respelled, still);
        }
    }
    (text, missed)
}

/// What the checks of one paragraph came to.
fn counted(units: &[Unit], findings: &[Finding], unusable: bool) -> Checks {
    let mismatched = units.iter().any(|unit| unit.mismatched);
    let missed: usize = units.iter().map(|unit| unit.missed().count()).sum();
    let first_missed: usize = units.iter().map(|unit| unit.first_missed.len()).sum();
    Checks {
        segments: 1,
        mismatched: usize::from(mismatched),
        repaired_by_retry: usize::from(mismatched && findings.is_empty()),
        flagged: usize::from(!findings.is_empty()),
        unusable: usize::from(unusable),
        terms: units.iter().map(|unit| unit.terms.len()).sum(),
        terms_repaired: first_missed.saturating_sub(missed),
        terms_missed: missed,
        ..Checks::default()
    }
}

impl Unit {
    fn missed(&self) -> impl Iterator<Item = &Demand> {
        let missed = self.best.as_ref().map_or(&[][..], |best| &best.missed);
        missed.iter().map(|&at| &self.terms[at])
    }

    fn term_uses(&self, paragraph: Option<usize>, demands: &Demands) -> Vec<TermUse> {
        let (text, missed) = match &self.best {
            Some(best) => (best.text.as_str(), best.missed.as_slice()),
            None => ("", [].as_slice()),
        };
        let of = |(at, demand): (usize, &Demand)| {
            let (source, target) = demands.words(demand)?;
            Some(TermUse {
                source: source.to_owned(),
                target: target.to_owned(),
                paragraph,
                status: match (missed.contains(&at), self.first_missed.contains(&at)) {
                    (true, _) => TermStatus::Missed,
                    (_, true) => TermStatus::Repaired,
                    _ => TermStatus::Used,
                },
                sentence: self.source.clone(),
                translation: text.to_owned(),
            })
        };
        self.terms.iter().enumerate().filter_map(of).collect()
    }
}

impl Attempt {
    fn is_better_than(&self, other: &Attempt) -> bool {
        (self.fault.is_some(), self.findings.len(), self.missed.len())
            < (other.fault.is_some(), other.findings.len(), other.missed.len())
    }
}

/// A row's cells in the layout of the source.
fn settle(line: String, cells: Option<usize>) -> String {
    match cells {
        Some(_) => line.split('|').map(str::trim).collect::<Vec<_>>().join(" | "),
        None => line,
    }
}

/// What is to be translated, in the language of the instruction.
fn what(block: &Block, lang: Lang) -> String {
    let number = block.paragraph.map_or(0, |paragraph| paragraph + 1);
    match (block.paragraph, block.kind, lang) {
        (None, _, Lang::Fr) => "le titre".to_owned(),
        (None, _, _) => "the title".to_owned(),
        (_, ParagraphKind::Heading, Lang::Fr) => format!("l'intertitre [{number}]"),
        (_, ParagraphKind::Heading, _) => format!("the heading [{number}]"),
        (_, ParagraphKind::TableRow, Lang::Fr) => format!("la ligne de tableau [{number}]"),
        (_, ParagraphKind::TableRow, _) => format!("the table row [{number}]"),
        (_, _, Lang::Fr) => format!("le paragraphe [{number}]"),
        (_, _, _) => format!("paragraph [{number}]"),
    }
}

/// What the gate found, for the model to see.
fn differences(findings: &[Finding], lang: Lang) -> String {
    let french = lang == Lang::Fr;
    let all: Vec<String> = findings
        .iter()
        .take(6)
        .filter_map(|finding| match (&finding.source, &finding.target) {
            (Some(source), Some(target)) if french => {
                Some(format!("« {} » était devenu « {} »", source.text, target.text))
            }
            (Some(source), Some(target)) => {
                Some(format!("\"{}\" had become \"{}\"", source.text, target.text))
            }
            (Some(source), None) if french => Some(format!("« {} » manquait", source.text)),
            (Some(source), None) => Some(format!("\"{}\" was missing", source.text)),
            (None, Some(target)) if french => Some(format!("« {} » n'est pas dans l'original", target.text)),
            (None, Some(target)) => Some(format!("\"{}\" is not in the original", target.text)),
            (None, None) => None,
        })
        .collect();
    all.join(if french { " ; " } else { "; " })
}

/// Longest translation of so many characters. Rounded up, so that paragraphs of about the same length
/// share one compiled grammar.
fn longest_target(source: usize) -> usize {
    (source * 2 + 60).div_ceil(100) * 100
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_keeps_its_layout() {
        assert_eq!(settle("a|b |  c".to_owned(), Some(3)), "a | b | c");
        assert_eq!(settle("a|b".to_owned(), None), "a|b");
    }
}
