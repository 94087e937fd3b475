//! A backend whose answers a closure writes, and articles to ask it about.

use crate::backend::{Backend, BackendError, Completion, Finish, Message, ModelInfo, Request, Stats, Ticket};
use crate::record::{Article, Figure, FigureKind, Lang, Paragraph, ParagraphKind};
use crate::task::{Job, Outcome, drive};

/// Answers every request at the next poll. A token is four characters.
pub struct FakeBackend<F> {
    pub info: ModelInfo,
    /// It takes one sentence a request.
    pub sentences: bool,
    pub answer: F,
    pub requests: Vec<Request>,
    waiting: Vec<(Ticket, Completion)>,
}

impl<F: FnMut(&Request) -> Completion> FakeBackend<F> {
    pub fn new(context_length: usize, answer: F) -> Self {
        let info = ModelInfo {
            context_length,
            device: "test".to_owned(),
            ..ModelInfo::default()
        };
        FakeBackend {
            info,
            sentences: false,
            answer,
            requests: Vec::new(),
            waiting: Vec::new(),
        }
    }

    /// A translation model: each request is one sentence.
    pub fn translator(answer: F) -> Self {
        FakeBackend {
            sentences: true,
            ..FakeBackend::new(512, answer)
        }
    }

    /// Runs one job to its end.
    pub fn run(&mut self, job: Box<dyn Job>) -> Outcome {
        let mut outcome = None;
        drive([job], self, |_, done| outcome = Some(done), |_, _| true).unwrap();
        outcome.unwrap()
    }
}

pub fn count(messages: &[Message]) -> usize {
    messages
        .iter()
        .map(|message| message.content.chars().count() / 4 + 4)
        .sum()
}

/// An answer that ended by itself.
pub fn whole(text: impl Into<String>) -> Completion {
    Completion {
        text: text.into(),
        finish: Finish::Stop,
        alternatives: Vec::new(),
        prompt_tokens: 0,
        cached_tokens: 0,
        tokens: 0,
    }
}

/// An answer with the other beams of its search.
pub fn beams(texts: &[&str]) -> Completion {
    Completion {
        alternatives: texts[1..].iter().map(|&text| text.to_owned()).collect(),
        ..whole(texts[0])
    }
}

/// An answer that was cut.
pub fn cut(text: impl Into<String>) -> Completion {
    Completion {
        finish: Finish::Length,
        ..whole(text)
    }
}

impl<F: FnMut(&Request) -> Completion> Backend for FakeBackend<F> {
    fn info(&self) -> &ModelInfo {
        &self.info
    }

    fn sentence_translator(&self) -> bool {
        self.sentences
    }

    fn count_tokens(&self, messages: &[Message]) -> Result<usize, BackendError> {
        Ok(count(messages))
    }

    fn submit(&mut self, request: Request) -> Result<Ticket, BackendError> {
        let tokens = count(&request.messages);
        if !self.sentences && tokens + request.max_tokens > self.info.context_length {
            return Err(BackendError::PromptTooLong {
                tokens,
                context: self.info.context_length,
            });
        }
        let ticket = Ticket(self.requests.len() as u64);
        self.waiting.push((ticket, (self.answer)(&request)));
        self.requests.push(request);
        Ok(ticket)
    }

    fn poll(&mut self) -> Result<Vec<(Ticket, Completion)>, BackendError> {
        // Last in, first out: jobs may not count on an order.
        Ok(self.waiting.pop().into_iter().collect())
    }

    fn outstanding(&self) -> usize {
        self.waiting.len()
    }

    fn stats(&self) -> Stats {
        Stats::default()
    }
}

/// An article of these paragraphs.
pub fn article(title: &str, paragraphs: &[&str]) -> Article {
    let mut article = Article {
        id: "a1".to_owned(),
        path: "a1.txt".to_owned(),
        title: (!title.is_empty()).then(|| title.to_owned()),
        lang: Lang::Fr,
        text: paragraphs.join("\n\n"),
        ..Article::default()
    };
    let mut start = 0;
    for paragraph in paragraphs {
        let end = start + paragraph.chars().count();
        article.paragraphs.push(Paragraph {
            start,
            end,
            kind: ParagraphKind::Text,
        });
        start = end + 2;
    }
    article
}

/// The funding round that most tests read.
pub fn funding() -> Article {
    article(
        "Lumière Quantique lève 40 millions d’euros",
        &[
            "La jeune pousse grenobloise Lumière Quantique a levé 40 millions d’euros auprès de Bpifrance et d’Axa Venture Partners, a annoncé lundi sa directrice générale, Inès Carpentier.",
            "L’entreprise, qui emploie 85 salariés, fabrique des puces photoniques « refroidies à −4\u{a0}°C ». Son chiffre d’affaires a progressé de 20,5\u{a0}% en 2024.",
            "« Nous recruterons 60 personnes d’ici à juin », promet Inès Carpentier, passée par STMicroelectronics.",
        ],
    )
}

/// A figure of the ledger, at the first place of its words.
pub fn figure(article: &Article, n: usize, text: &str, kind: FigureKind) -> Figure {
    let byte = article.text.find(text).unwrap();
    let start = article.text[..byte].chars().count();
    let end = start + text.chars().count();
    let paragraph = article
        .paragraphs
        .iter()
        .position(|p| p.start <= start && end <= p.end)
        .unwrap();
    Figure {
        article_id: article.id.clone(),
        n,
        sentence: "…".to_owned(),
        paragraph,
        ..Figure::bare(text, start, kind)
    }
}

/// The words between `start` and `end`, in characters.
pub fn slice(article: &Article, start: usize, end: usize) -> String {
    article.text.chars().skip(start).take(end - start).collect()
}
