//! Currencies: symbols, codes and names to ISO 4217.
//!
//! A name or symbol that several countries share takes the most usual code and says so
//! (`ambiguous`): `dollars` is USD, `livres` GBP, `francs` the old French FRF.

use super::token::Tokens;
use crate::record::Lang;

/// A currency found in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Currency {
    pub code: &'static str,
    pub ambiguous: bool,
}

pub(super) fn sure(code: &'static str) -> Currency {
    Currency {
        code,
        ambiguous: false,
    }
}

fn shared(code: &'static str) -> Currency {
    Currency {
        code,
        ambiguous: true,
    }
}

const CODES: &[&str] = &[
    "EUR", "USD", "GBP", "CHF", "JPY", "CNY", "CAD", "AUD", "NZD", "HKD", "SGD", "SEK", "NOK", "DKK", "ISK",
    "CZK", "PLN", "HUF", "RON", "BGN", "RUB", "UAH", "TRY", "ILS", "AED", "SAR", "QAR", "KWD", "EGP", "MAD",
    "DZD", "TND", "XOF", "XAF", "NGN", "ZAR", "KES", "GHS", "INR", "PKR", "BDT", "LKR", "IDR", "MYR", "THB",
    "VND", "PHP", "KRW", "TWD", "BRL", "MXN", "ARS", "CLP", "COP", "PEN", "FRF", "DEM", "ITL", "BEF", "XPF",
    "CDF", "GNF", "MGA", "RMB", "KZT", "UZS", "GEL", "AZN", "ETB", "ZMW", "AOA", "UGX", "TZS", "JOD", "BHD",
    "OMR", "RSD",
];

/// The code that the whole of `raw` spells.
fn by_code(raw: &str) -> Option<Currency> {
    match raw {
        "RMB" => return Some(sure("CNY")),
        "FCFA" | "CFA" | "Fcfa" => return Some(shared("XOF")),
        "FCFP" | "Fcfp" | "CFP" => return Some(sure("XPF")),
        "DH" | "DHS" | "Dh" | "Dhs" => return Some(shared("MAD")),
        "DT" => return Some(sure("TND")),
        _ => {}
    }
    CODES.iter().find(|&&code| code == raw).map(|&code| sure(code))
}

fn by_symbol(mark: char) -> Option<Currency> {
    Some(match mark {
        '€' => sure("EUR"),
        '$' | '＄' | '﹩' => shared("USD"),
        '£' => shared("GBP"),
        '¥' | '￥' => shared("JPY"),
        '₩' => sure("KRW"),
        '₹' => sure("INR"),
        '₽' => sure("RUB"),
        '₺' => sure("TRY"),
        '₪' => sure("ILS"),
        '₫' => sure("VND"),
        '₴' => sure("UAH"),
        '₦' => sure("NGN"),
        '฿' => sure("THB"),
        '₣' => shared("FRF"),
        _ => return None,
    })
}

/// The letters before or after `$` that say whose it is.
fn dollar_of(raw: &str) -> Option<Currency> {
    Some(match raw {
        "US" | "U.S" => sure("USD"),
        "CA" | "C" | "CAN" | "CAD" => sure("CAD"),
        "A" | "AU" | "AUS" | "AUD" => sure("AUD"),
        "HK" => sure("HKD"),
        "S" | "SG" => sure("SGD"),
        "NZ" => sure("NZD"),
        "R" => sure("BRL"),
        "NT" => sure("TWD"),
        "MX" => sure("MXN"),
        _ => return None,
    })
}

/// A currency in front of a number (`$`, `US$`, `EUR`): at token `i`, with one past its last token.
pub(super) fn prefix(tokens: &Tokens<'_>, i: usize) -> Option<(Currency, usize)> {
    if let Some(mark) = tokens.mark(i) {
        return by_symbol(mark).map(|currency| (currency, i + 1));
    }
    if !tokens.is_word(i) {
        return None;
    }
    let raw = tokens.raw(i);
    if raw.len() > 4 {
        return None;
    }
    // `Rs 4,200 crore`
    if raw == "Rs" {
        return Some((shared("INR"), i + 1 + usize::from(tokens.is_mark(i + 1, '.'))));
    }
    if tokens.glued(i + 1) && matches!(tokens.mark(i + 1), Some('$')) {
        return Some((dollar_of(raw)?, i + 2));
    }
    // `Fr. 20.–`, `fr. 4.50`: before the amount it is the Swiss franc.
    if matches!(raw, "Fr" | "fr" | "frs" | "Frs" | "SFr" | "sFr")
        && tokens.is_mark(i + 1, '.')
        && tokens.glued(i + 1)
    {
        return Some((sure("CHF"), i + 2));
    }
    // `COP30` is a conference, `PEN` a word in capitals.
    by_code(raw)
        .filter(|currency| !matches!(currency.code, "COP" | "PEN" | "TRY" | "CDF" | "MAD"))
        .map(|currency| (currency, i + 1))
}

