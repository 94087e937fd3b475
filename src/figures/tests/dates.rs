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
        ("sur 9M 2024", "date | 9M 2024 | range | @2024-01/2024-09"),
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

#[test]
fn periods_of_goals_records_and_other_clauses_govern_nothing_else() {
    check_fr(&[
        (
            "La start-up compte 140 salariés et vise 300 personnes fin 2026",
            "count | 140 | 140 | salariés ; count | 300 | 300 | personnes | @2026 ; date | 2026 | @2026",
        ),
        (
            "40 % sont équipés, le solde d’ici à fin 2027",
            "percent | 40 % | 40 | % ; date | 2027 | @2027",
        ),
        (
            "Il a touché 106.400 dollars, sous son record du 6 octobre (126.251 dollars)",
            "money | 106.400 dollars | 106400 | USD? ; date | 6 octobre | @XXXX-10-06 ; \
             money | 126.251 dollars | 126251 | USD? | @XXXX-10-06",
        ),
        (
            "Le parc a produit 32 TWh en octobre ; EDF vise 370 TWh",
            "quantity | 32 TWh | 32 | TWh | @XXXX-10 ; date | octobre | @XXXX-10 ; quantity | 370 TWh | 370 | TWh",
        ),
        (
            "un devis de 72,8 milliards d’euros (en euros 2020)",
            "money | 72,8 milliards d’euros | 72800000000 | EUR ; date | 2020 | @2020",
        ),
        (
            "il supprime 185 postes et reporte son jeu à 2027",
            "count | 185 | 185 | postes ; date | 2027 | @2027",
        ),
    ]);
}
