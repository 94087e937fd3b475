//! The sentence splitter on sentences with every trap, and its promises on any text.

#![allow(clippy::unwrap_used)]

use depeche::record::Lang;
use depeche::sentence::{split, trim};
use proptest::prelude::*;

#[derive(serde::Deserialize)]
struct Case {
    lang: String,
    /// The pieces that the splitter must find; joined they are the text.
    split: Vec<String>,
}

fn cases() -> Vec<Case> {
    include_str!("corpora/sentences.jsonl")
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn pieces(text: &str, lang: Lang) -> Vec<&str> {
    split(text, lang).into_iter().map(|range| &text[range]).collect()
}

#[test]
fn every_trap_is_split_as_written_by_hand() {
    let cases = cases();
    assert!(
        cases.len() >= 150,
        "expected 150 traps, but found {}",
        cases.len()
    );
    let mut wrong = Vec::new();
    for case in &cases {
        let text = case.split.concat();
        let found = pieces(&text, Lang::from_tag(&case.lang));
        if found != case.split {
            wrong.push(format!("expected {:#?}\nbut found {found:#?}", case.split));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {} wrong\n{}",
        wrong.len(),
        cases.len(),
        wrong.join("\n")
    );
}

#[test]
fn the_language_left_open_gives_nearly_the_same() {
    let cases = cases();
    let right = cases
        .iter()
        .filter(|case| pieces(&case.split.concat(), Lang::Other) == case.split)
        .count();
    assert!(right * 100 >= cases.len() * 97, "{right} of {}", cases.len());
}

#[test]
fn an_empty_text_has_no_sentences_and_white_space_has_one() {
    assert!(split("", Lang::Fr).is_empty());
    assert_eq!(pieces(" \n ", Lang::Fr), [" \n "]);
}

#[test]
fn long_quotations_are_split_even_when_their_frame_goes_on() {
    let sentence = "Nous avons investi dans trois usines et dans la formation de nos équipes. ";
    let text = format!("« {}Voilà », dit-elle.", sentence.repeat(6));
    assert_eq!(split(&text, Lang::Fr).len(), 7);
}

#[test]
fn trim_takes_white_space_off_both_ends() {
    let text = "\u{a0} Un mot. \n";
    assert_eq!(&text[trim(text, &(0..text.len()))], "Un mot.");
    assert_eq!(trim("   ", &(0..3)).len(), 0);
}

#[test]
fn time_grows_linearly_on_hostile_text() {
    let started = std::time::Instant::now();
    for piece in [
        ".", ". ", "« ", "»", "(", ")", "a.", "A. ", "\"", "[1]", "! ", "« a. B ", " ", "é", "1. ", "\n",
    ] {
        let text = piece.repeat(400_000 / piece.len());
        let covered: usize = split(&text, Lang::Other).iter().map(|range| range.len()).sum();
        assert_eq!(covered, text.len(), "{piece:?}");
    }
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn ranges_cover_any_text_in_order(text in "(?s).{0,200}", lang in 0..3usize) {
        check_cover(&text, [Lang::Fr, Lang::En, Lang::Other][lang]);
    }

    #[test]
    fn ranges_cover_texts_made_of_traps(parts in prop::collection::vec(
        prop::sample::select(vec![
            "M.", "Le", " ", "\u{a0}", "«", "»", "…", "?!", ".", "(", ")", "\n", "\"", "3,5", "J.-P.", "[1]", "etc.", "é", "—",
        ]), 0..60))
    {
        check_cover(&parts.concat(), Lang::Fr);
    }
}

fn check_cover(text: &str, lang: Lang) {
    let ranges = split(text, lang);
    let mut at = 0;
    for range in &ranges {
        assert_eq!(range.start, at);
        assert!(range.end > range.start && text.is_char_boundary(range.end));
        let trimmed = trim(text, range);
        assert!(range.start <= trimmed.start && trimmed.end <= range.end);
        at = range.end;
    }
    assert_eq!(at, text.len());
}
