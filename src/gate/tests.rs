//! The rules on hand-made ledgers: one test for each kind of equality and each kind of finding.

use super::*;
use crate::record::{Direction, FigureKind, FindingKind, FindingSide, Qualifier};
use rust_decimal::Decimal;

/// A ledger row as the grammar would make it; offsets follow from the order.
pub(super) fn figure(text: &str, kind: FigureKind, value: &str) -> Figure {
    Figure {
        value: value.parse().ok(),
        ..Figure::bare(text, 0, kind)
    }
}

fn money(text: &str, value: &str, currency: &str) -> Figure {
    Figure {
        currency: Some(currency.into()),
        ..figure(text, FigureKind::Money, value)
    }
}

fn percent(text: &str, value: &str) -> Figure {
    Figure {
        unit: Some("%".into()),
        ..figure(text, FigureKind::Percent, value)
    }
}

fn count(text: &str, value: &str, noun: &str) -> Figure {
    Figure {
        unit: Some(noun.into()),
        ..figure(text, FigureKind::Count, value)
    }
}

fn measure(text: &str, kind: FigureKind, value: &str, unit: &str) -> Figure {
    Figure {
        unit: Some(unit.into()),
        ..figure(text, kind, value)
    }
}

fn date(text: &str, period: &str) -> Figure {
    Figure {
        period: Some(period.into()),
        ..figure(text, FigureKind::Date, "")
    }
}

fn qualified(figure: Figure, qualifier: Qualifier) -> Figure {
    Figure { qualifier, ..figure }
}

fn moved(figure: Figure, direction: Direction) -> Figure {
    Figure {
        direction: Some(direction),
        ..figure
    }
}

fn range(figure: Figure, min: &str, max: &str) -> Figure {
    Figure {
        value: None,
        min: min.parse().ok(),
        max: max.parse().ok(),
        qualifier: Qualifier::Range,
        ..figure
    }
}

/// Gives the rows of one text their places, twenty characters apart.
pub(super) fn ledger(figures: impl IntoIterator<Item = Figure>) -> Vec<Figure> {
    let place = |(n, figure): (usize, Figure)| {
        let start = n * 20;
        let end = start + figure.text.chars().count();
        Figure {
            n,
            start,
            end,
            full_start: start,
            full_end: end,
            ..figure
        }
    };
    figures.into_iter().enumerate().map(place).collect()
}

fn kinds(
    source: impl IntoIterator<Item = Figure>,
    generated: impl IntoIterator<Item = Figure>,
    scope: Scope,
) -> Vec<FindingKind> {
    let findings = check(&ledger(source), &ledger(generated), scope);
    findings.iter().map(|finding| finding.kind).collect()
}

#[track_caller]
fn assert_equal(source: Figure, generated: Figure) {
    for scope in [Scope::Complete, Scope::Subset] {
        let found = check(&ledger([source.clone()]), &ledger([generated.clone()]), scope);
        assert!(
            found.is_empty(),
            "{} = {}: {found:?}",
            source.text,
            generated.text
        );
    }
}

#[track_caller]
fn assert_flagged(source: Figure, generated: Figure, kind: FindingKind) {
    for scope in [Scope::Complete, Scope::Subset] {
        let found = kinds([source.clone()], [generated.clone()], scope);
        assert_eq!(found, [kind], "{} / {} ({scope:?})", source.text, generated.text);
    }
}

use FigureKind::{
    Age, BasisPoints, Count, Duration, Multiple, Ordinal, PercentagePoints, Quantity, Rate, Ratio,
};
use FindingKind::{ChangedCurrency, ChangedUnit, ChangedValue, Invented, Missing};

