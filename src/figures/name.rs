//! Digits that belong to a name: `H100`, `iPhone 15`, `737 MAX`, `la sortie 14`, `CES 2025`.

use super::block::Block;
use super::numeral::Numeral;
use super::token::Kind;

/// `737 MAX`, `the 737`: airliners are called by their number.
pub(super) fn model(block: &Block<'_, '_>, i: usize) -> Option<usize> {
    let tokens = block.tokens;
    let boeing = matches!(
        tokens.raw(i),
        "707" | "717" | "727" | "737" | "747" | "757" | "767" | "777" | "787"
    );
    let named = matches!(tokens.fold(i + 1), "max" | "dreamliner" | "ng" | "jumbo")
        || i > 0 && block.is_one_of(i - 1, &["boeing"]);
    if !boeing || !named {
        return None;
    }
    let end = if named && tokens.is_word(i + 1) {
        i + 2
    } else {
        i + 1
    };
    let suffix = tokens.is_number(end) && tokens.spaced(end) && tokens.raw(end).len() <= 2;
    Some(end_of_code(block, if suffix { end + 1 } else { end }))
}

/// `Séraphin 3 Pro`, `Kryon 8 Gen 4`: between a name and what its editions are called.
pub(super) fn generation(block: &Block<'_, '_>, i: usize) -> Option<usize> {
    const EDITIONS: &[&str] = &[
        "pro", "max", "plus", "ultra", "mini", "lite", "gen", "air", "neo", "turbo", "flash", "nano",
        "preview", "elite", "edge", "fe", "instruct", "large", "small", "medium", "coder",
    ];
    let tokens = block.tokens;
    let named = i > 0 && tokens.is_word(i - 1) && tokens.is_capital(i - 1) && tokens.spaced(i);
    let edition = tokens.is_capital(i + 1) && tokens.spaced(i + 1) && block.is_one_of(i + 1, EDITIONS);
    (named && edition && tokens.raw(i).len() <= 2 && !block.lang.function_words.has(tokens.fold(i - 1)))
        .then_some(i + 2)
}

/// `« Belle-maman 3 »`, `« Astral Wardens 2 »`: the last word of a quoted name.
pub(super) fn title(block: &Block<'_, '_>, numeral: &Numeral) -> bool {
    const PRONOUNS: &[&str] = &[
        "il", "elle", "nous", "on", "ils", "elles", "je", "tu", "vous", "ce", "c", "j", "en",
    ];
    const REACH: usize = 8;
    let tokens = block.tokens;
    let closed = matches!(tokens.mark(numeral.end), Some('»' | '”'));
    let start = (1..=REACH)
        .map_while(|back| numeral.first.checked_sub(back))
        .take_while(|&i| tokens.is_word(i) || matches!(tokens.mark(i), Some('-' | '«' | '“' | '\'' | '’')))
        .find(|&i| matches!(tokens.mark(i), Some('«' | '“')));
    closed
        && numeral.is_plain()
        && numeral.digits <= 4
        && start.is_some_and(|start| {
            start + 1 < numeral.first && tokens.is_capital(start + 1) && !block.is_one_of(start + 1, PRONOUNS)
        })
}

/// `H100`, `GPT-4`, `A320neo`, `Covid-19`, `v2.1`: digits that touch a word on their left.
pub(super) fn inside_name(block: &Block<'_, '_>, i: usize) -> Option<usize> {
    let tokens = block.tokens;
    let before = i.checked_sub(1)?;
    let touches = tokens.glued(i)
        && (tokens.is_word(before)
            && !tokens.raw(before).ends_with(['\'', '’'])
            && super::currency::prefix(tokens, before).is_none()
            || matches!(tokens.mark(before), Some('_' | '#' | '@' | '\\')));
    let half_year = tokens.raw(i).len() == 4
        && i >= 2
        && matches!(
            tokens.fold(i - 2),
            "mi" | "mid" | "late" | "early" | "debut" | "fin" | "pre" | "post"
        );
    // `16 Go/1 To`
    let measured = i >= 3
        && tokens.is_mark(before, '/')
        && tokens.is_number(i - 3)
        && super::unit::read(tokens, i - 2, block.lang.lang).is_some()
        && super::unit::read(tokens, i + 1, block.lang.lang).is_some();
    let hyphen = !half_year
        && !measured
        && tokens.glued(i)
        && matches!(
            tokens.mark(before),
            Some('-' | '\u{2010}' | '\u{2011}' | '/' | '.')
        )
        && tokens.glued(before)
        && before.checked_sub(1).is_some_and(|b| {
            tokens.is_word(b)
                // `840 million-860 million euros`
                && !matches!(block.word(b), super::lexicon::Word::Cardinal(super::lexicon::Card::Scale(_)))
                && (!tokens.is_mark(before, '.') && !tokens.is_mark(before, '/')
                    || tokens.is_capital(b)
                    || tokens.raw(b) == "n")
        });
    (touches || hyphen).then(|| end_of_code(block, i + 1))
}

