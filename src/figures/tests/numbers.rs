//! Numbers in digits and words.

use rust_decimal::Decimal;

use super::support::check_fr;
use crate::figures::{Options, scan};
use crate::record::Lang;

/// The value of the only figure.
fn value(text: &str, lang: Lang) -> Option<Decimal> {
    let figures = scan(text, lang, &Options::default());
    assert_eq!(figures.len(), 1, "{text}: {figures:?}");
    figures[0].value
}

fn check(lang: Lang, rows: &[(&str, &str)]) {
    for (text, expected) in rows {
        assert_eq!(
            value(text, lang),
            Some(expected.parse().expect("a decimal")),
            "{text}"
        );
    }
}

#[test]
fn digits_take_any_separator_of_thousands() {
    check(
        Lang::Fr,
        &[
            ("1 234 567,89", "1234567.89"),
            ("1\u{A0}234\u{A0}567,89", "1234567.89"),
            ("1\u{202F}234\u{202F}567,89", "1234567.89"),
            ("1\u{2009}234\u{2009}567,89", "1234567.89"),
            ("1.234.567,89", "1234567.89"),
            ("1'234'567.89", "1234567.89"),
            ("1,234,567.89", "1234567.89"),
            ("-1 200", "-1200"),
            ("−1 200", "-1200"),
            ("+3", "3"),
            (",5", "0.5"),
        ],
    );
}

#[test]
fn one_mark_is_decimal_or_thousands_by_language() {
    check(
        Lang::Fr,
        &[("10.000", "10000"), ("1,234", "1.234"), ("4.5", "4.5")],
    );
    check(
        Lang::En,
        &[("10.000", "10.000"), ("1,234", "1234"), ("4.5", "4.5")],
    );
}

#[test]
fn french_words_follow_every_spelling() {
    check(
        Lang::Fr,
        &[
            ("quatre-vingt-dix-sept", "97"),
            ("quatre vingt dix sept", "97"),
            ("septante-neuf", "79"),
            ("huitante et un", "81"),
            ("octante-huit", "88"),
            ("nonante-cinq", "95"),
            ("deux-cent-trente-et-un", "231"),
            ("dix-neuf cent trente", "1930"),
            ("mille deux cent soixante-six", "1266"),
            ("un million et demi", "1500000"),
            ("un demi-milliard", "500000000"),
            ("deux virgule cinq", "2.5"),
            ("douze virgule zéro cinq", "12.05"),
            ("dix billions", "10000000000000"),
            ("deux millions cinq", "2000005"),
            ("moins quinze", "-15"),
        ],
    );
}

#[test]
fn english_words_have_the_short_scale() {
    check(
        Lang::En,
        &[
            ("two hundred and fifty-one thousand", "251000"),
            ("a hundred", "100"),
            ("half a million", "500000"),
            ("two billion", "2000000000"),
            ("twelve point five", "12.5"),
            ("fifteen hundred", "1500"),
        ],
    );
}

#[test]
fn words_that_are_no_one_number_are_several() {
    check_fr(&[
        (
            "cinquante soixante trente et onze",
            "count | cinquante | 50 ; count | soixante | 60 ; count | trente | 30 ; count | onze | 11",
        ),
        (
            "Il y en a vingt, quinze, quatre-vingts.",
            "count | vingt | 20 ; count | quinze | 15 ; count | quatre-vingts | 80",
        ),
    ]);
}

#[test]
fn collectives_and_bare_scales_are_loose() {
    check_fr(&[
        (
            "une vingtaine de sites",
            "count | une vingtaine | 20 | approx | sites",
        ),
        (
            "des milliers de GPU",
            "count | des milliers | 1000.. | multiple | GPU",
        ),
        (
            "des dizaines de milliers de clients",
            "count | des dizaines de milliers | 10000.. | multiple | clients",
        ),
        (
            "plusieurs millions d’euros",
            "money | plusieurs millions d’euros | 1000000.. | multiple | EUR",
        ),
        ("deux douzaines d’œufs", "count | deux douzaines | 24 | œufs"),
    ]);
}

