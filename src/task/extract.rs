//! Entities and the labels of the figures, decoded as quotes and located in the article.
//!
//! The article's entities are one request, the labels one request for each group of figures: all share
//! the article's prefill and are decoded together. Whatever the model answers, a row leaves here with the
//! place in the article where its words stand, or it does not leave.

use super::answer::{Read, read_json};
use super::case::{Case, Room};
use super::chars::Chars;
use super::grammar;
use super::part::Part;
use super::prompt::{Instruction, article_block, messages};
use super::{Extraction, FigureLabel, Job, Outcome, Step, TaskResult};
use crate::backend::{Backend, BackendError, Completion, Request, Sampling};
use crate::record::{Article, Entity, EntityType, Figure, FigureKind, Lang, Mention, Quote};
use minijinja::context;
use serde::Deserialize;
use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

/// Entities of `article`, and labels for `figures`, its ledger.
pub fn extract(article: Arc<Article>, figures: Arc<Vec<Figure>>, sampling: Sampling) -> Box<dyn Job> {
    Box::new(Extract {
        case: Case::new(article, figures, sampling, "extraction"),
        room: None,
        parts: Vec::new(),
        asked: Vec::new(),
        entities: Vec::new(),
        labels: Vec::new(),
        dropped: Vec::new(),
        cut: false,
        too_long: 0,
    })
}

/// Figures asked about in one request.
const FIGURES_A_REQUEST: usize = 8;
/// Most entities asked for in one request.
const MOST_ENTITIES: usize = 40;
/// Characters of an entity's entry in all likelihood, with its JSON.
const ENTITY_CHARS: usize = 120;
/// Characters of a figure's label in all likelihood, with its JSON.
const LABEL_CHARS: usize = 190;

struct Extract {
    case: Case,
    room: Option<Room>,
    parts: Vec<(Part, String)>,
    asked: Vec<Question>,
    entities: Vec<(Range<usize>, RawEntity)>,
    labels: Vec<FigureLabel>,
    /// Quotes that do not stand in the article.
    dropped: Vec<String>,
    /// Something stayed cut.
    cut: bool,
    /// Questions that did not fit beside the article.
    too_long: usize,
}

/// What a request asks, to read its answer.
enum Question {
    /// Entities of some pieces of a part; `again` when their list was cut before.
    Entities {
        part: usize,
        pieces: Range<usize>,
        again: bool,
    },
    /// Labels of these figures, by place in the ledger.
    Labels {
        part: usize,
        figures: Vec<usize>,
        again: bool,
    },
}

#[derive(Deserialize)]
struct RawEntities {
    #[serde(default)]
    entities: Vec<RawEntity>,
}

#[derive(Deserialize)]
struct RawEntity {
    name: String,
    #[serde(rename = "type")]
    entity_type: EntityType,
    #[serde(default)]
    description: Option<String>,
}

#[derive(Deserialize)]
struct RawLabels {
    #[serde(default)]
    labels: Vec<RawLabel>,
}

#[derive(Deserialize)]
struct RawLabel {
    n: usize,
    #[serde(default)]
    measure: Option<String>,
    #[serde(default)]
    subject: Option<String>,
    #[serde(default)]
    speaker: Option<String>,
}

impl Job for Extract {
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

impl Extract {
    fn start(&mut self, backend: &dyn Backend) -> Result<Step, BackendError> {
        if self.case.article.text.trim().is_empty() {
            return Ok(Step::Done(
                self.case.done(TaskResult::Extraction(Extraction::default())),
            ));
        }
        let room = self.case.room(backend)?;
        self.room = Some(room);
        // The longest prompt of all: the labels', with the sentences of their figures.
        let groups = self.label_groups(&Part::whole(&self.case.article));
        let instruction = groups
            .iter()
            .map(|figures| self.labels_instruction(figures))
            .chain([self.entities_instruction(&Part { pieces: Vec::new() }, false)])
            .max_by_key(String::len)
            .unwrap_or_default();
        let answer = room
            .tokens_for(FIGURES_A_REQUEST * LABEL_CHARS)
            .min(room.context / 4);
        let article = Arc::clone(&self.case.article);
        self.parts = self
            .case
            .parts(backend, room, &instruction, answer)?
            .into_iter()
            .map(|part| {
                let block = article_block(&article, &part);
                (part, block)
            })
            .collect();
        let mut questions = Vec::new();
        for (index, (part, _)) in self.parts.iter().enumerate() {
            questions.push(Question::Entities {
                part: index,
                pieces: 0..part.pieces.len(),
                again: false,
            });
            let groups = self.label_groups(part);
            questions.extend(groups.into_iter().map(|figures| Question::Labels {
                part: index,
                figures,
                again: false,
            }));
        }
        self.ask(questions, room, backend)
    }

