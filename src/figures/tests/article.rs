//! A whole paragraph of news.

use super::support::check_fr;

#[test]
fn every_figure_of_a_paragraph_is_read_with_its_period() {
    let text = "Au T3 2025, Ardoise Télécom a réalisé un chiffre d’affaires de 3,2 milliards d’euros, en hausse de 4,5 %, \
                contre 3,06 milliards un an plus tôt. Le groupe emploie environ 12 000 salariés et vise 20 à 25 GW en 2030.";
    let expected = [
        "date | T3 2025 | @2025-Q3",
        "money | 3,2 milliards d’euros | 3200000000 | EUR | @2025-Q3",
        "percent | 4,5 % | 4.5 | % | up | @2025-Q3",
        "money | 3,06 milliards | 3060000000 | EUR",
        "duration | un an | 1 | year",
        "count | 12 000 | 12000 | approx | salariés",
        "quantity | 20 à 25 GW | 20..25 | range | GW | @2030",
        "date | 2030 | @2030",
    ];
    check_fr(&[(text, &expected.join(" ; "))]);
}
