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
    let articles: Vec<&[Entity]> = per_article.into_iter().collect();
    let owners = alias_owners(&articles);
    let mut slots: HashMap<Name, usize> = HashMap::new();
    let mut merged: Vec<Entity> = Vec::new();
    for entity in articles.iter().copied().flatten() {
        let own = (entity.entity_type, key(&entity.canonical));
        let name = owners
            .get(&own)
            .map_or(own, |owner| (entity.entity_type, owner.clone()));
        match slots.get(&name) {
            Some(&slot) => absorb(&mut merged[slot], entity, &name.1),
            None => {
                slots.insert(name, merged.len());
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

/// A name without what its spellings differ in.
type Name = (EntityType, String);

/// Which full name a short form stands for, where one article says so and none contradicts: by another
/// full name for it, or by naming both side by side as two.
fn alias_owners(articles: &[&[Entity]]) -> HashMap<Name, String> {
    let mut claims: HashMap<Name, HashSet<String>> = HashMap::new();
    for entity in articles.iter().copied().flatten() {
        let canonical = key(&entity.canonical);
        for alias in entity
            .aliases
            .iter()
            .filter(|alias| stands_alone(entity.entity_type, alias))
        {
            claims
                .entry((entity.entity_type, key(alias)))
                .or_default()
                .insert(canonical.clone());
        }
    }
    for article in articles {
        let here: HashSet<Name> = article
            .iter()
            .map(|entity| (entity.entity_type, key(&entity.canonical)))
            .collect();
        for name in &here {
            let apart = |owner: &String| here.contains(&(name.0, owner.clone()));
            if claims.get(name).is_some_and(|owners| owners.iter().any(apart)) {
                claims.remove(name);
            }
        }
    }
    let single = |owners: HashSet<String>| match owners.into_iter().collect::<Vec<_>>().as_slice() {
        [owner] => Some(owner.clone()),
        _ => None,
    };
    let owners: HashMap<Name, String> = claims
        .into_iter()
        .filter_map(|(alias, owners)| Some((alias, single(owners)?)))
        .filter(|(alias, owner)| alias.1 != *owner)
        .collect();
    // A chain (`A` is `B`, `B` is `C`) is left alone: nobody stated that `A` is `C`.
    let chained = |alias: &Name, owner: &String| owners.contains_key(&(alias.0, owner.clone()));
    owners
        .iter()
        .filter(|(alias, owner)| !chained(alias, owner))
        .map(|(a, o)| (a.clone(), o.clone()))
        .collect()
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

/// Adds what another article says. `name` is the key of the name that the row goes by.
fn absorb(entity: &mut Entity, other: &Entity, name: &str) {
    let fuller = key(&entity.canonical) != name && key(&other.canonical) == name;
    let loser = if fuller {
        std::mem::replace(&mut entity.canonical, other.canonical.clone())
    } else {
        other.canonical.clone()
    };
    push_new(&mut entity.aliases, &loser);
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
