//! A summary in one language: asked for, read, checked by the number gate, repaired once.
//!
//! An article that does not fit is summarized in parts, and the points of the parts are summarized in
//! turn. A cut answer is asked for again with shorter limits that cannot be exceeded.

use super::answer::{Read, read_json, read_line};
use super::case::{Case, Room};
use super::check;
use super::grammar::{self, SummaryLimits};
use super::line::{one_line, tidy};
use super::numbers::{known, list, span};
use super::prompt::{Instruction, Note, article_block, messages, notes_block};
use super::{Job, Length, Outcome, Step, TaskResult};
use crate::backend::{Backend, BackendError, Completion, Finish, Request, Sampling};
use crate::record::{Article, Bullet, Figure, Finding, Lang, Method, Summary};
use minijinja::context;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A summary of `article` in `lang` (French or English), whose figures are checked against `figures`.
pub fn summarize(
    article: Arc<Article>,
    figures: Arc<Vec<Figure>>,
    lang: Lang,
    length: Length,
    sampling: Sampling,
) -> Box<dyn Job> {
    let extra = grammar::extra_characters(&article.text);
    Box::new(Summarize {
        case: Case::new(article, figures, sampling, "summary"),
        lang: if lang == Lang::Fr { Lang::Fr } else { Lang::En },
        length,
        extra,
        room: None,
        stage: Stage::Start,
    })
}

struct Summarize {
    case: Case,
    lang: Lang,
    length: Length,
    /// Characters that the article uses beyond the usual ones.
    extra: BTreeSet<char>,
    room: Option<Room>,
    stage: Stage,
}

enum Stage {
    Start,
    /// The parts of an article, or of its notes, that does not fit; `depth` counts the rounds.
    Parts {
        blocks: Vec<Block>,
        depth: usize,
    },
    /// The one summary; `retried` after a cut answer.
    Whole {
        block: Block,
        limits: SummaryLimits,
        retried: bool,
    },
    Repair {
        summary: Summary,
        passages: Vec<(Place, String)>,
    },
}

/// What a summary is made from.
struct Block {
    text: String,
    /// Numbers, from 1, of the paragraphs in it.
    paragraphs: Vec<usize>,
}

/// A point of a part, with the numbers of its paragraphs.
type Point = (Note, Vec<usize>);

/// A passage of a summary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Headline,
    Bullet(usize),
    Abstract,
}

#[derive(Deserialize)]
struct RawSummary {
    #[serde(default)]
    headline: String,
    #[serde(default)]
    bullets: Vec<RawBullet>,
    #[serde(default, rename = "abstract")]
    abstract_text: String,
}

#[derive(Deserialize)]
struct RawBullet {
    #[serde(default)]
    paragraphs: Vec<usize>,
    #[serde(default)]
    text: String,
}

/// Rounds of merging after which an article is given up: each makes the text several times shorter.
const MOST_ROUNDS: usize = 6;

impl Job for Summarize {
    fn next(&mut self, answers: Vec<Completion>, backend: &dyn Backend) -> Step {
        let step = match std::mem::replace(&mut self.stage, Stage::Start) {
            Stage::Start => self.start(backend),
            Stage::Parts { blocks, depth } => self.merge(blocks, depth, answers, backend),
            Stage::Whole {
                block,
                limits,
                retried,
            } => self.read(block, limits, retried, answers, backend),
            Stage::Repair { summary, passages } => Ok(self.repaired(summary, passages, answers)),
        };
        step.unwrap_or_else(|error| Step::Done(self.case.refused(&error)))
    }

    fn refused(&mut self, error: &BackendError) -> Outcome {
        self.case.refused(error)
    }
}

impl Summarize {
    fn start(&mut self, backend: &dyn Backend) -> Result<Step, BackendError> {
        if self.case.article.text.trim().is_empty() {
            return Ok(Step::Done(
                self.case.failed("the article has no text".to_owned(), None),
            ));
        }
        let room = self.case.room(backend)?;
        self.room = Some(room);
        let limits = self.limits(room, self.length, 1);
        let answer = room.tokens_for(limits.longest());
        let instruction = self.instruction(limits);
        let parts = self.case.parts(backend, room, &instruction, answer)?;
        let mut blocks: Vec<Block> = parts
            .iter()
            .map(|part| Block {
                text: article_block(&self.case.article, part),
                paragraphs: part.paragraphs().iter().map(|index| index + 1).collect(),
            })
            .collect();
        Ok(match blocks.len() {
            1 => self.ask_whole(blocks.remove(0)),
            _ => self.ask_parts(blocks, 0),
        })
    }

    fn ask_parts(&mut self, blocks: Vec<Block>, depth: usize) -> Step {
        let requests = blocks
            .iter()
            .map(|block| self.ask(block, self.limits_of(block)))
            .collect();
        self.stage = Stage::Parts { blocks, depth };
        Step::Ask(requests)
    }

