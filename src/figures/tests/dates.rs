//! Dates, periods, times of day, and the periods that govern figures.

use super::support::{check_dated, check_fr};

#[test]
fn dates_are_iso_like() {
    check_fr(&[
        ("le 14 juillet 2024", "date | 14 juillet 2024 | @2024-07-14"),
        ("le 1er mars", "date | 1er mars | @XXXX-03-01"),
        ("02/03/2003", "date | 02/03/2003 | @2003-03-02"),
        ("2013-03-01", "date | 2013-03-01 | @2013-03-01"),
        ("en juin 2024", "date | juin 2024 | @2024-06"),
        (
            "du 13 au 15 juillet",
            "date | 13 au 15 juillet | range | @XXXX-07-13/XXXX-07-15",
        ),
        ("entre 2020 et 2024", "date | 2020 et 2024 | range | @2020/2024"),
        ("les années 1980", "date | années 1980 | @198X"),
        ("au XXIe siècle", "date | XXIe siècle | @20XX"),
    ]);
}

#[test]
fn quarters_halves_and_fiscal_years_are_periods() {
    check_fr(&[
        ("au T3 2025", "date | T3 2025 | @2025-Q3"),
        ("au 3T25", "date | 3T25 | @2025-Q3"),
        (
            "au troisième trimestre 2025",
            "date | troisième trimestre 2025 | @2025-Q3",
        ),
        (
            "au premier semestre 2025",
            "date | premier semestre 2025 | @2025-H1",
        ),
        ("au premier trimestre", "date | premier trimestre | @XXXX-Q1"),
        ("l’exercice 2024-2025", "date | exercice 2024-2025 | @FY2024/2025"),
        ("l’année fiscale 2025", "date | année fiscale 2025 | @FY2025"),
    ]);
}

#[test]
fn a_year_that_the_text_leaves_out_is_the_nearest_to_the_article() {
    check_dated(
        "2025-01-20",
        &[
            ("le 15 décembre", "date | 15 décembre | @2024-12-15"),
            ("le 1er mars", "date | 1er mars | @2025-03-01"),
            ("au quatrième trimestre", "date | quatrième trimestre | @2024-Q4"),
            ("3 % cette année", "percent | 3 % | 3 | % | @2025"),
            ("3 % l’an dernier", "percent | 3 % | 3 | % | @2024"),
            ("3 % lundi", "percent | 3 % | 3 | % | @2025-01-20"),
        ],
    );
}

#[test]
fn times_of_day_are_told_from_durations() {
    check_fr(&[
        ("à 14 h 30", "date | 14 h 30 | @T14:30"),
        ("onze heures et demie", "date | onze heures et demie | @T11:30"),
        (
            "le 2 mars 2024 à 5h",
            "date | 2 mars 2024 à 5h | @2024-03-02T05:00",
        ),
        ("pendant 24 heures", "duration | 24 heures | 24 | hour"),
    ]);
}

#[test]
fn a_period_governs_the_figures_of_its_clause() {
    check_fr(&[
        (
            "Le groupe a vendu 5 millions de puces en 2023 et 6 millions en 2024.",
            "count | 5 millions | 5000000 | puces | @2023 ; date | 2023 | @2023 ; count | 6 millions | 6000000 | @2024 ; date | 2024 | @2024",
        ),
        (
            "L’inflation a atteint 2 % en mai, contre 3 % en avril.",
            "percent | 2 % | 2 | % | @XXXX-05 ; date | mai | @XXXX-05 ; percent | 3 % | 3 | % | @XXXX-04 ; date | avril | @XXXX-04",
        ),
    ]);
}
