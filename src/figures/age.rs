//! Ages: years that someone has lived (`Marie Dupont, 42 ans`, `those aged 15 to 24`, `the over-25s`).

use rust_decimal::Decimal;

use super::block::Block;
use super::item::Item;
use super::numeral::{Form, Numeral};
use crate::record::{FigureKind, Lang, Qualifier};

/// `under-30s`, `the over-55s`: the number at token `i` and its plural.
pub(super) fn cohort(block: &Block<'_, '_>, i: usize) -> Option<Item> {
    let tokens = block.tokens;
    let hung = i > 1 && tokens.is_mark(i - 1, '-') && tokens.glued(i - 1) && tokens.glued(i);
    let plural = tokens.raw(i + 1) == "s" && tokens.glued(i + 1);
    if block.lang.lang != Lang::En || !hung || !plural || tokens.raw(i).len() != 2 {
        return None;
    }
    let age: Decimal = tokens.raw(i).parse().ok()?;
    let mut item = Item::new(FigureKind::Age, Numeral::new(i, i + 2, age, Form::Digits));
    match tokens.fold(i - 2) {
        "under" => (item.qualifier, item.max) = (Qualifier::LessThan, Some(age)),
        "over" => (item.qualifier, item.min) = (Qualifier::MoreThan, Some(age)),
        _ => return None,
    }
    item.full_first = i - 2;
    item.unit = Some("year".into());
    Some(item)
}

/// Words for persons that an age goes with.
const PEOPLE: &[&str] = &[
    "homme",
    "femme",
    "enfant",
    "enfants",
    "adolescent",
    "adolescents",
    "adolescente",
    "jeune",
    "jeunes",
    "garcon",
    "fille",
    "dame",
    "mere",
    "pere",
    "femmes",
    "hommes",
    "quinquagenaire",
    "habitant",
    "victime",
    "suspect",
    "joueur",
    "chanteuse",
    "chanteur",
    "personne",
    "personnes",
    "retraite",
    "retraites",
    "seniors",
    "francais",
    "patron",
    "patronne",
    "fondateur",
    "marin",
    "prevenu",
    "accuse",
    "membre",
    "stagiaire",
    "militant",
    "detenu",
    "passager",
    "candidat",
    "salarie",
    "employe",
    "ouvrier",
    "pompier",
    "soldat",
    "militaire",
    "policier",
    "gendarme",
    "fondatrice",
    "entrepreneur",
    "entrepreneuse",
    "dirigeant",
    "dirigeante",
    "pdg",
    "ingenieur",
    "ingenieure",
    "etudiant",
    "etudiante",
    "mineurs",
    "mineur",
    "actifs",
    "president",
    "presidente",
    "directeur",
    "directrice",
    "ministre",
    "developpeur",
    "developpeuse",
    "salariee",
    "chercheur",
    "chercheuse",
    "successeur",
    "salariees",
    "employee",
    "cadre",
    "ouvriere",
    "agent",
    "demandeur",
    "chomeur",
    "senior",
    "assure",
    "patient",
    "patiente",
    "locataire",
    "proprietaire",
    "electeur",
    "electrice",
    "conducteur",
    "conductrice",
    "automobiliste",
    "cycliste",
    "motard",
    "pieton",
    "lyceen",
    "lyceenne",
    "collegien",
    "collegienne",
    "eleve",
    "ado",
    "bebe",
    "fillette",
    "garconnet",
    "octogenaire",
    "nonagenaire",
    "septuagenaire",
    "sexagenaire",
    "trentenaire",
    "adulte",
    "americain",
    "belge",
    "suisse",
    "canadien",
    "quebecois",
    "medecin",
    "infirmier",
    "infirmiere",
    "enseignant",
    "enseignante",
    "agriculteur",
    "agricultrice",
    "medaille",
    "champion",
    "championne",
    "joueuse",
    "worker",
    "people",
    "adult",
    "teenager",
    "women",
    "men",
    "driver",
    "milliardaire",
    "man",
    "woman",
    "child",
    "boy",
    "girl",
    "children",
    "founder",
    "executive",
];

