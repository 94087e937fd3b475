//! What the words of a sentence tell about its use in a summary: French and English lists.

/// Openers that point to the sentence before: with them the sentence does not stand alone.
const POINTERS: [&str; 62] = [
    "il",
    "elle",
    "ils",
    "elles",
    "ce",
    "cet",
    "cette",
    "ces",
    "cela",
    "ceci",
    "c'est",
    "c'était",
    "celui",
    "celle",
    "ceux",
    "celles",
    "celui-ci",
    "celle-ci",
    "ceux-ci",
    "son",
    "sa",
    "ses",
    "leur",
    "leurs",
    "selon lui",
    "selon elle",
    "selon eux",
    "d'après lui",
    "d'après elle",
    "d'après eux",
    "pour lui",
    "pour elle",
    "à ses yeux",
    "lui",
    "eux",
    "là",
    "y",
    "en",
    "ici",
    "on",
    "nous",
    "je",
    "d'où",
    "he",
    "she",
    "it",
    "they",
    "this",
    "that",
    "these",
    "those",
    "his",
    "her",
    "its",
    "their",
    "such",
    "there",
    "then",
    "tous deux",
    "toutes deux",
    "both",
    "we",
];

/// Openers of an aside or a contrast: the sentence follows from the one before.
const CONNECTIVES: [&str; 84] = [
    "mais",
    "et",
    "or",
    "car",
    "donc",
    "ainsi",
    "pourtant",
    "cependant",
    "toutefois",
    "néanmoins",
    "en revanche",
    "à l'inverse",
    "au contraire",
    "par ailleurs",
    "de plus",
    "en outre",
    "enfin",
    "aussi",
    "surtout",
    "autre",
    "même",
    "d'ailleurs",
    "du coup",
    "dès lors",
    "en effet",
    "par conséquent",
    "de son côté",
    "à l'opposé",
    "reste",
    "rien",
    "pas",
    "d'ici là",
    "à ce stade",
    "ensuite",
    "puis",
    "plus tard",
    "le reste",
    "les autres",
    "l'autre",
    "un autre",
    "une autre",
    "un second",
    "une seconde",
    "le second",
    "la seconde",
    "deux d'entre",
    "certains",
    "chacun",
    "chacune",
    "aucun de ces",
    "aucune de ces",
    "au total",
    "à titre de comparaison",
    "pour cela",
    "sur ce",
    "dans ce cas",
    "dans cette",
    "à cela",
    "de quoi",
    "pour l'heure",
    "du côté",
    "de même",
    "autant",
    "s'il",
    "s'ils",
    "s'y",
    "but",
    "and",
    "however",
    "yet",
    "meanwhile",
    "also",
    "moreover",
    "instead",
    "so",
    "another",
    "others",
    "the rest",
    "for example",
    "par exemple",
    "ils ont",
    "le tout",
    "le premier",
    "la première",
];

/// Definite subjects that stand for a name given earlier: understood with the headline, but weaker.
const DEFINITE: [&str; 50] = [
    "le groupe",
    "la société",
    "l'entreprise",
    "le dirigeant",
    "la dirigeante",
    "la direction",
    "le texte",
    "le régulateur",
    "l'établissement",
    "l'éditeur",
    "le fabricant",
    "l'opérateur",
    "le constructeur",
    "le titre",
    "l'action",
    "le projet",
    "le site",
    "le dossier",
    "le plan",
    "la jeune pousse",
    "la start-up",
    "l'usine",
    "l'équipe",
    "le chercheur",
    "la chercheuse",
    "le patron",
    "la patronne",
    "le ministre",
    "la ministre",
    "l'association",
    "l'argent",
    "l'objectif",
    "la facture",
    "le modèle",
    "le marché",
    "le prix",
    "le calendrier",
    "le résultat",
    "le financement",
    "l'incident",
    "l'annonce",
    "les rivaux",
    "les syndicats",
    "the company",
    "the group",
    "the bank",
    "the firm",
    "la proposition",
    "le célèbre",
    "l'hôpital",
];

/// Asides inside the sentence that point elsewhere.
const INNER_POINTERS: [&str; 24] = [
    "ce dernier",
    "cette dernière",
    "ces derniers",
    "ces dernières",
    "celui-ci",
    "celle-ci",
    "ceux-ci",
    "celles-ci",
    "selon lui",
    "selon elle",
    "d'après lui",
    "d'après elle",
    "de cela",
    "jusque-là",
    "ce jour-là",
    "à cela",
    "tous les deux",
    "toutes les deux",
    "the latter",
    "the former",
    "-t-il",
    "-t-elle",
    "-t-on",
    "plus tard, chez",
];