/// Everything glued on: `320neo`, `4-turbo`, `2.1`.
pub(super) fn end_of_code(block: &Block<'_, '_>, mut end: usize) -> usize {
    let tokens = block.tokens;
    while tokens.glued(end) {
        let part = match tokens.get(end).map(|token| token.kind) {
            Some(Kind::Number | Kind::Word) => true,
            Some(Kind::Mark('-' | '.' | '_' | '/' | '+' | ':')) => {
                tokens.glued(end + 1) && (tokens.is_number(end + 1) || tokens.is_word(end + 1))
            }
            _ => false,
        };
        if !part {
            break;
        }
        end += 1;
    }
    end
}

/// `iPhone 15`, `article 49`, `page 12`: a number after the word that makes it a name or a reference.
pub(super) fn labelled(block: &Block<'_, '_>, i: usize) -> Option<usize> {
    let tokens = block.tokens;
    let before = i.checked_sub(1)?;
    if !tokens.near(i) {
        return None;
    }
    let label = if tokens.is_mark(before, '.') && tokens.glued(before) {
        before.checked_sub(1)?
    } else {
        before
    };
    if !tokens.is_word(label) {
        return None;
    }
    let fold = tokens.fold(label);
    let one_letter = label < before
        && matches!(
            tokens.raw(label),
            "p" | "pp" | "fig" | "art" | "al" | "vol" | "chap" | "éd"
        );
    if !one_letter && (label < before || !block.lang.labels.has(fold)) {
        return None;
    }
    // `over the next 12 weeks`
    if fold == "next" && !tokens.is_capital(label) {
        return None;
    }
    // `en version 16 Go/1 To`
    let storage = super::unit::read(tokens, i + 1, block.lang.lang).is_some_and(|(unit, _)| {
        matches!(unit.symbol.as_str(), "Go" | "To" | "GB" | "TB") && tokens.spaced(i + 1)
    });
    // `its entry-level 500Mbps plan`
    let rated = tokens.glued(i + 1)
        && super::unit::read(tokens, i + 1, block.lang.lang)
            .is_some_and(|(unit, _)| unit.symbol.contains("b/s"));
    // `last season 61,000 farmers`
    let thousands = !block.lang.decimal_comma
        && tokens.is_mark(i + 1, ',')
        && tokens.glued(i + 1)
        && tokens.glued(i + 2)
        && tokens.is_number(i + 2)
        && tokens.raw(i + 2).len() == 3;
    if storage || rated || thousands {
        return None;
    }
    // `le jeu est noté 93/100`
    let score = block.is_one_of(label, &["note"])
        && (tokens.is_mark(i + 1, '/') || block.is_one_of(i + 1, &["sur"]))
        && matches!(tokens.raw(i + 2), "5" | "10" | "20" | "100");
    if score {
        return None;
    }
    // A plural label takes a list: `articles 12 et 13`.
    let mut end = end_of_code(block, i + 1);
    // `article 49 %` is none.
    if matches!(tokens.mark(end), Some('%' | '€' | '$' | '‰')) {
        return None;
    }
    // `le plan 2025-2030`, `la saison 2024/2025`
    let years = tokens.raw(i).len() == 4
        && matches!(tokens.mark(i + 1), Some('-' | '/' | '–'))
        && tokens.glued(i + 1)
        && tokens.is_number(i + 2)
        && matches!(tokens.raw(i + 2).len(), 2 | 4)
        && ("1900".."2100").contains(&tokens.raw(i));
    if years
        && tokens.is_word(before)
        && !matches!(
            fold,
            "n" | "loi" | "decret" | "ordonnance" | "arrete" | "directive" | "reglement" | "dossier"
        )
    {
        return None;
    }
    // `le département 1,2 M€`
    if block.lang.decimal_comma
        && tokens.is_mark(i + 1, ',')
        && tokens.glued(i + 1)
        && tokens.glued(i + 2)
        && tokens.is_number(i + 2)
    {
        return None;
    }
    // A grouped number or a scale after a label is a figure: `en ligne 12 000 articles`.
    let groups =
        tokens.is_number(end) && tokens.spaced(end) && tokens.raw(end).len() == 3 && tokens.raw(i).len() <= 3;
    let scaled = matches!(
        block.word(end),
        super::lexicon::Word::Cardinal(super::lexicon::Card::Scale(_) | super::lexicon::Card::Thousand)
    );
    if groups && !is_product(fold) || scaled {
        return None;
    }
    while block.is_one_of(end, &["et", "ou", "and", "or", "a", "à", "to"])
        && tokens.is_number(end + 1)
        && fold.ends_with('s')
        || tokens.is_mark(end, ',') && tokens.is_number(end + 1) && fold.ends_with('s')
    {
        end = end_of_code(block, end + 2);
    }
    Some(end)
}