/// The kind that a figure in years has: an age where the words around it say so.
pub(super) fn age(block: &Block<'_, '_>, item: &Item) -> bool {
    // `those aged 15 to 24`
    if item.bare
        && item.kind == FigureKind::Count
        && item.first > 0
        && block.is_one_of(item.first - 1, &["aged"])
    {
        return true;
    }
    // `Marie Dupont, 42, will …`
    // `average age 34`
    let before =
        |back: usize, words: &[&str]| item.first >= back && block.is_one_of(item.first - back, words);
    let stated = item.bare
        && item.kind == FigureKind::Count
        && !block.lang.decimal_comma
        && (before(1, &["age"])
            // `by the age of seven`, `aged 21 and 23`
            || before(1, &["of"]) && before(2, &["age"])
            || before(1, &["and", "or"]) && before(3, &["aged"])
            // `whose average age is 49`
            || before(1, &["is", "was"]) && before(2, &["age"]));
    // `children under 15`, `those over 65`
    let people = [
        "children",
        "kids",
        "people",
        "those",
        "adults",
        "users",
        "workers",
        "anyone",
        "everyone",
        "pupils",
        "borrowers",
        "women",
        "men",
        "drivers",
        "teenagers",
        "voters",
        "employees",
        "patients",
        "buyers",
        "players",
        "students",
        "staff",
        "girls",
        "boys",
        "athletes",
    ];
    let bound = item.bare
        && !block.lang.decimal_comma
        && item.kind == FigureKind::Count
        && item.full_first < item.first
        && item.full_first > 0
        && block.is_one_of(item.full_first, &["under", "over"])
        && block.is_one_of(item.full_first - 1, &people)
        && item.value.is_some_and(|age| age < Decimal::ONE_HUNDRED);
    if stated || bound {
        return true;
    }
    let bracketed = item.bare
        && item.kind == FigureKind::Count
        && item.first >= 2
        && block.tokens.is_mark(item.first - 1, ',')
        && block.tokens.is_capital(item.first - 2)
        && matches!(block.tokens.mark(item.end), Some(',' | '.'))
        && item
            .value
            .is_some_and(|v| v >= Decimal::from(16) && v < Decimal::ONE_HUNDRED);
    if bracketed && !block.lang.decimal_comma {
        return true;
    }
    if item.kind != FigureKind::Duration || item.unit.as_deref() != Some("year") {
        return false;
    }
    let tokens = block.tokens;
    // `a three-year lease`
    let hyphen = !block.lang.decimal_comma
        && (item.first..item.end).any(|i| tokens.is_mark(i, '-'))
        && !tokens.fold(item.end + 1).starts_with("old");
    if hyphen {
        return false;
    }
    let fold = |i: usize| tokens.fold(i);
    let first = item.full_first;
    let is_person = |i: usize| {
        let fold = fold(i);
        let singular = fold.strip_suffix('s').unwrap_or(fold);
        PEOPLE.contains(&fold) || PEOPLE.contains(&singular)
    };
    // `deux normaliens de 26 et 27 ans`
    let is_trade = |i: usize| {
        let ending = ["iens", "iennes", "eurs", "euses", "istes"];
        ending.iter().any(|ending| fold(i).ends_with(ending))
            && item.value.is_some_and(|age| age >= Decimal::from(16))
    };
    // `âgés de 19, 23 et 31 ans`
    let listed = (1..=16)
        .map_while(|back| first.checked_sub(back))
        .find(|&i| {
            !(tokens.is_number(i)
                || tokens.is_mark(i, ',')
                || block.is_one_of(i, &["et", "ou", "de", "à", "and", "respectivement"]))
        })
        .is_some_and(|i| {
            // `deux ouvriers de 35 et 47 ans`
            let of = fold(i + 1) == "de" && first > i + 2 && (is_person(i) || is_trade(i));
            of || matches!(fold(i), "age" | "agee" | "ages" | "agees" | "aged")
        });
    if listed {
        return true;
    }
    let near = |words: &[&str], reach: usize| {
        (1..=reach)
            .map_while(|back| first.checked_sub(back))
            .take_while(|&i| !tokens.is_mark(i, '.'))
            .any(|i| words.contains(&fold(i)))
    };
    // `elle devra attendre ses 67 ans`
    let own = first >= 1
        && block.is_one_of(first - 1, &["ses"])
        && !block.is_one_of(item.end, &["de"])
        && item
            .value
            .is_some_and(|age| age >= Decimal::from(16) && age <= Decimal::from(110));
    // `Âge moyen du joueur : 39 ans`
    let headed = first >= 1 && tokens.is_mark(first - 1, ':') && near(&["age"], 6);
    if own
        || headed
        || near(&["age", "agee", "ages", "agees", "aged"], 4)
        || matches!(fold(item.end), "old" | "revolus")
    {
        return true;
    }
    if tokens.is_mark(item.end, '-') && matches!(fold(item.end + 1), "old" | "olds") {
        return true;
    }
    if matches!(fold(item.end), "passes" | "sonnes") {
        return true;
    }
    // `elle avait 34 ans`, but not `il a dix ans d'expérience`
    let person = first >= 2
        && matches!(
            fold(first - 1),
            "a" | "ai" | "avait" | "avais" | "avaient" | "aura" | "ont" | "fete" | "fetera"
        )
        && matches!(
            fold(first - 2),
            "il" | "elle" | "je" | "ils" | "elles" | "qui" | "on"
        );
    // `un éleveur sur deux aura plus de 55 ans`
    let several = (item.full_first < item.first || item.full_end > item.end)
        && first >= 1
        && matches!(fold(first - 1), "aura" | "auront" | "ont" | "avaient")
        && item
            .value
            .is_some_and(|age| age >= Decimal::from(16) && age <= Decimal::from(100));
    if (person || several) && !block.is_one_of(item.end, &["de"]) {
        return true;
    }
    // `Jean Dupont (56 ans)`
    if first >= 2
        && tokens.is_mark(first - 1, '(')
        && tokens.is_mark(item.end, ')')
        && (tokens.is_capital(first - 2) || is_person(first - 2))
    {
        return true;
    }
    // `Marie Dupont, 42 ans,`, `Marc B., 58 ans,`
    let initial = |i: usize| tokens.is_mark(i, '.') && i > 0 && tokens.raw(i - 1).len() == 1;
    let named = first >= 2
        && tokens.is_mark(first - 1, ',')
        && (tokens.is_capital(first - 2 - usize::from(initial(first - 2)))
            || is_person(first - 2)
            || first >= 3 && is_person(first - 3));
    // `Kasparov, 34 ans à l'époque,`
    let then = fold(item.end) == "à" && fold(item.end + 2) == "epoque";
    let closed =
        then || matches!(tokens.mark(item.end), Some(',' | ')' | '.' | ';')) || item.end == tokens.len();
    if named
        && closed
        && item
            .value
            .or(item.min)
            .is_some_and(|v| v >= Decimal::from(10) && v <= Decimal::from(110))
    {
        return true;
    }
    // `une retraitée de 82 ans`, `un Marseillais de 31 ans`, `le footballeur de 19 ans`
    let ending = |i: usize| {
        let capital = tokens.is_capital(i)
            && ["ais", "aise", "ois", "oise", "ain", "aine", "and"]
                .iter()
                .any(|e| fold(i).ends_with(e));
        let trade = ["eur", "euse", "rice", "ien", "ienne", "iste"]
            .iter()
            .any(|e| fold(i).ends_with(e));
        let done = ["é", "ée"].iter().any(|e| tokens.raw(i).ends_with(e))
            && !matches!(fold(i), "duree" | "annee" | "arrivee");
        capital || trade || done
    };
    let one = first >= 3
        && fold(first - 1) == "de"
        && matches!(
            fold(first - 3),
            "un" | "une" | "le" | "la" | "l" | "cet" | "cette" | "ce"
        )
        && ending(first - 2)
        && item
            .value
            .is_some_and(|age| age >= Decimal::from(14) && age <= Decimal::from(110));
    if block.lang.decimal_comma && one && !block.is_one_of(item.end, &["de", "minimum", "maximum"]) {
        return true;
    }
    // `un ancien notaire de 63 ans`
    let former = first >= 3
        && fold(first - 1) == "de"
        && matches!(
            fold(first - 3),
            "ancien" | "ancienne" | "jeune" | "vieux" | "vieil" | "vieille"
        )
        && item
            .value
            .is_some_and(|age| age >= Decimal::from(14) && age <= Decimal::from(110));
    // `Huit heures debout, à 58 ans, c'est long`; round ones are terms of loans.
    let aside = first >= 2
        && fold(first - 1) == "à"
        && tokens.is_mark(first - 2, ',')
        && tokens.is_mark(item.end, ',')
        && item
            .value
            .is_some_and(|age| age >= Decimal::from(16) && !(age % Decimal::from(5)).is_zero());
    // `René avait quatorze ans et demi quand`
    let then = first >= 2
        && matches!(fold(first - 1), "avait" | "avais")
        && tokens.is_capital(first - 2)
        && block.is_one_of(item.end, &["quand", "lorsque", "lors"]);
    if block.lang.decimal_comma && (former || aside || then) {
        return true;
    }
    // `un homme de 42 ans`, `les 18-25 ans`, `les moins de 30 ans`
    if first >= 2 && fold(first - 1) == "de" && (is_person(first - 2) || is_trade(first - 2)) {
        return true;
    }
    let the = |i: usize| matches!(tokens.raw(i), "les" | "Les" | "des" | "aux");
    if first >= 1
        && the(first - 1)
        && (item.full_first < item.first
            || item.full_end > item.end
            || item.min.is_some() && item.max.is_some())
    {
        return true;
    }
    if item.full_first < item.first && first >= 1 && is_person(first - 1) {
        return true;
    }
    // `à partir de 57 ans`, `18 mois avant 55 ans (22,5 à 55-56 ans)`; `avant dix ans` is when.
    let grown =
        |age: Option<Decimal>| age.is_some_and(|age| age >= Decimal::from(16) && age <= Decimal::from(80));
    let open = !block.is_one_of(item.end, &["de"]);
    let bound = first >= 2 && fold(first - 1) == "de" && fold(first - 2) == "partir"
        || item.full_first < item.first && fold(item.full_first + 1) == "partir"
        || first >= 1 && matches!(tokens.raw(first - 1), "dès" | "Dès");
    let before = first >= 1 && fold(first - 1) == "avant" && !near(&["pas", "jamais", "ne", "n"], 6);
    let span =
        first >= 1 && fold(first - 1) == "à" && item.min.is_some() && tokens.is_mark(item.first + 1, '-');
    if block.lang.decimal_comma && open && grown(item.value.or(item.min)) && (bound || before || span) {
        return true;
    }
    // `l'âge moyen au premier enfant recule encore, à 31,1 ans`
    if first >= 1 && fold(first - 1) == "à" && near(&["age"], 10) && grown(item.value) {
        return true;
    }
    // `À 35 ans, il…`
    let opening = block.lang.decimal_comma
        && first >= 1
        && matches!(tokens.raw(first - 1), "À" | "A")
        && tokens.is_mark(item.end, ',')
        && block.is_sentence_start(first - 1);
    if opening {
        return true;
    }
    // `21 % de plus de 65 ans`
    // … `dont 62 de plus de 55 ans`
    if item.full_first < item.first
        && first >= 2
        && fold(first - 1) == "de"
        && (tokens.is_mark(first - 2, '%') || tokens.is_number(first - 2))
    {
        return true;
    }
    // `la retraite à 64 ans`
    first >= 1
        && matches!(fold(first - 1), "à")
        && near(
            &[
                "retraite", "majorite", "mort", "decede", "decedee", "meurt", "disparu",
            ],
            6,
        )
}