/// The same, where it is one word among others: an object, a contrast.
const FAINT_POINTERS: [&str; 30] = [
    " c'est ",
    " en ont ",
    " en a ",
    " en avait ",
    " en aura ",
    " en attend ",
    " en est ",
    " en revanche",
    " l'a ",
    " l'ont ",
    " l'avait ",
    " les a ",
    " les ont ",
    " pourtant ",
    " toutefois ",
    " cependant ",
    " de son côté",
    ", elle, ",
    ", lui, ",
    ", elles, ",
    ", eux, ",
    " y voit ",
    " lui aussi",
    " elle aussi",
    " à leur tour",
    " however",
    ", il a ",
    ", elle a ",
    " la même ",
    " le même ",
];

/// Words after `ce`, `cette`, `ces` that need no sentence before: they tell a time.
const TIMES: [&str; 20] = [
    "année",
    "semaine",
    "trimestre",
    "mois",
    "matin",
    "soir",
    "jour",
    "jours",
    "lundi",
    "mardi",
    "mercredi",
    "jeudi",
    "vendredi",
    "samedi",
    "dimanche",
    "été",
    "hiver",
    "printemps",
    "automne",
    "week-end",
];

const SAYS_LITTLE: [&str; 22] = [
    "n'a pas commenté",
    "n'a pas souhaité",
    "n'ont pas souhaité",
    "ne fait pas de commentaire",
    "ne commente pas",
    "ne font pas de commentaire",
    "n'a pas répondu",
    "n'ont pas répondu",
    "refusé de commenter",
    "pas été vérifié",
    "declined to comment",
    "did not respond",
    "n'a souhaité confirmer",
    "pour en savoir plus",
    "contacté",
    "contactée",
    "interrogé,",
    "interrogée,",
    "les spécialistes sont partagés",
    "reste à savoir",
    "ne dit pas autre chose",
    "ne disent pas autre chose",
];

const BOILERPLATE: [&str; 24] = [
    "newsletter",
    "abonnez-vous",
    "s'abonner",
    "cookies",
    "cliquez",
    "lire aussi",
    "à lire également",
    "partager sur",
    "fermer ce champ",
    "tous droits réservés",
    "mentions légales",
    "suivez-nous",
    "inscrivez-vous",
    "crédit photo",
    "photo :",
    "©",
    "google actualités",
    "temps de lecture",
    "publié le",
    "mis à jour le",
    "read more",
    "subscribe",
    "sign up",
    "all rights reserved",
];

const STOP_WORDS: &str = "a ai ainsi alors après au aucun aucune aussi autre autres aux avait avant avec avoir c ce ceci cela \
    celle celles celui cent ces cet cette ceux chaque chez comme comment contre d dans de déjà depuis des deux dont du \
    elle elles en encore entre es est et été étaient était être eu eux fait font fois hors il ils j je jusqu l la le les \
    leur leurs lors lorsque lui là m ma mais me même mes mois moins mon n ne ni nos notre nous on ont ou où par parce pas \
    pendant peu peut plus plusieurs pour pourrait près qu quand que quel quelle quelles quels qui s sa sans se selon sera \
    serait ses si soit son sont sous sur t ta tandis te tes toujours tous tout toute toutes très trois tu un une vers y an \
    ans année années million millions milliard milliards euro euros dollars the of and to in that is for on with as by at \
    from it was be are an its has have will would had not than which this but said says were been their they he she or \
    about after over more into year years also can could two three per up out one";

/// How much a sentence leans on what stands before it, from 0 (not at all) to 1.
pub(super) fn dependence(sentence: &str) -> f32 {
    let plain = plain(sentence);
    let opening = plain.trim_start_matches(['«', '"', '“', ' ', '–', '—', '-', '•']);
    let opens_with = |list: &[&str]| list.iter().any(|opener| starts_with_words(opening, opener));
    if opens_with(&POINTERS) {
        return if impersonal(opening) { 0.5 } else { 1.0 };
    }
    if INNER_POINTERS.iter().any(|pointer| plain.contains(pointer)) {
        return 0.7;
    }
    if opens_with(&CONNECTIVES) {
        return 0.6;
    }
    let outside = outside_quotes(&plain);
    if FAINT_POINTERS.iter().any(|pointer| outside.contains(pointer)) || has_demonstrative(&outside) {
        return 0.4;
    }
    if opens_with(&DEFINITE) { 0.15 } else { 0.0 }
}

