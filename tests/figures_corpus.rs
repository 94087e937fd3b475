//! The quality gate of the figure grammar: what it reads in our annotated sentences may get better, not
//! worse.
//!
//! `tests/corpora/figures_baseline.json` pins, by corpus, a hash of the annotations, a floor for each
//! measure and the names of the sentences that are not read right yet. A measure under its floor fails,
//! and so does any sentence that is wrong and not on the list, even when the measures hold. Better than
//! the baseline is reported. To pin what is measured now:
//!
//! ```text
//! DEPECHE_BASELINE=update cargo test --test figures_corpus -- --nocapture
//! ```
//!
//! That refuses to lower a floor or to add a sentence to the list, unless it is `DEPECHE_BASELINE=accept`
//! (new sentences, changed annotations); say why in the commit. The sentences themselves are written in
//! `tests/corpora/figures_*.txt` and `passages_*.txt` and built by `build.py` there.

#![allow(clippy::unwrap_used, clippy::print_stdout)] // the helpers of a test are part of it

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Mutex;
use std::{env, fs};

use depeche::eval::{self, Field, Report};
use serde::{Deserialize, Serialize};

/// What one corpus must reach.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Baseline {
    /// BLAKE3 of the annotations.
    corpus: String,
    sentences: usize,
    figures: usize,
    /// Lowest admitted share of right ones, from 0 to 1.
    floors: BTreeMap<String, f64>,
    /// Most trap sentences in which something may be read.
    traps_hit: usize,
    /// The sentences that are not read right yet.
    failing: BTreeSet<String>,
}

type Baselines = BTreeMap<String, Baseline>;

/// Digits kept of a floor; rounded down, so that the same measure never falls under its own floor.
const DIGITS: f64 = 1e4;

/// The tests of this file rewrite one baseline file.
static BASELINE_FILE: Mutex<()> = Mutex::new(());

fn corpora() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/corpora")
}

