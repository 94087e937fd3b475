//! What holds for every text.

use proptest::prelude::*;

use crate::figures::{Options, scan};
use crate::record::{Figure, Lang};

/// Fragments that the grammar knows, so that random texts reach its rules.
const FRAGMENTS: &[&str] = &[
    "3",
    "12",
    "1 234",
    "2024",
    "1,5",
    "4.5",
    "10.000",
    "deux",
    "vingt et un",
    "mille",
    "millions",
    "milliards",
    "un",
    "une",
    "vingtaine",
    "de",
    "d’",
    "euros",
    "$",
    "€",
    "%",
    "points",
    "de base",
    "km/h",
    "Md€",
    "à",
    "entre",
    "et",
    "plus de",
    "environ",
    "au moins",
    "juillet",
    "le",
    "14",
    "h",
    "30",
    "T3",
    "2025",
    "trimestre",
    "sur",
    "cinq",
    "tiers",
    "doublé",
    "par",
    "an",
    "ans",
    "-",
    "−",
    "+",
    ",",
    ".",
    "(",
    ")",
    "/",
    "GPU",
    "H100",
    "salariés",
    "x3",
    "½",
    "°C",
    "1er",
    "siècle",
    "XXIe",
    "one",
    "hundred",
    "billion",
    "half",
    "a",
    "July",
    "pm",
    "quarter",
    "\n",
    "\n\n",
    "\u{A0}",
    "\u{202F}",
    "’",
    "99999999999999999999999999999",
];

fn phrases() -> impl Strategy<Value = String> {
    let fragment = proptest::sample::select(FRAGMENTS);
    proptest::collection::vec((fragment, any::<bool>()), 0..24).prop_map(|parts| {
        parts.into_iter().fold(String::new(), |mut text, (part, spaced)| {
            if spaced {
                text.push(' ');
            }
            text.push_str(part);
            text
        })
    })
}

fn slice(text: &str, start: usize, end: usize) -> String {
    text.chars().skip(start).take(end - start).collect()
}

fn assert_consistent(text: &str, figures: &[Figure]) {
    let mut last = 0;
    for (n, figure) in figures.iter().enumerate() {
        assert_eq!(figure.n, n);
        assert_eq!(slice(text, figure.start, figure.end), figure.text);
        assert_eq!(slice(text, figure.full_start, figure.full_end), figure.full_text);
        assert!(figure.full_start <= figure.start && figure.end <= figure.full_end);
        assert!(figure.start >= last, "figures overlap in {text:?}");
        last = figure.end;
        let line = serde_json::to_string(figure).expect("a figure is JSON");
        let back: Figure = serde_json::from_str(&line).expect("its JSON is a figure");
        assert_eq!(&back, figure);
    }
}

/// What a figure says, without where it says it.
fn meaning(figure: &Figure) -> (String, Option<String>, Option<String>) {
    let value = [figure.value, figure.min, figure.max]
        .map(|value| value.map_or(String::new(), |value| value.to_string()));
    (value.join("/"), figure.unit.clone(), figure.currency.clone())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_unicode_is_read_without_panic_and_slices_to_itself(text in any::<String>()) {
        for lang in [Lang::Fr, Lang::En] {
            assert_consistent(&text, &scan(&text, lang, &Options::default()));
        }
    }

    #[test]
    fn any_sequence_of_known_words_slices_to_itself(text in phrases()) {
        let options = Options { date: Some(jiff::civil::date(2025, 2, 28)) };
        for lang in [Lang::Fr, Lang::En] {
            assert_consistent(&text, &scan(&text, lang, &options));
        }
    }

    #[test]
    fn the_four_spaces_are_the_same(millions in 1u32..999, rest in 0u32..1_000_000, which in 0usize..3) {
        let text = format!("Le groupe a vendu {millions} {:03} {:03} puces pour 1 234,5 M€.", rest / 1000, rest % 1000);
        let other = text.replace(' ', ["\u{A0}", "\u{202F}", "\u{2009}"][which]);
        let read = |text: &str| scan(text, Lang::Fr, &Options::default()).iter().map(meaning).collect::<Vec<_>>();
        prop_assert_eq!(read(&text), read(&other));
    }

    #[test]
    fn a_printed_value_is_read_back(units in 0i64..1_000_000_000_000, scale in 0u32..4) {
        let value = rust_decimal::Decimal::new(units, scale).normalize();
        let printed = value.to_string();
        let french = format!("{} %", printed.replace('.', ","));
        let english = format!("{printed}%");
        for (text, lang) in [(french, Lang::Fr), (english, Lang::En)] {
            let figures = scan(&text, lang, &Options::default());
            prop_assert_eq!(figures.len(), 1);
            prop_assert_eq!(figures[0].value, Some(value));
        }
    }
}

#[test]
fn adversarial_digits_are_survived() {
    for text in [
        "1.2.3",
        "1 2 3 4",
        "1,2,3,4",
        "1'2'3",
        "٣٤٥",
        "𝟏𝟐𝟑 euros",
        "1.234,567.89",
        "--5",
        "+-5",
        "5%%",
        "€€5",
        "1/0",
        "0/0",
        "1e9",
        "½½",
    ] {
        for lang in [Lang::Fr, Lang::En] {
            assert_consistent(text, &scan(text, lang, &Options::default()));
        }
    }
}

#[test]
fn paragraphs_are_blank_lines_or_lines() {
    let paragraphs = |text: &str| -> Vec<usize> {
        scan(text, Lang::Fr, &Options::default())
            .iter()
            .map(|figure| figure.paragraph)
            .collect()
    };
    assert_eq!(paragraphs("3 sites\n\n4 sites\n5 sites"), [0, 1, 1]);
    assert_eq!(paragraphs("3 sites\n4 sites"), [0, 1]);
}

/// Texts on which a rule that looks too far would take quadratic time: seconds instead of milliseconds.
#[test]
fn long_chains_take_linear_time() {
    let started = std::time::Instant::now();
    for unit in [
        "1-", "1 ", "1,", "1.", "1/", "1 à ", "deux ", "12 mai ", "1 et ", "a-", "3 a-", "% ", "5 % de ",
        "2024-", "1' ", "a@a ", "lundi ",
    ] {
        let text = unit.repeat(12_000);
        assert_consistent_count(&scan(&text, Lang::Fr, &Options::default()));
    }
    assert!(started.elapsed().as_secs() < 30, "{:?}", started.elapsed());
}

fn assert_consistent_count(figures: &[Figure]) {
    assert!(figures.iter().enumerate().all(|(n, figure)| figure.n == n));
}
