use rust_decimal::Decimal;

use super::*;
use crate::record::FigureKind;

/// A reading of `text[start..end]`, all else as little as possible.
fn reading(text: &str, start: usize, end: usize, kind: FigureKind, value: i64) -> Figure {
    let slice: String = text.chars().skip(start).take(end - start).collect();
    Figure {
        value: Some(Decimal::from(value)),
        sentence: text.to_owned(),
        ..Figure::bare(&slice, start, kind)
    }
}

const SALES: &str = r#"{"id":"a","text":"12 salariés, 5 %","lang":"fr","tags":[],"figures":[{"text":"12","start":0,"end":2,"kind":"count","value":12,"unit":["salariés","salarié"]},{"text":"5 %","start":13,"end":16,"kind":"percent","value":5}]}"#;

fn with_unit(mut figure: Figure, unit: &str) -> Figure {
    figure.unit = Some(unit.to_owned());
    figure
}

#[test]
fn a_right_reading_has_no_disagreement() {
    let report = figures_with(SALES, |text, _| {
        vec![
            with_unit(reading(text, 0, 2, FigureKind::Count, 12), "Salariés"),
            reading(text, 13, 16, FigureKind::Percent, 5),
        ]
    })
    .unwrap();
    assert_eq!((report.cases_right, report.cases_scored), (1, 1));
    assert_eq!(
        (report.total.gold, report.total.read, report.total.matched),
        (2, 2, 2)
    );
    assert_eq!(report.total.field(Field::Unit), Tally { right: 1, checked: 1 });
    assert!(report.disagreements().is_empty());
}

#[test]
fn every_way_of_being_wrong_is_named() {
    let report = figures_with(SALES, |text, _| {
        vec![
            with_unit(reading(text, 0, 2, FigureKind::Count, 21), "salariés"),
            reading(text, 13, 16, FigureKind::PercentagePoints, 5),
            reading(text, 3, 11, FigureKind::Ordinal, 1),
        ]
    })
    .unwrap();
    assert_eq!(
        report.disagreements(),
        "a: \"12\": expected value 12, but found 21\n\
         a: \"5 %\": expected kind percent, but found percentage_points\n\
         a: spurious ordinal \"salariés\" at 3\n"
    );
    assert_eq!(
        (report.total.gold, report.total.read, report.total.matched),
        (2, 3, 1)
    );
    assert_eq!(report.spans.matched, 2);
    assert_eq!(report.cases_right, 0);
}

#[test]
fn an_extent_one_character_off_is_both_missing_and_spurious() {
    let report = figures_with(SALES, |text, _| {
        vec![reading(text, 13, 14, FigureKind::Percent, 5)]
    })
    .unwrap();
    assert_eq!(
        report.disagreements(),
        "a: missing count \"12\"\na: missing percent \"5 %\"\na: spurious percent \"5\" at 13\n"
    );
}

#[test]
fn an_optional_figure_may_be_read_or_not() {
    let gold = r#"{"id":"b","text":"il y a un an","lang":"fr","tags":[],"figures":[{"text":"un an","start":7,"end":12,"kind":"duration","optional":true}]}"#;
    for found in [
        vec![],
        vec![reading("il y a un an", 7, 12, FigureKind::Duration, 1)],
    ] {
        let report = figures_with(gold, |_, _| found.clone()).unwrap();
        assert_eq!(
            (report.total.gold, report.total.read, report.cases_right),
            (0, 0, 1)
        );
    }
}

#[test]
fn a_trap_counts_what_was_read_in_it() {
    let gold = r#"{"id":"t","text":"une puce H100","lang":"fr","tags":["trap:name"],"figures":[]}"#;
    let report = figures_with(gold, |text, _| {
        vec![reading(text, 10, 13, FigureKind::Count, 100)]
    })
    .unwrap();
    assert_eq!(
        report.traps,
        TrapScore {
            cases: 1,
            hit: 1,
            readings: 1
        }
    );
    assert_eq!(report.total.precision(), 0.0);
}