#[test]
fn the_same_value_in_another_language_is_equal() {
    assert_equal(percent("20,5 %", "20.5"), percent("20.5%", "20.50"));
    let dollars = Figure {
        currency_ambiguous: true,
        ..money("10 milliards de dollars", "10000000000", "USD")
    };
    assert_equal(dollars, money("$10 billion", "10000000000", "USD"));
    assert_equal(
        count("12 000", "12000", "salariés"),
        count("12,000", "12000", "employees"),
    );
    assert_equal(date("1er trimestre", "Q1"), date("first quarter", "Q1"));
    assert_equal(figure("doublé", Multiple, "2"), figure("doubled", Multiple, "2"));
    assert_equal(
        date("14 juillet 2024", "2024-07-14"),
        date("July 14, 2024", "2024-07-14"),
    );
    assert_equal(
        measure("deux ans", Duration, "2", "ans"),
        measure("two years", Duration, "2", "years"),
    );
    assert_equal(
        measure("42 ans", Age, "42", "ans"),
        measure("42-year-old", Age, "42", "year"),
    );
    assert_equal(measure("42 ans", Age, "42", "ans"), figure("42", Count, "42"));
    assert_equal(figure("premier", Ordinal, "1"), figure("first", Ordinal, "1"));
    assert_equal(
        measure("15 jours", Duration, "15", "jours"),
        measure("two weeks", Duration, "2", "weeks"),
    );
    let twenty = qualified(count("vingtaine", "20", "villes"), Qualifier::Approx);
    assert_equal(
        twenty,
        qualified(count("twenty", "20", "cities"), Qualifier::Approx),
    );
}

#[test]
fn shares_are_equal_by_value_however_they_are_put() {
    let third = |text| figure(text, Ratio, "0.3333333333333333333333333333");
    assert_equal(third("un tiers"), figure("a third", Ratio, "0.333333333333333"));
    assert_equal(figure("un salarié sur cinq", Ratio, "0.2"), percent("20%", "20"));
    assert_equal(percent("50 %", "50"), figure("half", Ratio, "0.5"));
    assert_equal(
        figure("divisé par deux", Multiple, "0.5"),
        figure("half", Ratio, "0.5"),
    );
    assert_equal(
        measure("25 points de base", BasisPoints, "25", "points de base"),
        measure(
            "0.25 percentage points",
            PercentagePoints,
            "0.25",
            "percentage points",
        ),
    );
    assert_flagged(third("un tiers"), percent("33%", "33"), ChangedValue);
}

#[test]
fn each_kind_of_error_is_one_finding_of_its_kind() {
    assert_flagged(percent("20,5 %", "20.5"), percent("25.5%", "25.5"), ChangedValue);
    assert_flagged(
        money("3 M€", "3000000", "EUR"),
        money("€3 billion", "3000000000", "EUR"),
        ChangedValue,
    );
    assert_flagged(
        money("3 M€", "3000000", "EUR"),
        money("$3 million", "3000000", "USD"),
        ChangedCurrency,
    );
    let nanometres = |text, value| measure(text, Quantity, value, "nm");
    assert_flagged(
        nanometres("3 nm", "3"),
        measure("3 mm", Quantity, "3", "mm"),
        ChangedUnit,
    );
    assert_flagged(
        percent("2 %", "2"),
        measure("2 points", PercentagePoints, "2", "points"),
        ChangedUnit,
    );
    assert_flagged(
        measure("24 mois", Duration, "24", "mois"),
        measure("24 years", Duration, "24", "years"),
        ChangedUnit,
    );
    assert_flagged(
        Figure {
            unit: Some("mois".into()),
            kind: Rate,
            ..money("20 € par mois", "20", "EUR")
        },
        Figure {
            unit: Some("year".into()),
            kind: Rate,
            ..money("€20 a year", "20", "EUR")
        },
        ChangedUnit,
    );
    assert_eq!(kinds([percent("5 %", "5")], [], Scope::Complete), [Missing]);
    assert_eq!(kinds([percent("5 %", "5")], [], Scope::Subset), []);
    assert_eq!(kinds([], [percent("5%", "5")], Scope::Complete), [Invented]);
    assert_eq!(kinds([], [percent("5%", "5")], Scope::Subset), [Invented]);
}

