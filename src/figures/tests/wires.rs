//! Directions, ages, signs and dates as market wires and local news write them.

use super::support::{check_en, check_fr};

#[test]
fn verbs_of_the_market_wires_have_a_direction() {
    check_fr(&[
        (
            "Le PIB n'augmente que de 2,3 %.",
            "percent | 2,3 % | 2.3 | % | up",
        ),
        ("Le titre a pris 1,2 % à Paris.", "percent | 1,2 % | 1.2 | % | up"),
        ("Le fonds a pris 12 % du capital.", "percent | 12 % | 12 | %"),
        ("Safran s'octroie 1,1 %.", "percent | 1,1 % | 1.1 | % | up"),
        ("Renault lâche 3 %.", "percent | 3 % | 3 | % | down"),
        (
            "Le Brent a pris 0,85 dollar à 74,32 dollars le baril.",
            "money | 0,85 dollar | 0.85 | USD? | up ; rate | 74,32 dollars le baril | 74.32 | /bbl | USD?",
        ),
    ]);
}

#[test]
fn more_and_less_after_a_figure_have_a_direction() {
    check_fr(&[
        (
            "Le site émet 20 % de CO2 en moins.",
            "percent | 20 % | 20 | % | down",
        ),
        ("Il y a 300 emplois en plus.", "count | 300 | 300 | emplois | up"),
        (
            "Il y a 300 emplois de moins.",
            "count | 300 | 300 | emplois | down",
        ),
        ("C'est 30 % plus cher.", "percent | 30 % | 30 | % | up"),
    ]);
    check_en(&[
        ("Sales are 43% more than before.", "percent | 43% | 43 | % | up"),
        ("It emits 20% less CO2.", "percent | 20% | 20 | % | down"),
    ]);
}

#[test]
fn years_of_persons_are_ages() {
    check_fr(&[
        (
            "Les salariés de plus de 57 ans partent.",
            "age | 57 ans | 57 | 57.. | more_than | year",
        ),
        (
            "Des hommes âgés de 19, 23 et 31 ans.",
            "age | 19 | 19 | year ; age | 23 | 23 | year ; age | 31 ans | 31 | year",
        ),
    ]);
}

#[test]
fn what_can_be_no_date_is_a_count() {
    check_fr(&[
        (
            "Le 93 mars 2024.",
            "count | 93 | 93 | @2024-03 ; date | mars 2024 | @2024-03",
        ),
        (
            "Au premier semestre 3024.",
            "date | premier semestre | @XXXX-H1 ; count | 3024 | 3024 | @XXXX-H1",
        ),
    ]);
}

#[test]
fn signs_quarters_and_hours_may_be_set_apart() {
    check_fr(&[
        ("Le solde ressort à - 45 M€.", "money | - 45 M€ | -45000000 | EUR"),
        (
            "La marge, sur T1-T3, baisse.",
            "date | T1-T3 | range | @XXXX-Q1/XXXX-Q3",
        ),
        ("Ouvert 8h-20h.", "date | 8h-20h | range | @T08:00/T20:00"),
        ("Le train de 7h42.", "date | 7h42 | @T07:42"),
        ("Un menu à Fr. 20.–.", "money | Fr. 20 | 20 | CHF"),
    ]);
}

#[test]
fn ends_with_two_currencies_are_two_figures() {
    check_en(&[
        (
            "It costs $3 billion to €4 billion.",
            "money | $3 billion | 3000000000 | USD? ; money | €4 billion | 4000000000 | EUR",
        ),
        (
            "It spent 26 trillion won on 5,000 sq m.",
            "money | 26 trillion won | 26000000000000 | KRW ; quantity | 5,000 sq m | 5000 | m2",
        ),
        ("It opens in mid-2025.", "date | 2025 | @2025"),
    ]);
}
