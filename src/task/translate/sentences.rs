//! The way of a translation model: one request a sentence, put together with the layout of the source.
//!
//! Each answer comes with the other beams of its search. The first that has the figures of its source, the
//! names and the terms is taken; when none has, the sentence is asked for once more with stand-ins for what was
//! lost, in two styles at once. What is then still wrong is flagged, with the least wrong answer in place; where
//! no answer can be used at all, the source stands in.

mod cutting;
mod unit;

use super::Translating;
use super::candidate::{Candidate, Origin};
use super::demand::Demands;
use super::fault::Fault;
use super::layout::{Block, blocks};
use super::protect::{Protected, Style, protect};
use super::shell;
use crate::backend::{Backend, BackendError, BeamSearch, Completion, Message, Request, Role, Sampling};
use crate::record::{
    AlignedSentence, Checks, Finding, FindingSide, Lang, Method, Segment, TermUse, Translation,
};
use crate::task::case::Case;
use crate::task::{Job, Outcome, Step, TaskResult, check};
use cutting::{by_rule, cut, pieces};
use std::collections::VecDeque;
use std::ops::Range;
use unit::Unit;

/// Beams wanted beside the best where the search is not known: as many as the usual one of four has.
const ALTERNATIVES: usize = 3;
/// Most of them; further down a wide search hardly differs from what was seen.
const MOST_ALTERNATIVES: usize = 15;
/// Sentences asked for at once while someone watches.
const WATCHED: usize = 16;
/// A context that is not stated is taken as what these models have.
const UNSTATED_CONTEXT: usize = 512;
pub(super) fn job(order: Translating) -> Box<dyn Job> {
    let Translating {
        article,
        figures,
        entities,
        target,
        sampling,
        glossary,
        watch,
    } = order;
    let demands = Demands::new(glossary, &entities, target);
    Box::new(Sentences {
        case: Case::new(article, figures, sampling, "translation"),
        target,
        demands,
        watch,
        started: false,
        drafts: Vec::new(),
        waiting: VecDeque::new(),
        asked: Vec::new(),
        segments: Vec::new(),
        terms: Vec::new(),
        checks: Checks::default(),
    })
}

struct Sentences {
    case: Case,
    target: Lang,
    demands: Demands,
    watch: Option<super::Watch>,
    started: bool,
    drafts: Vec<Draft>,
    /// Sentences that were not asked for yet.
    waiting: VecDeque<Place>,
    /// What the awaited answers are to.
    asked: Vec<Asked>,
    /// Finished, in the order of the article.
    segments: Vec<Segment>,
    terms: Vec<TermUse>,
    checks: Checks,
}

/// A sentence: the block, and its place there.
type Place = (usize, usize);

struct Asked {
    place: Place,
    /// The sentence with stand-ins, where it was asked for again.
    protected: Option<Protected>,
}

struct Draft {
    block: Block,
    units: Vec<Unit>,
}

impl Job for Sentences {
    fn next(&mut self, answers: Vec<Completion>, backend: &dyn Backend) -> Step {
        if !self.started {
            self.started = true;
            if let Some(outcome) = self.start(backend) {
                return Step::Done(outcome);
            }
            return self.go_on(backend, Vec::new());
        }
        let again = self.take(answers);
        self.go_on(backend, again)
    }

    fn refused(&mut self, error: &BackendError) -> Outcome {
        self.case.refused(error)
    }
}

impl Sentences {
    /// Cuts the article into sentences; an outcome where there is nothing to translate.
    fn start(&mut self, backend: &dyn Backend) -> Option<Outcome> {
        let article = &self.case.article;
        let lang = article.lang;
        if lang == self.target && lang != Lang::Other {
            let message = format!(
                "the article is in the target language ({}) already",
                self.target.code()
            );
            self.case.note(message, None);
            return Some(self.case.nothing());
        }
        if article.text.trim().is_empty() {
            return Some(self.case.failed("the article has no text".to_owned(), None));
        }
        let context = context(backend);
        self.drafts = blocks(article)
            .into_iter()
            .map(|block| {
                let units = self.units(&block, lang, backend, context);
                Draft { block, units }
            })
            .collect();
        for (draft, state) in self.drafts.iter().enumerate() {
            for (unit, state) in state.units.iter().enumerate() {
                if state.best.is_none() {
                    self.waiting.push_back((draft, unit));
                }
            }
        }
        None
    }

    fn units(&self, block: &Block, lang: Lang, backend: &dyn Backend, context: usize) -> Vec<Unit> {
        let mut units = Vec::new();
        for (range, gap) in cut(block, lang) {
            let sentence = &block.source[range.clone()];
            let too_long = tokens(backend, sentence) > room(context);
            if too_long {
                let pieces = pieces(sentence, &|piece| tokens(backend, piece) > room(context));
                let last = pieces.len() - 1;
                for (at, piece) in pieces.into_iter().enumerate() {
                    let within = range.start + piece.start..range.start + piece.end;
                    let gap = if at == last { gap.clone() } else { " ".to_owned() };
                    units.push(self.unit(block, within, gap, lang, true));
                }
            } else {
                units.push(self.unit(block, range, gap, lang, false));
            }
        }
        units
    }