#[test]
fn a_reversed_or_lost_bound_and_a_reversed_direction_are_changed_values() {
    let five = || count("500", "500", "magasins");
    assert_flagged(
        qualified(five(), Qualifier::LessThan),
        qualified(five(), Qualifier::MoreThan),
        ChangedValue,
    );
    assert_equal(
        qualified(five(), Qualifier::MoreThan),
        qualified(five(), Qualifier::AtLeast),
    );
    assert_equal(qualified(five(), Qualifier::Approx), five());
    let plainly = |figure: Figure, words: &str| Figure {
        full_text: format!("{words} {}", figure.text),
        ..figure
    };
    assert_flagged(
        plainly(qualified(five(), Qualifier::MoreThan), "plus de"),
        five(),
        ChangedValue,
    );
    assert_flagged(
        five(),
        plainly(qualified(five(), Qualifier::LessThan), "fewer than"),
        ChangedValue,
    );
    // A verb may say it on one side only.
    assert_equal(
        plainly(qualified(five(), Qualifier::MoreThan), "a franchi les"),
        five(),
    );
    let three = || percent("3 %", "3");
    assert_flagged(
        moved(three(), Direction::Down),
        moved(three(), Direction::Up),
        ChangedValue,
    );
    assert_equal(moved(three(), Direction::Down), three());
    assert_equal(percent("-3 %", "-3"), moved(three(), Direction::Down));
    assert_flagged(percent("-3 %", "-3"), three(), ChangedValue);
    assert_equal(
        percent("-3 %", "-3"),
        Figure {
            sentence: "Sales fell by 3%.".into(),
            ..three()
        },
    );
}

#[test]
fn derived_numbers_are_flagged_and_their_derivation_told() {
    let gigawatt = measure("1 GW", Quantity, "1", "GW");
    let found = kinds(
        [measure("1 000 MW", Quantity, "1000", "MW")],
        [gigawatt],
        Scope::Complete,
    );
    assert!(!found.is_empty());

    let source = ledger([percent("4,3 %", "4.3")]);
    let found = check(&source, &ledger([percent("4%", "4")]), Scope::Subset);
    assert_eq!(found.len(), 1);
    assert!(found[0].message.contains("rounded"), "{}", found[0].message);

    let source = ledger([
        money("12 M€", "12000000", "EUR"),
        money("30 M€", "30000000", "EUR"),
    ]);
    let found = check(
        &source,
        &ledger([money("€42 million", "42000000", "EUR")]),
        Scope::Subset,
    );
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].kind, Invented);
    assert!(
        found[0].message.contains("sum of “12 M€” and “30 M€”"),
        "{}",
        found[0].message
    );
}

#[test]
fn one_changed_figure_among_many_is_one_finding_with_both_places() {
    let source: Vec<Figure> = (1..=9)
        .map(|n| percent(&format!("{n}1 %"), &format!("{n}1")))
        .collect();
    let mut generated: Vec<Figure> = (1..=9)
        .map(|n| percent(&format!("{n}1%"), &format!("{n}1")))
        .collect();
    generated[4] = percent("57%", "57");
    let found = check(&ledger(source), &ledger(generated), Scope::Complete);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].kind, ChangedValue);
    let side = |text: &str, start| {
        let end = start + text.chars().count();
        Some(FindingSide {
            text: text.into(),
            start,
            end,
        })
    };
    assert_eq!(found[0].source, side("51 %", 80));
    assert_eq!(found[0].target, side("57%", 80));
}

#[test]
fn swapped_figures_of_one_value_keep_their_currencies_apart() {
    let source = [money("5 M€", "5000000", "EUR"), money("5 M$", "5000000", "USD")];
    let generated = [
        money("$5 million", "5000000", "USD"),
        money("€5 million", "5000000", "EUR"),
    ];
    assert_eq!(kinds(source, generated, Scope::Complete), []);
}

