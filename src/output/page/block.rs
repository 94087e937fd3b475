//! Articles and their figures as the page reads them: a block of articles at a time, so that a large run can leave
//! its blocks in files of their own.

use super::aligned::{Aligned, Found, Ledger};
use crate::output::folder::ArticleResults;
use crate::record::exact;
use crate::record::{Bullet, Entity, Figure, FindingKind, Lang, Method, ParagraphKind, Quote, Summary};
use rust_decimal::Decimal;
use serde::{Serialize, Serializer};
use std::collections::HashMap;

/// What is shown of one article beside its row in the index.
#[derive(Serialize)]
struct Detail<'a> {
    url: Option<&'a str>,
    paragraphs: Vec<(ParagraphKind, usize, String)>,
    summaries: Vec<Points<'a>>,
    translations: Vec<Aligned<'a>>,
    entities: Vec<Name<'a>>,
}

#[derive(Serialize)]
struct Points<'a> {
    lang: Lang,
    method: Method,
    headline: &'a str,
    bullets: &'a [Bullet],
    #[serde(rename = "abstract")]
    abstract_text: &'a str,
    findings: Vec<Found<'a>>,
}

/// An entity of one article; a mention is its start and its end.
#[derive(Serialize)]
struct Name<'a> {
    canonical: &'a str,
    #[serde(rename = "type")]
    entity_type: crate::record::EntityType,
    aliases: &'a [String],
    description: Option<&'a Quote>,
    mentions: Vec<(usize, usize)>,
}

/// The figures of a block, column by column: half the size of rows with their names. What is words is an index into
/// `words`; `data.js` makes rows of it again.
#[derive(Serialize, Default)]
struct Columns {
    words: Words,
    /// Place of the article in the run.
    article: Vec<usize>,
    n: Vec<usize>,
    start: Vec<usize>,
    end: Vec<usize>,
    paragraph: Vec<usize>,
    text: Vec<usize>,
    kind: Vec<usize>,
    qualifier: Vec<usize>,
    value: Vec<Number>,
    min: Vec<Number>,
    max: Vec<Number>,
    unit: Vec<Option<usize>>,
    currency: Vec<Option<usize>>,
    ambiguous: Vec<u8>,
    direction: Vec<Option<usize>>,
    period: Vec<Option<usize>>,
    measure: Vec<Option<usize>>,
    subject: Vec<Option<usize>>,
    speaker: Vec<Option<usize>>,
    sentence: Vec<usize>,
    /// What the gate found, where a translation does not tell the figure rightly.
    check: Vec<Option<usize>>,
}

/// A decimal with every digit, as a JSON number.
#[derive(Serialize)]
#[serde(transparent)]
struct Number(#[serde(serialize_with = "exact::serialize")] Option<Decimal>);

/// Each word once, in the order of its first use.
#[derive(Default)]
struct Words {
    list: Vec<String>,
    places: HashMap<String, usize>,
}

impl Words {
    fn place(&mut self, word: &str) -> usize {
        if let Some(&place) = self.places.get(word) {
            return place;
        }
        let place = self.list.len();
        self.list.push(word.to_owned());
        self.places.insert(word.to_owned(), place);
        place
    }

    fn maybe(&mut self, word: Option<&str>) -> Option<usize> {
        word.map(|word| self.place(word))
    }
}

impl Serialize for Words {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.list.serialize(serializer)
    }
}

/// Articles that are being gathered.
#[derive(Default)]
pub(super) struct Block {
    /// JSON objects with commas between them.
    articles: String,
    figures: Columns,
    /// Number of articles.
    pub(super) count: usize,
}