fn read(name: &str) -> String {
    let path = corpora().join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn measure(gold: &str) -> (Baseline, Report) {
    let report = eval::figures(gold).unwrap_or_else(|error| panic!("{error}: {:?}", error.hint()));
    let mut floors = BTreeMap::from([
        ("f1".to_owned(), report.total.f1()),
        ("extents_f1".to_owned(), report.spans.f1()),
        (
            "sentences".to_owned(),
            report.cases_right as f64 / report.cases_scored as f64,
        ),
    ]);
    for field in Field::ALL {
        floors.insert(field.as_str().to_owned(), report.total.field(field).accuracy());
    }
    floors
        .values_mut()
        .for_each(|floor| *floor = (*floor * DIGITS).floor() / DIGITS);
    let measured = Baseline {
        corpus: blake3::hash(gold.as_bytes()).to_hex().to_string(),
        sentences: report.cases_scored,
        figures: report.total.gold,
        floors,
        traps_hit: report.traps.hit,
        failing: report.failing.iter().map(|case| case.id.clone()).collect(),
    };
    (measured, report)
}

/// What is worse than the baseline, one line each.
fn regressions(baseline: &Baseline, measured: &Baseline) -> Vec<String> {
    let mut worse = Vec::new();
    for (name, floor) in &baseline.floors {
        let now = measured.floors.get(name).copied().unwrap_or(0.0);
        if now < *floor {
            worse.push(format!("{name}: expected at least {floor}, but found {now}"));
        }
    }
    if measured.traps_hit > baseline.traps_hit {
        let (most, now) = (baseline.traps_hit, measured.traps_hit);
        worse.push(format!("traps hit: expected at most {most}, but found {now}"));
    }
    for id in measured.failing.difference(&baseline.failing) {
        worse.push(format!("{id}: was read right, is wrong now"));
    }
    worse
}

/// What is better than the baseline, one line each.
fn improvements(baseline: &Baseline, measured: &Baseline) -> Vec<String> {
    let floors = baseline.floors.iter().filter_map(|(name, floor)| {
        let now = measured.floors.get(name)?;
        (now > floor).then(|| format!("{name}: {floor} -> {now}"))
    });
    let fixed = baseline
        .failing
        .difference(&measured.failing)
        .map(|id| format!("{id}: is read right now"));
    floors.chain(fixed).collect()
}

fn gate(corpus: &str) {
    let gold = read(&format!("{corpus}.jsonl"));
    let (measured, report) = measure(&gold);
    let _one_at_a_time = BASELINE_FILE.lock().unwrap();
    let mut baselines: Baselines = serde_json::from_str(&read("figures_baseline.json")).unwrap();
    let baseline = baselines.get(corpus).cloned().unwrap_or_default();
    let worse = regressions(&baseline, &measured);
    let explain = || {
        let names = |line: &&str| {
            worse
                .iter()
                .any(|w| line.starts_with(w.split(':').next().unwrap()))
        };
        let details = report.disagreements();
        let details: Vec<&str> = details.lines().filter(names).collect();
        format!(
            "{}\n{}\n{}",
            worse.join("\n"),
            details.join("\n"),
            report.to_table()
        )
    };

    match env::var("DEPECHE_BASELINE").as_deref() {
        Ok(mode @ ("update" | "accept")) => {
            assert!(
                mode == "accept" || worse.is_empty(),
                "refused to lower a floor:\n{}",
                explain()
            );
            println!(
                "{corpus}: pinned\n{}{}",
                report.to_table(),
                report.disagreements()
            );
            baselines.insert(corpus.to_owned(), measured);
            let pinned = serde_json::to_string_pretty(&baselines).unwrap() + "\n";
            fs::write(corpora().join("figures_baseline.json"), pinned).unwrap();
        }
        Ok(mode) => panic!("expected DEPECHE_BASELINE to be `update` or `accept`, but found {mode:?}"),
        Err(_) => {
            assert_eq!(
                (&baseline.corpus, baseline.sentences),
                (&measured.corpus, measured.sentences),
                "the annotations changed: pin them with DEPECHE_BASELINE=update"
            );
            assert!(worse.is_empty(), "{}", explain());
            for better in improvements(&baseline, &measured) {
                println!("{corpus}: {better}; pin it with DEPECHE_BASELINE=update");
            }
        }
    }
}

#[test]
fn french_sentences_are_read_at_least_as_well_as_before() {
    gate("figures_fr");
}

#[test]
fn english_sentences_are_read_at_least_as_well_as_before() {
    gate("figures_en");
}

#[test]
fn french_passages_are_read_at_least_as_well_as_before() {
    gate("passages_fr");
}

#[test]
fn english_passages_are_read_at_least_as_well_as_before() {
    gate("passages_en");
}

#[test]
fn the_gate_names_what_got_worse() {
    let baseline = Baseline {
        floors: BTreeMap::from([("f1".to_owned(), 0.9), ("value".to_owned(), 0.8)]),
        traps_hit: 1,
        failing: BTreeSet::from(["a".to_owned()]),
        ..Baseline::default()
    };
    assert!(regressions(&baseline, &baseline).is_empty());
    let measured = Baseline {
        floors: BTreeMap::from([("f1".to_owned(), 0.89), ("value".to_owned(), 0.85)]),
        traps_hit: 2,
        failing: BTreeSet::from(["b".to_owned()]),
        ..Baseline::default()
    };
    assert_eq!(
        regressions(&baseline, &measured),
        [
            "f1: expected at least 0.9, but found 0.89",
            "traps hit: expected at most 1, but found 2",
            "b: was read right, is wrong now",
        ]
    );
    assert_eq!(
        improvements(&baseline, &measured),
        ["value: 0.8 -> 0.85", "a: is read right now"]
    );
}

#[test]
fn the_corpora_are_large_and_cover_every_kind() {
    for (lang, sentences, traps) in [("fr", 320, 60), ("en", 130, 25)] {
        let gold = read(&format!("figures_{lang}.jsonl"));
        let (measured, report) = measure(&gold);
        assert!(
            measured.sentences >= sentences,
            "{lang}: {} sentences",
            measured.sentences
        );
        assert!(
            report.traps.cases >= traps,
            "{lang}: {} traps",
            report.traps.cases
        );
        for kind in depeche::record::FigureKind::ALL {
            let annotated = report.groups.get(kind.as_str()).map_or(0, |group| group.gold);
            assert!(annotated > 0, "{lang}: no {} is annotated", kind.as_str());
        }
    }
}
