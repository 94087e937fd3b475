//! English: what translations are read with.

use super::support::check_en;

#[test]
fn english_money_and_scales() {
    check_en(&[
        ("$4.5bn", "money | $4.5bn | 4500000000 | USD?"),
        ("£3m", "money | £3m | 3000000 | GBP?"),
        ("US$10 billion", "money | US$10 billion | 10000000000 | USD"),
        ("€2.1 bn", "money | €2.1 bn | 2100000000 | EUR"),
        (
            "$3 billion to $4 billion",
            "money | $3 billion to $4 billion | 3000000000..4000000000 | range | USD?",
        ),
    ]);
}

#[test]
fn english_dates_and_periods() {
    check_en(&[
        ("on July 14, 2024", "date | July 14, 2024 | @2024-07-14"),
        (
            "in the third quarter of 2025",
            "date | third quarter of 2025 | @2025-Q3",
        ),
        ("at 2:30 p.m. today", "date | 2:30 p.m. | @T14:30"),
        ("The 7.12 bus was late", "date | 7.12 | @T07:12"),
        ("in fiscal 2025", "date | fiscal 2025 | @FY2025"),
    ]);
}

#[test]
fn english_qualifiers_and_directions() {
    check_en(&[
        (
            "more than 500 employees",
            "count | 500 | 500 | 500.. | more_than | employees",
        ),
        (
            "Revenue rose 5% to $3 million.",
            "percent | 5% | 5 | % | up ; money | $3 million | 3000000 | USD?",
        ),
        ("one in five workers", "ratio | one in five | 0.2"),
        (
            "two-thirds of the sites",
            "ratio | two-thirds | 0.6666666666666666666666666667",
        ),
    ]);
}

#[test]
fn units_that_are_said_once_hold_for_what_they_are_compared_with() {
    check_en(&[
        (
            "The spread narrowed to 71 bps, against 78 a day earlier",
            "basis_points | 71 bps | 71 | bp ; basis_points | 78 | 78 | bp",
        ),
        (
            "a backlog of 19 months, down from 21",
            "duration | 19 months | 19 | month ; duration | 21 | 21 | month",
        ),
        (
            "10.2 million subscribers, including 5.4 in France and 2.1 in Brazil",
            "count | 10.2 million | 10200000 | subscribers ; count | 5.4 | 5400000 | subscribers ; \
             count | 2.1 | 2100000 | subscribers",
        ),
        (
            "Among 15- to 24-year-olds it jumped 1.2 points",
            "age | 15- to 24-year | 15..24 | range | year ; percentage_points | 1.2 points | 1.2 | point | up",
        ),
        (
            "It burns about 25 million a month",
            "rate | 25 million a month | 25000000 | approx | /month",
        ),
        (
            "$2 per million output tokens",
            "rate | $2 per million output tokens | 2 | /million tokens | USD?",
        ),
        (
            "closed at 7,612.35 points after an intraday low of 7,580",
            "index | 7,612.35 points | 7612.35 | point ; index | 7,580 | 7580 | point",
        ),
    ]);
}
