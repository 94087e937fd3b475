//! French, English, or another language: by function words where they decide, else by lingua.

use std::sync::LazyLock;

use lingua::{Language, LanguageDetector, LanguageDetectorBuilder};

use crate::record::Lang;

/// As much of a text as decides, in characters.
const SAMPLE: usize = 3000;
/// Fewer words than this say nothing by their function words.
const ENOUGH_WORDS: usize = 12;

const FRENCH: &[&str] = &[
    "le", "la", "les", "l", "un", "une", "des", "du", "de", "d", "et", "à", "au", "aux", "en", "dans",
    "pour", "par", "sur", "que", "qui", "qu", "ne", "pas", "est", "sont", "a", "ont", "ce", "cette", "ces",
    "il", "elle", "se", "son", "sa", "ses", "leur", "plus", "avec", "été", "selon", "mais", "ou", "où", "n",
    "s", "c", "nous", "vous",
];

const ENGLISH: &[&str] = &[
    "the", "of", "and", "to", "in", "for", "is", "was", "are", "were", "that", "with", "by", "at", "from",
    "its", "has", "have", "had", "be", "this", "which", "it", "he", "she", "they", "will", "would", "not",
    "but", "an", "said", "their", "his", "as", "than",
];

static DETECTOR: LazyLock<LanguageDetector> = LazyLock::new(|| {
    LanguageDetectorBuilder::from_languages(&[Language::French, Language::English])
        .with_minimum_relative_distance(0.1)
        .build()
});

/// The language of a text without markup; `declared` is what its source says of itself.
pub(super) fn detect(text: &str, declared: Option<Lang>) -> Lang {
    let sample: String = text.chars().take(SAMPLE).collect();
    told(&sample, &Counts::of(&sample), declared)
}

fn told(sample: &str, counts: &Counts, declared: Option<Lang>) -> Lang {
    let few_words = counts.words < ENOUGH_WORDS;
    if let Some(lang) = counts.verdict() {
        return lang;
    }
    match declared {
        // Another language than the two that are told apart, or too little text to contradict its source.
        Some(lang) if few_words || lang == Lang::Other => lang,
        _ if counts.words == 0 || counts.is_foreign() => Lang::Other,
        _ => by_model(sample),
    }
}

/// Words of English that French has not, enough of them that a short text is English.
const ENOUGH_ENGLISH: usize = 2;
/// How sure the model must be that a text with one such word is, and one with none.
const LIKELY: f64 = 0.6;
const SURE: f64 = 0.9;

/// The language of a text that says nothing of itself: where it is too short to tell, French, but for clear English.
pub(super) fn of_line(text: &str) -> Lang {
    let sample: String = text.chars().take(SAMPLE).collect();
    let counts = Counts::of(&sample);
    if counts.words >= ENOUGH_WORDS {
        return told(&sample, &counts, Some(Lang::Fr));
    }
    // `a` stands in both languages.
    let french = counts.french.saturating_sub(counts.articles);
    if french > 0 || counts.english < ENOUGH_ENGLISH && looks_french(&sample) {
        return Lang::Fr;
    }
    let sure = if counts.english > 0 { LIKELY } else { SURE };
    let confident = || DETECTOR.compute_language_confidence(&sample, Language::English) >= sure;
    let told = counts.english >= ENOUGH_ENGLISH || counts.words >= 3 && confident();
    if told { Lang::En } else { Lang::Fr }
}

/// An accent, a decimal comma, `milliards`: what English has not.
fn looks_french(text: &str) -> bool {
    let decimals = |window: &[u8]| {
        let digit = |i: usize| window.get(i).is_some_and(u8::is_ascii_digit);
        digit(0) && window[1] == b',' && digit(2) && !(digit(3) && digit(4))
    };
    text.contains("milliard")
        || text.chars().any(|c| "éèêëàâçîïôûùœÉÈÊÀÇ".contains(c))
        || (0..text.len().saturating_sub(2)).any(|at| decimals(&text.as_bytes()[at..]))
}

