//! Character references of HTML: `&eacute;`, `&#8217;`, `&#x20AC;`.

/// The named references of HTML 4 and the few of HTML 5 that pages use, sorted by name.
#[rustfmt::skip]
const NAMED: &[(&str, char)] = &[
    ("AElig", 'Æ'), ("Aacute", 'Á'), ("Acirc", 'Â'), ("Agrave", 'À'), ("Alpha", 'Α'), ("Aring", 'Å'),
    ("Atilde", 'Ã'), ("Auml", 'Ä'), ("Beta", 'Β'), ("Ccedil", 'Ç'), ("Chi", 'Χ'), ("Dagger", '‡'),
    ("Delta", 'Δ'), ("ETH", 'Ð'), ("Eacute", 'É'), ("Ecirc", 'Ê'), ("Egrave", 'È'), ("Epsilon", 'Ε'),
    ("Eta", 'Η'), ("Euml", 'Ë'), ("Gamma", 'Γ'), ("Iacute", 'Í'), ("Icirc", 'Î'), ("Igrave", 'Ì'),
    ("Iota", 'Ι'), ("Iuml", 'Ï'), ("Kappa", 'Κ'), ("Lambda", 'Λ'), ("Mu", 'Μ'), ("NewLine", '\u{a}'),
    ("NonBreakingSpace", '\u{a0}'), ("Ntilde", 'Ñ'), ("Nu", 'Ν'), ("OElig", 'Œ'), ("Oacute", 'Ó'),
    ("Ocirc", 'Ô'), ("Ograve", 'Ò'), ("Omega", 'Ω'), ("Omicron", 'Ο'), ("Oslash", 'Ø'), ("Otilde", 'Õ'),
    ("Ouml", 'Ö'), ("Phi", 'Φ'), ("Pi", 'Π'), ("Prime", '″'), ("Psi", 'Ψ'), ("Rho", 'Ρ'), ("Scaron", 'Š'),
    ("Sigma", 'Σ'), ("THORN", 'Þ'), ("Tab", '\u{9}'), ("Tau", 'Τ'), ("Theta", 'Θ'), ("Uacute", 'Ú'),
    ("Ucirc", 'Û'), ("Ugrave", 'Ù'), ("Upsilon", 'Υ'), ("Uuml", 'Ü'), ("Xi", 'Ξ'), ("Yacute", 'Ý'),
    ("Yuml", 'Ÿ'), ("Zeta", 'Ζ'), ("aacute", 'á'), ("acirc", 'â'), ("acute", '´'), ("aelig", 'æ'),
    ("agrave", 'à'), ("alefsym", 'ℵ'), ("alpha", 'α'), ("amp", '&'), ("and", '∧'), ("ang", '∠'),
    ("apos", '\''), ("aring", 'å'), ("ast", '*'), ("asymp", '≈'), ("atilde", 'ã'), ("auml", 'ä'),
    ("bdquo", '„'), ("beta", 'β'), ("brvbar", '¦'), ("bsol", '\\'), ("bull", '•'), ("cap", '∩'),
    ("ccedil", 'ç'), ("cedil", '¸'), ("cent", '¢'), ("check", '✓'), ("chi", 'χ'), ("circ", 'ˆ'),
    ("clubs", '♣'), ("colon", ':'), ("comma", ','), ("commat", '@'), ("cong", '≅'), ("copy", '©'),
    ("crarr", '↵'), ("cup", '∪'), ("curren", '¤'), ("dArr", '⇓'), ("dagger", '†'), ("darr", '↓'),
    ("dash", '‐'), ("deg", '°'), ("delta", 'δ'), ("diams", '♦'), ("divide", '÷'), ("dollar", '$'),
    ("eacute", 'é'), ("ecirc", 'ê'), ("egrave", 'è'), ("empty", '∅'), ("emsp", '\u{2003}'),
    ("ensp", '\u{2002}'), ("epsilon", 'ε'), ("equals", '='), ("equiv", '≡'), ("eta", 'η'), ("eth", 'ð'),
    ("euml", 'ë'), ("euro", '€'), ("excl", '!'), ("exist", '∃'), ("fnof", 'ƒ'), ("forall", '∀'),
    ("frac12", '½'), ("frac14", '¼'), ("frac34", '¾'), ("frasl", '⁄'), ("gamma", 'γ'), ("ge", '≥'),
    ("grave", '`'), ("gt", '>'), ("hArr", '⇔'), ("hairsp", '\u{200a}'), ("harr", '↔'), ("hearts", '♥'),
    ("hellip", '…'), ("hyphen", '‐'), ("iacute", 'í'), ("icirc", 'î'), ("iexcl", '¡'), ("igrave", 'ì'),
    ("image", 'ℑ'), ("infin", '∞'), ("int", '∫'), ("iota", 'ι'), ("iquest", '¿'), ("isin", '∈'),
    ("iuml", 'ï'), ("kappa", 'κ'), ("lArr", '⇐'), ("lambda", 'λ'), ("lang", '〈'), ("laquo", '«'),
    ("larr", '←'), ("lbrack", '['), ("lceil", '⌈'), ("lcub", '{'), ("ldquo", '“'), ("le", '≤'),
    ("lfloor", '⌊'), ("lowast", '∗'), ("lowbar", '_'), ("loz", '◊'), ("lpar", '('), ("lrm", '\u{200e}'),
    ("lsaquo", '‹'), ("lsqb", '['), ("lsquo", '‘'), ("lt", '<'), ("macr", '¯'), ("mdash", '—'),
    ("micro", 'µ'), ("middot", '·'), ("minus", '−'), ("mu", 'μ'), ("nabla", '∇'), ("nbsp", '\u{a0}'),
    ("ndash", '–'), ("ne", '≠'), ("ni", '∋'), ("not", '¬'), ("notin", '∉'), ("nsub", '⊄'), ("ntilde", 'ñ'),
    ("nu", 'ν'), ("num", '#'), ("numsp", '\u{2007}'), ("oacute", 'ó'), ("ocirc", 'ô'), ("oelig", 'œ'),
    ("ograve", 'ò'), ("oline", '‾'), ("omega", 'ω'), ("omicron", 'ο'), ("oplus", '⊕'), ("or", '∨'),
    ("ordf", 'ª'), ("ordm", 'º'), ("oslash", 'ø'), ("otilde", 'õ'), ("otimes", '⊗'), ("ouml", 'ö'),
    ("para", '¶'), ("part", '∂'), ("percnt", '%'), ("period", '.'), ("permil", '‰'), ("perp", '⊥'),
    ("phi", 'φ'), ("phone", '☎'), ("pi", 'π'), ("piv", 'ϖ'), ("plus", '+'), ("plusmn", '±'), ("pound", '£'),
    ("prime", '′'), ("prod", '∏'), ("prop", '∝'), ("psi", 'ψ'), ("puncsp", '\u{2008}'), ("quest", '?'),
    ("quot", '"'), ("rArr", '⇒'), ("radic", '√'), ("rang", '〉'), ("raquo", '»'), ("rarr", '→'),
    ("rbrack", ']'), ("rceil", '⌉'), ("rcub", '}'), ("rdquo", '”'), ("real", 'ℜ'), ("reg", '®'),
    ("rfloor", '⌋'), ("rho", 'ρ'), ("rlm", '\u{200f}'), ("rpar", ')'), ("rsaquo", '›'), ("rsqb", ']'),
    ("rsquo", '’'), ("sbquo", '‚'), ("scaron", 'š'), ("sdot", '⋅'), ("sect", '§'), ("semi", ';'),
    ("shy", '\u{ad}'), ("sigma", 'σ'), ("sigmaf", 'ς'), ("sim", '∼'), ("sol", '/'), ("spades", '♠'),
    ("star", '☆'), ("sub", '⊂'), ("sube", '⊆'), ("sum", '∑'), ("sup", '⊃'), ("sup1", '¹'), ("sup2", '²'),
    ("sup3", '³'), ("supe", '⊇'), ("szlig", 'ß'), ("tau", 'τ'), ("there4", '∴'), ("theta", 'θ'),
    ("thetasym", 'ϑ'), ("thinsp", '\u{2009}'), ("thorn", 'þ'), ("tilde", '˜'), ("times", '×'), ("trade", '™'),
    ("uArr", '⇑'), ("uacute", 'ú'), ("uarr", '↑'), ("ucirc", 'û'), ("ugrave", 'ù'), ("uml", '¨'),
    ("upsih", 'ϒ'), ("upsilon", 'υ'), ("uuml", 'ü'), ("verbar", '|'), ("vert", '|'), ("weierp", '℘'),
    ("xi", 'ξ'), ("yacute", 'ý'), ("yen", '¥'), ("yuml", 'ÿ'), ("zeta", 'ζ'), ("zwj", '\u{200d}'),
    ("zwnj", '\u{200c}'),
];