fn is_product(fold: &str) -> bool {
    matches!(
        fold,
        "iphone"
            | "ipad"
            | "galaxy"
            | "pixel"
            | "rtx"
            | "gtx"
            | "boeing"
            | "airbus"
            | "windows"
            | "android"
            | "redmi"
    )
}

/// `Environ 300`, `Total 12`: words that open a line before a figure.
pub(super) fn is_headline_word(block: &Block<'_, '_>, i: usize) -> bool {
    block.is_one_of(
        i,
        &[
            "total",
            "effectif",
            "effectifs",
            "environ",
            "soit",
            "bilan",
            "resultat",
            "score",
            "prix",
            "seulement",
        ],
    ) || block.tokens.fold(i).ends_with("ez")
        || block.lang.before.ending_at(block.tokens, i + 1).is_some()
}

/// `la sortie 14`, `l'école 42`: a number right after a noun and its article is its name.
pub(super) fn noun_before(block: &Block<'_, '_>, i: usize) -> bool {
    let tokens = block.tokens;
    const ARTICLES: &[&str] = &[
        "le", "la", "du", "au", "un", "une", "cette", "ce", "cet", "the", "this",
    ];
    let noun =
        tokens.is_word(i) && !block.lang.function_words.has(tokens.fold(i)) && tokens.fold(i).len() > 2;
    let singular = |at: usize| block.is_one_of(at, ARTICLES) && !matches!(tokens.raw(at), "les" | "Les");
    // `au premier semestre 3024`: no year, but not a name either.
    if matches!(
        block.word(i),
        super::lexicon::Word::Period | super::lexicon::Word::Month(_)
    ) {
        return false;
    }
    noun && i >= 1
        && (singular(i - 1)
            || i >= 2
                && tokens.fold(i).ends_with('e')
                && singular(i - 2)
                && tokens.is_word(i - 1)
                && !block.lang.function_words.has(tokens.fold(i - 1)))
}

/// `le moteur 1.2`, in French: a point where the decimal mark is a comma, after a noun.
pub(super) fn numbered_noun(block: &Block<'_, '_>, numeral: &Numeral) -> bool {
    block.lang.decimal_comma
        && numeral.decimals
        && is_code(block, numeral)
        && numeral.first > 0
        && (noun_before(block, numeral.first - 1) || name_before(block, numeral.first - 1))
}

/// Digits as names have them: whole, or with a point where the language has a comma (`2.0`, `49.3`).
pub(super) fn is_code(block: &Block<'_, '_>, numeral: &Numeral) -> bool {
    let point = numeral
        .end
        .checked_sub(2)
        .is_some_and(|i| block.tokens.is_mark(i, '.'))
        && !numeral.grouped
        && !numeral.signed;
    numeral.is_plain() || point && numeral.digits <= 2
}

/// `le 737`, `le 3949`: a number of things has no singular article.
pub(super) fn singular_article(block: &Block<'_, '_>, numeral: &Numeral) -> bool {
    let tokens = block.tokens;
    // `le 93 mars` is no day, but not a name either.
    let day = matches!(block.word(numeral.end), super::lexicon::Word::Month(_));
    let plain = !day && is_code(block, numeral) && numeral.value > rust_decimal::Decimal::ONE;
    plain
        && block.lang.decimal_comma
        && numeral.first > 0
        && tokens.spaced(numeral.first)
        && matches!(
            tokens.raw(numeral.first - 1),
            "le" | "Le"
                | "la"
                | "La"
                | "du"
                | "Du"
                | "au"
                | "Au"
                | "un"
                | "une"
                | "ce"
                | "cette"
                | "son"
                | "sa"
                | "notre"
        )
}

/// A capitalized word that is a name: not a sentence's first word, not an acronym of a unit.
pub(super) fn name_before(block: &Block<'_, '_>, i: usize) -> bool {
    let tokens = block.tokens;
    if !tokens.is_capital(i) || block.lang.function_words.has(tokens.fold(i)) {
        return false;
    }
    if block.is_sentence_start(i) && !tokens.is_acronym(i) {
        return false;
    }
    true
}

/// A year that is part of a name: `CES 2025`, `Paris 2024`, `France 2030`.
pub(super) fn is_edition(block: &Block<'_, '_>, i: usize) -> bool {
    // `le plan « France 2030 »`, `France 2030 financera`
    let quoted = i > 1
        && block.tokens.is_capital(i - 1)
        && matches!(block.tokens.mark(i - 2), Some('«' | '“'))
        && matches!(block.tokens.mark(i + 1), Some('»' | '”'));
    let plan = i > 0 && block.tokens.raw(i - 1) == "France" && block.tokens.raw(i) == "2030";
    if quoted || plan {
        return true;
    }
    i > 0
        && block.tokens.spaced(i)
        && name_before(block, i - 1)
        && !matches!(
            block.word(i - 1),
            super::lexicon::Word::Month(_) | super::lexicon::Word::Period | super::lexicon::Word::Weekday(_)
        )
}
