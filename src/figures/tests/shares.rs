//! Shares of a whole, and what only looks like one.

use super::support::{check_en, check_fr};

#[test]
fn a_share_is_told_of_a_round_whole() {
    check_fr(&[
        (
            "Un Français sur deux dort mal.",
            "ratio | Un Français sur deux | 0.5",
        ),
        (
            "Une naissance sur 1 000.",
            "ratio | Une naissance sur 1 000 | 0.001",
        ),
        (
            "Quatre jeunes actifs sur cinq louent.",
            "ratio | Quatre jeunes actifs sur cinq | 0.8",
        ),
    ]);
    check_en(&[("One in five workers agree.", "ratio | One in five | 0.2")]);
}

#[test]
fn what_something_is_about_is_no_whole() {
    check_fr(&[
        (
            "Un contrat portant sur 24 000 processeurs.",
            "count | 24 000 | 24000 | processeurs",
        ),
        ("Un accord portant sur 100 puces.", "count | 100 | 100 | puces"),
        (
            "Une étude menée sur 3 000 patients.",
            "count | 3 000 | 3000 | patients",
        ),
        (
            "Quelque 2.500 salariés sur 11.000 partent.",
            "count | 2.500 | 2500 | approx | salariés ; count | 11.000 | 11000",
        ),
    ]);
    check_en(&[(
        "The firm plans eight launches in 2026.",
        "count | eight | 8 | launches | @2026 ; date | 2026 | @2026",
    )]);
}
