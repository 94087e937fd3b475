//! The way back: bytes of the untouched file behind every character.

use depeche::record::Article;
use unicode_normalization::UnicodeNormalization;

use crate::{check_clean, check_invariants, one};

/// Checks every run of the span map against the file.
pub fn check_source(article: &Article, file: &[u8]) {
    let clean: Vec<char> = article.text.chars().collect();
    assert!(!article.span_map.runs.is_empty(), "{}", article.path);
    for run in &article.span_map.runs {
        let piece: String = clean[run.clean_start..run.clean_end].iter().collect();
        let source = &file[run.source_start..run.source_end];
        assert!(
            spells(source, &piece),
            "{}: {piece:?} is not {:?}",
            article.path,
            String::from_utf8_lossy(source)
        );
    }
    check_letters_are_mapped(article, &clean);
}

/// Only separators and the title may stand outside all runs.
fn check_letters_are_mapped(article: &Article, clean: &[char]) {
    let mut mapped = vec![false; clean.len()];
    for run in &article.span_map.runs {
        mapped[run.clean_start..run.clean_end].fill(true);
    }
    let body = article.paragraphs.first().map_or(0, |first| first.end);
    for (at, &c) in clean.iter().enumerate().skip(body) {
        assert!(
            mapped[at] || matches!(c, '\n' | ' ' | '|'),
            "{}: {c:?} at {at} has no source",
            article.path
        );
    }
}

/// Whether `source` spells `piece`, as UTF-8, as a one-byte charset, as UTF-16 or UTF-32, by references or escapes.
fn spells(source: &[u8], piece: &str) -> bool {
    if source == piece.as_bytes() {
        return true;
    }
    let one_byte = encoding_rs::ISO_8859_15.decode_without_bom_handling(source).0;
    let windows = encoding_rs::WINDOWS_1252.decode_without_bom_handling(source).0;
    let wide = encoding_rs::UTF_16LE.decode_without_bom_handling(source).0;
    if [&one_byte, &windows, &wide]
        .into_iter()
        .any(|decoded| decoded == piece)
    {
        return true;
    }
    let wider: Vec<u8> = piece.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect();
    if source == wider {
        return true;
    }
    let Ok(text) = std::str::from_utf8(source) else {
        return false;
    };
    let is_space = |text: &str| text.chars().all(|c| c.is_whitespace() || c.is_control());
    let superscript = |c: char| "⁰¹²³⁴⁵⁶⁷⁸⁹".chars().nth(c.to_digit(10).unwrap_or(0) as usize);
    piece == " " && is_space(text)
        || serde_json::from_str::<String>(&format!("\"{text}\"")).is_ok_and(|unescaped| unescaped == piece)
        || reference(text).is_some_and(|c| piece.chars().eq([c]))
        || text.len() == 1 && piece.chars().next() == text.chars().next().and_then(superscript)
}

/// The references that the tests use, read independently of the reader under test.
fn reference(text: &str) -> Option<char> {
    let name = text.strip_prefix('&')?.trim_end_matches(';');
    if let Some(hex) = name.strip_prefix("#x") {
        return char::from_u32(u32::from_str_radix(hex, 16).ok()?);
    }
    if let Some(decimal) = name.strip_prefix('#') {
        return char::from_u32(decimal.parse().ok()?);
    }
    const ACCENTS: [(&str, char); 5] = [
        ("grave", '\u{300}'),
        ("acute", '\u{301}'),
        ("circ", '\u{302}'),
        ("uml", '\u{308}'),
        ("cedil", '\u{327}'),
    ];
    let accented = ACCENTS.iter().find_map(|(suffix, accent)| {
        let base = name.strip_suffix(suffix).filter(|base| base.len() == 1)?;
        format!("{base}{accent}").nfc().next()
    });
    accented.or(match name {
        "nbsp" => Some('\u{a0}'),
        "amp" => Some('&'),
        "lt" => Some('<'),
        "laquo" => Some('«'),
        "raquo" => Some('»'),
        "rsquo" => Some('’'),
        "euro" => Some('€'),
        "oelig" => Some('œ'),
        "sup2" => Some('²'),
        "ndash" => Some('–'),
        "hellip" => Some('…'),
        _ => None,
    })
}

/// The bytes behind the first occurrence of `words`.
fn source_of<'f>(article: &Article, file: &'f [u8], words: &str) -> &'f [u8] {
    let byte = article
        .text
        .find(words)
        .unwrap_or_else(|| panic!("{words:?} is not in {}", article.text));
    let start = article.text[..byte].chars().count();
    let range = article
        .source_range(start, start + words.chars().count())
        .unwrap();
    &file[range]
}

const STORY: &str = "Voltis lève 12 millions d’euros\r\n\r\nLa société Voltis a levé 12 millions d’euros mardi, \
    selon un communiqué publié à Lyon par sa direction.\r\n\r\nElle visait 8 M€ et emploie 40 personnes en France.\r\n";

