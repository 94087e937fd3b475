//! The frame of a web page in its text: which lines are menus, buttons and banners, and why.
//!
//! A line is judged as a whole and only when it is nothing but frame, so that an article about cookies
//! or newsletters keeps its sentences. Patterns of the `Edge` and `Top` tiers,
//! such as the name of a section or a date alone, are trusted only where such lines stand.

mod patterns;

use std::sync::LazyLock;

use regex::{RegexSet, RegexSetBuilder};

use patterns::{BYLINE_PATTERN, PATTERNS, WORDS};

/// Where a pattern is trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Before the first or after the last line of the article.
    Edge,
    /// Among its first lines: a date alone may be a heading further down.
    Top,
    /// Anywhere.
    Inside,
}

/// How many of an article's first lines are its top.
pub(super) const TOP_LINES: usize = 6;
/// Longer lines than this, in bytes, are text.
const LONGEST: usize = 420;

pub(super) const NAVIGATION: &str = "navigation";
pub(super) const RELATED: &str = "related articles";
const SHARE: &str = "share buttons";
const COOKIES: &str = "cookie banner";
const NEWSLETTER: &str = "newsletter";
const PAYWALL: &str = "paywall";
const ADVERTISEMENT: &str = "advertisement";
const READING_TIME: &str = "reading time";
pub(super) const CREDIT: &str = "image credit";
const FOOTER: &str = "footer";
const COMMENTS: &str = "comments";
const TAGS: &str = "tags";
pub(super) const DATELINE: &str = "publication line";
const BYLINE: &str = "byline";

struct Tables {
    inside: RegexSet,
    inside_reasons: Vec<&'static str>,
    edge: RegexSet,
    edge_reasons: Vec<&'static str>,
    top: RegexSet,
    byline: regex::Regex,
    figure: regex::Regex,
}

/// A sum, a share or a number of thousands: no frame has one.
const FIGURE_PATTERN: &str = r"(?i)\d\s?(?:%|€|\$|£|k€|m€|md€|millions?\b|milliards?\b|billions?\b|euros?\b|dollars?\b)|\b\d{1,3}[ \u00a0\u202f]\d{3}\b";

static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let (inside, inside_reasons) = compile(Place::Inside);
    let (edge, edge_reasons) = compile(Place::Edge);
    let (top, _) = compile(Place::Top);
    let byline =
        regex::Regex::new(BYLINE_PATTERN).expect("OK because the pattern is a constant that tests compile");
    let figure =
        regex::Regex::new(FIGURE_PATTERN).expect("OK because the pattern is a constant that tests compile");
    Tables {
        figure,
        inside,
        inside_reasons,
        edge,
        edge_reasons,
        top,
        byline,
    }
});

fn compile(tier: Place) -> (RegexSet, Vec<&'static str>) {
    let rows: Vec<_> = PATTERNS.iter().filter(|row| row.1 == tier).collect();
    let set = RegexSetBuilder::new(rows.iter().map(|row| anchored(row.2)))
        .size_limit(64 << 20)
        .build()
        .expect("OK because the patterns are constants that tests compile");
    (set, rows.iter().map(|row| row.0).collect())
}

fn anchored(pattern: &str) -> String {
    let pattern = WORDS.iter().fold(pattern.to_owned(), |pattern, (word, meaning)| {
        pattern.replace(word, meaning)
    });
    format!("^(?:{pattern})$")
}

/// Why `line` is frame and no text, or None when it is text.
pub(super) fn reason(line: &str, place: Place) -> Option<&'static str> {
    let line = line.trim();
    if line.is_empty() || line.len() > LONGEST || is_sentence_of_article(line) {
        return None;
    }
    let plain = normalize(line);
    if plain.is_empty() {
        return None;
    }
    // `Photo : Nikon supprime 1 200 postes`, `Par Bouygues, 300 millions ont été investis.`: a figure must not vanish. Prices of
    // subscriptions may.
    let found = reason_of(&plain, place).or_else(|| {
        let byline = TABLES.byline.is_match(line) && line.len() < 100;
        byline.then_some(BYLINE)
    });
    match found {
        Some(CREDIT | BYLINE | TAGS | FOOTER) if TABLES.figure.is_match(line) => None,
        Some(reason) => Some(reason),
        None => menu_reason(line, place),
    }
}

