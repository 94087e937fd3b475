//! The entities of a folder, from the entities of its articles.
//!
//! Careful on purpose: two articles that say `Martin` may mean two people, so only full names, names
//! that are spelled alike, and short forms that one article explains and no other contradicts are
//! joined.

use super::lexicon::lexicon;
use super::token::{plain, tokens_of};
use crate::record::{Entity, EntityType};
use std::collections::{HashMap, HashSet};

/// Joins what several articles say of the same entities. Most mentioned first; mentions in the order
/// of the articles; the description is the first one that an article gives.
pub fn consolidate<'a>(per_article: impl IntoIterator<Item = &'a [Entity]>) -> Vec<Entity> {
    let all: Vec<&Entity> = per_article.into_iter().flatten().collect();
    let owners = alias_owners(&all);
    let mut slots: HashMap<(EntityType, String), usize> = HashMap::new();
    let mut merged: Vec<Entity> = Vec::new();
    for entity in all {
        let own = key(&entity.canonical);
        let name = owners
            .get(&(entity.entity_type, own.clone()))
            .cloned()
            .flatten()
            .unwrap_or(own);
        match slots.get(&(entity.entity_type, name.clone())) {
            Some(&slot) => absorb(&mut merged[slot], entity),
            None => {
                slots.insert((entity.entity_type, name), merged.len());
                merged.push(entity.clone());
            }
        }
    }
    for entity in &mut merged {
        let canonical = key(&entity.canonical);
        entity.aliases.retain(|alias| key(alias) != canonical);
    }
    merged.sort_by(|a, b| {
        b.mentions
            .len()
            .cmp(&a.mentions.len())
            .then_with(|| a.canonical.cmp(&b.canonical))
    });
    merged
}

/// Which full name a short form stands for: none where two full names claim it.
fn alias_owners(all: &[&Entity]) -> HashMap<(EntityType, String), Option<String>> {
    let mut owners: HashMap<(EntityType, String), Option<String>> = HashMap::new();
    let mut claims: HashMap<(EntityType, String), HashSet<String>> = HashMap::new();
    for entity in all {
        let canonical = key(&entity.canonical);
        for alias in &entity.aliases {
            if stands_alone(entity.entity_type, alias) {
                claims
                    .entry((entity.entity_type, key(alias)))
                    .or_default()
                    .insert(canonical.clone());
            }
        }
    }
    for (alias, names) in claims {
        let mut names = names.into_iter();
        let owner = names
            .next()
            .filter(|_| names.next().is_none())
            .filter(|owner| *owner != alias.1);
        // A chain (`A` is `B`, `B` is `C`) is left alone: nobody stated `A` is `C`.
        owners.insert(alias, owner);
    }
    let chained: Vec<_> = owners
        .iter()
        .filter(|((entity_type, _), owner)| {
            owner.as_ref().is_some_and(|owner| {
                owners
                    .get(&(*entity_type, owner.clone()))
                    .is_some_and(Option::is_some)
            })
        })
        .map(|(alias, _)| alias.clone())
        .collect();
    for alias in chained {
        owners.insert(alias, None);
    }
    owners
}

/// Whether a short form may be recognized in another article: a surname or the first word of a
/// company's name may not.
fn stands_alone(entity_type: EntityType, alias: &str) -> bool {
    let words = tokens_of(alias);
    match entity_type {
        EntityType::Person => words.len() > 1,
        _ => {
            let acronym = alias.chars().filter(|c| c.is_uppercase()).count() >= 2;
            acronym
                || words.len() > 1
                || lexicon().known_at(&words, 0).is_some()
                || alias.chars().count() >= 4
        }
    }
}

/// What two spellings of one name share.
fn key(name: &str) -> String {
    let plain = plain(name).to_lowercase();
    let words: Vec<&str> = plain.split_whitespace().collect();
    match words.as_slice() {
        ["groupe" | "group", rest @ ..] if !rest.is_empty() => rest.join(" "),
        [rest @ .., last] if !rest.is_empty() && is_legal_form(last) => rest.join(" "),
        all => all.join(" "),
    }
}

fn is_legal_form(word: &str) -> bool {
    matches!(
        word,
        "sa" | "sas" | "sarl" | "inc" | "inc." | "ltd" | "gmbh" | "ag" | "plc" | "llc" | "corp" | "corp."
    )
}

fn absorb(entity: &mut Entity, other: &Entity) {
    // The fuller name names the row; the other becomes an alias.
    if other.canonical != entity.canonical {
        let fuller = other.canonical.chars().count() > entity.canonical.chars().count()
            && key(&other.canonical) != key(&entity.canonical);
        let loser = if fuller {
            std::mem::replace(&mut entity.canonical, other.canonical.clone())
        } else {
            other.canonical.clone()
        };
        push_new(&mut entity.aliases, &loser);
    }
    for alias in &other.aliases {
        push_new(&mut entity.aliases, alias);
    }
    if entity.description.is_none() {
        entity.description.clone_from(&other.description);
    }
    entity.mentions.extend(other.mentions.iter().cloned());
}

fn push_new(aliases: &mut Vec<String>, name: &str) {
    if !aliases.iter().any(|alias| key(alias) == key(name)) {
        aliases.push(name.to_owned());
    }
}
