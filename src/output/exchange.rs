//! Translations for translators' tools: TMX 1.4 memories and XLIFF 1.2 files.
//!
//! One unit a sentence where the translation was made sentence by sentence, else one a paragraph. Text is escaped,
//! and characters that XML 1.0 has no place for are left out. TMX: <https://www.gala-global.org/tmx-14b>; XLIFF:
//! <https://docs.oasis-open.org/xliff/v1.2/os/xliff-core.html>.

use crate::record::{Article, Segment, Translation};
use std::borrow::Cow;
use std::fmt::Write as _;

/// The languages of a translation, as tags (`fr`, `en`, `de`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Languages {
    /// Of the source.
    pub from: String,
    /// Of the translation.
    pub to: String,
}

/// The beginning of a TMX file; its units may come from any source language.
pub fn tmx_start() -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE tmx SYSTEM \"tmx14.dtd\">\n<tmx version=\"1.4\">\n\
         <header creationtool=\"depeche\" creationtoolversion=\"{}\" segtype=\"sentence\" o-tmf=\"depeche\" \
         adminlang=\"en\" srclang=\"*all*\" datatype=\"plaintext\"/>\n<body>\n",
        env!("CARGO_PKG_VERSION")
    )
}

/// The end of a TMX file.
pub fn tmx_end() -> &'static str {
    "</body>\n</tmx>\n"
}

/// The units of one translation. What was flagged carries a note; what stayed in the source language is left out,
/// for a memory must not hold it.
pub fn tmx_units(article: &Article, translation: &Translation, languages: &Languages) -> String {
    let mut out = String::new();
    for (segment, unit) in units(translation) {
        if unit.source == unit.target && unit.source.split_whitespace().count() > 4 {
            continue;
        }
        let kind = if segment.sentences.is_empty() {
            "paragraph"
        } else {
            "sentence"
        };
        // OK because writing to a `String` never fails
        let _ = write!(
            out,
            "<tu tuid=\"{}-{}\" segtype=\"{kind}\" srclang=\"{}\"><prop type=\"x-path\">{}</prop>",
            xml(&article.id),
            unit.id,
            xml(&languages.from),
            xml(&article.path)
        );
        for finding in &segment.findings {
            let _ = write!(out, "<note>{}</note>", xml(&finding.message));
        }
        for (lang, text) in [(&languages.from, unit.source), (&languages.to, unit.target)] {
            let _ = write!(
                out,
                "<tuv xml:lang=\"{}\"><seg>{}</seg></tuv>",
                xml(lang),
                xml(text)
            );
        }
        out.push_str("</tu>\n");
    }
    out
}

/// The beginning of an XLIFF file.
pub fn xliff_start() -> &'static str {
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<xliff version=\"1.2\" xmlns=\"urn:oasis:names:tc:xliff:document:1.2\">\n"
}

/// The end of an XLIFF file.
pub fn xliff_end() -> &'static str {
    "</xliff>\n"
}

/// One translation as a `file`: a group a paragraph, a unit a sentence; what was flagged needs review.
pub fn xliff_file(article: &Article, translation: &Translation, languages: &Languages) -> String {
    let mut out = format!(
        "<file original=\"{}\" source-language=\"{}\" target-language=\"{}\" datatype=\"plaintext\">\n\
         <header><tool tool-id=\"depeche\" tool-name=\"depeche\" tool-version=\"{}\"/></header>\n<body>\n",
        xml(&article.path),
        xml(&languages.from),
        xml(&languages.to),
        env!("CARGO_PKG_VERSION")
    );
    for segment in &translation.segments {
        let state = if segment.findings.is_empty() {
            "translated"
        } else {
            "needs-review-translation"
        };
        let _ = writeln!(out, "<group id=\"{}\" restype=\"x-paragraph\">", place(segment));
        for unit in units_of(segment) {
            let _ = write!(
                out,
                "<trans-unit id=\"{}\" xml:space=\"preserve\"><source xml:lang=\"{}\">{}</source>\
                 <target xml:lang=\"{}\" state=\"{state}\">{}</target>",
                unit.id,
                xml(&languages.from),
                xml(unit.source),
                xml(&languages.to),
                xml(unit.target)
            );
            for finding in &segment.findings {
                let _ = write!(out, "<note from=\"depeche\">{}</note>", xml(&finding.message));
            }
            out.push_str("</trans-unit>\n");
        }
        out.push_str("</group>\n");
    }
    out.push_str("</body>\n</file>\n");
    out
}

/// A pair of texts.
struct Unit<'a> {
    /// `title`, `p3`, `p3-2`.
    id: String,
    source: &'a str,
    target: &'a str,
}

fn units(translation: &Translation) -> impl Iterator<Item = (&Segment, Unit<'_>)> {
    let of = |segment| units_of(segment).into_iter().map(move |unit| (segment, unit));
    translation.segments.iter().flat_map(of)
}