    fn ask_whole(&mut self, block: Block) -> Step {
        let limits = self.limits_of(&block);
        let request = self.ask(&block, limits);
        self.stage = Stage::Whole {
            block,
            limits,
            retried: false,
        };
        Step::Ask(vec![request])
    }

    /// The points of the parts become the text to summarize.
    fn merge(
        &mut self,
        blocks: Vec<Block>,
        depth: usize,
        answers: Vec<Completion>,
        backend: &dyn Backend,
    ) -> Result<Step, BackendError> {
        let mut notes: Vec<Point> = Vec::new();
        for (block, answer) in blocks.iter().zip(&answers) {
            let before = notes.len();
            if let Read::Whole(raw) | Read::Cut(raw) = read_json::<RawSummary>(&answer.text) {
                let abstract_text = RawBullet {
                    paragraphs: Vec::new(),
                    text: raw.abstract_text,
                };
                for bullet in raw.bullets.into_iter().chain([abstract_text]) {
                    let mut paragraphs = known(&bullet.paragraphs, &block.paragraphs);
                    if bullet.text.trim().is_empty() {
                        continue;
                    }
                    if paragraphs.is_empty() {
                        paragraphs = block.paragraphs.clone();
                    }
                    let note = Note {
                        paragraphs: list(&paragraphs),
                        text: one_line(&bullet.text),
                    };
                    notes.push((note, paragraphs));
                }
            }
            if notes.len() == before {
                self.case.flag(
                    format!(
                        "no point could be read from paragraphs {}",
                        span(&block.paragraphs)
                    ),
                    Some("take a larger model, or one with a longer context".to_owned()),
                );
            }
        }
        if notes.is_empty() {
            let message = "no summary could be read from any part of the article".to_owned();
            return Ok(Step::Done(self.case.failed(message, None)));
        }
        let room = self.known_room(backend)?;
        let groups = self.group_notes(&notes, room, backend)?;
        let mut blocks: Vec<Block> = groups
            .into_iter()
            .map(|group| {
                let numbers: BTreeSet<usize> = group
                    .iter()
                    .flat_map(|(_, paragraphs)| paragraphs.iter().copied())
                    .collect();
                let notes: Vec<Note> = group.iter().map(|(note, _)| note.clone()).collect();
                Block {
                    text: notes_block(&self.case.article, &notes),
                    paragraphs: numbers.into_iter().collect(),
                }
            })
            .collect();
        if blocks.len() == 1 {
            return Ok(self.ask_whole(blocks.remove(0)));
        }
        if depth + 1 >= MOST_ROUNDS {
            let message =
                format!("the points of the parts do not fit the model's context after {MOST_ROUNDS} rounds");
            let hint = Some("take a model with a longer context".to_owned());
            return Ok(Step::Done(self.case.failed(message, hint)));
        }
        Ok(self.ask_parts(blocks, depth + 1))
    }

