//! The ways in which a translation model gets a sentence wrong, planted one at a time at every place of a right
//! translation.

use super::planted::Phrase;
use regex::Regex;

/// Sentences of the news with what slips in them: amounts, shares, dates, signs, names, a term.
pub const SENTENCES: &[Phrase] = &[
    Phrase {
        french: "Le groupe {} a levé {} auprès de {} fonds en {}.",
        english: "The {} group raised {} from {} funds in {}.",
        slots: &[
            ("Nexilia", "Nexilia"),
            ("10 milliards de dollars", "$10 billion"),
            ("12", "12"),
            ("2024", "2024"),
        ],
    },
    Phrase {
        french: "Son chiffre d’affaires a progressé de {}, à {}, contre {} un an plus tôt.",
        english: "Its revenue grew by {} to {}, from {} a year earlier.",
        slots: &[
            ("20,5\u{a0}%", "20.5%"),
            ("1,5 million d’euros", "€1.5 million"),
            ("1,2 million d’euros", "€1.2 million"),
        ],
    },
    Phrase {
        french: "La dette publique atteint {}, soit {} de la richesse du pays.",
        english: "Public debt has reached {}, or {} of the country’s wealth.",
        slots: &[
            ("3,3\u{a0}billions d’euros", "€3.3 trillion"),
            ("113\u{a0}%", "113%"),
        ],
    },
    Phrase {
        french: "Le taux de chômage recule de {} point de pourcentage, à {}, depuis le {}.",
        english: "The unemployment rate is down {} percentage points, to {}, since {}.",
        slots: &[
            ("0,4", "0.4"),
            ("7,1\u{a0}%", "7.1%"),
            ("14 juillet 2024", "July 14, 2024"),
        ],
    },
    Phrase {
        french: "La température est tombée à {} sur les {} de la ligne.",
        english: "The temperature fell to {} along the {} of the line.",
        slots: &[("−14\u{a0}°C", "−14°C"), ("45 km", "45 km")],
    },
    Phrase {
        french: "Les {} de {} équipent {} téléphones.",
        english: "The {} of {} are in {} phones.",
        slots: &[
            ("puces photoniques", "photonic chips"),
            ("Léman Optique", "Léman Optique"),
            ("12\u{202f}000", "12,000"),
        ],
    },
];

/// Kinds of failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Slip {
    Dropped,
    ChangedDigit,
    Magnitude,
    LostUnit,
    ChangedUnit,
    PercentForPoints,
    ChangedDate,
    LostSign,
    Added,
    AlteredName,
    LostTerm,
    Untranslated,
    Fragment,
    Stutter,
    Markup,
    /// Two figures of one kind change places: each is in the source.
    Exchanged,
    /// Up becomes down: no figure changes.
    Reversed,
    /// The sentence ends before its last clause, after its last figure.
    LostClause,
}

/// A translation with one failure in it.
pub struct Planted {
    pub slip: Slip,
    pub text: String,
}

/// Words that are replaced.
const REPLACED: &[(Slip, &str, &str)] = &[
    (Slip::Magnitude, "billion", "million"),
    (Slip::Magnitude, "million", "billion"),
    // The false friend: a French billion is an English trillion.
    (Slip::Magnitude, "trillion", "billion"),
    (Slip::Magnitude, " billion", ""),
    (Slip::Magnitude, " million", ""),
    (Slip::Magnitude, " trillion", ""),
    (Slip::LostUnit, "$", ""),
    (Slip::LostUnit, "€", ""),
    (Slip::LostUnit, "%", ""),
    (Slip::LostUnit, " km", ""),
    (Slip::LostUnit, "°C", ""),
    (Slip::ChangedUnit, "$", "€"),
    (Slip::ChangedUnit, "€", "£"),
    (Slip::ChangedUnit, " km", " miles"),
    (Slip::ChangedUnit, "°C", "°F"),
    (Slip::PercentForPoints, "%", " percentage points"),
    (Slip::PercentForPoints, " percentage points", "%"),
    (Slip::ChangedDate, "July", "June"),
    (Slip::ChangedDate, "July 14", "July 4"),
    (Slip::ChangedDate, "July 14, ", "July "),
    (Slip::LostSign, "−", ""),
    (Slip::AlteredName, "Nexilia", "Nexillia"),
    (Slip::AlteredName, "Nexilia", "Netflix"),
    (Slip::AlteredName, "Léman Optique", "Geneva Optics"),
    (Slip::LostTerm, "photonic chips", "light parts"),
    (Slip::LostTerm, "revenue", "sales"),
    (Slip::Reversed, "grew", "shrank"),
    (Slip::Reversed, "is down", "is up"),
    (Slip::Reversed, "fell", "rose"),
    (Slip::LostClause, " of the line", ""),
    (Slip::LostClause, " of the country’s wealth", ""),
    (Slip::LostClause, " a year earlier", ""),
];

/// Every failure that this sentence can have, each in a translation of its own.
pub fn plant(phrase: &Phrase) -> Vec<Planted> {
    let right = phrase.translation();
    let mut planted = Vec::new();
    let mut add = |slip, text: String| planted.push(Planted { slip, text });
    let numbers = Regex::new(r"[−$€]*\d[\d.,]*\d?(%|°C| [bmt]r?illion| km| percentage points)?").unwrap();
    for number in numbers.find_iter(&right) {
        let rest = &right[number.end()..];
        add(Slip::Dropped, format!("{}some{rest}", &right[..number.start()]));
    }
    for (at, digit) in right.char_indices().filter(|(_, c)| c.is_ascii_digit()) {
        // Never to a nought, which may lead.
        let other = if digit == '9' {
            '1'
        } else {
            char::from(digit as u8 + 1)
        };
        add(
            Slip::ChangedDigit,
            format!("{}{other}{}", &right[..at], &right[at + 1..]),
        );
    }
    for (slip, from, to) in REPLACED {
        for (at, _) in right.match_indices(from) {
            add(
                *slip,
                format!("{}{to}{}", &right[..at], &right[at + from.len()..]),
            );
        }
    }
    let open = right.trim_end_matches('.');
    add(Slip::Added, format!("{open}, 37 more than before."));
    add(Slip::Added, format!("{open}, up 6%."));
    add(Slip::Untranslated, phrase.source());
    add(
        Slip::Untranslated,
        phrase.source().trim_end_matches('.').to_lowercase(),
    );
    add(Slip::Fragment, "Of course.".to_owned());
    add(Slip::Stutter, format!("{open}{}", "ment".repeat(30)));
    add(
        Slip::Stutter,
        format!("{open}{}", " of the group of the group".repeat(3)),
    );
    add(Slip::Markup, format!("[{open}](http://example.com)."));
    add(Slip::Markup, format!("<a href=x>{open}"));
    for (one, first) in phrase.slots.iter().enumerate() {
        for (two, second) in phrase.slots.iter().enumerate().skip(one + 1) {
            let kind = |text: &str| text.replace(|c: char| c.is_ascii_digit() || c == '.', "");
            let has_digit = first.1.contains(|c: char| c.is_ascii_digit());
            if has_digit && kind(first.1) == kind(second.1) {
                let words = phrase.slots.iter().enumerate().map(|(at, slot)| match at {
                    at if at == one => second.1,
                    at if at == two => first.1,
                    _ => slot.1,
                });
                let exchanged = words.fold(phrase.english.to_owned(), |text, word| {
                    text.replacen("{}", word, 1)
                });
                add(Slip::Exchanged, exchanged);
            }
        }
    }
    planted.retain(|planted| planted.text != right);
    planted
}