fn units_of(segment: &Segment) -> Vec<Unit<'_>> {
    let place = place(segment);
    if segment.sentences.is_empty() {
        return vec![Unit {
            id: place,
            source: &segment.source,
            target: &segment.target,
        }];
    }
    let unit = |(at, sentence)| {
        let sentence: &crate::record::AlignedSentence = sentence;
        Unit {
            id: format!("{place}-{}", at + 1),
            source: &sentence.source,
            target: &sentence.target,
        }
    };
    segment.sentences.iter().enumerate().map(unit).collect()
}

fn place(segment: &Segment) -> String {
    segment
        .paragraph
        .map_or("title".to_owned(), |paragraph| format!("p{}", paragraph + 1))
}

/// Text as XML has it, in elements and in attributes.
fn xml(text: &str) -> Cow<'_, str> {
    let is_plain = |c: char| !matches!(c, '<' | '>' | '&' | '"' | '\n' | '\r' | '\t') && is_xml(c);
    if text.chars().all(is_plain) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars().filter(|&c| is_xml(c)) {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\r' => out.push_str("&#13;"),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// The characters of XML 1.0.
fn is_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{AlignedSentence, Finding, FindingKind};
    use roxmltree::{Document, ParsingOptions};

    fn sample() -> (Article, Translation) {
        let article = Article {
            id: "a\"1".into(),
            path: "a & b <c>.txt".into(),
            ..Article::default()
        };
        let pair = |source: &str, target: &str| AlignedSentence {
            source: source.into(),
            target: target.into(),
            repair: None,
        };
        let segment = |paragraph, findings| Segment {
            paragraph,
            source: "Il a dit « R&D ». 3 < 4\u{1}.".into(),
            target: "He said “R&D”. 3 < 4\u{1}.".into(),
            findings,
            sentences: vec![
                pair("Il a dit « R&D ».", "He said “R&D”."),
                pair("3 < 4\u{1}.", "3 < 4\u{1}!"),
            ],
        };
        let finding = Finding {
            kind: FindingKind::Missing,
            source: None,
            target: None,
            message: "“4” < \"5\"".into(),
        };
        let title = Segment {
            paragraph: None,
            source: "Titre".into(),
            target: "Title".into(),
            ..Segment::default()
        };
        let translation = Translation::bare(
            "a",
            vec![title, segment(Some(0), vec![]), segment(Some(1), vec![finding])],
        );
        (article, translation)
    }

    fn languages() -> Languages {
        Languages {
            from: "fr".into(),
            to: "en".into(),
        }
    }

    fn parse(text: &str) -> Document<'_> {
        let options = ParsingOptions {
            allow_dtd: true,
            ..ParsingOptions::default()
        };
        Document::parse_with_options(text, options).unwrap()
    }

    #[test]
    fn a_memory_is_valid_xml_and_holds_every_pair() {
        let (article, translation) = sample();
        let text = format!(
            "{}{}{}",
            tmx_start(),
            tmx_units(&article, &translation, &languages()),
            tmx_end()
        );
        let document = parse(&text);
        let root = document.root_element();
        assert_eq!(
            (root.tag_name().name(), root.attribute("version")),
            ("tmx", Some("1.4"))
        );
        let units: Vec<_> = document
            .descendants()
            .filter(|node| node.has_tag_name("tu"))
            .collect();
        assert_eq!(units.len(), 5);
        let ids: std::collections::HashSet<_> = units.iter().map(|unit| unit.attribute("tuid")).collect();
        assert_eq!(ids.len(), 5);
        let texts: Vec<&str> = units[1]
            .descendants()
            .filter(|node| node.has_tag_name("seg"))
            .map(|node| node.text().unwrap())
            .collect();
        assert_eq!(texts, ["Il a dit « R&D ».", "He said “R&D”."]);
        let langs: Vec<_> = units[1]
            .children()
            .filter_map(|node| node.attribute(("http://www.w3.org/XML/1998/namespace", "lang")))
            .collect();
        assert_eq!(langs, ["fr", "en"]);
        assert!(
            document
                .descendants()
                .any(|node| node.text() == Some("“4” < \"5\""))
        );
    }

    #[test]
    fn an_xliff_file_is_valid_xml_and_says_what_needs_review() {
        let (article, translation) = sample();
        let text = format!(
            "{}{}{}",
            xliff_start(),
            xliff_file(&article, &translation, &languages()),
            xliff_end()
        );
        let document = parse(&text);
        let find = |name: &'static str| {
            document
                .descendants()
                .filter(move |node| node.tag_name().name() == name)
        };
        let file = find("file").next().unwrap();
        assert_eq!(file.attribute("original"), Some("a & b <c>.txt"));
        assert_eq!(find("trans-unit").count(), 5);
        let states: Vec<_> = find("target")
            .map(|node| node.attribute("state").unwrap())
            .collect();
        assert_eq!(
            states
                .iter()
                .filter(|state| **state == "needs-review-translation")
                .count(),
            2
        );
        let ids: std::collections::HashSet<_> = find("trans-unit").map(|unit| unit.attribute("id")).collect();
        assert_eq!(ids.len(), 5);
        assert_eq!(find("source").nth(2).unwrap().text(), Some("3 < 4."));
    }
}
