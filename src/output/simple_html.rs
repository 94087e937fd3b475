//! A translation as a plain page: headings, paragraphs, lists, quotations, tables. No script, no style, no link.

use crate::record::{Article, ParagraphKind, Translation};

/// The page of one translation, in `lang`.
pub fn page(article: &Article, translation: &Translation, lang: &str) -> String {
    let title = translation
        .segments
        .first()
        .map_or(String::new(), |segment| escape(&segment.target));
    let mut body = String::new();
    let mut open = "";
    for segment in translation.shown() {
        let kind_at = |at: usize| article.paragraphs.get(at).map(|p| p.kind).unwrap_or_default();
        let kind = segment.paragraph.map(kind_at);
        let around = match kind {
            Some(ParagraphKind::ListItem) => "ul",
            Some(ParagraphKind::TableRow) => "table",
            _ => "",
        };
        if around != open {
            if !open.is_empty() {
                body.push_str(&format!("</{open}>\n"));
            }
            if !around.is_empty() {
                body.push_str(&format!("<{around}>\n"));
            }
            open = around;
        }
        let text = escape(&segment.target);
        body.push_str(&match kind {
            None => format!("<h1>{text}</h1>\n"),
            Some(ParagraphKind::Heading) => format!("<h2>{text}</h2>\n"),
            Some(ParagraphKind::ListItem) => format!("<li>{}</li>\n", without_bullet(&text)),
            Some(ParagraphKind::Quote) => format!("<blockquote><p>{text}</p></blockquote>\n"),
            Some(ParagraphKind::TableRow) => {
                format!("<tr><td>{}</td></tr>\n", text.replace(" | ", "</td><td>"))
            }
            Some(ParagraphKind::Text) => format!("<p>{text}</p>\n"),
        });
    }
    if !open.is_empty() {
        body.push_str(&format!("</{open}>\n"));
    }
    format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head><meta charset=\"utf-8\"><title>{title}</title></head>\n<body>\n\
         {body}</body>\n</html>\n",
        escape(lang)
    )
}

/// The list brings its own bullets.
fn without_bullet(text: &str) -> &str {
    let rest = text.trim_start_matches(['-', '–', '—', '*', '•', '·', '◦', '▪']);
    if rest.starts_with(char::is_whitespace) {
        rest.trim_start()
    } else {
        text
    }
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}
