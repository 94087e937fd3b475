//! Directions as the wires tell them, levels that are reached, and the least or the most that something costs.

use super::support::{check_en, check_fr};

#[test]
fn verbs_of_two_words_and_verbs_with_an_object() {
    check_en(&[
        ("The index was off 0.15%.", "percent | 0.15% | 0.15 | % | down"),
        (
            "The stock put on 11½p to 176½p.",
            "money | 11½p | 0.115 | GBP | up ; money | 176½p | 1.765 | GBP",
        ),
        (
            "The Nasdaq gave back nearly 0.7%.",
            "percent | 0.7% | 0.7 | approx | % | down",
        ),
        (
            "They put on 40 concerts and gave up 20 acres.",
            "count | 40 | 40 | concerts ; quantity | 20 acres | 20 | acre",
        ),
        (
            "Tallycraft grew turnover 9 per cent.",
            "percent | 9 per cent | 9 | % | up",
        ),
        ("It grew 40 varieties of rose.", "count | 40 | 40 | varieties"),
        (
            "The bank lifted its policy rate by 25 basis points.",
            "basis_points | 25 basis points | 25 | bp | up",
        ),
        (
            "The company raised $40 million.",
            "money | $40 million | 40000000 | USD?",
        ),
        (
            "It knocked £500 off the price.",
            "money | £500 | 500 | GBP? | down",
        ),
        ("Get 25% off.", "percent | 25% | 25 | %"),
        (
            "The increase was 8.9 per cent.",
            "percent | 8.9 per cent | 8.9 | % | up",
        ),
    ]);
}

#[test]
fn verbs_of_the_wires() {
    check_en(&[
        (
            "The margin narrowed by 27 basis points.",
            "basis_points | 27 basis points | 27 | bp | down",
        ),
        (
            "Platinum eased $11 to $1,498.",
            "money | $11 | 11 | USD? | down ; money | $1,498 | 1498 | USD?",
        ),
        (
            "Stocks swelled by 80 million barrels.",
            "quantity | 80 million barrels | 80000000 | bbl | up",
        ),
        ("The economy is expanding 0.9%.", "percent | 0.9% | 0.9 | % | up"),
        ("Churn fell below 4%.", "percent | 4% | 4 | ..4 | less_than | %"),
        (
            "The rules were eased 3 years ago.",
            "duration | 3 years | 3 | year",
        ),
        (
            "It headed for a loss of 1.6%, after a net loss of $4 million.",
            "percent | 1.6% | 1.6 | % | down ; money | $4 million | 4000000 | USD?",
        ),
    ]);
    check_fr(&[
        (
            "L'indicateur a regagné deux points.",
            "percentage_points | deux points | 2 | point | up",
        ),
        (
            "L'ARPU grappille 30 centimes, à 34,10 €.",
            "money | 30 centimes | 0.3 | EUR | up ; money | 34,10 € | 34.1 | EUR",
        ),
        (
            "Le sac renchérirait d'un tiers.",
            "ratio | un tiers | 0.3333333333333333333333333333 | up",
        ),
        (
            "Les ventes chutent sous les 10 000 unités.",
            "count | 10 000 | 10000 | unités",
        ),
        (
            "Le métal jaune a pris 58 %, l'argent près de 75 %.",
            "percent | 58 % | 58 | % | up ; percent | 75 % | 75 | approx | % | up",
        ),
        (
            "Le titre gagne 4 %, la dette atteint 3 %.",
            "percent | 4 % | 4 | % | up ; percent | 3 % | 3 | %",
        ),
    ]);
}

#[test]
fn more_and_less_behind_a_figure() {
    check_en(&[
        (
            "They drink a third less than before.",
            "ratio | a third | 0.3333333333333333333333333333 | down",
        ),
        (
            "They sell a third fewer handsets.",
            "ratio | a third | 0.3333333333333333333333333333 | down",
        ),
        (
            "Brent settled $1.12, or 1.7%, lower.",
            "money | $1.12 | 1.12 | USD? | down ; percent | 1.7% | 1.7 | % | down",
        ),
        (
            "It costs 1.8 per cent (£6,600) less than in May.",
            "percent | 1.8 per cent | 1.8 | % | down ; money | £6,600 | 6600 | GBP? | down ; date | May | @XXXX-05",
        ),
        ("A £95m gain on the sale.", "money | £95m | 95000000 | GBP?"),
        (
            "It weighs 213g, 11g lighter than the last one.",
            "quantity | 213g | 213 | g ; quantity | 11g | 11 | g | down",
        ),
    ]);
}

#[test]
fn levels_of_indices() {
    check_fr(&[(
        "Le Nasdaq gagnait 0,5% à 23.845,10 et le S&P 500 0,12% à 6.790,44.",
        "percent | 0,5% | 0.5 | % | up ; index | 23.845,10 | 23845.1 ; percent | 0,12% | 0.12 | % | up ; index | 6.790,44 | 6790.44",
    )]);
}

#[test]
fn known_levels_and_least_prices() {
    check_en(&[
        ("Inflation is above the 2% target.", "percent | 2% | 2 | %"),
        (
            "It handled well over the 32 million allowed.",
            "count | 32 million | 32000000",
        ),
        (
            "It costs from £46,995.",
            "money | £46,995 | 46995 | 46995.. | at_least | GBP?",
        ),
        (
            "Prices range from €5 to €10.",
            "money | €5 to €10 | 5..10 | range | EUR",
        ),
        (
            "The harvest would not exceed 36 tonnes.",
            "quantity | 36 tonnes | 36 | ..36 | at_most | t",
        ),
        (
            "It charges as little as 7p.",
            "money | 7p | 0.07 | 0.07.. | at_least | GBP",
        ),
    ]);
    check_fr(&[(
        "Paris-Lyon dès 19 euros.",
        "money | 19 euros | 19 | 19.. | at_least | EUR",
    )]);
}
