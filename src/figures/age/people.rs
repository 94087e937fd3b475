//! Words for persons, that an age goes with.

use std::sync::LazyLock;

use super::super::block::Block;
use super::super::lexicon::WordSet;

static PEOPLE: LazyLock<WordSet> = LazyLock::new(|| {
    WordSet::new(
        "
    homme femme enfant enfants adolescent adolescents adolescente jeune jeunes garcon fille dame mere pere
    femmes hommes quinquagenaire habitant victime suspect joueur chanteuse chanteur personne personnes
    retraite retraites seniors francais patron patronne fondateur marin prevenu accuse membre stagiaire
    militant detenu passager candidat salarie employe ouvrier pompier soldat militaire policier gendarme
    fondatrice entrepreneur entrepreneuse dirigeant dirigeante pdg ingenieur ingenieure etudiant etudiante
    mineurs mineur actifs president presidente directeur directrice ministre developpeur developpeuse
    salariee chercheur chercheuse successeur salariees employee cadre ouvriere agent demandeur chomeur
    senior assure patient patiente locataire proprietaire electeur electrice conducteur conductrice
    automobiliste cycliste motard pieton lyceen lyceenne collegien collegienne eleve ado bebe fillette
    garconnet octogenaire nonagenaire septuagenaire sexagenaire trentenaire adulte americain belge suisse
    canadien quebecois medecin infirmier infirmiere enseignant enseignante agriculteur agricultrice
    medaille champion championne joueuse worker people adult teenager women men driver milliardaire man
    woman child boy girl children founder executive
",
    )
});

/// Those of a family, who can be of any age.
static FAMILY: LazyLock<WordSet> = LazyLock::new(|| {
    WordSet::new(
        "
    aine ainee cadet cadette benjamin benjamine frere soeur fils fille mari epoux epouse oncle tante neveu niece
    cousin cousine papa maman bebe jumeau jumelle
",
    )
});

/// Persons in English, before their age: `the mayor, sixty-eight, who`.
static ENGLISH: LazyLock<WordSet> = LazyLock::new(|| {
    WordSet::new(
        "
    mayor mother father son daughter brother sister husband wife widow widower uncle aunt nephew niece cousin
    grandmother grandfather boss chief chair president minister senator deputy governor judge officer captain
    sergeant soldier sailor pilot driver teacher professor lecturer student pupil apprentice lawyer solicitor
    barrister doctor nurse surgeon midwife carer engineer developer designer coder architect builder plumber
    carpenter baker butcher farmer grower fisherman miner welder worker labourer cleaner waiter waitress cook
    actor actress singer writer author painter dancer musician player coach trainer manager director owner
    tenant resident pensioner retiree landlord landlady victim suspect defendant accused killer gunman attacker
    founder entrepreneur executive banker trader broker accountant consultant analyst shopkeeper seller
    candidate lawmaker reporter editor broadcaster presenter researcher postman caretaker electrician mechanic
    technician librarian buyer patient prisoner inmate politician physicist chemist economist scientist biologist tourist cyclist journalist
    activist novelist artist pianist chairman chairwoman businessman businesswoman spokesman spokeswoman
    policeman policewoman fireman salesman craftsman sportsman
    man woman boy girl child teenager neighbour neighbor friend survivor volunteer migrant refugee
",
    )
});

/// Several persons in English, who are under or over an age.
static ENGLISH_PEOPLE: LazyLock<WordSet> = LazyLock::new(|| {
    WordSet::new(
        "
    children kids people those adults users workers anyone everyone pupils borrowers women men drivers teenagers
    voters employees patients buyers players students staff girls boys athletes
",
    )
});

/// … and where a verb stands between: `the researchers are under thirty-five`.
static ENGLISH_GROUPS: LazyLock<WordSet> = LazyLock::new(|| {
    WordSet::new(
        "
    researchers engineers residents members founders readers viewers listeners farmers doctors nurses teachers
    owners homeowners candidates victims migrants refugees inmates prisoners applicants respondents customers
    citizens inhabitants parents subscribers retirees pensioners physicians miners recruits soldiers
    officers volunteers apprentices managers directors lawmakers priests
",
    )
});

/// `the mayor`
pub(super) fn is_english_person(block: &Block<'_, '_>, i: usize) -> bool {
    ENGLISH.has(block.tokens.fold(i))
}

/// `children under 15`
pub(super) fn are_english_people(block: &Block<'_, '_>, i: usize) -> bool {
    ENGLISH_PEOPLE.has(block.tokens.fold(i))
}

/// `two-thirds of the researchers`
pub(super) fn is_english_group(block: &Block<'_, '_>, i: usize) -> bool {
    are_english_people(block, i) || is_english_person(block, i) || ENGLISH_GROUPS.has(block.tokens.fold(i))
}

/// `l'aîné`, `ma sœur`
pub(super) fn is_relation(block: &Block<'_, '_>, i: usize) -> bool {
    FAMILY.has(block.tokens.fold(i))
}

/// `retraitée`, `ouvriers`
pub(super) fn is_person(block: &Block<'_, '_>, i: usize) -> bool {
    let fold = block.tokens.fold(i);
    PEOPLE.has(fold) || PEOPLE.has(fold.strip_suffix('s').unwrap_or(fold))
}

/// `normaliens`, `footballeurs`, `skieuses`: several who do something.
pub(super) fn has_trade_ending(block: &Block<'_, '_>, i: usize) -> bool {
    let ending = ["iens", "iennes", "eurs", "euses", "istes"];
    ending.iter().any(|ending| block.tokens.fold(i).ends_with(ending))
}

/// `footballeur`, `Marseillais`, `retraité`: one who does something, is from somewhere or has done something.
pub(super) fn has_personal_ending(block: &Block<'_, '_>, i: usize) -> bool {
    let tokens = block.tokens;
    let fold = tokens.fold(i);
    let ends = |endings: &[&str]| endings.iter().any(|ending| fold.ends_with(ending));
    let from = tokens.is_capital(i) && ends(&["ais", "aise", "ois", "oise", "ain", "aine", "and"]);
    let trade = ends(&["eur", "euse", "rice", "ien", "ienne", "iste"]);
    let raw = tokens.raw(i);
    let done = (raw.ends_with('é') || raw.ends_with("ée")) && !matches!(fold, "duree" | "annee" | "arrivee");
    from || trade || done
}
