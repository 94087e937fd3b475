//! Parts of a page that its own markup sets apart from the article.

use super::token::Tag;
use super::walk::Zone;
use crate::ingest::chrome;

/// The zone that a start tag opens, if it opens one.
pub(super) fn of_tag(tag: &Tag<'_>) -> Option<Zone> {
    let name = tag.name.as_str();
    // These hold the article itself, whatever their classes promise for the page as a whole.
    if matches!(name, "html" | "body" | "main" | "article" | "h1") {
        return is_hidden(tag).then(|| frame("hidden"));
    }
    let by_name = match name {
        "nav" | "menu" | "search" => Some(frame(chrome::NAVIGATION)),
        "footer" => Some(frame("footer")),
        "form" | "button" | "select" | "textarea" | "label" | "fieldset" | "option" | "input"
        | "datalist" => Some(frame("form")),
        "dialog" => Some(frame("dialog")),
        "svg" | "template" | "object" | "video" | "audio" | "canvas" | "map" | "math" | "iframe" => {
            Some(frame("media"))
        }
        _ => None,
    };
    if by_name.is_some() {
        return by_name;
    }
    if is_hidden(tag) {
        return Some(frame("hidden"));
    }
    by_role(tag)
        .or_else(|| by_class(tag))
        .or_else(|| (name == "aside").then_some(aside()))
}

fn frame(reason: &'static str) -> Zone {
    Zone {
        reason,
        may_hold_prose: false,
        is_guess: false,
    }
}

fn aside() -> Zone {
    Zone {
        reason: "aside",
        may_hold_prose: true,
        is_guess: false,
    }
}

/// Whether an element of running text is there for screen readers only, or for nobody.
pub(super) fn is_unseen(tag: &Tag<'_>) -> bool {
    let class = tag.attribute("class").unwrap_or_default().to_ascii_lowercase();
    is_hidden(tag)
        || ["sr-only", "visually-hidden", "screen-reader", "tooltip"]
            .iter()
            .any(|name| class.contains(name))
}

fn is_hidden(tag: &Tag<'_>) -> bool {
    let style = tag
        .attribute("style")
        .map(|style| style.to_ascii_lowercase().replace(' ', ""))
        .unwrap_or_default();
    tag.attribute("hidden")
        .is_some_and(|value| value != "until-found")
        || tag.attribute("aria-hidden").is_some_and(|value| value == "true")
        || style.contains("display:none")
        || style.contains("visibility:hidden")
}

fn by_role(tag: &Tag<'_>) -> Option<Zone> {
    match tag.attribute("role")?.as_str() {
        "navigation" | "menu" | "menubar" | "search" | "toolbar" => Some(frame(chrome::NAVIGATION)),
        "contentinfo" => Some(frame("footer")),
        "dialog" | "alertdialog" => Some(frame("dialog")),
        "complementary" => Some(aside()),
        _ => None,
    }
}

/// What a word of a class or an id says, when it says it clearly.
fn by_class(tag: &Tag<'_>) -> Option<Zone> {
    let class = tag.attribute("class").unwrap_or_default();
    let id = tag.attribute("id").unwrap_or_default();
    if class.is_empty() && id.is_empty() {
        return None;
    }
    let names = format!("{class} {id}").to_ascii_lowercase();
    for phrase in names.split_whitespace() {
        for (parts, reason) in PHRASES {
            if phrase.contains(parts) {
                return Some(named(reason));
            }
        }
    }
    names.split(|c: char| !c.is_alphanumeric()).find_map(|word| {
        let row = WORDS.iter().find(|(words, _)| words.contains(&word))?;
        Some(named(row.1))
    })
}

/// A zone by its class: related articles, comments and cookies are what they say; other words may be the topic's.
fn named(reason: &'static str) -> Zone {
    let is_sure = matches!(
        reason,
        "related articles" | "comments" | "cookie banner" | "newsletter"
    );
    Zone {
        reason,
        may_hold_prose: false,
        is_guess: !is_sure,
    }
}

/// Parts of a class name.
const PHRASES: &[(&str, &str)] = &[
    ("cookie", "cookie banner"),
    ("consent", "cookie banner"),
    ("didomi", "cookie banner"),
    ("onetrust", "cookie banner"),
    ("axeptio", "cookie banner"),
    ("tarteaucitron", "cookie banner"),
    ("newsletter", "newsletter"),
    ("lire-aussi", "related articles"),
    ("lire_aussi", "related articles"),
    ("lireaussi", "related articles"),
    ("a-lire", "related articles"),
    ("read-also", "related articles"),
    ("readalso", "related articles"),
    ("read-more", "related articles"),
    ("see-also", "related articles"),
    ("related-", "related articles"),
    ("-related", "related articles"),
    ("most-read", "related articles"),
    ("plus-lus", "related articles"),
    ("breadcrumb", "navigation"),
    ("skip-link", "navigation"),
    ("fil-ariane", "navigation"),
    ("fil-d-ariane", "navigation"),
    ("screen-reader", "navigation"),
    ("visually-hidden", "navigation"),
    ("sr-only", "navigation"),
    ("social-", "share buttons"),
    ("-social", "share buttons"),
    ("sharing", "share buttons"),
    ("partage", "share buttons"),
    ("paywall", "paywall"),
    ("publicite", "advertisement"),
    ("sidebar", "navigation"),
    ("back-to-top", "navigation"),
    ("author-b", "author's note"),
    ("author-card", "author's note"),
    ("about-author", "author's note"),
    ("auteur-bio", "author's note"),
    ("tag-list", "tags"),
    ("taglist", "tags"),
];

/// Whole words of a class name.
const WORDS: &[(&[&str], &str)] = &[
    (
        &["share", "shares", "social", "socials", "addtoany", "sharedaddy"],
        "share buttons",
    ),
    (
        &[
            "related",
            "recommended",
            "recommendations",
            "recirculation",
            "taboola",
            "outbrain",
            "similar",
        ],
        "related articles",
    ),
    (&["gdpr", "rgpd", "cmp"], "cookie banner"),
    (
        &[
            "nav",
            "navbar",
            "navigation",
            "menu",
            "submenu",
            "pagination",
            "pager",
            "toolbar",
            "ariane",
        ],
        "navigation",
    ),
    (&["footer", "copyright", "colophon"], "footer"),
    (
        &[
            "ad",
            "ads",
            "adslot",
            "advert",
            "advertisement",
            "advertising",
            "pub",
            "sponsor",
            "sponsored",
            "dfp",
            "promo",
        ],
        "advertisement",
    ),
    (&["comments", "disqus", "respond", "commentaires"], "comments"),
    (
        &[
            "subscribe",
            "subscription",
            "abonnement",
            "signup",
            "popup",
            "modal",
            "lightbox",
            "overlay",
        ],
        "newsletter",
    ),
];
