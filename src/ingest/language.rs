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
    let counts = Counts::of(&sample);
    let few_words = counts.words < ENOUGH_WORDS;
    if let Some(lang) = counts.verdict() {
        return lang;
    }
    match declared {
        // Another language than the two that are told apart, or too little text to contradict its source.
        Some(lang) if few_words || lang == Lang::Other => lang,
        _ if counts.words == 0 || counts.is_foreign() => Lang::Other,
        _ => by_model(&sample),
    }
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
}

impl Counts {
    fn of(text: &str) -> Counts {
        let mut counts = Counts {
            words: 0,
            latin: 0,
            french: 0,
            english: 0,
        };
        for word in text
            .split(|c: char| !c.is_alphabetic())
            .filter(|word| !word.is_empty())
        {
            let word = word.to_lowercase();
            counts.words += 1;
            counts.latin += usize::from(word.chars().all(is_latin));
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
    use super::detect;
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
    fn what_the_source_declares_decides_only_where_the_text_is_short() {
        assert_eq!(detect("GPU H100", Some(Lang::Fr)), Lang::Fr);
        let english =
            "The company said on Tuesday that it would close two plants in the north of the country.";
        assert_eq!(detect(english, Some(Lang::Fr)), Lang::En);
    }
}
