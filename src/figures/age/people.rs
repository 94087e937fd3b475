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