#[test]
fn text_leads_back_through_windows_line_ends() {
    let article = one("a.txt", STORY);
    check_clean(&article);
    check_source(&article, STORY.as_bytes());
    assert_eq!(source_of(&article, STORY.as_bytes(), "8 M€"), "8 M€".as_bytes());
    let over_the_gap = source_of(&article, STORY.as_bytes(), "d’euros\n\nLa société");
    assert_eq!(over_the_gap, "d’euros\r\n\r\nLa société".as_bytes());
}

#[test]
fn text_leads_back_through_other_charsets() {
    let (windows, _, _) = encoding_rs::WINDOWS_1252.encode(STORY);
    let straight = STORY.replace('’', "'");
    let (latin, _, _) = encoding_rs::ISO_8859_15.encode(&straight);
    let wide: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain(STORY.encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    let wider: Vec<u8> = STORY.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect();
    let marked = [b"\xef\xbb\xbf".as_slice(), STORY.as_bytes()].concat();
    for (file, euros) in [
        (windows.into_owned(), b"8 M\x80".as_slice()),
        (latin.into_owned(), b"8 M\xa4"),
        (wide, b"8\0 \0M\0\xac\x20"),
        (wider, b"8\0\0\0 \0\0\0M\0\0\0\xac\x20\0\0"),
        (marked, "8 M€".as_bytes()),
    ] {
        let article = one("a.txt", &file);
        check_clean(&article);
        check_source(&article, &file);
        assert_eq!(source_of(&article, &file, "8 M€"), euros);
    }
}

#[test]
fn markdown_leads_back_through_its_signs() {
    let file = "# Voltis lève 12&nbsp;M€\n\nLa **société** [Voltis](https://voltis.example)\na levé \\*12&nbsp;millions* d’`euros`.\n\n| a | 3,5 % |\n|---|---|\n| b | 4 |\n";
    let article = one("a.md", file);
    check_clean(&article);
    check_source(&article, file.as_bytes());
    assert_eq!(source_of(&article, file.as_bytes(), "3,5 %"), b"3,5 %");
    assert_eq!(
        source_of(&article, file.as_bytes(), "Voltis a levé"),
        b"Voltis](https://voltis.example)\na lev\xc3\xa9"
    );
}

#[test]
fn html_leads_back_through_references_and_tags() {
    let file = "<html><body><h1>Voltis l&egrave;ve 12&nbsp;M&euro;</h1><p>La soci&eacute;t&eacute; <b>Voltis</b>\n  a lev&#233; \
        12&#x202F;000&nbsp;&euro; &amp; 240&nbsp;m<sup>2</sup> mardi, selon un communiqu&eacute;.</p></body></html>";
    let article = one("a.html", file);
    check_clean(&article);
    check_source(&article, file.as_bytes());
    assert_eq!(
        source_of(&article, file.as_bytes(), "12\u{202f}000\u{a0}€"),
        b"12&#x202F;000&nbsp;&euro;"
    );
    assert_eq!(
        source_of(&article, file.as_bytes(), "Voltis a levé"),
        b"Voltis</b>\n  a lev&#233;"
    );
    assert_eq!(source_of(&article, file.as_bytes(), "m²"), b"m<sup>2");
}

#[test]
fn jsonl_keeps_its_text_and_leads_back_through_escapes() {
    let text = "  Un « titre » à\u{a0}5\u{202f}%\r\n\r\n\tDeux \"mots\" \\ et 😀 fin.  ";
    let mut file = String::from("{\"text\":\"premier\"}\n");
    let escaped = serde_json::to_string(text)
        .unwrap()
        .replace('à', "\\u00e0")
        .replace('😀', "\\ud83d\\ude00");
    file += &format!("{{\"id\": 7, \"lang\":\"fr\", \"text\" : {escaped}}}\r\n");
    let items = crate::read_bytes("a.jsonl", file.as_bytes(), &Default::default());
    let article = items[1].as_ref().unwrap();
    assert_eq!(article.text, text);
    check_invariants(article);
    check_source(article, file.as_bytes());
    assert_eq!(source_of(article, file.as_bytes(), "😀"), b"\\ud83d\\ude00");
    assert_eq!(
        source_of(article, file.as_bytes(), "5\u{202f}%"),
        "5\u{202f}%".as_bytes()
    );
}

#[test]
fn what_stands_nowhere_in_the_file_has_no_source() {
    let article = one("a.txt", STORY);
    let gap = article.paragraphs[0].end;
    assert_eq!(article.source_range(gap, gap + 2), None);
    assert_eq!(article.source_range(5, 5), None);
    assert_eq!(article.source_range(1_000_000, 1_000_001), None);
}