    /// Runs of notes that fit the context together.
    fn group_notes<'n>(
        &self,
        notes: &'n [Point],
        room: Room,
        backend: &dyn Backend,
    ) -> Result<Vec<&'n [Point]>, BackendError> {
        let limits = self.limits(room, self.length, 1);
        let instruction = self.instruction(limits);
        let answer = room.tokens_for(limits.longest());
        let cost = |group: &[Point]| {
            let notes: Vec<Note> = group.iter().map(|(note, _)| note.clone()).collect();
            let block = notes_block(&self.case.article, &notes);
            backend.count_tokens(&messages(&block, &instruction))
        };
        let mut groups = vec![notes];
        while let Some(position) = {
            let mut too_long = None;
            for (position, group) in groups.iter().enumerate() {
                if group.len() > 1 && cost(group)? + answer > room.context {
                    too_long = Some(position);
                    break;
                }
            }
            too_long
        } {
            let (left, right) = groups[position].split_at(groups[position].len() / 2);
            groups.splice(position..=position, [left, right]);
        }
        Ok(groups)
    }

    fn read(
        &mut self,
        block: Block,
        limits: SummaryLimits,
        retried: bool,
        answers: Vec<Completion>,
        backend: &dyn Backend,
    ) -> Result<Step, BackendError> {
        let answer = answers.into_iter().next();
        let finish = answer.as_ref().map(|answer| answer.finish);
        let read = read_json::<RawSummary>(answer.as_ref().map_or("", |answer| &answer.text));
        let (raw, cut) = match read {
            Read::Whole(raw) if !raw.headline.trim().is_empty() && !raw.bullets.is_empty() => {
                (Some(raw), false)
            }
            Read::Whole(raw) | Read::Cut(raw) => (Some(raw), true),
            Read::Nothing => (None, true),
        };
        if cut && !retried {
            let room = self.known_room(backend)?;
            let limits = self.limits_that_fit(&block, room, backend)?;
            let mut request = self.ask(&block, limits);
            request.max_tokens = Room::most_tokens_for(limits.longest());
            request.sampling.seed = request.sampling.seed.wrapping_add(1);
            self.stage = Stage::Whole {
                block,
                limits,
                retried: true,
            };
            return Ok(Step::Ask(vec![request]));
        }
        let Some(summary) = raw.and_then(|raw| self.summary(raw, &block, limits)) else {
            let message = match finish {
                Some(Finish::Length) => "the summary was cut at its largest length, twice",
                _ => "the answer holds no summary",
            };
            return Ok(Step::Done(self.case.failed(message.to_owned(), None)));
        };
        if cut {
            self.case.flag(
                "the summary was cut at its largest length, twice: what was whole is kept".to_owned(),
                Some("take a larger model".to_owned()),
            );
        }
        self.check(summary, &block, limits, backend)
    }

    /// The record, or none when nothing of it is usable.
    fn summary(&mut self, raw: RawSummary, block: &Block, limits: SummaryLimits) -> Option<Summary> {
        let mut limited = 0;
        let mut tidy = |text: &str, limit: usize| {
            let (text, reached) = tidy(text, limit);
            limited += usize::from(reached);
            text
        };
        let headline = tidy(&raw.headline, limits.headline);
        let bullets: Vec<Bullet> = raw
            .bullets
            .iter()
            .map(|bullet| Bullet {
                text: tidy(&bullet.text, limits.bullet),
                paragraphs: known(&bullet.paragraphs, &block.paragraphs)
                    .iter()
                    .map(|n| n - 1)
                    .collect(),
            })
            .filter(|bullet| !bullet.text.is_empty())
            .collect();
        let abstract_text = tidy(&raw.abstract_text, limits.abstract_text);
        if headline.is_empty() && bullets.is_empty() {
            return None;
        }
        if limited > 0 {
            self.case.note(
                format!("{limited} passages of the summary reached their largest length and end there"),
                None,
            );
        }
        let unfounded = bullets
            .iter()
            .filter(|bullet| bullet.paragraphs.is_empty())
            .count();
        if unfounded > 0 {
            self.case.flag(
                format!("{unfounded} points name no paragraph of the article that they rest on"),
                None,
            );
        }
        Some(Summary {
            article_id: self.case.article.id.clone(),
            lang: self.lang,
            method: Method::Model,
            headline,
            bullets,
            abstract_text,
            findings: Vec::new(),
        })
    }

    /// Passages with figures that the article does not give are asked for again, together.
    fn check(
        &mut self,
        summary: Summary,
        block: &Block,
        limits: SummaryLimits,
        backend: &dyn Backend,
    ) -> Result<Step, BackendError> {
        let room = self.known_room(backend)?;
        let mut passages = Vec::new();
        let mut requests: Vec<Request> = Vec::new();
        for place in places(&summary) {
            let text = passage(&summary, place);
            let findings = self.findings(text);
            if findings.is_empty() {
                continue;
            }
            let limit = match place {
                Place::Headline => limits.headline,
                Place::Bullet(_) => limits.bullet,
                Place::Abstract => limits.abstract_text,
            };
            let values = context! { text, figures => offending(&findings) };
            let instruction = Instruction::Repair.render(self.lang, values);
            let prompt = backend.count_tokens(&messages(&block.text, &instruction))?;
            let max_tokens = room.tokens_for(limit).min(room.context.saturating_sub(prompt));
            if max_tokens < 16 {
                continue;
            }
            let grammar = grammar::line(limit, &self.extra);
            requests.push(
                self.case
                    .request(&block.text, &instruction, Some(grammar), max_tokens, 2),
            );
            passages.push((place, text.to_owned()));
        }
        if requests.is_empty() {
            return Ok(Step::Done(self.finish(summary)));
        }
        self.stage = Stage::Repair { summary, passages };
        Ok(Step::Ask(requests))
    }

    /// A passage is replaced when fewer of its figures are wrong afterwards.
    fn repaired(
        &mut self,
        mut summary: Summary,
        passages: Vec<(Place, String)>,
        answers: Vec<Completion>,
    ) -> Step {
        for ((place, before), answer) in passages.into_iter().zip(answers) {
            let Some(after) = read_line(&answer.text).map(|line| one_line(&line)) else {
                continue;
            };
            let whole = answer.finish == Finish::Stop;
            if whole && self.findings(&after).len() < self.findings(&before).len() {
                match place {
                    Place::Headline => summary.headline = after,
                    Place::Bullet(index) => summary.bullets[index].text = after,
                    Place::Abstract => summary.abstract_text = after,
                }
            }
        }
        Step::Done(self.finish(summary))
    }

    /// What the gate still finds is recorded with the summary and flagged.
    fn finish(&mut self, mut summary: Summary) -> Outcome {
        for place in places(&summary) {
            let findings = self.findings(passage(&summary, place));
            for finding in &findings {
                let place = match place {
                    Place::Headline => "headline".to_owned(),
                    Place::Bullet(index) => format!("point {}", index + 1),
                    Place::Abstract => "abstract".to_owned(),
                };
                let lang = self.lang.code();
                self.case.flag(
                    format!("{place} of the {lang} summary: {}", finding.message),
                    None,
                );
            }
            summary.findings.extend(findings);
        }
        self.case.done(TaskResult::Summary(summary))
    }

    fn findings(&self, text: &str) -> Vec<Finding> {
        check::summary(&self.case.article, &self.case.figures, text, self.lang)
    }

    fn ask(&self, block: &Block, limits: SummaryLimits) -> Request {
        let max_tokens = self.room.map_or(1024, |room| room.tokens_for(limits.longest()));
        let grammar = grammar::summary(limits, &block.paragraphs, &self.extra);
        self.case.request(
            &block.text,
            &self.instruction(limits),
            Some(grammar),
            max_tokens,
            0,
        )
    }

    fn instruction(&self, limits: SummaryLimits) -> String {
        let sentences = self.length.sentences();
        let values = context! {
            min_bullets => limits.bullets_min,
            max_bullets => limits.bullets_max,
            min_sentences => sentences.start(),
            max_sentences => sentences.end(),
        };
        Instruction::Summary.render(self.lang, values)
    }

    fn known_room(&self, backend: &dyn Backend) -> Result<Room, BackendError> {
        self.room.map_or_else(|| self.case.room(backend), Ok)
    }

    /// The limits for a block: a block of few paragraphs is not asked for many points.
    fn limits_of(&self, block: &Block) -> SummaryLimits {
        let room = self.room.unwrap_or(Room {
            context: usize::MAX,
            tokens_per_char: 0.4,
        });
        let mut limits = self.limits(room, self.length, 1);
        limits.bullets_max = limits.bullets_max.min(block.paragraphs.len().max(2));
        limits.bullets_min = limits
            .bullets_min
            .min(block.paragraphs.len().max(1))
            .min(limits.bullets_max);
        limits
    }

    /// Limits whose answers take at most a third of the context in all likelihood. `divisor` shortens
    /// every text.
    fn limits(&self, room: Room, length: Length, divisor: usize) -> SummaryLimits {
        let bullets = length.bullets();
        let limits = SummaryLimits {
            bullets_min: *bullets.start(),
            bullets_max: *bullets.end(),
            headline: (180 / divisor).max(24),
            bullet: (360 / divisor).max(24),
            abstract_text: (240 * length.sentences().end() / divisor).max(24),
        };
        if room.tokens_for(limits.longest()) <= room.context / 3 || divisor >= 16 {
            return limits;
        }
        match length {
            Length::Short => self.limits(room, length, divisor * 2),
            _ => self.limits(room, length.shorter(), divisor),
        }
    }

    /// Limits that no answer can exceed in what the prompt leaves of the context.
    fn limits_that_fit(
        &self,
        block: &Block,
        room: Room,
        backend: &dyn Backend,
    ) -> Result<SummaryLimits, BackendError> {
        let mut limits = self.limits(room, self.length.shorter(), 1);
        limits.bullets_min = limits.bullets_min.min(block.paragraphs.len().max(1));
        let prompt = backend.count_tokens(&messages(&block.text, &self.instruction(limits)))?;
        let left = room.context.saturating_sub(prompt);
        while Room::most_tokens_for(limits.longest()) > left && limits.bullet > 24 {
            limits.headline = (limits.headline / 2).max(24);
            limits.bullet /= 2;
            limits.abstract_text = (limits.abstract_text / 2).max(24);
        }
        if Room::most_tokens_for(limits.longest()) > left {
            limits.bullets_max = 1;
            limits.bullets_min = 1;
        }
        Ok(limits)
    }
}

fn places(summary: &Summary) -> Vec<Place> {
    let bullets = (0..summary.bullets.len()).map(Place::Bullet);
    [Place::Headline]
        .into_iter()
        .chain(bullets)
        .chain([Place::Abstract])
        .collect()
}

fn passage(summary: &Summary, place: Place) -> &str {
    match place {
        Place::Headline => &summary.headline,
        Place::Bullet(index) => &summary.bullets[index].text,
        Place::Abstract => &summary.abstract_text,
    }
}

/// The figures that the gate did not find, for the model to see.
fn offending(findings: &[Finding]) -> String {
    let mut all: Vec<String> = findings
        .iter()
        .filter_map(|finding| finding.target.as_ref())
        .map(|side| format!("« {} »", side.text))
        .collect();
    all.dedup();
    all.join(", ")
}
