//! Ages: of a subject, between commas, in words, of groups; and years that are no ages.

use super::support::{check_en, check_fr};

#[test]
fn a_subject_is_followed_by_its_age() {
    check_fr(&[
        (
            "Son gérant, 49 ans, écope de dix-huit mois de prison.",
            "age | 49 ans | 49 | year ; duration | dix-huit mois | 18 | month",
        ),
        (
            "L'ancien chef de chantier, 71 ans, encourt cinq ans d'emprisonnement.",
            "age | 71 ans | 71 | year ; duration | cinq ans | 5 | year",
        ),
        (
            "Le bail, 30 ans, expire en juin.",
            "duration | 30 ans | 30 | year ; date | juin | @XXXX-06",
        ),
        (
            "La durée du prêt, 25 ans, est inchangée.",
            "duration | 25 ans | 25 | year",
        ),
        (
            "L'accusé, condamné à dix ans, fait appel.",
            "duration | dix ans | 10 | year",
        ),
    ]);
    check_en(&[
        (
            "The mayor, sixty-eight, taught here.",
            "age | sixty-eight | 68 | year",
        ),
        (
            "A neighbour, 51, who asked not to be named.",
            "age | 51 | 51 | year",
        ),
        (
            "In the third quarter, 45, the number was lower.",
            "date | third quarter | @XXXX-Q3 ; count | 45 | 45 | @XXXX-Q3",
        ),
    ]);
}

#[test]
fn someone_has_years() {
    check_fr(&[
        ("L'aîné a vingt-trois ans.", "age | vingt-trois ans | 23 | year"),
        ("Le suspect avait 19 ans.", "age | 19 ans | 19 | year"),
        (
            "Le directeur a deux ans pour convaincre.",
            "duration | deux ans | 2 | year",
        ),
        (
            "Le fondateur a vingt ans d'expérience.",
            "duration | vingt ans | 20 | year",
        ),
    ]);
    check_en(&[
        (
            "She was thirty-one when she left.",
            "age | thirty-one | 31 | year",
        ),
        (
            "He has done it since he was fourteen.",
            "age | fourteen | 14 | year",
        ),
        ("The average victim was 47.", "age | 47 | 47 | year"),
        ("It was 34 and raining.", "count | 34 | 34"),
        (
            "She was 10 points ahead.",
            "percentage_points | 10 points | 10 | point",
        ),
    ]);
}

#[test]
fn ages_that_events_have() {
    check_fr(&[
        (
            "Un téléphone reçu en moyenne à 11,4 ans.",
            "age | 11,4 ans | 11.4 | year",
        ),
        (
            "Les jeunes partent à 23,7 ans en moyenne.",
            "age | 23,7 ans | 23.7 | year",
        ),
        (
            "La durée de vie s'établit en moyenne à 81,4 ans.",
            "duration | 81,4 ans | 81.4 | year",
        ),
        (
            "La retraite est possible dès 60 ans, contre 62 jusque-là.",
            "age | 60 ans | 60 | year ; age | 62 | 62 | year",
        ),
    ]);
    check_en(&[
        (
            "He filed his first patent at nineteen.",
            "ordinal | first | 1 ; age | nineteen | 19 | year",
        ),
        ("She died at 84.", "age | 84 | 84 | year"),
        ("His rating stood at 38.", "count | 38 | 38"),
        (
            "The oldest turned forty-nine last week.",
            "age | forty-nine | 49 | year | @last week",
        ),
    ]);
}

#[test]
fn bounds_of_groups() {
    check_en(&[
        (
            "Two-thirds of the researchers are under thirty-five.",
            "ratio | Two-thirds | 0.6666666666666666666666666667 ; age | thirty-five | 35 | ..35 | less_than | year",
        ),
        (
            "One worker in three is over 50.",
            "ratio | One worker in three | 0.3333333333333333333333333333 ; age | 50 | 50 | 50.. | more_than | year",
        ),
        (
            "The temperatures are under 30.",
            "count | 30 | 30 | ..30 | less_than",
        ),
        (
            "A ticket for the under-27s.",
            "age | 27 | 27 | ..27 | less_than | year",
        ),
    ]);
}