/// The characters that bytes 0x80 to 0x9f stand for in Windows-1252: pages write `&#146;` for `’`.
#[rustfmt::skip]
const WINDOWS: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// Longer names than this do not exist here.
const LONGEST_NAME: usize = 20;

/// The reference at the start of `text`, which begins with `&`: its character and its length in bytes.
pub(super) fn reference(text: &str) -> Option<(char, usize)> {
    let inside = text.strip_prefix('&')?;
    if let Some(number) = inside.strip_prefix('#') {
        return numeric(number).map(|(c, length)| (c, length + 2));
    }
    let length = inside
        .bytes()
        .take(LONGEST_NAME)
        .take_while(u8::is_ascii_alphanumeric)
        .count();
    let name = &inside[..length];
    if inside[length..].starts_with(';') {
        return named(name).map(|c| (c, length + 2));
    }
    // Old pages leave the semicolon out after the names of Latin-1.
    named(name)
        .filter(|&c| {
            (c as u32) < 256 && !c.is_ascii_punctuation() || matches!(name, "amp" | "lt" | "gt" | "quot")
        })
        .map(|c| (c, length + 1))
}

fn named(name: &str) -> Option<char> {
    let index = NAMED.binary_search_by(|&(known, _)| known.cmp(name)).ok()?;
    Some(NAMED[index].1)
}

