//! Units that are said once, before; and what only looks like such a number.

use super::support::check_fr;

#[test]
fn a_comparison_takes_the_unit_of_what_it_is_compared_with() {
    check_fr(&[
        (
            "Le spread est revenu à 71 pb, contre 78 la veille",
            "basis_points | 71 pb | 71 | bp ; basis_points | 78 | 78 | bp",
        ),
        (
            "un délai de 19,4 mois au lieu de 21",
            "duration | 19,4 mois | 19.4 | month ; duration | 21 | 21 | month",
        ),
        (
            "il emprunte 177.000 euros au lieu de 162.000",
            "money | 177.000 euros | 177000 | EUR ; money | 162.000 | 162000 | EUR",
        ),
        (
            "développée en 21 mois au lieu des 48 habituels",
            "duration | 21 mois | 21 | month ; duration | 48 | 48 | month",
        ),
        (
            "un site de 40 MW extensible à 200",
            "quantity | 40 MW | 40 | MW ; quantity | 200 | 200 | MW",
        ),
        (
            "2,5 fois l'Ebitda, contre 4 au 30 juin",
            "multiple | 2,5 fois | 2.5 ; count | 4 | 4 | @XXXX-06-30 ; date | 30 juin | @XXXX-06-30",
        ),
        (
            "Il s'est vendu 12,3 millions de voitures, contre 11,8 en 2023",
            "count | 12,3 millions | 12300000 | voitures ; count | 11,8 | 11800000 | voitures | @2023 ; date | 2023 | @2023",
        ),
        (
            "passé de 7,6 à 78 euros ; il perdait 1,2 %, à 76,95",
            "money | 7,6 | 7.6 | EUR ; money | 78 euros | 78 | EUR ; percent | 1,2 % | 1.2 | % | down ; \
             money | 76,95 | 76.95 | EUR",
        ),
        (
            "une croissance de 1,0 %, après 0,7",
            "percent | 1,0 % | 1 | % | up ; percent | 0,7 | 0.7 | %",
        ),
        (
            "elle plafonnerait à 69,3 millions avant de redescendre à 68,1",
            "count | 69,3 millions | 69300000 ; count | 68,1 | 68100000",
        ),
        // Titles are compared with titles, not with percents.
        (
            "50.000 titres, soit 34 %, contre 10.000 auparavant",
            "count | 50.000 | 50000 | titres ; percent | 34 % | 34 | % ; count | 10.000 | 10000",
        ),
    ]);
}

#[test]
fn a_list_with_one_preposition_says_its_unit_once() {
    check_fr(&[
        (
            "69,99 € en version standard et 99,99 en édition Deluxe",
            "money | 69,99 € | 69.99 | EUR ; money | 99,99 | 99.99 | EUR",
        ),
        (
            "à 14,99 euros avec engagement ou 19,99 sans, 9,99 pour les jeunes",
            "money | 14,99 euros | 14.99 | EUR ; money | 19,99 | 19.99 | EUR ; money | 9,99 | 9.99 | EUR",
        ),
        (
            "le clavier est à 329 €, le stylet à 149",
            "money | 329 € | 329 | EUR ; money | 149 | 149 | EUR",
        ),
        (
            "L'OM touche 7,6 M€, le PSG 9,3 et Le Havre 2,1",
            "money | 7,6 M€ | 7600000 | EUR ; money | 9,3 | 9300000 | EUR ; money | 2,1 | 2100000 | EUR",
        ),
        (
            "L'Espagne croît de 16,4 % et l'Italie de 4,1",
            "percent | 16,4 % | 16.4 | % | up ; percent | 4,1 | 4.1 | % | up",
        ),
        (
            "une marge de 16,4 % et un ratio de 2,4",
            "percent | 16,4 % | 16.4 | % ; count | 2,4 | 2.4",
        ),
        (
            "1,9 jour par semaine (2,2 en 2021)",
            "duration | 1,9 jour | 1.9 | day ; duration | 2,2 | 2.2 | day | @2021 ; date | 2021 | @2021",
        ),
        (
            "10.000 € pour les logements sociaux, 12 000 pour les très sociaux",
            "money | 10.000 € | 10000 | EUR ; money | 12 000 | 12000 | EUR",
        ),
        (
            "300 salariés en France et 40 en Allemagne",
            "count | 300 | 300 | salariés ; count | 40 | 40",
        ),
        (
            "L'offre passera de 11,99 à 12,99 euros, la formule famille de 19,99 à 21,99",
            "money | 11,99 | 11.99 | EUR ; money | 12,99 euros | 12.99 | EUR ; money | 19,99 | 19.99 | EUR ; \
             money | 21,99 | 21.99 | EUR",
        ),
    ]);
}