    fn take(
        &mut self,
        answers: Vec<Completion>,
        room: Room,
        backend: &dyn Backend,
    ) -> Result<Step, BackendError> {
        let mut again = Vec::new();
        for (question, answer) in std::mem::take(&mut self.asked).into_iter().zip(answers) {
            match question {
                Question::Entities {
                    part,
                    pieces,
                    again: retried,
                } => {
                    let whole = self.take_entities(part, &pieces, &answer.text);
                    if whole {
                        continue;
                    }
                    if retried || pieces.len() < 2 {
                        self.cut = true;
                        continue;
                    }
                    let middle = pieces.start + pieces.len() / 2;
                    for half in [pieces.start..middle, middle..pieces.end] {
                        again.push(Question::Entities {
                            part,
                            pieces: half,
                            again: true,
                        });
                    }
                }
                Question::Labels {
                    part,
                    figures,
                    again: retried,
                } => {
                    let missing = self.take_labels(&figures, &answer.text);
                    if missing.is_empty() {
                        continue;
                    }
                    if retried {
                        self.cut = true;
                        continue;
                    }
                    for half in missing.chunks(missing.len().div_ceil(2)) {
                        again.push(Question::Labels {
                            part,
                            figures: half.to_vec(),
                            again: true,
                        });
                    }
                }
            }
        }
        self.ask(again, room, backend)
    }

    fn ask(
        &mut self,
        questions: Vec<Question>,
        room: Room,
        backend: &dyn Backend,
    ) -> Result<Step, BackendError> {
        let mut requests = Vec::new();
        let mut asked = Vec::new();
        let mut open: VecDeque<Question> = questions.into();
        while let Some(question) = open.pop_front() {
            match self.request(&question, room, backend) {
                Ok(Some(request)) => {
                    requests.push(request);
                    asked.push(question);
                }
                Ok(None) => {}
                // The sentences of the figures do not fit beside the article: fewer at a time.
                Err(BackendError::PromptTooLong { .. }) => match question {
                    Question::Labels { part, figures, again } if figures.len() > 1 => {
                        let (left, right) = figures.split_at(figures.len() / 2);
                        for half in [left, right] {
                            let figures = half.to_vec();
                            open.push_back(Question::Labels { part, figures, again });
                        }
                    }
                    _ => self.too_long += 1,
                },
                Err(error) => return Err(error),
            }
        }
        if requests.is_empty() {
            return Ok(Step::Done(self.finish()));
        }
        self.asked = asked;
        Ok(Step::Ask(requests))
    }

    /// The request of a question; none when the text gives nothing to quote.
    fn request(
        &self,
        question: &Question,
        room: Room,
        backend: &dyn Backend,
    ) -> Result<Option<Request>, BackendError> {
        let (block, instruction, grammar, chars, again) = match question {
            Question::Entities { part, pieces, again } => {
                let (whole, block) = &self.parts[*part];
                let asked = Part {
                    pieces: whole.pieces[pieces.clone()].to_vec(),
                };
                let most = most_entities(&asked);
                let Some(grammar) = grammar::entities(&asked, most) else {
                    return Ok(None);
                };
                let all = pieces.len() == whole.pieces.len();
                let instruction = self.entities_instruction(&asked, all);
                (block, instruction, grammar, most * ENTITY_CHARS, again)
            }
            Question::Labels { part, figures, again } => {
                let (_, block) = &self.parts[*part];
                let chars = self.case.chars();
                let quoted: Vec<(&Figure, &str)> = figures
                    .iter()
                    .map(|&index| {
                        let figure = &self.case.figures[index];
                        let near = neighbourhood(figure, &chars);
                        (figure, chars.slice(near.start, near.end))
                    })
                    .collect();
                let instruction = self.labels_instruction(figures);
                (
                    block,
                    instruction,
                    grammar::labels(&quoted),
                    figures.len() * LABEL_CHARS,
                    again,
                )
            }
        };
        let prompt = backend.count_tokens(&messages(block, &instruction))?;
        let likely = room.tokens_for(chars) * if *again { 2 } else { 1 };
        let max_tokens = likely.min(room.context.saturating_sub(prompt));
        if max_tokens < 16 {
            return Err(BackendError::PromptTooLong {
                tokens: prompt + likely,
                context: room.context,
            });
        }
        let attempt = u64::from(*again);
        Ok(Some(self.case.request(
            block,
            &instruction,
            Some(grammar),
            max_tokens,
            attempt,
        )))
    }

    fn lang(&self) -> Lang {
        self.case.article.lang
    }

