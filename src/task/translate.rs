//! A translation, paragraph by paragraph, with the article as context: one request a paragraph, so that
//! all of them share one prefill and are decoded together.
//!
//! A paragraph whose answer is cut is asked for again by sentences; one whose figures differ from the
//! source's is asked for once more, with the differences named, and the better answer is kept.

use super::answer::read_line;
use super::case::{Case, Room};
use super::check;
use super::grammar;
use super::line::one_line;
use super::part::Part;
use super::prompt::{Instruction, article_block, messages};
use super::{Job, Outcome, Step, TaskResult};
use crate::backend::{Backend, BackendError, Completion, Finish, Request, Sampling};
use crate::record::{Article, Figure, Finding, Lang, Method, ParagraphKind, Segment, Translation};
use minijinja::context;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A translation of `article` into `target` (French or English), whose figures are checked paragraph by
/// paragraph.
pub fn translate(
    article: Arc<Article>,
    figures: Arc<Vec<Figure>>,
    target: Lang,
    sampling: Sampling,
) -> Box<dyn Job> {
    let mut extra = grammar::extra_characters(&article.text);
    extra.extend(grammar::extra_characters(
        article.title.as_deref().unwrap_or_default(),
    ));
    Box::new(Translate {
        case: Case::new(article, figures, sampling, "translation"),
        target: if target == Lang::Fr { Lang::Fr } else { Lang::En },
        extra,
        room: None,
        parts: Vec::new(),
        segments: Vec::new(),
        asked: Vec::new(),
        cut: 0,
    })
}

struct Translate {
    case: Case,
    target: Lang,
    extra: BTreeSet<char>,
    room: Option<Room>,
    /// The article, or its parts: the context of each paragraph is the part that holds it.
    parts: Vec<(Part, String)>,
    segments: Vec<Draft>,
    /// The units whose answers are awaited, as segment and unit.
    asked: Vec<(usize, usize)>,
    /// Units that stayed cut.
    cut: usize,
}

/// One segment under work.
struct Draft {
    /// None for the title.
    paragraph: Option<usize>,
    kind: ParagraphKind,
    source: String,
    /// The mark of a list item, which is kept as it is.
    marker: String,
    units: Vec<Unit>,
}

/// What is asked for at once: a paragraph, or a sentence of one that was cut.
struct Unit {
    source: String,
    attempts: usize,
    best: Option<Attempt>,
    /// Part of a paragraph: it is not split again.
    fragment: bool,
}

struct Attempt {
    text: String,
    findings: Vec<Finding>,
    cut: bool,
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
        self.segments = drafts(&article);
        // The longest paragraph decides how much must be left beside the article, up to a third.
        let longest = self
            .segments
            .iter()
            .map(|draft| draft.source.chars().count())
            .max()
            .unwrap_or(0);
        let beside =
            (room.tokens_for(longest) + room.tokens_for(longest_target(longest))).min(room.context / 3);
        let instruction = self.instruction(&self.segments[0], &self.segments[0].source, "");
        let parts = self.case.parts(backend, room, &instruction, beside)?;
        self.parts = parts
            .into_iter()
            .map(|part| {
                let block = article_block(&article, &part);
                (part, block)
            })
            .collect();
        let open: Vec<(usize, usize)> = (0..self.segments.len())
            .flat_map(|segment| (0..self.segments[segment].units.len()).map(move |unit| (segment, unit)))
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
            let cells = cells(draft);
            let unit_state = &mut draft.units[unit];
            unit_state.attempts += 1;
            let text = settle(read_line(&answer.text).unwrap_or_default(), cells);
            let attempt = Attempt {
                findings: check::translation(&unit_state.source, source_lang, &text, target),
                cut: answer.finish == Finish::Length || text.is_empty(),
                text,
            };
            let better = unit_state
                .best
                .as_ref()
                .is_none_or(|best| attempt.is_better_than(best));
            if better {
                unit_state.best = Some(attempt);
            }
            let best = unit_state.best.as_ref();
            let wanting = best.is_none_or(|best| best.cut || !best.findings.is_empty());
            if !wanting || unit_state.attempts >= 2 {
                continue;
            }
            if best.is_some_and(|best| best.cut) && !unit_state.fragment {
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
        if sentences.len() < 2 || draft.kind == ParagraphKind::TableRow {
            return vec![(segment, unit)];
        }
        // A paragraph has one unit until it is split, so no other index moves.
        draft.units = sentences
            .into_iter()
            .map(|source| Unit {
                source,
                attempts: 0,
                best: None,
                fragment: true,
            })
            .collect();
        (0..draft.units.len()).map(|unit| (segment, unit)).collect()
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
                    cut: false,
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
        let instruction = self.instruction(draft, &unit.source, &hint);
        let block = self.block_of(draft.paragraph);
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
        let grammar = match cells(draft) {
            Some(cells) => grammar::row(cells, chars, &self.extra),
            None => grammar::line(chars, &self.extra),
        };
        let attempt = unit.attempts as u64 + u64::from(unit.fragment) * 2;
        Ok(self
            .case
            .request(block, &instruction, Some(grammar), max_tokens, attempt))
    }