fn reason_of(plain: &str, place: Place) -> Option<&'static str> {
    let tables = &*TABLES;
    let first =
        |set: &RegexSet, reasons: &[&'static str]| set.matches(plain).iter().next().map(|row| reasons[row]);
    first(&tables.inside, &tables.inside_reasons).or_else(|| match place {
        Place::Edge => first(&tables.edge, &tables.edge_reasons),
        Place::Top => tables.top.is_match(plain).then_some(DATELINE),
        Place::Inside => None,
    })
}

/// A menu on one line: `Mentions légales | CGU | Contact`, `Accueil > Tech > IA`.
fn menu_reason(line: &str, place: Place) -> Option<&'static str> {
    const SEPARATORS: [&str; 9] = ["|", "•", "·", ">", "›", " / ", " - ", " – ", " — "];
    let separator = SEPARATORS
        .into_iter()
        .find(|separator| line.contains(separator))?;
    let entries: Vec<&str> = line
        .split(separator)
        .map(str::trim)
        .filter(|entry| !entry.is_empty())
        .collect();
    if entries.len() < 2 || entries.iter().any(|entry| entry.len() > 60) {
        return None;
    }
    let reasons: Vec<_> = entries
        .iter()
        .filter_map(|entry| reason_of(&normalize(entry), Place::Edge))
        .collect();
    let is_breadcrumb = matches!(separator, ">" | "›") && normalize(entries[0]) == "accueil";
    let enough = reasons.len() == entries.len() || place == Place::Edge && reasons.len() * 2 > entries.len();
    if is_breadcrumb {
        Some(NAVIGATION)
    } else if enough {
        reasons.first().copied()
    } else {
        None
    }
}

/// Whether the line opens with a quotation mark: people in articles do speak of cookies and newsletters.
fn is_sentence_of_article(line: &str) -> bool {
    line.starts_with(['«', '“', '"'])
}