    fn unit(&self, block: &Block, range: Range<usize>, gap: String, lang: Lang, is_piece: bool) -> Unit {
        let sentence = block.source[range.clone()].to_owned();
        let shell = shell::split(&sentence, self.target);
        let demanded = self.demands.of(&shell.body);
        let by_rule = by_rule(&sentence, lang, self.target);
        let best = by_rule.map(|text| Candidate {
            findings: check::between(&sentence, lang, &text, self.target),
            missed: Vec::new(),
            origin: Origin::First,
            fault: None,
            respelled: false,
            text,
        });
        Unit {
            range,
            gap,
            shell,
            demanded: if best.is_some() { Vec::new() } else { demanded },
            by_rule: best.is_some(),
            best,
            sentence,
            mismatched: false,
            first_missed: Vec::new(),
            open: 0,
            retried: false,
            is_piece,
        }
    }

    /// Judges the answers; gives back what must be asked for again.
    fn take(&mut self, answers: Vec<Completion>) -> Vec<Asked> {
        let mut touched: Vec<Place> = Vec::new();
        for (asked, answer) in std::mem::take(&mut self.asked).into_iter().zip(answers) {
            let (draft, unit) = asked.place;
            let from = self.case.article.lang;
            let state = &mut self.drafts[draft].units[unit];
            let candidates = state.candidates(&asked, &answer, &self.demands, from, self.target);
            if !state.retried
                && let Some(first) = candidates.first()
            {
                state.mismatched = !first.findings.is_empty();
                state.first_missed.clone_from(&first.missed);
            }
            let all = state.best.take().into_iter().chain(candidates);
            // the first of equals: the model's own order
            state.best = all.min_by_key(|candidate| candidate.rank(&state.demanded));
            state.open -= 1;
            if touched.last() != Some(&asked.place) {
                touched.push(asked.place);
            }
        }
        let mut again: Vec<Asked> = Vec::new();
        // from the last one on, so that a sentence that is cut moves no place that is still to come
        for place in touched.into_iter().rev() {
            let before = self.drafts[place.0].units.len();
            let more = self.again(place);
            let grown = self.drafts[place.0].units.len() - before;
            for asked in &mut again {
                let Asked { place: later, .. } = asked;
                if later.0 == place.0 && later.1 > place.1 {
                    later.1 += grown;
                }
            }
            again.splice(0..0, more);
        }
        again
    }

    /// The requests by which a sentence may still be mended.
    fn again(&mut self, (draft, unit): Place) -> Vec<Asked> {
        let lang = self.case.article.lang;
        let state = &mut self.drafts[draft].units[unit];
        if state.retried || state.best.as_ref().is_some_and(Candidate::is_clean) {
            return Vec::new();
        }
        state.retried = true;
        let fault = state.best.as_ref().and_then(|best| best.fault);
        if fault.is_some_and(Fault::is_of_length) && !state.is_piece {
            return self.halve((draft, unit));
        }
        let guarded = state.guarded(lang, self.target);
        let place = (draft, unit);
        let mut requests: Vec<Asked> = Vec::new();
        if !guarded.is_empty() {
            for style in [Style::Number, Style::Code] {
                let protected = protect(&state.shell.body, &guarded, style);
                let known =
                    |asked: &Asked| asked.protected.as_ref().is_some_and(|p| p.text == protected.text);
                if !requests.iter().any(known) {
                    requests.push(Asked {
                        place,
                        protected: Some(protected),
                    });
                }
            }
        }
        requests
    }

    /// Puts the pieces of a sentence in its place, and asks for them.
    fn halve(&mut self, (draft, unit): Place) -> Vec<Asked> {
        let lang = self.case.article.lang;
        let whole = &self.drafts[draft].units[unit];
        let longest = whole.sentence.len() * 2 / 3;
        let pieces = pieces(&whole.sentence, &|piece| piece.len() > longest);
        if pieces.len() < 2 {
            return Vec::new();
        }
        let (start, gap) = (whole.range.start, whole.gap.clone());
        let last = pieces.len() - 1;
        let block = self.drafts[draft].block.clone();
        let units: Vec<Unit> = pieces
            .into_iter()
            .enumerate()
            .map(|(at, piece)| {
                let gap = if at == last { gap.clone() } else { " ".to_owned() };
                self.unit(&block, start + piece.start..start + piece.end, gap, lang, true)
            })
            .collect();
        let added = units.len();
        let asked = (0..added)
            .filter(|&at| units[at].best.is_none())
            .map(|at| Asked {
                place: (draft, unit + at),
                protected: None,
            })
            .collect();
        self.drafts[draft].units.splice(unit..=unit, units);
        for place in &mut self.waiting {
            if place.0 == draft && place.1 > unit {
                place.1 += added - 1;
            }
        }
        asked
    }