fn numeric(number: &str) -> Option<(char, usize)> {
    let (digits, radix, prefix) = match number.strip_prefix(['x', 'X']) {
        Some(digits) => (digits, 16, 1),
        None => (number, 10, 0),
    };
    let length = digits
        .bytes()
        .take(9)
        .take_while(|byte| (*byte as char).is_digit(radix))
        .count();
    if length == 0 {
        return None;
    }
    let semicolon = usize::from(digits[length..].starts_with(';'));
    let code = u32::from_str_radix(&digits[..length], radix).ok()?;
    let c = match code {
        0x80..=0x9f => WINDOWS[(code - 0x80) as usize],
        0 => char::REPLACEMENT_CHARACTER,
        code => char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER),
    };
    Some((c, prefix + length + semicolon))
}

/// An attribute's value with its references resolved.
pub(in crate::ingest) fn resolve(value: &str) -> String {
    let mut resolved = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(at) = rest.find('&') {
        resolved.push_str(&rest[..at]);
        rest = &rest[at..];
        let (c, length) = reference(rest).unwrap_or(('&', 1));
        resolved.push(c);
        rest = &rest[length..];
    }
    resolved.push_str(rest);
    resolved
}

#[cfg(test)]
mod tests {
    use super::{NAMED, reference, resolve};

    #[test]
    fn names_are_sorted_for_the_search() {
        assert!(NAMED.is_sorted_by_key(|&(name, _)| name));
    }

    #[test]
    fn references_are_read_with_their_length() {
        for (text, expected) in [
            ("&eacute;t", Some(('é', 8))),
            ("&eacutet", None),
            ("&eacute t", Some(('é', 7))),
            ("&nbsp;%", Some(('\u{a0}', 6))),
            ("&#8217;", Some(('’', 7))),
            ("&#x20AC;", Some(('€', 8))),
            ("&#146;", Some(('’', 6))),
            ("&#39", Some(('\'', 4))),
            ("&#1114112;", Some(('\u{fffd}', 10))),
            ("& co", None),
            ("&;", None),
            ("&#;", None),
            ("&", None),
            ("&unknown;", None),
        ] {
            assert_eq!(reference(text), expected, "{text}");
        }
        assert_eq!(resolve("L&rsquo;IA &amp; co &co;"), "L’IA & co &co;");
    }
}
