//! Names that another language spells otherwise: they are no names to hold.
//!
//! Lists of what French and English news call differently, in lower case without accents. What is missing here is
//! flagged where a translation changes it; a glossary entry settles it for good.

/// Acronyms.
const ACRONYMS: &[&str] = &[
    "otan", "onu", "ue", "fmi", "bce", "oms", "ocde", "omc", "opep", "ia", "rgpd", "tva", "pib", "urss",
    "ceo", "pdg", "dg", "rh", "r&d", "nato", "un", "eu", "imf", "ecb", "who", "oecd", "wto", "opec", "ai",
    "gdpr", "vat", "gdp", "cfo", "hr", "usa", "uk", "us", "adn", "dna", "sida", "aids", "ong", "ngo", "pme",
    "sme", "eti", "tpe", "api", "cedh", "cjue", "cpi", "aiea", "iaea", "unicef", "g7", "g20", "zee", "bd",
    "hlm", "tgv",
];

/// Words of persons' names.
const PERSONS: &[&str] = &[
    "poutine",
    "putin",
    "zelensky",
    "zelenskyy",
    "eltsine",
    "yeltsin",
    "gorbatchev",
    "gorbachev",
    "jinping",
    "francois",
    "pape",
    "benoit",
    "jean-paul",
    "platon",
    "plato",
    "aristote",
    "aristotle",
    "homere",
    "virgile",
    "ovide",
    "netanyahou",
    "netanyahu",
    "khamenei",
    "ben",
    "ghali",
    "oulianov",
    "lenine",
    "staline",
    "stalin",
    "navalny",
    "medvedev",
    "lavrov",
    "choigou",
    "shoigu",
    "prigojine",
    "prigozhin",
    "loukachenko",
    "lukashenko",
    "saoud",
    "ben salmane",
    "elisabeth",
    "charles",
    "louis",
    "jesus",
];

/// Words that make the name of an institution one that is translated.
const INSTITUTIONS: &[&str] = &[
    "academie",
    "administration",
    "agence",
    "alliance",
    "ambassade",
    "armee",
    "assemblee",
    "association",
    "autorite",
    "banque",
    "bourse",
    "bureau",
    "cabinet",
    "caisse",
    "centre",
    "chambre",
    "college",
    "comite",
    "commission",
    "communaute",
    "confederation",
    "congres",
    "conseil",
    "cour",
    "delegation",
    "departement",
    "direction",
    "ecole",
    "etat",
    "etats",
    "europe",
    "federation",
    "fondation",
    "fonds",
    "forum",
    "gendarmerie",
    "gouvernement",
    "groupe",
    "haut",
    "haute",
    "hopital",
    "inspection",
    "institut",
    "laboratoire",
    "ligue",
    "mairie",
    "ministere",
    "musee",
    "nations",
    "observatoire",
    "office",
    "ordre",
    "organisation",
    "palais",
    "parlement",
    "parquet",
    "parti",
    "police",
    "prefecture",
    "premier",
    "presidence",
    "region",
    "republique",
    "reserve",
    "royaume",
    "senat",
    "service",
    "services",
    "societe",
    "syndicat",
    "tresor",
    "tribunal",
    "union",
    "universite",
    "ville",
    "zone",
    "elysee",
    "matignon",
    "bercy",
    "bruxelles",
    "washington",
    "pekin",
    "moscou",
    "londres",
    "maison-blanche",
    "maison",
    "pentagone",
    "kremlin",
    "vatican",
    "internet",
    "web",
    "academy",
    "agency",
    "army",
    "assembly",
    "authority",
    "bank",
    "board",
    "bureau",
    "chamber",
    "committee",
    "commission",
    "community",
    "congress",
    "council",
    "court",
    "department",
    "directorate",
    "federation",
    "foundation",
    "fund",
    "government",
    "hospital",
    "house",
    "institute",
    "laboratory",
    "league",
    "ministry",
    "museum",
    "office",
    "organization",
    "organisation",
    "parliament",
    "party",
    "presidency",
    "republic",
    "reserve",
    "senate",
    "state",
    "states",
    "supreme",
    "treasury",
    "tribunal",
    "university",
    "white",
];

/// Whether a person's name is spelled otherwise in the other language.
pub(super) fn person_changes(name: &str) -> bool {
    words(name).any(|word| PERSONS.contains(&word.as_str()))
}

/// Whether an organization or product is called otherwise.
pub(super) fn organization_changes(name: &str) -> bool {
    let all: Vec<String> = words(name).collect();
    let is_lowercase = |word: &str| {
        let mut letters = word.chars().filter(|c| c.is_alphabetic());
        word.chars().count() > 1 && letters.clone().count() > 0 && letters.all(char::is_lowercase)
    };
    let lowercase = name.split_whitespace().any(is_lowercase);
    lowercase
        || all.iter().any(|word| INSTITUTIONS.contains(&word.as_str()))
        || all.len() == 1 && ACRONYMS.contains(&all[0].as_str())
}

fn words(name: &str) -> impl Iterator<Item = String> + '_ {
    name.split(|c: char| !(c.is_alphanumeric() || c == '-' || c == '&'))
        .filter(|word| !word.is_empty())
        .map(super::demand::folded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_change_are_told_from_those_that_stay() {
        for name in [
            "Commission européenne",
            "OTAN",
            "Banque de France",
            "État",
            "Cour suprême",
            "IA",
        ] {
            assert!(organization_changes(name), "{name}");
        }
        for name in [
            "Nexilia",
            "Mistral AI",
            "Air France",
            "SNCF",
            "STMicroelectronics",
            "iPhone 17",
            "L’Oréal",
        ] {
            assert!(!organization_changes(name), "{name}");
        }
        assert!(person_changes("Vladimir Poutine"));
        assert!(!person_changes("Inès Carpentier"));
    }
}