/// Lower case, plain spaces and apostrophes, no decoration around.
fn normalize(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut space = false;
    for c in line.trim().chars() {
        match c {
            '\u{200b}' | '\u{feff}' | '\u{ad}' => {}
            c if c.is_whitespace() => space = true,
            c => {
                if space && !plain.is_empty() {
                    plain.push(' ');
                }
                space = false;
                match c {
                    '’' | 'ʼ' => plain.push('\''),
                    '‑' => plain.push('-'),
                    'À'..='ÿ' | 'A'..='Z' => plain.extend(c.to_lowercase()),
                    c => plain.push(c),
                }
            }
        }
    }
    let trimmed =
        plain.trim_matches(|c: char| c.is_whitespace() || "»«›‹→←↑↓▶►•·*_|-–—=+×✕✖[]{}…".contains(c));
    trimmed
        .trim_end_matches(['.', ':', '!', '?', '>', ' '])
        .trim_start_matches(['!', ' '])
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::{Place, reason};

    #[test]
    fn lines_of_the_frame_are_known_with_their_reason() {
        for (line, expected) in [
            ("Rechercher", "navigation"),
            ("Fermer ce champ de recherche.", "navigation"),
            ("Aller au contenu principal", "navigation"),
            ("Accueil > Tech > Intelligence artificielle", "navigation"),
            ("Article suivant : Les puces en panne", "navigation"),
            ("Partager sur Facebook", "share buttons"),
            ("Partager cet article", "share buttons"),
            ("Facebook | X | LinkedIn | Copier le lien", "share buttons"),
            ("Suivez-nous sur Google Actualités", "share buttons"),
            (
                "Nous utilisons des cookies pour mesurer l’audience et améliorer votre expérience.",
                "cookie banner",
            ),
            ("Tout accepter", "cookie banner"),
            ("Continuer sans accepter →", "cookie banner"),
            ("Lire aussi : L’Europe veut ses puces", "related articles"),
            (
                "» À lire également\u{a0}: Le prix du silicium",
                "related articles",
            ),
            ("A LIRE AUSSI", "related articles"),
            ("Sur le même sujet", "related articles"),
            ("Abonnez-vous à notre newsletter", "newsletter"),
            ("S’inscrire à la newsletter", "newsletter"),
            (
                "Recevez chaque matin l’essentiel de l’actualité dans votre boîte mail",
                "newsletter",
            ),
            ("Cet article est réservé aux abonnés.", "paywall"),
            ("Il vous reste 78\u{a0}% de cet article à lire.", "paywall"),
            ("Déjà abonné ? Se connecter", "paywall"),
            ("Publicité", "advertisement"),
            ("La suite après la publicité", "advertisement"),
            ("Temps de lecture : 3 min", "reading time"),
            ("Lecture 4 min.", "reading time"),
            ("Crédit photo : Jean Martin / AFP", "image credit"),
            ("© 2024 Le Courant. Tous droits réservés.", "footer"),
            ("Mentions légales | CGU | Contact", "footer"),
            (
                "Mentions légales – Politique de confidentialité – Plan du site",
                "footer",
            ),
            ("Commentaires (12)", "comments"),
            (
                "Votre adresse e-mail ne sera pas publiée. Les champs obligatoires sont indiqués avec *",
                "comments",
            ),
            ("Mots-clés : GPU, Nvidia, centres de données", "tags"),
            ("#IA #GPU #Nvidia", "tags"),
            ("Publié le 5 juin 2024 à 14 h 30", "publication line"),
            (
                "Publié le mercredi 5 juin 2024 à 14h30, mis à jour le 6 juin 2024 à 9h",
                "publication line",
            ),
            (
                "Par Jeanne Martin, publié le 05/06/2024 à 14:30",
                "publication line",
            ),
            ("Mis à jour il y a 3 heures", "publication line"),
            ("Par Jeanne Martin et Paul de La Tour", "byline"),
            ("Par la rédaction", "byline"),
            ("Avec l’AFP", "byline"),
        ] {
            assert_eq!(reason(line, Place::Inside), Some(expected), "{line}");
        }
        assert_eq!(reason("Le 5 juin 2024", Place::Top), Some("publication line"));
        assert_eq!(
            reason("Paris, le 5 juin 2024", Place::Top),
            Some("publication line")
        );
        assert_eq!(reason("Économie", Place::Edge), Some("navigation"));
    }

    #[test]
    fn lines_of_articles_stay() {
        for line in [
            "La CNIL inflige 60 millions d’euros d’amende à Google pour ses cookies.",
            "Crédit : les taux remontent à 3,5 % en mars",
            "Photo : Nikon supprime 1 200 postes et ferme deux usines au Japon",
            "Copyright : OpenAI condamné à payer 12 millions",
            "Par Bouygues, 300 millions ont été investis.",
            "L’usine emploiera 1 200 salariés d’ici à 2026. © AFP",
            "Nous avons testé dix navigateurs qui bloquent les cookies et les traceurs publicitaires.",
            "« Nous utilisons des cookies », reconnaît le directeur général.",
            "Abonnements : Netflix augmente ses prix de 10 %",
            "Publicité en ligne : Meta dépasse Google",
            "La publicité représente 97 % du chiffre d’affaires de Meta.",
            "L’usine ouvrira le 5 juin 2026.",
            "L’usine sera livrée en deux fois, le 5 juin 2026",
            "Publié le 5 juin 2024, le rapport de l’Arcep fait état d’une hausse de 3 %.",
            "Par ailleurs, Nvidia a livré 12 000 cartes.",
            "Par rapport à 2023, la hausse est de 4 %",
            "Partager la valeur : la loi entre en vigueur",
            "Recherche : le budget du CNRS recule",
            "Menu à 12 euros",
            "Le groupe vend des imprimantes. Photo Service a fermé.",
            "Lire un livre électronique coûte 12 % de plus.",
            "Voir plus loin que le trimestre, tel est le credo du patron.",
            "Accueil mitigé pour la puce de Huawei",
            "Contact a été pris avec les syndicats",
            "Facebook perd un million d’utilisateurs",
            "Twitter, Facebook et TikTok devront payer",
            "Réactions en chaîne",
            "Commentaires acerbes à Bruxelles",
            "Recevez-vous trop de courriels ? Une start-up promet d’y remédier.",
            "Inscrit au registre du commerce en 2019, le groupe emploie 40 personnes.",
            "Offre spéciale : 3 millions de clients concernés par la fuite chez Orange",
            "Seulement 9,99 € par mois : l’abonnement de Deezer séduit",
            "3 min 20",
            "5 juin 2024",
            "À propos de l’IA, le ministre reste prudent.",
            "Premium : Canal+ relève ses tarifs",
            "Tests : la voiture autonome en panne",
            "Image de marque",
            "AFP / Reuters : la guerre des agences",
            "1,2 %",
            "12 000",
            "50 / 50",
            "Réservé aux professionnels, le service coûte 30 euros",
            "Newsletter payante : le pari de Kessel",
            "Avec Nvidia",
        ] {
            assert_eq!(reason(line, Place::Inside), None, "{line}");
        }
    }
}