#[test]
fn parts_of_millions_are_of_millions() {
    check_fr(&[
        (
            "10,2 millions d'abonnés (dont 5,4 en France et 2,1 au Brésil)",
            "count | 10,2 millions | 10200000 | abonnés ; count | 5,4 | 5400000 | abonnés ; \
             count | 2,1 | 2100000 | abonnés",
        ),
        (
            "10,6 milliards d'euros dont 6,5 financés par l'Union",
            "money | 10,6 milliards d'euros | 10600000000 | EUR ; money | 6,5 | 6500000000 | EUR",
        ),
        (
            "29,6 milliards de dollars, dont 20,4 pour le streaming",
            "money | 29,6 milliards de dollars | 29600000000 | USD? ; money | 20,4 | 20400000000 | USD?",
        ),
        (
            "12 millions de clients, dont 3 en Espagne",
            "count | 12 millions | 12000000 | clients ; count | 3 | 3000000 | clients",
        ),
    ]);
}

#[test]
fn sums_without_a_currency_are_of_the_paragraphs_own() {
    check_fr(&[
        (
            "Il a perdu 0,9 Md€. L'Ebit monte de 49 % à 4,1 milliards, la trésorerie (52 millions) fond.",
            "money | 0,9 Md€ | 900000000 | EUR | down ; percent | 49 % | 49 | % | up ; \
             money | 4,1 milliards | 4100000000 | EUR? ; money | 52 millions | 52000000 | EUR?",
        ),
        (
            "L'Ebit monte à 4,1 milliards",
            "count | 4,1 milliards | 4100000000",
        ),
        (
            "Les encours atteignent 142 milliards, dont 61 à l'habitat. La prime est de 1.000 €.",
            "money | 142 milliards | 142000000000 | EUR? ; money | 61 | 61000000000 | EUR? ; money | 1.000 € | 1000 | EUR",
        ),
        (
            "Les ventes ont totalisé 3,19 milliards, pour un stock de 12 M$",
            "money | 3,19 milliards | 3190000000 | USD? ; money | 12 M$ | 12000000 | USD?",
        ),
        (
            "Le modèle compte 7 milliards de paramètres, celui à 2 dollars 3 milliards",
            "count | 7 milliards | 7000000000 | paramètres ; money | 2 dollars | 2 | USD? ; count | 3 milliards | 3000000000",
        ),
        (
            "Les crédits augmentent de 6,7 milliards à 57,1 milliards, soit 3 M€ de plus",
            "money | 6,7 milliards | 6700000000 | EUR? | up ; money | 57,1 milliards | 57100000000 | EUR? ; \
             money | 3 M€ | 3000000 | EUR | up",
        ),
        (
            "Il faudrait 120 milliards d'économies, et 2 M€",
            "money | 120 milliards | 120000000000 | EUR? ; money | 2 M€ | 2000000 | EUR",
        ),
        (
            "54 millions d'intéressement, soit 8 437 euros chacun",
            "money | 54 millions | 54000000 | EUR? ; money | 8 437 euros | 8437 | EUR",
        ),
        (
            "24 milliards de dollars, et devrait dépasser les 30 milliards",
            "money | 24 milliards de dollars | 24000000000 | USD? ; \
             money | 30 milliards | 30000000000 | 30000000000.. | more_than | USD?",
        ),
        (
            "13,2 milliards d'euros — 23,7 milliards selon la Cour",
            "money | 13,2 milliards d'euros | 13200000000 | EUR ; money | 23,7 milliards | 23700000000 | EUR",
        ),
    ]);
}

#[test]
fn what_stands_before_a_share_is_not_always_one() {
    check_fr(&[
        (
            "le total atteint 5,77 millions, 1,3 % de plus",
            "count | 5,77 millions | 5770000 ; percent | 1,3 % | 1.3 | % | up",
        ),
        (
            "il vaut 5,77 millions et 1,3 % du tout",
            "count | 5,77 millions | 5770000 ; percent | 1,3 % | 1.3 | %",
        ),
        (
            "42, 31 et 9 %",
            "percent | 42 | 42 | % ; percent | 31 | 31 | % ; percent | 9 % | 9 | %",
        ),
    ]);
}

#[test]
fn the_first_of_two_is_of_the_size_of_the_second() {
    check_fr(&[
        (
            "entre 400 et 430 000 €",
            "money | 400 et 430 000 € | 400000..430000 | range | EUR",
        ),
        (
            "de 10 à 15 000 personnes",
            "count | 10 à 15 000 | 10000..15000 | range | personnes",
        ),
        (
            "de 50 à 5 000 salariés",
            "count | 50 à 5 000 | 50..5000 | range | salariés",
        ),
    ]);
}