#[test]
fn a_range_may_be_told_as_two_numbers() {
    let whole = || range(money("3 à 4 M€", "", "EUR"), "3000000", "4000000");
    let ends = || {
        [
            money("€3 million", "3000000", "EUR"),
            money("€4 million", "4000000", "EUR"),
        ]
    };
    assert_eq!(kinds([whole()], ends(), Scope::Complete), []);
    assert_eq!(kinds(ends(), [whole()], Scope::Complete), []);
    assert_equal(whole(), whole());
    let [_, four] = ends();
    assert_eq!(
        kinds(
            [whole()],
            [qualified(four.clone(), Qualifier::AtMost)],
            Scope::Subset
        ),
        []
    );
    assert_eq!(kinds([whole()], [four], Scope::Subset), [ChangedValue]);
    let other = range(money("€3–5 million", "", "EUR"), "3000000", "5000000");
    assert_flagged(whole(), other, ChangedValue);
}

#[test]
fn a_summary_may_repeat_and_coarsen_but_not_add() {
    let source = || [date("14 juillet 2024", "2024-07-14"), percent("5 %", "5")];
    let five = || percent("5%", "5");
    assert_eq!(kinds(source(), [five(), five(), five()], Scope::Subset), []);
    assert_eq!(kinds(source(), [date("July 2024", "2024-07")], Scope::Subset), []);
    assert_eq!(kinds(source(), [date("2024", "2024")], Scope::Subset), []);
    assert_eq!(kinds(source(), [date("Sunday", "Sunday")], Scope::Subset), []);
    assert_eq!(
        kinds(source(), [date("Monday", "Monday")], Scope::Subset),
        [Invented]
    );
    assert_eq!(
        kinds(source(), [date("July 15, 2024", "2024-07-15")], Scope::Subset),
        [ChangedValue]
    );
    assert_eq!(
        kinds(source(), [date("July 2024", "2024-07"), five()], Scope::Complete),
        [ChangedValue]
    );
}

#[test]
fn a_translation_may_repeat_a_figure_but_not_drop_one_of_two() {
    let five = || percent("5 %", "5");
    assert_eq!(kinds([five()], [five(), five()], Scope::Complete), []);
    assert_eq!(kinds([five(), five()], [five()], Scope::Complete), [Missing]);
    assert_eq!(
        kinds([five(), percent("7 %", "7")], [five(), five()], Scope::Complete),
        [ChangedValue]
    );
}

#[test]
fn dates_in_pieces_are_the_same_dates() {
    let source = [date("T3", "Q3"), date("T4", "Q4"), date("2025", "2025")];
    let generated = [
        date("Q3 2025", "2025-Q3"),
        date("fourth quarter", "Q4"),
        date("2025", "2025"),
    ];
    assert_eq!(kinds(source, generated, Scope::Complete), []);
    let source = || [date("mardi 3 mars", "mardi 3 mars")];
    assert_eq!(kinds(source(), [date("March 3", "--03-03")], Scope::Complete), []);
    assert_eq!(
        kinds(source(), [date("March 4", "--03-04")], Scope::Complete),
        [ChangedValue]
    );
    let source = [date("du 3 au 5 mars 2025", "2025-03-03/2025-03-05")];
    let generated = [
        date("March 3, 2025", "2025-03-03"),
        date("March 5, 2025", "2025-03-05"),
    ];
    assert_eq!(kinds(source, generated, Scope::Complete).len(), 0);
}

#[test]
fn a_bare_number_takes_the_unit_of_its_neighbour_and_of_nothing_else() {
    let source = [
        money("42 M€", "42000000", "EUR"),
        figure("31000000", Count, "31000000"),
    ];
    let generated = [
        money("€42 million", "42000000", "EUR"),
        money("€31 million", "31000000", "EUR"),
    ];
    assert_eq!(kinds(source, generated, Scope::Complete), []);
    let alone = figure("31000000", Count, "31000000");
    assert_flagged(alone, money("€31 million", "31000000", "EUR"), ChangedCurrency);
}