/// The scale and the currency that are one word after a number (`MEUR`, `kCHF`).
pub(super) fn scaled_code(raw: &str) -> Option<(u8, Currency)> {
    let scales = [
        // thousands of millions, as in Morocco
        ("MM", 9),
        ("Mds", 9),
        ("Mrd", 9),
        ("Md", 9),
        ("Mio", 6),
        ("bn", 9),
        ("M", 6),
        ("m", 6),
        ("K", 3),
        ("k", 3),
        ("G", 9),
    ];
    scales
        .iter()
        .find_map(|(prefix, power)| Some((*power, by_code(raw.strip_prefix(prefix)?)?)))
}

/// A currency after a number: symbol, code or name with its country.
pub(super) fn suffix(tokens: &Tokens<'_>, i: usize, lang: Lang) -> Option<(Currency, usize)> {
    if let Some(mark) = tokens.mark(i) {
        let currency = by_symbol(mark)?;
        let country = match tokens.fold(i + 1) {
            "canadien" | "canadiens" => Some("CAD"),
            "americain" | "americains" => Some("USD"),
            "australien" | "australiens" => Some("AUD"),
            _ => None,
        };
        if let Some(code) = country.filter(|_| mark == '$') {
            return Some((sure(code), i + 2));
        }
        // `10 $US`, `10 $ CA`
        if mark == '$'
            && tokens.near(i + 1)
            && let Some(known) = dollar_of(tokens.raw(i + 1)).filter(|_| tokens.raw(i + 1).len() > 1)
        {
            return Some((known, i + 2));
        }
        return Some((currency, i + 1));
    }
    if !tokens.is_word(i) {
        return None;
    }
    let raw = tokens.raw(i);
    if tokens.glued(i + 1)
        && tokens.is_mark(i + 1, '$')
        && let Some(known) = dollar_of(raw)
    {
        return Some((known, i + 2));
    }
    if raw == "F" && tokens.fold(i + 1) == "cfa" {
        return Some((shared("XOF"), i + 2));
    }
    if raw == "F" && tokens.fold(i + 1) == "cfp" {
        return Some((sure("XPF"), i + 2));
    }
    by_code(raw)
        .map(|currency| (currency, i + 1))
        .or_else(|| by_name(tokens, i, lang))
}

