//! Qualifiers and their bounds.

use super::support::check_fr;
use crate::figures::{Options, scan};
use crate::record::Lang;

#[test]
fn qualifiers_set_the_bound_that_they_state() {
    check_fr(&[
        (
            "plus de 500 millions d’euros",
            "money | 500 millions d’euros | 500000000 | 500000000.. | more_than | EUR",
        ),
        ("moins de 10 %", "percent | 10 % | 10 | ..10 | less_than | %"),
        ("au moins 3 sites", "count | 3 | 3 | 3.. | at_least | sites"),
        (
            "jusqu’à 5 000 euros",
            "money | 5 000 euros | 5000 | ..5000 | at_most | EUR",
        ),
        (
            "pas plus de 10 dollars",
            "money | 10 dollars | 10 | ..10 | at_most | USD?",
        ),
        ("environ 25 %", "percent | 25 % | 25 | approx | %"),
        (
            "quelque 1 500 salariés",
            "count | 1 500 | 1500 | approx | salariés",
        ),
        ("10 % au maximum", "percent | 10 % | 10 | ..10 | at_most | %"),
        (
            "sous la barre des 7 000 points",
            "index | 7 000 points | 7000 | ..7000 | less_than | point",
        ),
    ]);
}

#[test]
fn full_text_has_the_qualifying_words() {
    for (text, full) in [
        ("C’est environ les 2/3 des coûts.", "environ les 2/3"),
        ("Il faut entre 10 et 12 % du capital.", "entre 10 et 12 %"),
        (
            "Il faut de 3 à 4 milliards de dollars.",
            "de 3 à 4 milliards de dollars",
        ),
        (
            "Il a levé plus de 500 millions de dollars.",
            "plus de 500 millions de dollars",
        ),
    ] {
        let figures = scan(text, Lang::Fr, &Options::default());
        assert_eq!(figures[0].full_text, full);
    }
}
