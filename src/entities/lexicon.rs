//! The word lists of `data/`, ready to look up: known names, first names, and the words beside a name
//! that tell what it is.
//!
//! The lists are part of the binary. They help to type and to spell names; a name that is in none of
//! them is found all the same.

pub(super) use super::cue::Cue;
use super::token::{self, Shape, Token, tokens_of};
use crate::record::EntityType;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// One form of a known name.
#[derive(Debug)]
pub(super) struct Known {
    /// Which line of which list: forms of one entity share it.
    pub group: usize,
    /// Place of the form on its line: the first form that is met names the entity in the tables.
    pub rank: usize,
    /// What it is.
    pub entity_type: EntityType,
    /// Also a common word, or the name of something else: needs other evidence where its capital proves nothing.
    pub ambiguous: bool,
    /// Also an ordinary word: a capital that opens a sentence proves nothing.
    pub word: bool,
    /// Something else of that name is meant more often.
    second: bool,
    /// What else bears the name.
    pub rivals: Vec<EntityType>,
    /// Number of tokens.
    pub length: usize,
    words: Vec<String>,
}

impl Known {
    /// Whether the words after the first stand behind token `at`.
    fn stands_at(&self, tokens: &[Token], at: usize) -> bool {
        let Some(window) = tokens.get(at..at + self.length) else {
            return false;
        };
        window
            .iter()
            .zip(&self.words)
            .skip(1)
            .all(|(token, word)| token.spelled() == *word)
    }
}

/// All lists.
pub(super) struct Lexicon {
    /// Names of one word by it, longer ones by their first two words.
    known: HashMap<String, Vec<Known>>,
    /// First words of the longer ones.
    heads: HashSet<String>,
    /// Names with an article (`Le Havre`, `Les Mureaux`) without it, for `au Havre`; and towns in capitals.
    contracted: HashMap<String, Vec<(Known, &'static str)>>,
    capitals_of: HashMap<String, String>,
    first_names: HashMap<&'static str, bool>,
    openers: HashSet<&'static str>,
    capitals: HashSet<&'static str>,
    english: HashSet<&'static str>,
    /// Words that open sentences and headlines, French and English.
    starters: HashSet<&'static str>,
    english_starters: HashSet<&'static str>,
    acronyms: HashSet<&'static str>,
    cues: HashMap<Cue, HashSet<&'static str>>,
    phrases: HashMap<Cue, Vec<Vec<String>>>,
}

/// How much a first name tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FirstName {
    /// Hardly anything but a first name.
    Sure,
    /// Also a place, a brand or a word.
    Ambiguous,
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(Lexicon::load);

/// The lists, read at the first call.
pub(super) fn lexicon() -> &'static Lexicon {
    &LEXICON
}

const NAMES: [(&str, EntityType); 10] = [
    (include_str!("data/countries.txt"), EntityType::Place),
    (include_str!("data/regions.txt"), EntityType::Place),
    (include_str!("data/cities.txt"), EntityType::Place),
    (include_str!("data/institutions.txt"), EntityType::Organization),
    (include_str!("data/companies.txt"), EntityType::Organization),
    (include_str!("data/products.txt"), EntityType::Product),
    (include_str!("data/events.txt"), EntityType::Event),
    (include_str!("data/laws.txt"), EntityType::Law),
    (include_str!("data/works.txt"), EntityType::Work),
    (include_str!("data/people.txt"), EntityType::Person),
];