/// `dollars américains`, `livres sterling`, `yuans`.
fn by_name(tokens: &Tokens<'_>, i: usize, lang: Lang) -> Option<(Currency, usize)> {
    let fold = tokens.fold(i);
    let of = |start: usize| tokens.fold(start);
    let next = of(i + 1);
    let named = |known: Option<&'static str>, otherwise: Currency| match known {
        Some(code) => (sure(code), i + 2),
        None => (otherwise, i + 1),
    };
    Some(match fold {
        "euro" | "euros" => (sure("EUR"), i + 1),
        "dollar" | "dollars" => {
            let known = match next {
                "americain" | "americains" | "us" => Some("USD"),
                "canadien" | "canadiens" => Some("CAD"),
                "australien" | "australiens" => Some("AUD"),
                "singapourien" | "singapouriens" => Some("SGD"),
                "taiwanais" => Some("TWD"),
                "hongkongais" => Some("HKD"),
                _ => None,
            };
            if known.is_none() && next == "neo" && tokens.is_mark(i + 2, '-') {
                (sure("NZD"), i + 4)
            } else if known.is_none() && matches!(next, "neozelandais") {
                (sure("NZD"), i + 2)
            } else if next == "de" && (of(i + 2) == "hongkong" || of(i + 2) == "hong") {
                let end = if of(i + 2) == "hongkong" {
                    i + 3
                } else if tokens.is_mark(i + 3, '-') {
                    i + 5
                } else {
                    i + 4
                };
                (sure("HKD"), end)
            } else if next == "de" && of(i + 2) == "singapour" {
                (sure("SGD"), i + 3)
            } else {
                named(known, shared("USD"))
            }
        }
        "livre" | "livres" | "pound" | "pounds" => {
            let known = match next {
                "sterling" | "sterlings" | "britannique" | "britanniques" | "anglaises" => Some("GBP"),
                "turque" | "turques" => Some("TRY"),
                "egyptienne" | "egyptiennes" => Some("EGP"),
                "libanaise" | "libanaises" => Some("LBP"),
                "syrienne" | "syriennes" => Some("SYP"),
                _ => None,
            };
            named(known, shared("GBP"))
        }
        "sterling" => (sure("GBP"), i + 1),
        "buck" | "bucks" if lang == Lang::En => (shared("USD"), i + 1),
        "quid" if lang == Lang::En => (shared("GBP"), i + 1),
        "franc" | "francs" => {
            let known = match next {
                "suisse" | "suisses" => Some("CHF"),
                "francais" => Some("FRF"),
                "belge" | "belges" => Some("BEF"),
                "pacifique" | "cfp" => Some("XPF"),
                "congolais" => Some("CDF"),
                "guineen" | "guineens" => Some("GNF"),
                _ => None,
            };
            if known.is_none() && next == "cfa" {
                (shared("XOF"), i + 2)
            } else {
                named(known, shared("FRF"))
            }
        }
        "swiss" if matches!(next, "franc" | "francs") => (sure("CHF"), i + 2),
        "yen" | "yens" => (sure("JPY"), i + 1),
        "yuan" | "yuans" | "renminbi" | "renminbis" => (sure("CNY"), i + 1),
        "won" if lang == Lang::En && is_scale(tokens, i) => (sure("KRW"), i + 1),
        "korean" if next == "won" => (sure("KRW"), i + 2),
        "south" if next == "korean" && of(i + 2) == "won" => (sure("KRW"), i + 3),
        "won" | "wons" if lang != Lang::En || fold == "won" && tokens.near(i) => match next {
            "sud" if tokens.is_mark(i + 2, '-') => (sure("KRW"), i + 4),
            "coreen" | "coreens" => (sure("KRW"), i + 2),
            _ if lang == Lang::En => return None,
            _ => (sure("KRW"), i + 1),
        },
        "rouble" | "roubles" | "ruble" | "rubles" => (sure("RUB"), i + 1),
        "roupie" | "roupies" | "rupee" | "rupees" => {
            let known = match next {
                "indienne" | "indiennes" => Some("INR"),
                "pakistanaise" | "pakistanaises" => Some("PKR"),
                "indonesienne" | "indonesiennes" => Some("IDR"),
                "srilankaises" => Some("LKR"),
                _ => None,
            };
            named(known, shared("INR"))
        }
        "peso" | "pesos" => {
            let known = match next {
                "mexicain" | "mexicains" => Some("MXN"),
                "argentin" | "argentins" => Some("ARS"),
                "chilien" | "chiliens" => Some("CLP"),
                "colombien" | "colombiens" => Some("COP"),
                "philippin" | "philippins" => Some("PHP"),
                _ => None,
            };
            named(known, shared("MXN"))
        }
        "couronne" | "couronnes" | "krona" | "kronor" | "krone" | "kroner" => {
            let known = match next {
                "suedoise" | "suedoises" => Some("SEK"),
                "norvegienne" | "norvegiennes" => Some("NOK"),
                "danoise" | "danoises" => Some("DKK"),
                "tcheque" | "tcheques" => Some("CZK"),
                "islandaise" | "islandaises" => Some("ISK"),
                _ => None,
            };
            let default = match fold {
                "krone" | "kroner" => shared("NOK"),
                _ => shared("SEK"),
            };
            named(known, default)
        }
        "dirham" | "dirhams" => {
            let known = match next {
                "marocain" | "marocains" => Some("MAD"),
                "emirati" | "emiratis" | "emirien" | "emiriens" => Some("AED"),
                _ => None,
            };
            named(known, shared("MAD"))
        }
        "dinar" | "dinars" => {
            let known = match next {
                "algerien" | "algeriens" => Some("DZD"),
                "tunisien" | "tunisiens" => Some("TND"),
                "koweitien" | "koweitiens" => Some("KWD"),
                "irakien" | "irakiens" => Some("IQD"),
                "serbe" | "serbes" => Some("RSD"),
                _ => None,
            };
            named(known, shared("DZD"))
        }
        "riyal" | "riyals" => named(
            (next == "saoudien" || next == "saoudiens").then_some("SAR"),
            shared("SAR"),
        ),
        "rial" | "rials" => named(
            (next == "iranien" || next == "iraniens").then_some("IRR"),
            shared("IRR"),
        ),
        "real" | "reals" | "reais" | "reaux" if lang != Lang::En || fold == "reais" => named(
            matches!(next, "bresilien" | "bresiliens").then_some("BRL"),
            sure("BRL"),
        ),
        "zloty" | "zlotys" => (sure("PLN"), i + 1),
        "forint" | "forints" => (sure("HUF"), i + 1),
        "shekel" | "shekels" => (sure("ILS"), i + 1),
        "rand" | "rands" => (sure("ZAR"), i + 1),
        "baht" | "bahts" => (sure("THB"), i + 1),
        "dong" | "dongs" => (sure("VND"), i + 1),
        "ringgit" | "ringgits" => (sure("MYR"), i + 1),
        "hryvnia" | "hryvnias" => (sure("UAH"), i + 1),
        "ariary" | "ariarys" => (sure("MGA"), i + 1),
        "naira" | "nairas" => (sure("NGN"), i + 1),
        "lira" | "liras" => (shared("TRY"), i + 1),
        "shilling" | "shillings" => named(
            match next {
                "kenyan" | "kenyans" => Some("KES"),
                "tanzanien" | "tanzaniens" => Some("TZS"),
                "ougandais" => Some("UGX"),
                _ => None,
            },
            shared("KES"),
        ),
        "lire" | "lires" => named(
            matches!(next, "turque" | "turques").then_some("TRY"),
            shared("ITL"),
        ),
        "mark" | "marks" if next.starts_with("allemand") => (sure("DEM"), i + 2),
        "norwegian" if matches!(next, "crowns" | "kroner" | "krone") => (sure("NOK"), i + 2),
        "swedish" if matches!(next, "crowns" | "kronor" | "krona") => (sure("SEK"), i + 2),
        "danish" if matches!(next, "crowns" | "kroner" | "krone") => (sure("DKK"), i + 2),
        "czech" if matches!(next, "crowns" | "koruna") => (sure("CZK"), i + 2),
        "indian" if matches!(next, "rupees" | "rupee") => (sure("INR"), i + 2),
        "mexican" if matches!(next, "pesos" | "peso") => (sure("MXN"), i + 2),
        "taiwan" | "taiwanese" if matches!(next, "dollars" | "dollar") => (sure("TWD"), i + 2),
        "singapore" if matches!(next, "dollars" | "dollar") => (sure("SGD"), i + 2),
        "crown" | "crowns" if lang == Lang::En => (shared("SEK"), i + 1),
        "us" | "american" if matches!(next, "dollar" | "dollars") => (sure("USD"), i + 2),
        "canadian" if matches!(next, "dollar" | "dollars") => (sure("CAD"), i + 2),
        "australian" if matches!(next, "dollar" | "dollars") => (sure("AUD"), i + 2),
        "british" if matches!(next, "pounds" | "pound") => (sure("GBP"), i + 2),
        _ => (sure(of_one_country(fold)?), i + 1),
    })
}