    fn instruction(&self, draft: &Draft, source: &str, hint: &str) -> String {
        let values = context! {
            what => what(draft, self.target),
            text => source,
            cells => cells(draft).is_some(),
            hint,
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
        let mut segments = Vec::with_capacity(self.segments.len());
        for draft in std::mem::take(&mut self.segments) {
            let place = match draft.paragraph {
                None => "title".to_owned(),
                Some(paragraph) => format!("paragraph {}", paragraph + 1),
            };
            let cut = draft
                .units
                .iter()
                .any(|unit| unit.best.as_ref().is_none_or(|best| best.cut));
            self.cut += usize::from(cut);
            let texts: Vec<&str> = draft
                .units
                .iter()
                .filter_map(|unit| unit.best.as_ref())
                .map(|best| best.text.as_str())
                .collect();
            let target = format!("{}{}", draft.marker, texts.join(" "));
            let findings = check::translation(&draft.source, source_lang, &target, self.target);
            if cut {
                self.case.flag(
                    format!("the translation of the {place} was cut at its largest length: it is incomplete"),
                    Some("take a larger model".to_owned()),
                );
            }
            for finding in &findings {
                self.case.flag(format!("{place}: {}", finding.message), None);
            }
            segments.push(Segment {
                paragraph: draft.paragraph,
                source: draft.source,
                target,
                findings,
            });
        }
        let translation = Translation {
            article_id: self.case.article.id.clone(),
            source_lang,
            target_lang: self.target,
            method: Method::Model,
            segments,
        };
        self.case.done(TaskResult::Translation(translation))
    }
}

impl Attempt {
    fn is_better_than(&self, other: &Attempt) -> bool {
        (self.cut, self.findings.len()) < (other.cut, other.findings.len())
    }
}

/// Title and paragraphs, each one unit.
fn drafts(article: &Article) -> Vec<Draft> {
    let title = article
        .title
        .as_deref()
        .map(str::trim)
        .filter(|title| !title.is_empty())
        .map(|title| {
            let units = vec![Unit::of(title)];
            let source = title.to_owned();
            Draft {
                paragraph: None,
                kind: ParagraphKind::Heading,
                source,
                marker: String::new(),
                units,
            }
        });
    let whole = Part::whole(article);
    let paragraphs = whole.pieces.into_iter().map(|piece| {
        let kind = article
            .paragraphs
            .get(piece.paragraph)
            .map_or(ParagraphKind::Text, |p| p.kind);
        let marker = match kind {
            ParagraphKind::ListItem => list_marker(&piece.text),
            _ => "",
        };
        Draft {
            paragraph: Some(piece.paragraph),
            kind,
            units: vec![Unit::of(&piece.text[marker.len()..])],
            marker: marker.to_owned(),
            source: piece.text,
        }
    });
    title.into_iter().chain(paragraphs).collect()
}

impl Unit {
    fn of(source: &str) -> Unit {
        Unit {
            source: one_line(source),
            attempts: 0,
            best: None,
            fragment: false,
        }
    }
}

/// `- `, `• `, `3. `, `b) ` at the start of a list item.
fn list_marker(text: &str) -> &str {
    let end = text.find(char::is_whitespace).unwrap_or(0);
    let mark = &text[..end];
    let is_mark = match mark.strip_suffix(['.', ')']) {
        Some(number) => {
            !number.is_empty()
                && number.len() <= 3
                && (number.chars().all(|c| c.is_ascii_digit()) || number.len() == 1)
        }
        None => matches!(mark, "-" | "–" | "—" | "*" | "•" | "·" | "◦" | "▪" | "►" | "→"),
    };
    let space = text[end..]
        .chars()
        .take_while(|c| c.is_whitespace())
        .map(char::len_utf8)
        .sum::<usize>();
    if is_mark { &text[..end + space] } else { "" }
}

/// Number of cells of a table row.
fn cells(draft: &Draft) -> Option<usize> {
    let cells = draft.source.split(" | ").count();
    (draft.kind == ParagraphKind::TableRow && cells > 1).then_some(cells)
}

/// A row's cells in the layout of the source.
fn settle(line: String, cells: Option<usize>) -> String {
    match cells {
        Some(_) => line.split('|').map(str::trim).collect::<Vec<_>>().join(" | "),
        None => line,
    }
}

/// What is to be translated, in the language of the instruction.
fn what(draft: &Draft, lang: Lang) -> String {
    let number = draft.paragraph.map_or(0, |paragraph| paragraph + 1);
    match (draft.paragraph, draft.kind, lang) {
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
    fn list_markers_are_told_from_text() {
        for (text, marker) in [
            ("- Un point", "- "),
            ("•\u{a0}Un point", "•\u{a0}"),
            ("12. Un point", "12. "),
            ("a) Un point", "a) "),
            ("Un point", ""),
            ("2,5 % de plus", ""),
            ("2024. Une année", ""),
            ("", ""),
            ("-", ""),
        ] {
            assert_eq!(list_marker(text), marker, "{text:?}");
        }
    }

    #[test]
    fn a_row_keeps_its_layout() {
        assert_eq!(settle("a|b |  c".to_owned(), Some(3)), "a | b | c");
        assert_eq!(settle("a|b".to_owned(), None), "a|b");
    }
}