impl Lexicon {
    fn load() -> Lexicon {
        let mut lexicon = Lexicon {
            known: HashMap::new(),
            heads: HashSet::new(),
            contracted: HashMap::new(),
            capitals_of: HashMap::new(),
            first_names: HashMap::new(),
            openers: section(COMMON, "[opener]"),
            capitals: section(COMMON, "[capital]"),
            english: section(COMMON, "[english]"),
            starters: section(STARTERS, "[french]"),
            english_starters: section(STARTERS, "[english]"),
            acronyms: lines(include_str!("data/acronyms.txt"))
                .flat_map(str::split_whitespace)
                .collect(),
            cues: HashMap::new(),
            phrases: HashMap::new(),
        };
        let mut group = 0;
        for (list, entity_type) in NAMES {
            for line in lines(list) {
                group += 1;
                lexicon.add_names(line, group, entity_type);
            }
        }
        for name in lines(include_str!("data/first_names.txt")).flat_map(str::split_whitespace) {
            let bare = name.trim_start_matches('?');
            lexicon.first_names.insert(bare, name != bare);
        }
        lexicon.add_cues(include_str!("data/cues.txt"));
        lexicon.settle();
        lexicon
    }

    fn add_names(&mut self, line: &str, group: usize, entity_type: EntityType) {
        let ambiguous = line.starts_with('?');
        let second = line.starts_with("??");
        for (rank, form) in line.trim_start_matches('?').split('|').enumerate() {
            let words: Vec<String> = tokens_of(form).iter().map(Token::spelled).collect();
            let Some(first) = words.first().cloned() else {
                continue;
            };
            let place = match words.get(1) {
                Some(second) => {
                    self.heads.insert(first.clone());
                    two_words(&first, second)
                }
                None => first.clone(),
            };
            if entity_type == EntityType::Place {
                let capitals = token::folded(&place).to_uppercase();
                self.capitals_of.entry(capitals).or_insert_with(|| place.clone());
            }
            let known = |words: Vec<String>| Known {
                group,
                rank,
                entity_type,
                ambiguous,
                word: ambiguous && !second,
                second,
                rivals: Vec::new(),
                length: words.len(),
                words,
            };
            let article = ["Le", "Les"]
                .into_iter()
                .find(|article| first == *article && words.len() > 1);
            if let Some(article) = article {
                let rest = words[1..].to_vec();
                let forms = self.contracted.entry(rest[0].clone()).or_default();
                forms.push((known(rest), article));
                forms.sort_by_key(|(form, _)| std::cmp::Reverse(form.length));
            }
            self.known.entry(place).or_default().push(known(words));
        }
    }

    /// Tells names that are spelled alike of each other, and puts the longest first; of two alike, what is meant more
    /// often, then the one whose list comes first.
    fn settle(&mut self) {
        for forms in self.known.values_mut() {
            forms.sort_by_key(|form| (std::cmp::Reverse(form.length), form.second));
            for at in 1..forms.len() {
                let (before, rest) = forms.split_at_mut(at);
                let form = &mut rest[0];
                let first = before.iter_mut().find(|first| first.words == form.words);
                if let Some(first) = first.filter(|first| first.entity_type != form.entity_type) {
                    first.ambiguous = true;
                    first.rivals.push(form.entity_type);
                }
            }
        }
    }

    fn add_cues(&mut self, list: &'static str) {
        let mut section = None;
        for line in lines(list) {
            if let Some(name) = line.strip_prefix('[') {
                section = Cue::from_section(name.trim_end_matches(']'));
                continue;
            }
            let Some(cue) = section else { continue };
            for word in line.split_whitespace() {
                if word.contains('_') {
                    let phrase = word.replace('_', " ");
                    let words = tokens_of(&phrase).into_iter().map(|token| token.lower).collect();
                    self.phrases.entry(cue).or_default().push(words);
                } else {
                    self.cues.entry(cue).or_default().insert(word);
                }
            }
        }
    }

    /// The longest known name that starts at token `at`.
    pub(super) fn known_at(&self, tokens: &[Token], at: usize) -> Option<&Known> {
        self.form_at(tokens, at, &tokens[at].spelled()).or_else(|| {
            // `Règlement sur l’IA` opens a sentence.
            let opens = tokens[at].opens && tokens[at].shape == Shape::Capital;
            let form = self.form_at(tokens, at, &tokens[at].lower).filter(|_| opens)?;
            (form.length > 1).then_some(form)
        })
    }

