//! Ranges, enumerations, multiples, ages.

use super::support::check_fr;

#[test]
fn ranges_share_scale_and_unit() {
    check_fr(&[
        (
            "3 à 4 milliards de dollars",
            "money | 3 à 4 milliards de dollars | 3000000000..4000000000 | range | USD?",
        ),
        ("entre 10 et 12 %", "percent | 10 et 12 % | 10..12 | range | %"),
        (
            "de 800 millions à 1,2 milliard d’euros",
            "money | 800 millions à 1,2 milliard d’euros | 800000000..1200000000 | range | EUR",
        ),
        ("10-20 euros", "money | 10-20 euros | 10..20 | range | EUR"),
        (
            "deux ou trois ans",
            "duration | deux ou trois ans | 2..3 | range | year",
        ),
    ]);
}

#[test]
fn a_change_from_one_value_to_another_is_no_range() {
    check_fr(&[(
        "Le taux passe de 3 à 5 %.",
        "percent | 3 | 3 | % ; percent | 5 % | 5 | %",
    )]);
}

#[test]
fn enumerations_share_the_unit_that_closes_them() {
    check_fr(&[(
        "Ils détiennent 42, 31 et 9 % du capital.",
        "percent | 42 | 42 | % ; percent | 31 | 31 | % ; percent | 9 % | 9 | %",
    )]);
}

#[test]
fn multiples_have_a_factor_and_a_direction() {
    check_fr(&[
        ("Le prix a doublé.", "multiple | doublé | 2 | up"),
        (
            "Le coût a été divisé par deux.",
            "multiple | divisé par deux | 2 | down",
        ),
        ("multiplié par 2,5", "multiple | multiplié par 2,5 | 2.5 | up"),
        ("trois fois plus", "multiple | trois fois | 3"),
        ("x3", "multiple | x3 | 3"),
    ]);
}

#[test]
fn ages_are_told_from_durations() {
    check_fr(&[
        ("Marie Duval, 42 ans, dirige le site.", "age | 42 ans | 42 | year"),
        ("un ingénieur de 35 ans", "age | 35 ans | 35 | year"),
        ("un bail de 9 ans", "duration | 9 ans | 9 | year"),
    ]);
}