    /// Asks for what must be asked for again and for the next sentences, or ends.
    fn go_on(&mut self, backend: &dyn Backend, again: Vec<Asked>) -> Step {
        let window = if self.watch.is_some() { WATCHED } else { usize::MAX };
        let mut asked = again;
        while asked.len() < window
            && let Some(place) = self.waiting.pop_front()
        {
            asked.push(Asked {
                place,
                protected: None,
            });
        }
        for Asked {
            place: (draft, unit), ..
        } in &asked
        {
            self.drafts[*draft].units[*unit].open += 1;
        }
        self.settle();
        if asked.is_empty() {
            return Step::Done(self.finish());
        }
        let requests = asked
            .iter()
            .map(|asked| {
                let unit = &self.drafts[asked.place.0].units[asked.place.1];
                let text = asked.protected.as_ref().map_or(&unit.shell.body, |p| &p.text);
                request(text, self.case.sampling, backend)
            })
            .collect();
        self.asked = asked;
        Step::Ask(requests)
    }

    /// Finishes the blocks whose sentences all have their answers, in order.
    fn settle(&mut self) {
        while let Some(draft) = self.drafts.get(self.segments.len()) {
            if draft
                .units
                .iter()
                .any(|unit| unit.open > 0 || unit.best.is_none())
            {
                return;
            }
            let segment = self.segment(self.segments.len());
            if let Some(watch) = &self.watch {
                watch(&segment);
            }
            self.segments.push(segment);
        }
    }

    /// One finished block: its sentences joined, what is wrong said.
    fn segment(&mut self, at: usize) -> Segment {
        let Draft { block, units } = &self.drafts[at];
        let place = block.place();
        let mut target = block.marker.clone();
        let mut findings = Vec::new();
        let mut sentences = Vec::with_capacity(units.len());
        let mut flags = Vec::new();
        for unit in units {
            let Some(best) = &unit.best else { continue };
            let source_at = block.source[..unit.range.start].chars().count();
            let target_at = target.chars().count();
            self.checks += unit.checks(best);
            self.terms
                .extend(unit.terms(best, block.paragraph, &self.demands));
            flags.extend(unit.flags(best, &place, &self.demands));
            findings.extend(
                best.findings
                    .iter()
                    .map(|finding| shifted(finding, source_at, target_at)),
            );
            target.push_str(&best.text);
            target.push_str(&unit.gap);
            sentences.push(AlignedSentence {
                source: unit.sentence.clone(),
                target: best.text.clone(),
                repair: unit.repair(best),
            });
        }
        target.truncate(target.trim_end().len());
        let segment = Segment {
            paragraph: block.paragraph,
            source: block.source.clone(),
            target,
            findings,
            sentences,
        };
        for flag in flags {
            self.case.flag(flag, None);
        }
        segment
    }

    fn finish(&mut self) -> Outcome {
        let translation = Translation {
            article_id: self.case.article.id.clone(),
            source_lang: self.case.article.lang,
            target_lang: self.target,
            method: Method::Model,
            segments: std::mem::take(&mut self.segments),
            terms: std::mem::take(&mut self.terms),
            checks: self.checks,
        };
        self.case.done(TaskResult::Translation(translation))
    }
}

fn context(backend: &dyn Backend) -> usize {
    match backend.info().context_length {
        0 => UNSTATED_CONTEXT,
        stated => stated,
    }
}

/// Most tokens of one source sentence: its translation, which may be half as long again, must fit too.
fn room(context: usize) -> usize {
    (context * 2 / 3).saturating_sub(8).max(8)
}

fn tokens(backend: &dyn Backend, text: &str) -> usize {
    // a tokenizer that fails on a text fails again at the request, where it is said
    backend.count_tokens(&message(text)).unwrap_or_default()
}

fn message(text: &str) -> Vec<Message> {
    vec![Message {
        role: Role::User,
        content: text.to_owned(),
    }]
}

fn request(text: &str, sampling: Sampling, backend: &dyn Backend) -> Request {
    let messages = message(text);
    let tokens = tokens(backend, text);
    Request {
        messages,
        constraint: None,
        max_tokens: (tokens * 2 + 32).min(context(backend)),
        sampling,
        alternatives: alternatives(backend),
    }
}

/// Every other beam of the search is a way to be right.
fn alternatives(backend: &dyn Backend) -> usize {
    let others = |search: BeamSearch| search.beams.saturating_sub(1).min(MOST_ALTERNATIVES);
    backend.info().search.map_or(ALTERNATIVES, others)
}

/// A finding of a sentence as one of its block.
fn shifted(finding: &Finding, source_at: usize, target_at: usize) -> Finding {
    let moved = |side: &FindingSide, by: usize| FindingSide {
        text: side.text.clone(),
        start: side.start + by,
        end: side.end + by,
    };
    Finding {
        kind: finding.kind,
        source: finding.source.as_ref().map(|side| moved(side, source_at)),
        target: finding.target.as_ref().map(|side| moved(side, target_at)),
        message: finding.message.clone(),
    }
}
