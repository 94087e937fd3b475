//! The marks by which a model with several target languages is told which one to write: `>>fra<<` in front of the
//! sentence.
//!
//! The models of the family do not agree on their codes: older ones have two letters (`>>fr<<`, `>>pt_BR<<`), newer
//! ones three, some with a script (`>>fra<<`, `>>zho_Hans<<`), and `>>pob<<` is Portuguese of Brazil. A user says
//! `fr`, `pt-BR` or `zh-Hans`; here the two are brought together.

/// ISO 639-1 and the codes of ISO 639-3 that stand for it in the models, the usual one first.
#[rustfmt::skip]
const CODES: &[(&str, &[&str])] = &[
    ("af", &["afr"]), ("ar", &["ara", "arb"]), ("ast", &["ast"]), ("be", &["bel"]), ("bg", &["bul"]), ("br", &["bre"]),
    ("bs", &["bos"]), ("ca", &["cat"]), ("co", &["cos"]), ("cs", &["ces", "cze"]), ("cy", &["cym", "wel"]),
    ("da", &["dan"]), ("de", &["deu", "ger"]), ("el", &["ell", "gre"]), ("en", &["eng"]), ("eo", &["epo"]),
    ("es", &["spa"]), ("et", &["est", "ekk"]), ("eu", &["eus", "baq"]), ("fa", &["fas", "pes", "per"]),
    ("fi", &["fin"]), ("fo", &["fao"]), ("fr", &["fra", "fre"]), ("ga", &["gle"]), ("gl", &["glg"]), ("he", &["heb"]),
    ("hi", &["hin"]), ("hr", &["hrv"]), ("hu", &["hun"]), ("hy", &["hye", "arm"]), ("id", &["ind"]),
    ("is", &["isl", "ice"]), ("it", &["ita"]), ("ja", &["jpn"]), ("ka", &["kat", "geo"]), ("kk", &["kaz"]),
    ("ko", &["kor"]), ("la", &["lat"]), ("lb", &["ltz"]), ("lt", &["lit"]), ("lv", &["lav", "lvs"]),
    ("mk", &["mkd", "mac"]), ("ms", &["msa", "zsm", "may"]), ("mt", &["mlt"]), ("nb", &["nob"]),
    ("nl", &["nld", "dut"]), ("nn", &["nno"]), ("no", &["nor"]), ("oc", &["oci"]), ("pl", &["pol"]),
    ("pt", &["por"]), ("ro", &["ron", "rum"]), ("ru", &["rus"]), ("sk", &["slk", "slo"]), ("sl", &["slv"]),
    ("sq", &["sqi", "alb"]), ("sr", &["srp"]), ("sv", &["swe"]), ("sw", &["swa", "swh"]), ("ta", &["tam"]),
    ("th", &["tha"]), ("tr", &["tur"]), ("uk", &["ukr"]), ("ur", &["urd"]), ("vi", &["vie"]), ("wa", &["wln"]),
    ("zh", &["zho", "cmn", "chi"]),
];

/// Codes of a language together with a region.
const WITH_REGION: &[(&str, &str)] = &[("pob", "pt_br")];

/// Whether two codes name one language, whatever their regions and scripts: `fr`, `fra`, `fr-CA`.
pub fn same_language(one: &str, other: &str) -> bool {
    Tag::of(one).language == Tag::of(other).language
}

/// A code taken apart, the language in its shortest form.
#[derive(Debug, PartialEq, Eq)]
struct Tag {
    language: String,
    /// Region and script.
    rest: Vec<String>,
}

impl Tag {
    fn of(code: &str) -> Tag {
        let code = code.to_lowercase().replace('-', "_");
        let whole = WITH_REGION
            .iter()
            .find(|(short, _)| *short == code)
            .map_or(code.as_str(), |(_, whole)| whole);
        let mut parts = whole.split('_');
        let primary = parts.next().unwrap_or_default();
        let known = CODES.iter().find(|(_, longer)| longer.contains(&primary));
        Tag {
            language: known.map_or(primary, |(short, _)| short).to_owned(),
            rest: parts.map(str::to_owned).collect(),
        }
    }
}

/// The one of a model's languages that is asked for: the same code, else the language without a region or script
/// that was not found, else the only form of it that there is. None where there is none, or several to choose from.
pub(super) fn choose<'a>(known: &[&'a str], asked: &str) -> Option<&'a str> {
    if let Some(same) = known.iter().find(|code| code.eq_ignore_ascii_case(asked)) {
        return Some(same);
    }
    let wanted = Tag::of(asked);
    let forms: Vec<(&str, Tag)> = known
        .iter()
        .map(|code| (*code, Tag::of(code)))
        .filter(|(_, tag)| tag.language == wanted.language)
        .collect();
    let with = |rest: &[String]| {
        forms
            .iter()
            .find(|(_, tag)| tag.rest == rest)
            .map(|(code, _)| *code)
    };
    let only = match forms.as_slice() {
        [(only, tag)] if wanted.rest.is_empty() || tag.rest.is_empty() => Some(*only),
        _ => None,
    };
    with(&wanted.rest).or_else(|| with(&[])).or(only)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_of_users_find_those_of_the_models() {
        let old = ["es", "fr", "it", "pt", "pt_BR"];
        let new = [
            "cat", "fra", "oci", "pob", "por", "zho_Hans", "zho_Hant", "srp_Latn",
        ];
        for (known, asked, expected) in [
            (&old[..], "fr", Some("fr")),
            (&old, "fra", Some("fr")),
            (&old, "pt-br", Some("pt_BR")),
            (&old, "pt", Some("pt")),
            (&old, "fr-CA", Some("fr")),
            (&old, "de", None),
            (&new, "fr", Some("fra")),
            (&new, "pt-BR", Some("pob")),
            (&new, "pt", Some("por")),
            (&new, "zh-hans", Some("zho_Hans")),
            (&new, "zh", None),
            (&new, "sr", Some("srp_Latn")),
            (&new, "sr-Cyrl", None),
            (&new, "oc", Some("oci")),
        ] {
            assert_eq!(choose(known, asked), expected, "{asked} among {known:?}");
        }
    }

    #[test]
    fn a_language_has_codes_of_two_and_of_three_letters() {
        assert!(same_language("fra", "fr") && same_language("fr-CA", "fre") && same_language("pob", "pt"));
        assert!(!same_language("fr", "frr") && !same_language("no", "nn"));
    }
}
