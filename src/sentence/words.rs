//! The words that decide about a full stop: abbreviations by what may follow them, and the words that
//! open sentences. Lists and look-ups, no reading of text.

use crate::record::Lang;

/// What a full stop after a word means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Abbreviation {
    /// An ordinary word: the full stop ends the sentence when something follows that opens one.
    None,
    /// Always leads on (`M.`, `cf.`, `e.g.`).
    Never,
    /// Leads on to a number, a Roman numeral or a letter (`art. 49`, `vol. II`), else an ordinary word.
    BeforeNumber,
    /// May stand last: ends only before a word that opens sentences (`Inc.`, `U.S.`, `p.m.`).
    MayEnd,
    /// Ends before any capital (`etc.`).
    EndsBeforeCapital,
    /// The initial of a name: ends only before a word that opens sentences and is no part of a name.
    Initial,
}

/// Titles that a name follows, in both languages.
const TITLES: &[&str] = &[
    "MM", "Mme", "Mmes", "Mlle", "Mlles", "Me", "Mgr", "Dr", "Drs", "Pr", "Prof", "Mr", "Mrs", "Ms", "St",
    "Ste", "Gal", "Gén", "Gen", "Col", "Cdt", "Capt", "Lt", "Sgt", "Sen", "Sén", "Rep", "Gov", "Rev", "Hon",
    "Ph", "Ch", "Th", "Chr",
];

const FRENCH_NEVER: &[&str] = &[
    "cf", "Cf", "NB", "gén", "av", "Av", "apr", "vs", "éd", "Éd", "trad", "tél", "Tél", "réf", "Réf", "coll",
    "bd", "pl", "Bd", "Pl", "boul", "approx", "c", "v", "rééd", "adj", "dép", "Sté", "Éts", "Ets",
];

const ENGLISH_NEVER: &[&str] = &[
    "vs", "approx", "Approx", "NB", "cf", "est", "ca", "viz", "ed", "v", "Messrs", "Mt", "Ft", "Adm", "Atty",
    "Supt", "Pres",
];

const FRENCH_BEFORE_NUMBER: &[&str] = &[
    "art", "Art", "p", "pp", "n", "no", "nos", "No", "Nos", "nº", "vol", "Vol", "chap", "Chap", "fig", "Fig",
    "t", "al", "ch", "h", "min", "max", "sect", "Sect", "app", "bât", "Bât", "annexe", "éq", "tabl", "tab",
    "janv", "févr", "avr", "juil", "sept", "oct", "nov", "déc", "s", "l", "trim", "dispo", "lig", "par", "f",
    "Rés", "Règl", "env", "Env",
];

const ENGLISH_BEFORE_NUMBER: &[&str] = &[
    "No", "Nos", "no", "nos", "Fig", "fig", "Figs", "Sec", "sec", "Vol", "vol", "p", "pp", "Art", "art",
    "Ch", "ch", "Eq", "eq", "Jan", "Feb", "Mar", "Apr", "Aug", "Sept", "Sep", "Oct", "Nov", "Dec", "para",
    "Para", "App", "min", "max", "Rule", "Op",
];

/// Company forms and the like: both languages meet both.
const MAY_END: &[&str] = &[
    "Inc", "Corp", "Ltd", "Co", "Cie", "Bros", "Jr", "Sr", "Ltda", "Pty", "Pte", "Plc", "plc", "Intl", "Ave",
    "Blvd", "Esq", "al", "hab", "Univ", "Assoc", "Dept", "Govt",
];

/// Words before a letter that is a label and no initial: `le plan B.`
const LETTER_TAKERS: &[&str] = &[
    "plan",
    "Plan",
    "vitamine",
    "vitamin",
    "Vitamin",
    "série",
    "Série",
    "Series",
    "series",
    "catégorie",
    "category",
    "classe",
    "class",
    "Class",
    "Group",
    "point",
    "annexe",
    "Annex",
    "hépatite",
    "hepatitis",
    "type",
    "Type",
    "niveau",
    "bloc",
    "hypothèse",
    "option",
    "Option",
    "variante",
    "lettre",
    "letter",
    "section",
    "Section",
    "action",
    "actions",
    "part",
    "parts",
    "note",
    "grade",
    "tour",
    "zone",
    "Zone",
    "quai",
    "hall",
    "Hall",
    "génération",
    "langage",
    "ligne",
    "Ligne",
    "RER",
    "modèle",
    "appendix",
    "Appendix",
    "Exhibit",
    "shares",
    "scénario",
];

