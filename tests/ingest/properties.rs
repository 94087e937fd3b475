//! What holds for any bytes.

use depeche::ingest::{Format, Options};
use proptest::prelude::*;

use crate::{check_clean, check_invariants, read_bytes};

const NAMES: [&str; 4] = ["a.txt", "a.md", "a.html", "a.jsonl"];

fn check(name: &str, bytes: &[u8], options: &Options) {
    for article in read_bytes(name, bytes, options).into_iter().flatten() {
        check_invariants(&article);
        if !name.ends_with("jsonl") && options.format != Some(Format::Jsonl) {
            check_clean(&article);
        }
        for run in &article.span_map.runs {
            assert!(run.source_end <= bytes.len());
        }
        let length = article.text.chars().count();
        for (start, end) in [(0, length), (length / 3, length / 2 + 1), (length, length + 5)] {
            if let Some(range) = article.source_range(start, end) {
                assert!(range.start < range.end && range.end <= bytes.len());
            }
        }
    }
}

/// Pieces that files are made of, whole and broken.
fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(vec![
        "<p>",
        "</p>",
        "<div class=share>",
        "</div>",
        "<table><tr><td>",
        "<td>",
        "</table>",
        "<br>",
        "<h1>",
        "</h1>",
        "<!--",
        "-->",
        "<script>",
        "</script>",
        "<title>",
        "<a href=x>",
        "</a>",
        "<sup>",
        "</sup>",
        "<li>",
        "<aside>",
        "<nav>",
        "&eacute;",
        "&#8239;",
        "&amp",
        "&",
        "<",
        ">",
        "\"",
        "'",
        "=",
        "é",
        "’",
        "«\u{a0}",
        "\u{a0}»",
        "\u{202f}%",
        "12",
        "3,5",
        " ",
        "\n",
        "\n\n",
        "\r\n",
        "\t",
        "# ",
        "- ",
        "* ",
        "> ",
        "| a | b |\n|---|---|\n",
        "```",
        "---\n",
        "title: x\n",
        "[a](b)",
        "![i](j)",
        "**",
        "Lire aussi",
        "Publicité",
        "Une phrase.",
        "{\"text\":\"",
        "\"}\n",
        "\\n",
        "\\u00e9",
        "\\",
        "\u{feff}",
        "\u{0}",
        "\u{b}",
        "😀",
        "Le groupe a levé 12 millions d’euros mardi, selon lui. ",
    ]);
    prop::collection::vec(piece, 0..80).prop_map(|pieces| pieces.concat().into_bytes())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_give_articles_or_errors(bytes in prop::collection::vec(any::<u8>(), 0..600), name in 0..4usize) {
        check(NAMES[name], &bytes, &Options::default());
    }

    #[test]
    fn any_mixture_of_markup_gives_articles_or_errors(bytes in pieces(), name in 0..4usize, raw in any::<bool>()) {
        check(NAMES[name], &bytes, &Options { raw, ..Options::default() });
    }

    #[test]
    fn any_format_takes_any_text(text in "(?s).{0,300}", format in 0..4usize) {
        let format = [Format::Text, Format::Markdown, Format::Html, Format::Jsonl][format];
        check("a", text.as_bytes(), &Options { format: Some(format), ..Options::default() });
    }

    #[test]
    fn jsonl_text_comes_back_character_for_character(text in "(?s).{0,200}") {
        let line = serde_json::json!({"text": text, "lang": "fr"}).to_string();
        let article = crate::one("a.jsonl", line);
        prop_assert_eq!(&article.text, &text);
        check_invariants(&article);
    }

    #[test]
    fn raw_text_loses_no_letter(text in "[ -~éàœ€’«»\n\u{a0}\u{202f}]{1,300}") {
        prop_assume!(text.chars().any(char::is_alphanumeric));
        let options = Options { raw: true, format: Some(Format::Text), ..Options::default() };
        let article = read_bytes("a.txt", text.as_bytes(), &options).remove(0).unwrap();
        let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
        prop_assert_eq!(letters(&article.text), letters(&text));
    }
}