fn by_model(sample: &str) -> Lang {
    match DETECTOR.detect_language_of(sample) {
        Some(Language::French) => Lang::Fr,
        Some(Language::English) => Lang::En,
        None => Lang::Other,
    }
}

/// How many words of a text are function words of each language.
struct Counts {
    words: usize,
    latin: usize,
    french: usize,
    english: usize,
    /// `a`, which is a French verb and an English article.
    articles: usize,
}

impl Counts {
    fn of(text: &str) -> Counts {
        let mut counts = Counts {
            words: 0,
            latin: 0,
            french: 0,
            english: 0,
            articles: 0,
        };
        for word in text
            .split(|c: char| !c.is_alphabetic())
            .filter(|word| !word.is_empty())
        {
            let word = word.to_lowercase();
            counts.words += 1;
            counts.latin += usize::from(word.chars().all(is_latin));
            counts.articles += usize::from(word == "a");
            counts.french += usize::from(FRENCH.contains(&word.as_str()));
            counts.english += usize::from(ENGLISH.contains(&word.as_str()));
        }
        counts
    }

    /// Clear cases: many function words of one language and hardly any of the other.
    fn verdict(&self) -> Option<Lang> {
        let frequent = |count: usize| self.words >= ENOUGH_WORDS && count * 5 >= self.words;
        if frequent(self.french) && self.french > 3 * self.english {
            Some(Lang::Fr)
        } else if frequent(self.english) && self.english > 3 * self.french {
            Some(Lang::En)
        } else {
            None
        }
    }

    /// Another alphabet, or a text nearly without function words of either language.
    fn is_foreign(&self) -> bool {
        let rare = (self.french + self.english) * 8 < self.words;
        self.latin * 2 < self.words || self.words >= ENOUGH_WORDS && rare
    }
}

fn is_latin(c: char) -> bool {
    c.is_ascii() || matches!(c, '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}')
}

#[cfg(test)]
mod tests {
    use super::{detect, of_line};
    use crate::record::Lang;

    #[test]
    fn articles_and_headlines_are_told_apart() {
        for (text, expected) in [
            (
                "Le groupe a annoncé mardi la fermeture de deux usines dans le nord de la France, selon la direction.",
                Lang::Fr,
            ),
            (
                "The company said on Tuesday that it would close two plants in the north, according to a memo.",
                Lang::En,
            ),
            ("Résultats trimestriels : Nvidia bat les attentes", Lang::Fr),
            ("Quarterly earnings beat expectations at Nvidia", Lang::En),
            (
                "Die Bundesregierung hat am Dienstag beschlossen, dass die Unternehmen künftig höhere Abgaben zahlen müssen, \
              wenn sie ihre Anlagen nicht rechtzeitig modernisieren und umbauen.",
                Lang::Other,
            ),
            ("Компания сообщила о закрытии двух заводов", Lang::Other),
            ("12,5 % 300", Lang::Other),
            ("", Lang::Other),
        ] {
            assert_eq!(detect(text, None), expected, "{text}");
        }
    }

    #[test]
    fn short_lines_are_french_unless_they_are_clearly_english() {
        for (text, expected) in [
            ("Intel to cut 15,000 jobs amid plan to save $10 billion", Lang::En),
            ("The company cut 3,800 jobs.", Lang::En),
            ("Bank of America vend 3 milliards", Lang::Fr),
            ("The Voice attire 4,2 millions", Lang::Fr),
            ("iPhone 17 Pro Max 256 Go", Lang::Fr),
            ("deux cents", Lang::Fr),
            ("12,5 % 300", Lang::Fr),
            ("5 %", Lang::Fr),
        ] {
            assert_eq!(of_line(text), expected, "{text}");
        }
    }

    #[test]
    fn what_the_source_declares_decides_only_where_the_text_is_short() {
        assert_eq!(detect("GPU H100", Some(Lang::Fr)), Lang::Fr);
        let english =
            "The company said on Tuesday that it would close two plants in the north of the country.";
        assert_eq!(detect(english, Some(Lang::Fr)), Lang::En);
    }
}