#[test]
fn good_and_small_ones_are_about_as_many() {
    check_fr(&[
        (
            "une bonne centaine de postes",
            "count | une bonne centaine | 100 | approx | postes",
        ),
        (
            "une bonne vingtaine de millions d’euros",
            "money | une bonne vingtaine de millions d’euros | 20000000 | approx | EUR",
        ),
        (
            "L’éditeur compte un petit million d’abonnés.",
            "count | un petit million | 1000000 | approx | abonnés",
        ),
        (
            "valorisée un gros milliard et demi d’euros",
            "money | un gros milliard et demi d’euros | 1500000000 | approx | EUR",
        ),
        (
            "Les ventes ont bondi d’un bon tiers.",
            "ratio | un bon tiers | 0.3333333333333333333333333333 | approx | up",
        ),
        (
            "un gros quart des salariés, une petite moitié des cadres",
            "ratio | un gros quart | 0.25 | approx ; ratio | une petite moitié | 0.5 | approx",
        ),
        (
            "plus d’une bonne dizaine de pays",
            "count | une bonne dizaine | 10 | 10.. | more_than | pays",
        ),
        (
            "un petit quart d’heure",
            "duration | un petit quart d’heure | 0.25 | approx | hour",
        ),
        ("d’un bon 5 %", "percent | 5 % | 5 | approx | %"),
        (
            "un gros 30 millions d’euros",
            "money | 30 millions d’euros | 30000000 | approx | EUR",
        ),
        // No numbers.
        ("une bonne nouvelle, un gros client et une petite centrale", ""),
    ]);
}

#[test]
fn fractions_are_ratios_as_exact_as_a_decimal_holds() {
    check_fr(&[
        (
            "les deux tiers des salariés",
            "ratio | deux tiers | 0.6666666666666666666666666667",
        ),
        (
            "environ les 2/3",
            "ratio | 2/3 | 0.6666666666666666666666666667 | approx",
        ),
        ("la moitié des sites", "ratio | la moitié | 0.5"),
        ("un salarié sur cinq", "ratio | un salarié sur cinq | 0.2"),
        (
            "trois quarts d’heure",
            "duration | trois quarts d’heure | 0.75 | hour",
        ),
        (
            "un quart de point",
            "percentage_points | un quart de point | 0.25 | point",
        ),
    ]);
}

#[test]
fn what_overflows_is_no_figure() {
    let digits = "9".repeat(40);
    assert!(scan(&digits, Lang::Fr, &Options::default()).is_empty());
    let text = format!("{} quadrillions d’euros", "9".repeat(20));
    assert!(scan(&text, Lang::Fr, &Options::default()).is_empty());
}

#[test]
fn a_letter_is_a_scale_where_it_can_be_nothing_else() {
    check_fr(&[
        (
            "51,5 millions d’abonnés, dont 18,9 M en Italie et 8,4 M en Pologne (+1,2 M net)",
            "count | 51,5 millions | 51500000 | abonnés ; count | 18,9 M | 18900000 ; count | 8,4 M | 8400000 ; \
             count | +1,2 M | 1200000",
        ),
        (
            "Il en visait 25 M, il en a 22,1 M.",
            "count | 25 M | 25000000 ; count | 22,1 M | 22100000",
        ),
        (
            "un modèle de 24B paramètres",
            "count | 24B | 24000000000 | paramètres",
        ),
        ("sur 15T tokens", "count | 15T | 15000000000000 | tokens"),
        // Names, and a gentleman.
        (
            "Le groupe 3M a vendu 4 M de masques.",
            "count | 4 M | 4000000 | masques",
        ),
        ("L’Euribor 6 M recule.", ""),
        ("Ils étaient 12. M. Lenoir aussi.", "count | 12 | 12"),
    ]);
}