    fn form_at(&self, tokens: &[Token], at: usize, first: &str) -> Option<&Known> {
        let longer = || {
            let second = tokens.get(at + 1).filter(|_| self.heads.contains(first))?;
            let forms = self.known.get(&two_words(first, &second.spelled()))?;
            forms.iter().find(|form| form.stands_at(tokens, at))
        };
        longer().or_else(|| self.known.get(first)?.first())
    }

    /// The known name whose article the word before has swallowed, and that article: `au Havre`.
    pub(super) fn contracted_at(&self, tokens: &[Token], at: usize) -> Option<(&Known, &'static str)> {
        let wanted = match tokens[at.checked_sub(1)?].lower.as_str() {
            "au" | "du" => "Le",
            "aux" | "des" => "Les",
            _ => return None,
        };
        let forms = self.contracted.get(&tokens[at].spelled())?;
        let form = forms
            .iter()
            .find(|(form, article)| *article == wanted && form.stands_at(tokens, at));
        form.map(|(form, article)| (form, *article))
    }

    /// Whether a word with a hyphen names two known places or unions, and is no name by itself.
    pub(super) fn names_pair(&self, whole: &str, one: &str, other: &str) -> bool {
        let known = |name: &str, sure: bool| {
            self.known.get(name).is_some_and(|forms| {
                forms.iter().any(|form| {
                    form.length == 1 && form.entity_type == EntityType::Place && !(sure && form.ambiguous)
                })
            })
        };
        let union = matches!(one, "UE" | "EU") && other.len() > 2;
        let places = known(one, false) && known(other, false) && (known(one, true) || known(other, true));
        !self.known.contains_key(whole) && !self.heads.contains(whole) && (places || union)
    }

    /// The known place that stands in capitals at `at`: `BERNE`.
    pub(super) fn place_in_capitals(&self, tokens: &[Token], at: usize) -> Option<&Known> {
        let capitals = |text: &str| token::folded(text).to_uppercase();
        let first = capitals(tokens[at].text);
        let both = tokens
            .get(at + 1)
            .map(|second| two_words(&first, &capitals(second.text)));
        [both, Some(first)].into_iter().flatten().find_map(|key| {
            let mut forms = self.known.get(self.capitals_of.get(&key)?)?.iter();
            forms.find(|form| {
                let window = tokens.get(at..at + form.length);
                let same =
                    |(token, word): (&Token, &String)| token::folded(token.text) == token::folded(word);
                form.entity_type == EntityType::Place
                    && window.is_some_and(|window| window.iter().zip(&form.words).all(same))
            })
        })
    }

    /// Whether the word, in small letters, belongs to the family.
    pub(super) fn is(&self, cue: Cue, lower: &str) -> bool {
        self.cues.get(&cue).is_some_and(|words| words.contains(lower))
    }

    /// Whether a word or phrase of the family starts at token `at` and ends before `end`.
    pub(super) fn cue_at(&self, cue: Cue, tokens: &[Token], at: usize, end: usize) -> bool {
        if self.is(cue, &tokens[at].lower) {
            return true;
        }
        let Some(phrases) = self.phrases.get(&cue) else {
            return false;
        };
        phrases.iter().any(|phrase| {
            at + phrase.len() <= end
                && phrase
                    .iter()
                    .zip(&tokens[at..])
                    .all(|(word, token)| token.lower == *word)
        })
    }

    /// Whether the exact word is in a family that is spelled with capitals.
    pub(super) fn is_spelled(&self, cue: Cue, text: &str) -> bool {
        self.is(cue, text)
    }