#[test]
fn words_imply_numbers_where_the_texts_are_known() {
    let both = |source_text: &str, source: Figure, generated_text: &str| {
        let figures = ledger([source]);
        check_sides(
            Side {
                text: source_text,
                lang: Lang::Fr,
                figures: &figures,
            },
            Side {
                text: generated_text,
                lang: Lang::En,
                figures: &[],
            },
            Scope::Complete,
        )
    };
    let two = || count("deux", "2", "groupes");
    assert!(both("deux groupes", two(), "Both groups").is_empty());
    assert_eq!(both("deux groupes", two(), "The groups").len(), 1);
    let ten = || measure("dix ans", Duration, "10", "ans");
    assert!(both("dix ans plus tard", ten(), "a decade later").is_empty());
    assert_eq!(both("dix ans plus tard", ten(), "years later").len(), 1);
}

#[test]
fn thousands_of_figures_are_compared_in_linear_time() {
    let numbers = |step: usize| {
        ledger((0..20_000).map(|n| {
            let value = (n * step + 7).to_string();
            count(&value, &value, "pièces")
        }))
    };
    assert!(check(&numbers(3), &numbers(3), Scope::Complete).is_empty());
    // Nothing agrees: every figure ends in a finding, in a window of bounded size.
    let same = ledger((0..20_000).map(|_| count("5", "5", "pièces")));
    let other = ledger((0..20_000).map(|_| percent("6%", "6")));
    assert!(!check(&same, &other, Scope::Complete).is_empty());
    assert!(!check(&numbers(3), &numbers(5), Scope::Complete).is_empty());
}

#[test]
fn extreme_values_are_safe() {
    let max = || figure("max", Ratio, &Decimal::MAX.to_string());
    let min = || Figure {
        value: Some(Decimal::MIN),
        ..percent("min", "0")
    };
    let empty = || figure("", Count, "");
    for scope in [Scope::Complete, Scope::Subset] {
        assert!(
            check(
                &ledger([max(), min(), empty()]),
                &ledger([max(), min(), empty()]),
                scope
            )
            .is_empty()
        );
        assert!(!check(&ledger([max()]), &ledger([min()]), scope).is_empty());
    }
}

#[test]
fn a_temperature_keeps_its_sign_whatever_falls() {
    let source = "La température est tombée à −14 °C.";
    let check = |text| check_text(source, Lang::Fr, text, Lang::En, Scope::Complete).len();
    assert_eq!(check("The temperature fell to −14°C."), 0);
    assert_eq!(check("The temperature fell to minus 14°C."), 0);
    assert_eq!(check("The temperature fell to 14°C below zero."), 0);
    assert_eq!(check("The temperature fell to 14°C."), 1);
}

/// The messages about a translation.
fn told(source: &str, text: &str) -> Vec<String> {
    let findings = check_text(source, Lang::Fr, text, Lang::En, Scope::Complete);
    findings.into_iter().map(|finding| finding.message).collect()
}

#[track_caller]
fn accused(source: &str, right: &str, wrong: &str, why: &str) {
    assert_eq!(told(source, right), [""; 0], "{right}");
    let told = told(source, wrong);
    assert!(
        told.iter().any(|message| message.ends_with(why)),
        "{wrong}: {told:?}"
    );
}

#[test]
fn the_value_before_is_not_the_value_after() {
    accused(
        "L'Etat emprunte à 3,36 %, contre 3,18 % en septembre.",
        "The state borrows at 3.36%, compared with 3.18% in September.",
        "The state borrows at 3.18%, compared with 3.36% in September.",
        "the value before and the one after were exchanged",
    );
    accused(
        "Le dividende sera porté de 1,10 à 1,35 euro par action.",
        "The dividend will go to €1.35 a share from €1.10.",
        "The dividend will go to €1.10 a share from €1.35.",
        "the value before and the one after were exchanged",
    );
}

#[test]
fn numbers_stay_with_the_words_that_both_texts_have() {
    accused(
        "Engie investira 850 millions d'euros et Veolia 120 millions.",
        "Engie will invest €850 million and Veolia €120 million.",
        "Engie will invest €120 million and Veolia €850 million.",
        "two numbers were exchanged",
    );
}