    fn entities_instruction(&self, asked: &Part, all: bool) -> String {
        let paragraphs = asked.paragraphs();
        let edge = |edge: Option<&usize>| (!all).then(|| edge.map_or(0, |index| index + 1));
        let values = context! { from => edge(paragraphs.first()), to => edge(paragraphs.last()) };
        Instruction::Extraction.render(self.lang(), values)
    }

    fn labels_instruction(&self, figures: &[usize]) -> String {
        let numbered: Vec<(usize, &Figure)> = (1..)
            .zip(figures.iter().map(|&index| &self.case.figures[index]))
            .collect();
        // A sentence is said once for all of its figures.
        let sentences: Vec<_> = numbered
            .chunk_by(|(_, a), (_, b)| a.paragraph == b.paragraph && a.sentence == b.sentence)
            .map(|figures| {
                let text = sentence(figures[0].1);
                let figures: Vec<_> = figures
                    .iter()
                    .map(|(number, figure)| context! { number, text => figure.full_text.as_str() })
                    .collect();
                context! { text, figures }
            })
            .collect();
        Instruction::Labels.render(self.lang(), context! { sentences })
    }

    /// The figures whose place is in `part`, in groups. Dates measure nothing and are left out.
    fn label_groups(&self, part: &Part) -> Vec<Vec<usize>> {
        let span = part.span();
        let inside: Vec<usize> = self
            .case
            .figures
            .iter()
            .enumerate()
            .filter(|(_, figure)| figure.kind != FigureKind::Date)
            .filter(|(_, figure)| span.contains(&figure.start))
            .map(|(index, _)| index)
            .collect();
        inside.chunks(FIGURES_A_REQUEST).map(<[usize]>::to_vec).collect()
    }

    /// Keeps what could be read; false when the list was cut.
    fn take_entities(&mut self, part: usize, pieces: &Range<usize>, answer: &str) -> bool {
        let asked = Part {
            pieces: self.parts[part].0.pieces[pieces.clone()].to_vec(),
        };
        let (raw, whole) = match read_json::<RawEntities>(answer) {
            Read::Whole(raw) => (raw, true),
            Read::Cut(raw) => (raw, false),
            Read::Nothing => return false,
        };
        let span = asked.span();
        self.entities
            .extend(raw.entities.into_iter().map(|entity| (span.clone(), entity)));
        whole
    }

    /// Keeps what could be read, and returns the figures that got no label.
    fn take_labels(&mut self, figures: &[usize], answer: &str) -> Vec<usize> {
        let raw = match read_json::<RawLabels>(answer) {
            Read::Whole(raw) | Read::Cut(raw) => raw.labels,
            Read::Nothing => Vec::new(),
        };
        let article = Arc::clone(&self.case.article);
        let chars = Chars::of(&article);
        let mut missing = figures.to_vec();
        for label in raw {
            let Some(&index) = label.n.checked_sub(1).and_then(|position| figures.get(position)) else {
                continue;
            };
            if !missing.contains(&index) {
                continue;
            }
            missing.retain(|&other| other != index);
            let figure = self.case.figures[index].clone();
            let mut locate = |quote: Option<String>| self.locate_label(quote, &figure, &chars);
            let label = FigureLabel {
                n: figure.n,
                measure: locate(label.measure),
                subject: locate(label.subject),
                speaker: locate(label.speaker),
            };
            if label.measure.is_some() || label.subject.is_some() || label.speaker.is_some() {
                self.labels.push(label);
            }
        }
        missing
    }

    /// The place of a label nearest to its figure. A label that only repeats the figure says nothing.
    fn locate_label(&mut self, quote: Option<String>, figure: &Figure, chars: &Chars) -> Option<Quote> {
        let quote = quote?;
        let quote = quote.trim();
        if quote.is_empty() {
            return None;
        }
        let Some(found) = chars.nearest(quote, neighbourhood(figure, chars), figure.start) else {
            self.dropped.push(quote.to_owned());
            return None;
        };
        let repeats = found.start >= figure.full_start && found.end <= figure.full_end;
        (!repeats).then_some(found)
    }