    /// Whether the word is a first name.
    pub(super) fn first_name(&self, text: &str) -> Option<FirstName> {
        let sure = |ambiguous: bool| {
            if ambiguous {
                FirstName::Ambiguous
            } else {
                FirstName::Sure
            }
        };
        if let Some(&ambiguous) = self.first_names.get(text) {
            return Some(sure(ambiguous));
        }
        // `Marie-Sophie` is made of two.
        let (left, right) = text.split_once('-')?;
        match (self.first_names.get(left), self.first_names.contains_key(right)) {
            (Some(_), true) => Some(FirstName::Sure),
            // `Yann-Ber`
            (Some(false), false) if right.starts_with(char::is_uppercase) => Some(FirstName::Ambiguous),
            _ => None,
        }
    }

    /// Whether a capital makes no name of this word at its place.
    pub(super) fn is_common(&self, token: &Token, english: bool) -> bool {
        let lower = token.lower.as_str();
        self.capitals.contains(lower)
            || english && (self.english.contains(lower) || self.is_of_two_peoples(lower))
            || token.opens && self.opens_only(lower, english)
            || token.shape == Shape::Acronym
                && (lower.len() > 4 && self.opens_only(lower, english)
                    || !english && self.openers.contains(lower))
            || ARTICLES.contains(&token.text)
    }

    fn opens_only(&self, lower: &str, english: bool) -> bool {
        self.openers.contains(lower)
            || self.starters.contains(lower)
            || english && (self.english.contains(lower) || self.english_starters.contains(lower))
    }

    /// Whether a sentence or a headline may begin with the word although it names nothing.
    pub(super) fn starts_sentences(&self, lower: &str) -> bool {
        self.opens_only(lower, true)
    }

    /// Whether the word, with or without a capital, is a small word of French or English.
    pub(super) fn is_small_word(&self, lower: &str) -> bool {
        self.openers.contains(lower) || self.english.contains(lower)
    }

    /// Whether the word names the people of a place: `Européens`, `Parisiennes`.
    pub(super) fn is_people(&self, lower: &str) -> bool {
        let endings = ["", "s", "e", "es", "ne", "nes"];
        endings
            .iter()
            .filter_map(|ending| lower.strip_suffix(ending))
            .any(|stem| self.is(Cue::Nationality, stem))
    }

    /// `Franco-German`, `sino-américain`: two peoples in one word.
    pub(super) fn is_of_two_peoples(&self, lower: &str) -> bool {
        const HALVES: [&str; 20] = [
            "franco",
            "italo",
            "germano",
            "américano",
            "anglo",
            "belgo",
            "sino",
            "luso",
            "hispano",
            "euro",
            "russo",
            "nippo",
            "israélo",
            "indo",
            "turco",
            "helvético",
            "judeo",
            "afro",
            "austro",
            "dano",
        ];
        lower.split_once('-').is_some_and(|(half, people)| {
            HALVES.contains(&half) && (self.is_people(people) || self.english.contains(people))
        })
    }

    /// Whether the capitals are a technical term or a unit.
    pub(super) fn is_generic_acronym(&self, token: &Token) -> bool {
        matches!(
            token.shape,
            Shape::Acronym | Shape::Code | Shape::Mixed | Shape::Capital
        ) && self.acronyms.contains(token.text)
    }
}

const STARTERS: &str = include_str!("data/starters.txt");
const COMMON: &str = include_str!("data/common.txt");

fn two_words(first: &str, second: &str) -> String {
    let mut key = String::with_capacity(first.len() + second.len() + 1);
    key.push_str(first);
    key.push(' ');
    key.push_str(second);
    key
}

/// The words of one section of a list.
fn section(list: &'static str, name: &str) -> HashSet<&'static str> {
    lines(list)
        .skip_while(|line| *line != name)
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .flat_map(str::split_whitespace)
        .collect()
}

/// Articles and prepositions that a capital makes no name by itself.
const ARTICLES: [&str; 16] = [
    "Le", "La", "Les", "Un", "Une", "Des", "Du", "De", "Et", "En", "Au", "Aux", "El", "The", "À", "Ou",
];

fn lines(list: &'static str) -> impl Iterator<Item = &'static str> {
    list.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
}
