//! The sentences of an article that a summary may take, with what is known of each.

use super::words;
use crate::record::{Article, Entity, EntityType, Figure, FigureKind, ParagraphKind};
use crate::sentence;

/// One sentence, or a list item.
#[derive(Debug)]
pub(super) struct Passage<'a> {
    /// Letter for letter.
    pub text: &'a str,
    /// Index of its paragraph.
    pub paragraph: usize,
    /// It opens its paragraph.
    pub first: bool,
    /// It ends like a sentence.
    pub is_sentence: bool,
    /// It is an item of a list.
    pub is_item: bool,
    /// Figures in it, dates and ranks left out.
    pub figures: usize,
    /// How often the article names the entities that this sentence names.
    pub entities: usize,
    /// Its words, cut to what inflected forms share.
    pub stems: Vec<String>,
    /// How much it leans on what stands before, from 0 to 1.
    pub dependence: f32,
    /// The part of it that stands in quotation marks, from 0 to 1.
    pub quoted: f32,
    /// It says little or is no running text.
    pub weak: bool,
}

impl Passage<'_> {
    /// Its length.
    pub(super) fn chars(&self) -> usize {
        self.text.chars().count()
    }
}

/// Every sentence of the running text, in order. Headings and rows of tables are left out, and so is
/// what cannot stand in a summary at all: half a quotation, a sentence that announces a list.
pub(super) fn passages<'a>(
    article: &'a Article,
    figures: &[Figure],
    entities: &[Entity],
) -> Vec<Passage<'a>> {
    let places = Places::new(figures, entities);
    let mut bytes: Vec<usize> = article.text.char_indices().map(|(byte, _)| byte).collect();
    bytes.push(article.text.len());
    let last = bytes.len() - 1;
    let mut passages = Vec::new();
    for (index, paragraph) in article.paragraphs.iter().enumerate() {
        if matches!(paragraph.kind, ParagraphKind::Heading | ParagraphKind::TableRow) {
            continue;
        }
        let start = paragraph.start.min(last);
        let end = paragraph.end.clamp(start, last);
        let text = &article.text[bytes[start]..bytes[end]];
        let mut first = true;
        let mut quoting = false;
        let mut char_at = start;
        for range in sentence::split(text, article.lang) {
            let char_start = char_at;
            char_at += text[range.clone()].chars().count();
            let sentence = text[sentence::trim(text, &range)].trim();
            let inside = quoting;
            let quoted = words::quoted(sentence, &mut quoting);
            if sentence.is_empty() || words::is_fragment(sentence) || words::is_boilerplate(sentence) {
                first = false;
                continue;
            }
            let block = paragraph.kind == ParagraphKind::Quote;
            let unnamed = words::possessive_at(sentence).is_some_and(|at| {
                !words::introduces(sentence) && !places.names_before(char_start, char_start + at)
            });
            let dependence = match words::dependence(sentence) {
                _ if inside || block => 0.9, // somebody's words, and it does not say whose
                leaning if unnamed => leaning.max(0.45),
                leaning => leaning,
            };
            passages.push(Passage {
                text: sentence,
                paragraph: index,
                first,
                is_sentence: words::ends_sentence(sentence),
                is_item: paragraph.kind == ParagraphKind::ListItem,
                figures: places.figures_in(char_start, char_at),
                entities: places.entities_in(char_start, char_at),
                stems: words::stems(sentence),
                dependence,
                quoted: if block { 1.0 } else { quoted },
                weak: words::says_little(sentence),
            });
            first = false;
        }
    }
    passages
}

/// Where figures and entities stand, sorted.
struct Places {
    figures: Vec<usize>,
    /// Start of a mention, and how often its entity is mentioned.
    mentions: Vec<(usize, usize)>,
    /// Starts of the mentions of persons, organizations and products.
    owners: Vec<usize>,
}

impl Places {
    fn new(figures: &[Figure], entities: &[Entity]) -> Places {
        let counts = |figure: &&Figure| !matches!(figure.kind, FigureKind::Date | FigureKind::Ordinal);
        let mut figures: Vec<usize> = figures.iter().filter(counts).map(|figure| figure.start).collect();
        let mut mentions: Vec<(usize, usize)> = entities
            .iter()
            .flat_map(|entity| {
                entity
                    .mentions
                    .iter()
                    .map(|mention| (mention.start, entity.mentions.len()))
            })
            .collect();
        let owner = |entity: &&Entity| {
            matches!(
                entity.entity_type,
                EntityType::Person | EntityType::Organization | EntityType::Product
            )
        };
        let mut owners: Vec<usize> = entities
            .iter()
            .filter(owner)
            .flat_map(|entity| &entity.mentions)
            .map(|mention| mention.start)
            .collect();
        figures.sort_unstable();
        mentions.sort_unstable();
        owners.sort_unstable();
        Places {
            figures,
            mentions,
            owners,
        }
    }

    fn figures_in(&self, start: usize, end: usize) -> usize {
        let before = |limit: usize| self.figures.partition_point(|&at| at < limit);
        before(end).saturating_sub(before(start))
    }

    /// Whether somebody or something that may own is named there.
    fn names_before(&self, start: usize, end: usize) -> bool {
        self.owners
            .iter()
            .skip(self.owners.partition_point(|&at| at < start))
            .take(1)
            .any(|&at| at < end)
    }

    fn entities_in(&self, start: usize, end: usize) -> usize {
        let before = |limit: usize| self.mentions.partition_point(|&(at, _)| at < limit);
        self.mentions
            .get(before(start)..before(end))
            .unwrap_or_default()
            .iter()
            .map(|&(_, count)| count)
            .sum()
    }
}