    fn finish(&mut self) -> Outcome {
        let article = Arc::clone(&self.case.article);
        let chars = Chars::of(&article);
        let raw = std::mem::take(&mut self.entities);
        let entities = entities(raw, &article, &chars, &mut self.dropped);
        let mut labels = std::mem::take(&mut self.labels);
        labels.sort_by_key(|label| label.n);
        self.dropped.sort();
        self.dropped.dedup();
        if !self.dropped.is_empty() {
            let shown: Vec<String> = self
                .dropped
                .iter()
                .take(5)
                .map(|quote| format!("{quote:?}"))
                .collect();
            self.case.note(
                format!(
                    "{} answers that are not in the article were dropped: {}",
                    self.dropped.len(),
                    shown.join(", ")
                ),
                None,
            );
        }
        if self.too_long > 0 {
            self.case.flag(
                format!(
                    "{} questions about the article do not fit the model's context beside it",
                    self.too_long
                ),
                Some("take a model with a longer context".to_owned()),
            );
        }
        if self.cut {
            self.case.note(
                "the list of entities or labels was cut at its largest length, twice: what was whole is kept"
                    .to_owned(),
                Some("take a larger model".to_owned()),
            );
        }
        self.case
            .done(TaskResult::Extraction(Extraction { entities, labels }))
    }
}

/// The paragraph of a figure and the one before, where its measure, subject and speaker stand.
fn neighbourhood(figure: &Figure, chars: &Chars) -> Range<usize> {
    let paragraphs = chars.paragraphs();
    let index = chars.paragraph_of(figure.start);
    let Some(own) = paragraphs.get(index) else {
        return 0..0;
    };
    let before = index.checked_sub(1).and_then(|before| paragraphs.get(before));
    // A paragraph of a page is no neighbourhood.
    let start = own.start.max(figure.start.saturating_sub(1200));
    let end = own.end.min(figure.end + 1200);
    match before {
        Some(before) if start == own.start && before.len() <= 600 => before.start..end,
        _ => start..end,
    }
}

/// The sentence around a figure, not longer than a prompt can bear.
fn sentence(figure: &Figure) -> String {
    const LONGEST: usize = 400;
    let sentence: String = figure.sentence.split_whitespace().collect::<Vec<_>>().join(" ");
    if sentence.chars().count() <= LONGEST {
        return sentence;
    }
    let cut: String = sentence.chars().take(LONGEST).collect();
    format!("{cut}…")
}

/// As many as the text could hold: about one for each ten words.
fn most_entities(part: &Part) -> usize {
    let words: usize = part
        .pieces
        .iter()
        .map(|piece| piece.text.split_whitespace().count())
        .sum();
    (words / 10).clamp(4, MOST_ENTITIES)
}

/// Entities with every place where they are named. A place inside a longer name belongs to the longer.
fn entities(
    raw: Vec<(Range<usize>, RawEntity)>,
    article: &Article,
    chars: &Chars,
    dropped: &mut Vec<String>,
) -> Vec<Entity> {
    let mut known: Vec<(Range<usize>, RawEntity)> = Vec::new();
    for (span, entity) in raw {
        let name = entity.name.trim().to_owned();
        match known.iter_mut().find(|(_, other)| other.name == name) {
            Some((_, other)) => other.description = other.description.take().or(entity.description),
            None => known.push((span, RawEntity { name, ..entity })),
        }
    }
    let mut by_length: Vec<usize> = (0..known.len()).collect();
    by_length.sort_by_key(|&index| std::cmp::Reverse(known[index].1.name.chars().count()));
    let mut taken: Vec<Range<usize>> = Vec::new();
    let mut places: Vec<Vec<Range<usize>>> = vec![Vec::new(); known.len()];
    for index in by_length {
        let all = chars.find_all(&known[index].1.name, 0..chars.len());
        if all.is_empty() {
            dropped.push(known[index].1.name.clone());
            continue;
        }
        let free: Vec<Range<usize>> = all
            .iter()
            .filter(|place| {
                !taken
                    .iter()
                    .any(|other| other.start < place.end && place.start < other.end)
            })
            .cloned()
            .collect();
        taken.extend(free.iter().cloned());
        // A name that only ever stands inside a longer one is still a name.
        places[index] = if free.is_empty() { all } else { free };
    }
    known
        .into_iter()
        .zip(places)
        .filter(|(_, places)| !places.is_empty())
        .map(|((span, raw), places)| {
            let anchor = places
                .iter()
                .find(|place| span.contains(&place.start))
                .unwrap_or(&places[0])
                .start;
            let description = raw
                .description
                .as_deref()
                .map(str::trim)
                .filter(|text| !text.is_empty());
            let description = description.and_then(|text| {
                let found = chars.nearest(text, 0..chars.len(), anchor);
                if found.is_none() {
                    dropped.push(text.to_owned());
                }
                found.filter(|quote| quote.text != raw.name)
            });
            let mentions = places
                .into_iter()
                .map(|place| Mention {
                    article_id: article.id.clone(),
                    text: chars.slice(place.start, place.end).to_owned(),
                    paragraph: chars.paragraph_of(place.start),
                    start: place.start,
                    end: place.end,
                })
                .collect();
            Entity {
                canonical: raw.name,
                entity_type: raw.entity_type,
                aliases: Vec::new(),
                description,
                mentions,
            }
        })
        .collect()
}