const FRENCH_STARTERS: &[&str] = &[
    "Le",
    "La",
    "Les",
    "Un",
    "Une",
    "Des",
    "Du",
    "De",
    "Il",
    "Elle",
    "Ils",
    "Elles",
    "On",
    "Nous",
    "Vous",
    "Je",
    "Tu",
    "Ce",
    "Cet",
    "Cette",
    "Ces",
    "Ceci",
    "Cela",
    "Ça",
    "Son",
    "Sa",
    "Ses",
    "Leur",
    "Leurs",
    "Notre",
    "Nos",
    "Votre",
    "Vos",
    "Mon",
    "Ma",
    "Mes",
    "En",
    "Dans",
    "Par",
    "Pour",
    "Sur",
    "Sous",
    "Avec",
    "Sans",
    "Selon",
    "Depuis",
    "Après",
    "Avant",
    "Pendant",
    "Lors",
    "Face",
    "Mais",
    "Et",
    "Ou",
    "Où",
    "Or",
    "Donc",
    "Car",
    "Ni",
    "Si",
    "Que",
    "Qui",
    "Quand",
    "Quant",
    "Comme",
    "Comment",
    "Pourquoi",
    "Combien",
    "Ainsi",
    "Alors",
    "Aussi",
    "Hier",
    "Demain",
    "Cependant",
    "Toutefois",
    "Pourtant",
    "Néanmoins",
    "Enfin",
    "Puis",
    "Ensuite",
    "Désormais",
    "Plus",
    "Moins",
    "Très",
    "Tout",
    "Tous",
    "Toute",
    "Toutes",
    "Chaque",
    "Plusieurs",
    "Certains",
    "Certaines",
    "Aucun",
    "Aucune",
    "Autre",
    "Autres",
    "Parmi",
    "Contre",
    "Entre",
    "Vers",
    "Chez",
    "Malgré",
    "Grâce",
    "Outre",
    "Deux",
    "Trois",
    "Au",
    "Aux",
    "À",
    "A",
    "Même",
    "Bref",
    "Bien",
    "Reste",
    "Seul",
    "Seule",
    "Seuls",
    "Rien",
    "Interrogé",
    "Interrogée",
    "Contacté",
    "Contactée",
    "Lorsque",
    "Dès",
    "Jusque",
    "Résultat",
    "Objectif",
    "Ici",
    "Là",
    "Voilà",
    "Voici",
    "Aucuns",
    "Dont",
    "Dernier",
    "Première",
    "Premier",
    "Quel",
    "Quelle",
    "Quels",
    "Quelles",
    "Actuellement",
    "Parallèlement",
    "Surtout",
    "Avait",
    "Était",
    "Est",
    "Peu",
    "Beaucoup",
    "Encore",
    "Toujours",
    "Jamais",
    "Déjà",
    "Côté",
    "Pas",
];

const ENGLISH_STARTERS: &[&str] = &[
    "The",
    "A",
    "An",
    "This",
    "That",
    "These",
    "Those",
    "He",
    "She",
    "It",
    "They",
    "We",
    "I",
    "You",
    "His",
    "Her",
    "Its",
    "Their",
    "Our",
    "My",
    "In",
    "On",
    "At",
    "By",
    "For",
    "From",
    "With",
    "Without",
    "After",
    "Before",
    "Since",
    "During",
    "While",
    "When",
    "Where",
    "Why",
    "How",
    "What",
    "Who",
    "But",
    "And",
    "Or",
    "So",
    "Yet",
    "If",
    "As",
    "However",
    "Meanwhile",
    "Then",
    "There",
    "Here",
    "Although",
    "Though",
    "Because",
    "Once",
    "Now",
    "Today",
    "Yesterday",
    "Some",
    "Many",
    "Most",
    "Several",
    "Each",
    "Both",
    "All",
    "No",
    "Not",
    "Another",
    "Other",
    "Such",
    "Also",
    "Still",
    "Even",
    "Despite",
    "Under",
    "Over",
    "Through",
    "To",
    "According",
    "Last",
    "Next",
    "Shares",
    "Analysts",
    "Investors",
    "More",
    "Nearly",
    "About",
    "Instead",
    "Moreover",
    "Until",
    "Critics",
    "Officials",
];

/// The lists of one language, or of both together.
pub(super) struct Lexicon {
    never: &'static [&'static [&'static str]],
    before_number: &'static [&'static [&'static str]],
    starters: &'static [&'static [&'static str]],
    french: bool,
}

impl Lexicon {
    pub(super) fn of(lang: Lang) -> &'static Lexicon {
        const FRENCH: Lexicon = Lexicon {
            never: &[TITLES, FRENCH_NEVER],
            before_number: &[FRENCH_BEFORE_NUMBER],
            // English company names and quotations stand in French articles; « The » opens no French name.
            starters: &[FRENCH_STARTERS],
            french: true,
        };
        const ENGLISH: Lexicon = Lexicon {
            never: &[TITLES, ENGLISH_NEVER],
            before_number: &[ENGLISH_BEFORE_NUMBER],
            starters: &[ENGLISH_STARTERS],
            french: false,
        };
        const EITHER: Lexicon = Lexicon {
            never: &[TITLES, FRENCH_NEVER],
            before_number: &[FRENCH_BEFORE_NUMBER, ENGLISH_BEFORE_NUMBER],
            starters: &[FRENCH_STARTERS, ENGLISH_STARTERS],
            french: true,
        };
        match lang {
            Lang::Fr => &FRENCH,
            Lang::En => &ENGLISH,
            Lang::Other => &EITHER,
        }
    }

    /// What a full stop after `word` means, from the word alone.
    pub(super) fn abbreviation(&self, word: &str) -> Abbreviation {
        if is_in(self.never, word) {
            Abbreviation::Never
        } else if is_in(self.before_number, word) {
            Abbreviation::BeforeNumber
        } else if word.eq_ignore_ascii_case("etc") {
            Abbreviation::EndsBeforeCapital
        } else if MAY_END.contains(&word) {
            Abbreviation::MayEnd
        } else {
            Abbreviation::None
        }
    }

    pub(super) fn starts_sentence(&self, word: &str) -> bool {
        is_in(self.starters, word)
    }

    /// Whether `M.` is a title.
    pub(super) fn knows_french(&self) -> bool {
        self.french
    }
}

fn is_in(lists: &[&[&str]], word: &str) -> bool {
    lists.iter().any(|list| list.contains(&word))
}

/// Whether a name follows the word (`Mme`, `Dr`).
pub(super) fn is_title(word: &str) -> bool {
    TITLES.contains(&word)
}

/// Whether a letter after the word is its label (`le plan B`).
pub(super) fn takes_letter(word: &str) -> bool {
    LETTER_TAKERS.contains(&word)
}

/// A Roman numeral in capitals, of a length that articles use.
pub(super) fn is_roman(word: &str) -> bool {
    (1..=7).contains(&word.len()) && word.bytes().all(|b| b"IVXLC".contains(&b))
}