/// `ces territoires`, but not `cette année`.
fn has_demonstrative(plain: &str) -> bool {
    let words: Vec<&str> = plain
        .split(|c: char| !c.is_alphanumeric() && c != '-')
        .filter(|w| !w.is_empty())
        .collect();
    words.windows(2).any(|pair| {
        matches!(pair[0], "ce" | "cet" | "cette" | "ces")
            && !TIMES.contains(&pair[1])
            && !matches!(
                pair[1],
                "qui" | "que" | "dont" | "qu" | "sont" | "n" | "sera" | "serait"
            )
    })
}

/// Characters before the first `son`, `sa`, `ses` outside quotation marks.
pub(super) fn possessive_at(sentence: &str) -> Option<usize> {
    let plain = outside_quotes(&plain(sentence));
    let at = [" son ", " sa ", " ses "]
        .iter()
        .filter_map(|word| plain.find(word))
        .min()?;
    Some(plain[..at].chars().count())
}

/// Whether the sentence speaks of something that it introduces itself.
pub(super) fn introduces(sentence: &str) -> bool {
    let plain = plain(sentence);
    let indefinite = ["un ", "une ", "chaque ", "a ", "an ", "each "];
    indefinite.iter().any(|opener| plain.starts_with(opener))
        || DEFINITE.iter().any(|subject| starts_with_words(&plain, subject))
}

/// The same text with spaces in place of quoted words.
fn outside_quotes(plain: &str) -> String {
    let mut open = false;
    let blank = |c: char| {
        match c {
            '«' | '“' => open = true,
            '»' | '”' => open = false,
            _ => {}
        }
        if open { ' ' } else { c }
    };
    plain.chars().map(blank).collect()
}

/// `Il faut`, `il y a`: no one is meant. `En 2025`, `en Europe`: a place or time, no pronoun.
fn impersonal(opening: &str) -> bool {
    let impersonal = [
        "il faut",
        "il faudra",
        "il faudrait",
        "il y a",
        "il s'agit",
        "on estime",
        "it is",
        "there are",
    ];
    impersonal.iter().any(|start| starts_with_words(opening, start)) || opening.starts_with("en ")
}

/// The part of a sentence that stands in quotation marks. `open` says whether one is open before it, and after.
pub(super) fn quoted(sentence: &str, open: &mut bool) -> f32 {
    let mut inside = 0usize;
    let mut all = 0usize;
    for c in sentence.chars() {
        match c {
            '«' | '“' => *open = true,
            '»' | '”' => *open = false,
            '"' => *open = !*open,
            _ => {}
        }
        all += 1;
        inside += usize::from(*open);
    }
    if all == 0 { 0.0 } else { inside as f32 / all as f32 }
}

/// Half a quotation or parenthesis, a question, an announced list, or too few words to say anything.
pub(super) fn is_fragment(sentence: &str) -> bool {
    let count = |c: char| sentence.matches(c).count();
    let broken = count('«') != count('»')
        || count('“') != count('”')
        || count('(') != count(')')
        || count('"') % 2 == 1;
    let end = sentence.trim_end_matches(['»', '”', '"', ' ', '\u{a0}', '\u{202f}']);
    broken || end.ends_with(['?', ':']) || sentence.split_whitespace().count() < 4
}

/// Layout of a web page that was left in the text.
pub(super) fn is_boilerplate(sentence: &str) -> bool {
    let plain = plain(sentence);
    BOILERPLATE.iter().any(|mark| plain.contains(mark))
}

/// Whether the sentence only says that there is nothing to say.
pub(super) fn says_little(sentence: &str) -> bool {
    let plain = plain(sentence);
    SAYS_LITTLE.iter().any(|mark| plain.contains(mark))
}

/// Whether the text ends the way sentences do.
pub(super) fn ends_sentence(sentence: &str) -> bool {
    let end = sentence.trim_end_matches(['»', '”', '"', ')', ' ', '\u{a0}', '\u{202f}']);
    end.ends_with(['.', '!', '?', '…'])
}

/// The words that carry meaning, cut to six letters: inflected forms then mostly agree.
pub(super) fn stems(sentence: &str) -> Vec<String> {
    plain(sentence)
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.chars().count() > 1)
        .filter(|word| !STOP_WORDS.split_ascii_whitespace().any(|stop| stop == *word))
        .map(|word| word.chars().take(6).collect())
        .collect()
}

fn starts_with_words(text: &str, words: &str) -> bool {
    text.strip_prefix(words).is_some_and(|rest| {
        words.ends_with('\'') || !rest.starts_with(|c: char| c.is_alphanumeric() || c == '-')
    })
}

/// Small letters, straight apostrophes, plain spaces.
fn plain(text: &str) -> String {
    let plain = text.chars().map(|c| match c {
        '’' | 'ʼ' => '\'',
        '\u{a0}' | '\u{202f}' | '\u{2009}' => ' ',
        other => other,
    });
    plain.collect::<String>().to_lowercase()
}