#[test]
fn null_must_be_read_as_nothing_and_an_absent_field_is_not_scored() {
    let gold = r#"{"id":"r","text":"3 à 4 ans","lang":"fr","tags":[],"figures":[{"text":"3 à 4 ans","start":0,"end":9,"kind":"duration","value":null}]}"#;
    let report = figures_with(gold, |text, _| vec![reading(text, 0, 9, FigureKind::Duration, 3)]).unwrap();
    assert_eq!(
        report.disagreements(),
        "r: \"3 à 4 ans\": expected value nothing, but found 3\n"
    );
    assert_eq!(report.total.field(Field::Unit).checked, 0);
}

#[test]
fn a_third_is_equal_up_to_its_digits() {
    let gold = r#"{"id":"r","text":"un tiers","lang":"fr","tags":[],"figures":[{"text":"un tiers","start":0,"end":8,"kind":"ratio","value":0.333333333333}]}"#;
    let third = Figure {
        value: Some(Decimal::ONE / Decimal::from(3)),
        ..reading("un tiers", 0, 8, FigureKind::Ratio, 0)
    };
    assert_eq!(
        figures_with(gold, |_, _| vec![third.clone()])
            .unwrap()
            .cases_right,
        1
    );
}

#[test]
fn a_foreign_number_may_go_on_with_its_unit() {
    let gold = r#"{"id":"n","source":"allo-media/text2num:tests","text":"cent kg","kind":"number","scope":"core","exhaustive_for":"number","expected":[{"text":"cent","start":0,"end":4,"type":"cardinal","value":100}]}"#;
    let report = figures_with(gold, |text, _| {
        vec![reading(text, 0, 7, FigureKind::Quantity, 100)]
    })
    .unwrap();
    assert_eq!(report.cases_right, 1);
    assert_eq!(report.groups["text2num number"].matched, 1);
}

#[test]
fn a_foreign_date_may_lack_the_year_of_its_day_of_reading() {
    let gold = r#"{"id":"d","source":"facebook/duckling","text":"le 5 juillet","kind":"date","scope":"core","expected":[{"text":"le 5 juillet","start":0,"end":12,"type":"Time","grain":"day","value":"2013-07-05","value_depends_on_reference":true}]}"#;
    let report = figures_with(gold, |text, _| {
        let mut day = reading(text, 3, 12, FigureKind::Date, 0);
        day.value = None;
        day.period = Some("XXXX-07-05".to_owned());
        vec![day]
    })
    .unwrap();
    assert_eq!(report.cases_right, 1, "{}", report.disagreements());
}

#[test]
fn what_depends_on_the_day_of_reading_is_skipped_and_counted() {
    let gold = r#"{"id":"d","source":"facebook/duckling","text":"demain à 11h","kind":"time","scope":"core","expected":[{"text":"demain à 11h","start":0,"end":12,"type":"Time","grain":"hour","value":"2013-02-13T11","value_depends_on_reference":true}]}"#;
    let report = figures_with(gold, |_, _| Vec::new()).unwrap();
    assert_eq!(report.cases_scored, 0);
    assert_eq!(report.skipped[0].lines, 1);
}

#[test]
fn an_annotation_that_does_not_slice_to_its_text_is_an_error() {
    let gold = SALES.replace(r#""start":13,"end":16"#, r#""start":12,"end":15"#);
    let error = figures_with(&gold, |_, _| Vec::new()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "line 1: expected \"5 %\" at 12..15, but found \" 5 \""
    );
    assert!(error.hint().is_some());
}

#[test]
fn malformed_lines_are_named() {
    let message = |gold: &str| figures_with(gold, |_, _| Vec::new()).unwrap_err().to_string();
    assert_eq!(message("{"), "line 1: expected a JSON object");
    assert_eq!(
        message("\n[1]"),
        "line 2: expected an object in field `(the line)`"
    );
    let unknown = SALES.replace("\"count\"", "\"counted\"");
    assert_eq!(
        message(&unknown),
        "line 1: expected the name of a kind of figure in field `kind`"
    );
    assert_eq!(
        message(&format!("{SALES}\n{SALES}")),
        "line 2: expected a new id, but found \"a\" again"
    );
}

#[test]
fn the_table_has_a_line_for_each_kind() {
    let report = figures_with(SALES, |_, _| Vec::new()).unwrap();
    let table = report.to_table();
    for name in ["count", "percent", "all", "all, extents only"] {
        assert!(
            table.lines().any(|line| line.starts_with(name)),
            "{name} in {table}"
        );
    }
    assert!(report.to_json().contains("\"recall\": 0.0"));
}
