//! Money, percent, points, units and rates.

use super::support::check_fr;

#[test]
fn money_is_read_with_every_short_scale() {
    check_fr(&[
        ("4,5 Md€", "money | 4,5 Md€ | 4500000000 | EUR"),
        ("4,5 Mds d’euros", "money | 4,5 Mds d’euros | 4500000000 | EUR"),
        ("20 M$", "money | 20 M$ | 20000000 | USD?"),
        ("300 k€", "money | 300 k€ | 300000 | EUR"),
        ("12 MEUR", "money | 12 MEUR | 12000000 | EUR"),
        ("2,9 G€", "money | 2,9 G€ | 2900000000 | EUR"),
        (
            "10 milliards de dollars",
            "money | 10 milliards de dollars | 10000000000 | USD?",
        ),
        (
            "10 millions de dollars américains",
            "money | 10 millions de dollars américains | 10000000 | USD",
        ),
        (
            "50 millions de francs suisses",
            "money | 50 millions de francs suisses | 50000000 | CHF",
        ),
        (
            "deux millions cinq d’euros",
            "money | deux millions cinq d’euros | 2500000 | EUR",
        ),
    ]);
}

#[test]
fn hundredths_join_their_currency() {
    check_fr(&[
        ("deux dollars vingt", "money | deux dollars vingt | 2.2 | USD?"),
        (
            "quatre-vingt-un euros et vingt centimes",
            "money | quatre-vingt-un euros et vingt centimes | 81.2 | EUR",
        ),
        ("vingt centimes", "money | vingt centimes | 0.2 | EUR"),
        ("trois euros et demi", "money | trois euros et demi | 3.5 | EUR"),
    ]);
}

#[test]
fn percent_keeps_its_sign_and_takes_direction_from_words() {
    check_fr(&[
        ("−1,1 %", "percent | −1,1 % | -1.1 | %"),
        ("en baisse de 3 %", "percent | 3 % | 3 | % | down"),
        (
            "Le titre bondit de 12 pour cent.",
            "percent | 12 pour cent | 12 | % | up",
        ),
        (
            "une hausse de 2 points",
            "percentage_points | 2 points | 2 | point | up",
        ),
        (
            "un recul de 25 points de base",
            "basis_points | 25 points de base | 25 | bp | down",
        ),
        (
            "Le CAC 40 termine à 7 500 points.",
            "index | 7 500 points | 7500 | point",
        ),
        (
            "un montant de 5 millions d’euros",
            "money | 5 millions d’euros | 5000000 | EUR",
        ),
    ]);
}

#[test]
fn units_have_one_spelling() {
    check_fr(&[
        ("gravé en 3 nanomètres", "quantity | 3 nanomètres | 3 | nm"),
        ("1,2 TWh", "quantity | 1,2 TWh | 1.2 | TWh"),
        ("512 Go de mémoire", "quantity | 512 Go | 512 | Go"),
        (
            "3 millions de tonnes de CO2",
            "quantity | 3 millions de tonnes de CO2 | 3000000 | tCO2",
        ),
        ("250 ml", "quantity | 250 ml | 250 | mL"),
        ("80 km²", "quantity | 80 km² | 80 | km2"),
        ("37 °C", "temperature | 37 °C | 37 | degC"),
        (
            "10 degrés en dessous de zéro",
            "temperature | 10 degrés en dessous de zéro | -10 | deg",
        ),
    ]);
}

#[test]
fn rates_have_what_they_are_per() {
    check_fr(&[
        (
            "20 euros par mois",
            "rate | 20 euros par mois | 20 | /month | EUR",
        ),
        ("200 km/h", "rate | 200 km/h | 200 | km/h"),
        (
            "62 euros le mégawattheure",
            "rate | 62 euros le mégawattheure | 62 | /MWh | EUR",
        ),
        (
            "300 000 véhicules par an",
            "rate | 300 000 véhicules par an | 300000 | véhicules/year",
        ),
        (
            "2 dollars par million de jetons",
            "rate | 2 dollars par million de jetons | 2 | /million jetons | USD?",
        ),
    ]);
}

#[test]
fn counts_name_the_noun_alone() {
    check_fr(&[
        ("12 000 salariés", "count | 12 000 | 12000 | salariés"),
        ("300 000 GPU B200", "count | 300 000 | 300000 | GPU B200"),
        (
            "deux millions de nouveaux clients",
            "count | deux millions | 2000000 | clients",
        ),
        ("trois grandes banques", "count | trois | 3 | banques"),
        ("15 centres de données", "count | 15 | 15 | centres de données"),
    ]);
}

#[test]
fn compounds_are_in_the_smaller_unit() {
    check_fr(&[
        ("Le trajet a duré 1 h 30.", "duration | 1 h 30 | 90 | minute"),
        ("2 ans et demi", "duration | 2 ans et demi | 2.5 | year"),
        ("2 ans et 3 mois", "duration | 2 ans et 3 mois | 27 | month"),
        ("3 mètres 50", "quantity | 3 mètres 50 | 350 | cm"),
    ]);
}