impl Block {
    /// Adds the article at `place` of the run.
    pub(super) fn add(&mut self, place: usize, results: &ArticleResults) -> serde_json::Result<()> {
        let ledger = Ledger::new(&results.article, &results.figures);
        if self.count > 0 {
            self.articles.push_str(",\n");
        }
        self.articles
            .push_str(&serde_json::to_string(&detail(results, &ledger))?);
        let wrong: HashMap<usize, FindingKind> = results
            .translations
            .iter()
            .flat_map(|translation| ledger.wrong(translation))
            .collect();
        for figure in &results.figures {
            self.figures.add(place, figure, wrong.get(&figure.n).copied());
        }
        self.count += 1;
        Ok(())
    }

    /// About how many bytes it takes.
    pub(super) fn size(&self) -> usize {
        self.articles.len() + 250 * self.figures.n.len()
    }

    /// The articles and the figures, both as JSON.
    pub(super) fn finish(self) -> serde_json::Result<(String, String)> {
        Ok((
            format!("[{}]", self.articles),
            serde_json::to_string(&self.figures)?,
        ))
    }
}

impl Columns {
    fn add(&mut self, place: usize, figure: &Figure, wrong: Option<FindingKind>) {
        let words = &mut self.words;
        self.article.push(place);
        self.n.push(figure.n);
        self.start.push(figure.start);
        self.end.push(figure.end);
        self.paragraph.push(figure.paragraph);
        self.text.push(words.place(&figure.full_text));
        self.kind.push(words.place(figure.kind.as_str()));
        self.qualifier.push(words.place(figure.qualifier.as_str()));
        self.value.push(Number(figure.value));
        self.min.push(Number(figure.min));
        self.max.push(Number(figure.max));
        self.unit.push(words.maybe(figure.unit.as_deref()));
        self.currency.push(words.maybe(figure.currency.as_deref()));
        self.ambiguous.push(u8::from(figure.currency_ambiguous));
        self.direction
            .push(words.maybe(figure.direction.map(|direction| direction.as_str())));
        self.period.push(words.maybe(figure.period.as_deref()));
        self.measure.push(words.maybe(figure.measure.as_deref()));
        self.subject.push(words.maybe(figure.subject.as_deref()));
        self.speaker.push(words.maybe(figure.speaker.as_deref()));
        self.sentence.push(words.place(&figure.sentence));
        self.check.push(words.maybe(wrong.map(FindingKind::as_str)));
    }
}

fn detail<'a>(results: &'a ArticleResults, ledger: &Ledger<'a>) -> Detail<'a> {
    let article = &results.article;
    Detail {
        url: article.url.as_deref(),
        paragraphs: paragraphs(article),
        summaries: results.summaries.iter().map(points).collect(),
        translations: results
            .translations
            .iter()
            .map(|translation| ledger.align(translation))
            .collect(),
        entities: results.entities.iter().map(name).collect(),
    }
}

/// Kind, start and words of each paragraph.
fn paragraphs(article: &crate::record::Article) -> Vec<(ParagraphKind, usize, String)> {
    let mut chars = article.text.chars();
    let mut at = 0;
    let cut = |paragraph: &crate::record::Paragraph| {
        // paragraphs come in order: one pass over the text
        let skip = paragraph.start.saturating_sub(at);
        let take = paragraph.end.saturating_sub(paragraph.start.max(at));
        let text: String = chars.by_ref().skip(skip).take(take).collect();
        at = paragraph.end.max(at);
        (paragraph.kind, paragraph.start, text)
    };
    article.paragraphs.iter().map(cut).collect()
}

fn points(summary: &Summary) -> Points<'_> {
    Points {
        lang: summary.lang,
        method: summary.method,
        headline: &summary.headline,
        bullets: &summary.bullets,
        abstract_text: &summary.abstract_text,
        findings: summary
            .findings
            .iter()
            .map(|finding| Found::new(finding, None))
            .collect(),
    }
}

fn name(entity: &Entity) -> Name<'_> {
    Name {
        canonical: &entity.canonical,
        entity_type: entity.entity_type,
        aliases: &entity.aliases,
        description: entity.description.as_ref(),
        mentions: entity
            .mentions
            .iter()
            .map(|mention| (mention.start, mention.end))
            .collect(),
    }
}
