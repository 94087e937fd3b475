//! Entities by rule, measured: precision and recall by (name, type) on annotated articles.
//!
//! `corpora/entities.jsonl` lists every entity of the example articles, which the rules were written
//! with. `corpora/entities_unseen.jsonl` holds short texts that were annotated before the rules were
//! first run on them; `corpora/entities_fr.txt` and `entities_en.txt` others, written and annotated by readers who had not
//! seen the rules. What the rules made of them at first is in `docs/entities.md`.

#![allow(clippy::unwrap_used, clippy::print_stdout)] // the helpers of a test are part of it

use depeche::entities::{consolidate, find};
use depeche::ingest::{Options, articles};
use depeche::record::{Article, Entity, Lang, Paragraph, ParagraphKind};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

#[derive(Deserialize)]
struct Gold {
    article: String,
    #[serde(default)]
    text: String,
    entities: Vec<GoldEntity>,
}

#[derive(Deserialize)]
struct GoldEntity {
    canonical: String,
    #[serde(rename = "type")]
    kind: String,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn gold(name: &str) -> Vec<Gold> {
    let text = std::fs::read_to_string(root().join("tests/corpora").join(name)).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The example articles by the end of their path.
fn examples() -> HashMap<String, Article> {
    let folder = root().join("examples/articles").display().to_string();
    let read = articles(&[folder], &Options::default()).map(|article| article.unwrap());
    read.map(|article| {
        (
            article
                .path
                .rsplit(['/', '\\'])
                .next()
                .unwrap_or_default()
                .to_owned(),
            article,
        )
    })
    .collect()
}

fn paragraph_of(text: &str) -> Article {
    let paragraph = Paragraph {
        start: 0,
        end: text.chars().count(),
        kind: ParagraphKind::Text,
    };
    Article {
        text: text.to_owned(),
        lang: Lang::Fr,
        paragraphs: vec![paragraph],
        ..Article::default()
    }
}

/// Right, found and expected, by type.
#[derive(Default)]
struct Table(BTreeMap<String, [usize; 3]>);

impl Table {
    fn add(&mut self, article: &str, found: &[Entity], expected: &[GoldEntity]) {
        let found: BTreeSet<(String, &str)> = found
            .iter()
            .map(|entity| (plain(&entity.canonical), entity.entity_type.as_str()))
            .collect();
        let expected: BTreeSet<(String, &str)> = expected
            .iter()
            .map(|entity| (plain(&entity.canonical), entity.kind.as_str()))
            .collect();
        for (_, kind) in &found {
            self.0.entry((*kind).to_owned()).or_default()[1] += 1;
        }
        for item in &expected {
            let row = self.0.entry(item.1.to_owned()).or_default();
            row[2] += 1;
            row[0] += usize::from(found.contains(item));
        }
        for item in found.symmetric_difference(&expected) {
            let sign = if found.contains(item) {
                "not expected"
            } else {
                "not found"
            };
            println!("{article}: {sign}: {} ({})", item.0, item.1);
        }
    }

    /// Prints the table; overall precision and recall.
    fn scores(&self) -> (f64, f64) {
        let mut all = [0; 3];
        for (kind, row) in &self.0 {
            print_row(kind, *row);
            all.iter_mut().zip(row).for_each(|(sum, part)| *sum += part);
        }
        print_row("all", all);
        (share(all[0], all[1]), share(all[0], all[2]))
    }
}

fn print_row(kind: &str, [right, found, expected]: [usize; 3]) {
    let (precision, recall) = (share(right, found), share(right, expected));
    println!("{kind:14} P {precision:.3}  R {recall:.3}  {right} of {found} found, {expected} expected");
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 {
        1.0
    } else {
        part as f64 / whole as f64
    }
}

/// The annotation does not tell apostrophes apart.
fn plain(name: &str) -> String {
    name.replace('’', "'")
}

#[test]
fn example_articles_score_above_their_floor() {
    let examples = examples();
    let mut table = Table::default();
    let gold = gold("entities.jsonl");
    assert_eq!(gold.len(), examples.len(), "every example article is annotated");
    for gold in gold {
        table.add(&gold.article, &find(&examples[&gold.article]), &gold.entities);
    }
    let (precision, recall) = table.scores();
    assert!(
        precision >= 0.97 && recall >= 0.97,
        "precision {precision:.3}, recall {recall:.3}"
    );
}

#[test]
fn unseen_texts_score_above_their_floor() {
    let mut table = Table::default();
    for gold in gold("entities_unseen.jsonl") {
        table.add(&gold.article, &find(&paragraph_of(&gold.text)), &gold.entities);
    }
    let (precision, recall) = table.scores();
    assert!(
        precision >= 0.93 && recall >= 0.93,
        "precision {precision:.3}, recall {recall:.3}"
    );
}

/// One entity of a text of other readers: names and types that are as good as each other.
struct Reading {
    names: Vec<String>,
    types: Vec<String>,
    optional: bool,
}

/// A text, and what readers found in it; the format is in the README of the corpora.
fn readings(block: &str) -> (Article, Vec<Reading>) {
    let (told, lines): (Vec<&str>, Vec<&str>) = block
        .lines()
        .filter(|line| !line.starts_with('#'))
        .partition(|line| line.starts_with("- "));
    let mut readings: Vec<Reading> = Vec::new();
    for line in told {
        let (kind, names) = line[2..].split_once(':').unwrap();
        for name in names.split(" ; ") {
            let bare = name.trim().trim_start_matches(['?', '/']);
            let marks = &name.trim()[..name.trim().len() - bare.len()];
            let names: Vec<String> = bare.split(" = ").map(plain).collect();
            match readings
                .iter_mut()
                .find(|other| marks.contains('/') && other.names == names)
            {
                Some(other) => other.types.push(kind.to_owned()),
                None => readings.push(Reading {
                    names,
                    types: vec![kind.to_owned()],
                    optional: marks.contains('?'),
                }),
            }
        }
    }
    let (mut start, mut paragraphs) = (0, Vec::new());
    for line in &lines {
        let end = start + line.chars().count();
        let heading = lines.len() > 1 && !line.ends_with(['.', '!', '?', '»', '”', '"', '…', ')']);
        let kind = if heading {
            ParagraphKind::Heading
        } else {
            ParagraphKind::Text
        };
        paragraphs.push(Paragraph { start, end, kind });
        start = end + 1;
    }
    let article = Article {
        text: lines.join("\n"),
        paragraphs,
        ..Article::default()
    };
    (article, readings)
}

/// Precision and recall on the texts of other readers.
fn of_readers(file: &str, lang: Lang) -> (f64, f64) {
    let text = std::fs::read_to_string(root().join("tests/corpora").join(file)).unwrap();
    let mut table = Table::default();
    for block in text.split("\n\n") {
        let (mut article, readings) = readings(block);
        if article.text.is_empty() {
            continue;
        }
        article.lang = lang;
        let mut met = vec![false; readings.len()];
        for entity in find(&article) {
            let (name, kind) = (plain(&entity.canonical), entity.entity_type.as_str());
            let reading = readings.iter().position(|reading| {
                reading.names.contains(&name) && reading.types.iter().any(|other| other == kind)
            });
            let row = table.0.entry(kind.to_owned()).or_default();
            match reading {
                Some(at) if readings[at].optional && !met[at] => met[at] = true,
                Some(at) if !met[at] => {
                    met[at] = true;
                    row[0] += 1;
                    row[1] += 1;
                }
                _ => {
                    println!("not expected: {name} ({kind}) in: {}", article.text);
                    row[1] += 1;
                }
            }
        }
        for (reading, met) in readings.iter().zip(met).filter(|(reading, _)| !reading.optional) {
            table.0.entry(reading.types[0].clone()).or_default()[2] += 1;
            if !met {
                println!(
                    "not found: {} ({}) in: {}",
                    reading.names[0], reading.types[0], article.text
                );
            }
        }
    }
    table.scores()
}

#[test]
fn texts_of_other_readers_score_above_their_floor() {
    for (file, lang, floor) in [
        ("entities_fr.txt", Lang::Fr, 0.93),
        ("entities_en.txt", Lang::En, 0.90),
    ] {
        let (precision, recall) = of_readers(file, lang);
        assert!(
            precision >= floor && recall >= floor,
            "{file}: precision {precision:.3}, recall {recall:.3}"
        );
    }
}

#[test]
fn every_mention_and_description_is_where_it_says() {
    for article in examples().values() {
        let chars: Vec<char> = article.text.chars().collect();
        for entity in find(article) {
            for mention in &entity.mentions {
                assert_eq!(
                    chars[mention.start..mention.end].iter().collect::<String>(),
                    mention.text
                );
                assert_eq!(mention.article_id, article.id);
            }
            if let Some(quote) = &entity.description {
                assert_eq!(
                    chars[quote.start..quote.end].iter().collect::<String>(),
                    quote.text
                );
            }
        }
    }
}

#[test]
fn the_folder_has_one_row_for_what_several_articles_name() {
    let examples = examples();
    let mut names: Vec<&String> = examples.keys().collect();
    names.sort();
    let found: Vec<Vec<Entity>> = names.into_iter().map(|name| find(&examples[name])).collect();
    let folder = consolidate(found.iter().map(Vec::as_slice));
    let row = |name: &str| {
        let rows: Vec<&Entity> = folder
            .iter()
            .filter(|entity| plain(&entity.canonical) == name)
            .collect();
        assert_eq!(rows.len(), 1, "{name}");
        rows[0]
    };
    let articles = |entity: &Entity| {
        entity
            .mentions
            .iter()
            .map(|mention| mention.article_id.as_str())
            .collect::<BTreeSet<_>>()
            .len()
    };
    assert!(articles(row("Calderis")) >= 4);
    assert!(articles(row("Hélicéa")) >= 2);
    let cnil = row("Commission nationale de l'informatique et des libertés");
    assert!(cnil.aliases.iter().any(|alias| alias == "CNIL") && articles(cnil) >= 3);
    assert!(folder.iter().all(|entity| entity.canonical != "CNIL"));
    for pair in [
        ("Google", "Google Cloud"),
        ("Ariane 5", "Ariane 6"),
        ("Meta", "OpenAI"),
    ] {
        assert_ne!(row(pair.0), row(pair.1));
    }
}
