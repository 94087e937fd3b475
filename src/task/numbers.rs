//! Paragraph numbers, from 1, as the model names them and as messages show them.

use std::collections::BTreeSet;

/// Numbers that are among `allowed`, sorted, each once.
pub(super) fn known(numbers: &[usize], allowed: &[usize]) -> Vec<usize> {
    let numbers: BTreeSet<usize> = numbers.iter().copied().filter(|n| allowed.contains(n)).collect();
    numbers.into_iter().collect()
}

/// `1, 2, 3`.
pub(super) fn list(numbers: &[usize]) -> String {
    numbers
        .iter()
        .map(usize::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}

/// `3` or `3 to 7`.
pub(super) fn span(numbers: &[usize]) -> String {
    match (numbers.first(), numbers.last()) {
        (Some(first), Some(last)) if first != last => format!("{first} to {last}"),
        (Some(first), _) => first.to_string(),
        _ => "(none)".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraph_numbers_are_known_ones() {
        assert_eq!(known(&[3, 1, 3, 9, 0], &[1, 2, 3]), [1, 3]);
        assert_eq!(span(&[2]), "2");
        assert_eq!(span(&[2, 3, 7]), "2 to 7");
    }
}
