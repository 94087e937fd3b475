//! What a page states about its article: title, date, address, language.

use serde_json::Value;

use super::entity;
use super::walk::Page;
use crate::ingest::date;

/// Facts that the page states outright.
#[derive(Debug, Default)]
pub(super) struct Metadata {
    pub(super) title: Option<String>,
    pub(super) date: Option<String>,
    pub(super) url: Option<String>,
    pub(super) lang: Option<String>,
    /// The text of the article for search engines, where the page gives it.
    pub(super) body: Option<String>,
}

/// JSON-LD beyond this size is no article's description.
const LARGEST_JSON_LD: usize = 4 << 20;

pub(super) fn read(text: &str, page: &Page) -> Metadata {
    let mut found = Metadata::default();
    for range in page.json_ld.iter().filter(|range| range.len() <= LARGEST_JSON_LD) {
        if let Ok(value) = serde_json::from_str::<Value>(text[range.clone()].trim()) {
            read_json_ld(&value, &mut found);
        }
    }
    let meta = |names: &[&str]| {
        let of = |name: &&str| {
            page.meta
                .iter()
                .find(|(key, content)| key == name && !content.trim().is_empty())
        };
        names
            .iter()
            .find_map(of)
            .map(|(_, content)| content.trim().to_owned())
    };
    let title_element = page.title.clone().map(|range| entity::resolve(&text[range]));
    found.title = found
        .title
        .or_else(|| meta(&["og:title", "twitter:title", "dc.title", "citation_title"]))
        .or(title_element)
        .map(|title| without_site(&collapse(&title), meta(&["og:site_name"]).as_deref()))
        .filter(|title| !title.is_empty());
    found.date = found
        .date
        .or_else(|| {
            const NAMES: [&str; 10] = [
                "article:published_time",
                "og:published_time",
                "datepublished",
                "date",
                "dc.date",
                "dc.date.issued",
                "pubdate",
                "publish-date",
                "parsely-pub-date",
                "sailthru.date",
            ];
            meta(&NAMES).and_then(|written| date::read(&written))
        })
        .or_else(|| page.times.iter().find_map(|written| date::read(written)));
    found.url = found
        .url
        .or_else(|| page.canonical.clone())
        .or_else(|| meta(&["og:url"]))
        .filter(|url| is_web_address(url));
    found.lang = found.lang.or_else(|| page.lang.clone());
    found
}

/// Takes the first article of a JSON-LD document, at any depth that the parser lets through.
fn read_json_ld(value: &Value, found: &mut Metadata) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| read_json_ld(item, found)),
        Value::Object(object) => {
            if is_article(object.get("@type")) {
                let text = |key: &str| {
                    object
                        .get(key)
                        .and_then(Value::as_str)
                        .map(|text| entity::resolve(text.trim()))
                };
                found.title = found
                    .title
                    .take()
                    .or_else(|| text("headline"))
                    .or_else(|| text("name"));
                found.date = found
                    .date
                    .take()
                    .or_else(|| text("datePublished").and_then(|written| date::read(&written)));
                let page = object.get("mainEntityOfPage");
                let id = page
                    .and_then(|page| page.get("@id").or(Some(page)))
                    .and_then(Value::as_str);
                found.url = found
                    .url
                    .take()
                    .or_else(|| text("url"))
                    .or_else(|| id.map(str::to_owned))
                    .filter(|url| is_web_address(url));
                found.lang = found.lang.take().or_else(|| text("inLanguage"));
                found.body = found.body.take().or_else(|| text("articleBody"));
            }
            object
                .values()
                .filter(|value| value.is_array() || value.is_object())
                .for_each(|value| read_json_ld(value, found));
        }
        _ => {}
    }
}

fn is_article(kind: Option<&Value>) -> bool {
    let names =
        |name: &str| name.ends_with("Article") || name.ends_with("BlogPosting") || name.ends_with("Posting");
    match kind {
        Some(Value::String(name)) => names(name),
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).any(names),
        _ => false,
    }
}

fn is_web_address(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

fn collapse(text: &str) -> String {
    text.split([' ', '\n', '\t', '\r'])
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// `Le titre - Le Journal` without its last part, when that part is the site or looks like one.
fn without_site(title: &str, site: Option<&str>) -> String {
    for separator in [" | ", " - ", " – ", " — ", " • ", " · ", " » "] {
        let Some((head, tail)) = title.rsplit_once(separator) else {
            continue;
        };
        let is_site = site.is_some_and(|site| tail.trim().eq_ignore_ascii_case(site.trim()));
        let is_short = tail.split_whitespace().count() <= 3 && head.split_whitespace().count() >= 4;
        if is_site || is_short {
            return without_site(head.trim(), site);
        }
    }
    title.to_owned()
}
