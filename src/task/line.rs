//! Generated text as the records hold it: one line, and not cut in the middle of a sentence.

/// Lines joined by a space.
pub(super) fn one_line(text: &str) -> String {
    text.split(['\n', '\r'])
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// One line, and whether it reached `limit` characters. It then ends with its last whole sentence, where
/// that leaves at least half of it.
pub(super) fn tidy(text: &str, limit: usize) -> (String, bool) {
    let line = one_line(text);
    let chars = line.chars().count();
    // A grammar stops exactly at the limit; a model without one may go beyond.
    if chars < limit.saturating_sub(1) {
        return (line, false);
    }
    let sentence_end = line
        .char_indices()
        .filter(|&(byte, c)| {
            let after = byte + c.len_utf8();
            matches!(c, '.' | '!' | '?' | '…') && line[after..].starts_with(' ')
        })
        .map(|(byte, c)| byte + c.len_utf8())
        .next_back();
    let whole = line.ends_with(['.', '!', '?', '…']);
    match sentence_end {
        Some(end) if !whole && end * 2 >= line.len() => (line[..end].to_owned(), true),
        _ => (line, !whole),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_at_its_limit_ends_with_a_sentence() {
        assert_eq!(tidy("Court.", 40), ("Court.".to_owned(), false));
        assert_eq!(
            tidy("  Sur\n deux lignes ", 40),
            ("Sur deux lignes".to_owned(), false)
        );
        assert_eq!(
            tidy("Une phrase entière. Une autre qui", 33),
            ("Une phrase entière.".to_owned(), true)
        );
        assert_eq!(tidy("Sans fin aucune", 15), ("Sans fin aucune".to_owned(), true));
        assert_eq!(
            tidy("Juste à point, ici.", 19),
            ("Juste à point, ici.".to_owned(), false)
        );
    }
}