/// Currencies whose name no other country shares and no other thing has: `sixty cedis`.
fn of_one_country(fold: &str) -> Option<&'static str> {
    Some(match fold {
        "cedi" | "cedis" => "GHS",
        "kwacha" | "kwachas" => "ZMW",
        "taka" | "takas" => "BDT",
        "tenge" | "tenges" => "KZT",
        "lari" | "laris" => "GEL",
        "leu" | "lei" => "RON",
        "lev" | "leva" => "BGN",
        "lek" | "leks" => "ALL",
        "birr" | "birrs" => "ETB",
        "pula" | "pulas" => "BWP",
        "kwanza" | "kwanzas" => "AOA",
        "metical" | "meticais" => "MZN",
        "rupiah" | "rupiahs" => "IDR",
        "riel" | "riels" => "KHR",
        "kyat" | "kyats" => "MMK",
        "manat" | "manats" => "AZN",
        "tugrik" | "tugriks" => "MNT",
        "soum" | "soums" => "UZS",
        "guarani" | "guaranis" => "PYG",
        "bolivar" | "bolivars" | "bolivares" => "VES",
        "dalasi" | "dalasis" => "GMD",
        "ouguiya" | "ouguiyas" => "MRU",
        _ => return None,
    })
}

/// A scale word stands before token `i`: `26 trillion won`, but `the team that 3 won`.
fn is_scale(tokens: &Tokens<'_>, i: usize) -> bool {
    i > 0
        && matches!(
            tokens.fold(i - 1),
            "thousand" | "million" | "billion" | "trillion" | "bn" | "tn"
        )
}

/// Hundredths (`centimes`, `pence`), and the currency that they belong to where nothing else says it.
pub(super) fn hundredths(fold: &str, lang: Lang) -> Option<Currency> {
    Some(match fold {
        "centime" | "centimes" => sure("EUR"),
        "cent" | "cents" if lang == Lang::En => shared("USD"),
        "cents" => sure("EUR"),
        "¢" => shared("USD"),
        "pence" | "penny" | "pennies" => shared("GBP"),
        _ => return None,
    })
}