#[test]
fn what_a_number_is_per_and_which_way_it_went_are_compared_by_the_words_around() {
    accused(
        "L'usine produira 3 000 tonnes d'hydrogène par an.",
        "The plant will make 3,000 tonnes of hydrogen a year.",
        "The plant will make 3,000 tonnes of hydrogen a day.",
        "the time that it is per changed",
    );
    accused(
        "Le groupe va supprimer 2 300 postes en Europe.",
        "The group is to cut 2,300 jobs in Europe.",
        "The group is to create 2,300 jobs in Europe.",
        "the direction is reversed",
    );
}

#[test]
fn parts_of_a_year_and_sides_of_a_date_are_compared() {
    accused(
        "Le site ouvrira début 2028.",
        "The site will open in early 2028.",
        "The site will open in late 2028.",
        "it is another part of that time",
    );
    accused(
        "Les maisons doivent être rasées avant le 15 avril.",
        "The houses are to be demolished before 15 April.",
        "The houses are to be demolished after 15 April.",
        "before and after were exchanged",
    );
    assert_eq!(
        told(
            "La ligne n'ouvrira pas avant 2027.",
            "The line will not open before 2027."
        ),
        [""; 0]
    );
}

#[test]
fn one_time_in_two_units_is_the_same() {
    for (source, text) in [
        ("Le chantier a duré 24 mois.", "Work took two years."),
        (
            "Le chantier a duré dix-huit mois.",
            "Work took a year and a half.",
        ),
        (
            "Le gisement durera un quart de siècle.",
            "The deposit will last 25 years.",
        ),
        (
            "Il attend depuis trois quarts d'heure.",
            "He has been waiting for 45 minutes.",
        ),
        (
            "Quarante-huit heures plus tard, il repart.",
            "Two days later he left.",
        ),
        (
            "Le parc a grandi en une décennie.",
            "The fleet grew over ten years.",
        ),
        (
            "Le dividende de 0,95 euro sera versé.",
            "The dividend of 95 cents will be paid.",
        ),
        (
            "Il pétrit chaque nuit, dès 2 heures.",
            "He kneads every night, from 2 a.m.",
        ),
        ("Les ventes des six premiers mois.", "Sales in the first half."),
        (
            "Les ventes de janvier à septembre.",
            "Sales in the first nine months.",
        ),
        (
            "Une perte subie entre avril et juin.",
            "A loss made in the second quarter.",
        ),
        (
            "Une fois sur deux, le bus de 7h12 ne passe pas.",
            "Half the time the 7.12 bus does not come.",
        ),
        (
            "Le fonds a un siège sur quinze au conseil.",
            "The fund has one of the 15 board seats.",
        ),
    ] {
        assert_eq!(told(source, text), [""; 0], "{source}");
    }
    for (source, text) in [
        ("Le chantier a duré 24 mois.", "Work took three years."),
        (
            "Les ventes de janvier à septembre.",
            "Sales in the first six months.",
        ),
        (
            "Une perte subie entre avril et juin.",
            "A loss made in the third quarter.",
        ),
        (
            "Une perte subie entre avril et juin 2024.",
            "A loss made in the second quarter of 2025.",
        ),
        ("Il a attendu neuf mois.", "He waited from January to September."),
        (
            "Les ventes de septembre à janvier.",
            "Sales in the first nine months.",
        ),
    ] {
        assert!(!told(source, text).is_empty(), "{source}");
    }
    assert!(told("Le chantier a duré 24 mois.", "Work took 24 years.")[0].ends_with("the unit changed"));
}

#[test]
fn a_rank_in_a_summary_is_no_count_of_the_article() {
    let source = "C'est le deuxième tour de table de la société, mené par trois investisseurs.";
    let summary = |text| check_text(source, Lang::Fr, text, Lang::En, Scope::Subset).len();
    assert_eq!(summary("It is the company's second round."), 0);
    assert_eq!(summary("It is the company's third round."), 1);
}
