//! What passages of news brought up that readers wrote who did not know the grammar.

use super::support::check_fr;

#[test]
fn numbers_stop_where_another_begins() {
    check_fr(&[
        (
            "L'État a placé jeudi 11,5 milliards d'euros de titres",
            "money | 11,5 milliards d'euros | 11500000000 | EUR",
        ),
        (
            "Le texte est adopté par 412 voix contre 143 et 71 abstentions",
            "count | 412 | 412 | voix ; count | 143 | 143 ; count | 71 | 71 | abstentions",
        ),
        (
            "Les contrats ont chuté de 14 % à 318 000",
            "percent | 14 % | 14 | % | down ; count | 318 000 | 318000",
        ),
        (
            "Un épargnant touchera 390 euros, contre 551 à 2,4 %",
            "money | 390 euros | 390 | EUR ; money | 551 | 551 | EUR ; percent | 2,4 % | 2.4 | %",
        ),
        (
            "Il achète douze rames de 508 places à 23 millions d'euros",
            "count | douze | 12 | rames ; count | 508 | 508 | places ; \
             money | 23 millions d'euros | 23000000 | EUR",
        ),
    ]);
}

#[test]
fn currencies_are_those_of_their_country() {
    check_fr(&[
        (
            "L'action vaut 84,60 francs suisses ; le bénéfice, 311 millions de francs",
            "money | 84,60 francs suisses | 84.6 | CHF ; money | 311 millions de francs | 311000000 | CHF?",
        ),
        (
            "Le jeton, censé valoir 1 dollar, est tombé à 13 cents",
            "money | 1 dollar | 1 | USD? ; money | 13 cents | 0.13 | USD?",
        ),
        (
            "Une levée de 15 M$ canadiens, soit 72,91 cents américains par titre",
            "money | 15 M$ canadiens | 15000000 | CAD ; \
             rate | 72,91 cents américains par titre | 0.7291 | /titre | USD",
        ),
        (
            "PNB de 3,72 MMDH, coupon de 24 DH par action",
            "money | 3,72 MMDH | 3720000000 | MAD? ; rate | 24 DH par action | 24 | /action | MAD?",
        ),
        (
            "41 milliards de francs CFP",
            "money | 41 milliards de francs CFP | 41000000000 | XPF",
        ),
    ]);
}

#[test]
fn units_are_those_of_what_was_said_before() {
    check_fr(&[
        (
            "Le modèle compte 540 milliards de paramètres, dont 32 activés à chaque jeton",
            "count | 540 milliards | 540000000000 | paramètres ; count | 32 | 32000000000 | paramètres",
        ),
        (
            "La récolte est attendue à 808 Mt, 3 de plus que le mois dernier",
            "quantity | 808 Mt | 808 | Mt ; quantity | 3 | 3 | Mt | up",
        ),
        (
            "Il tient 51 h, soit neuf de plus que son prédécesseur",
            "duration | 51 h | 51 | hour ; duration | neuf | 9 | hour | up",
        ),
        (
            "Karim, 46 ans, dont vingt-deux passés à l'usine",
            "age | 46 ans | 46 | year ; age | vingt-deux | 22 | year",
        ),
        (
            "90 millions d'euros engrangés sur les 200 promis",
            "money | 90 millions d'euros | 90000000 | EUR ; money | 200 | 200000000 | EUR",
        ),
        (
            "Sur les 46 millions d'euros de profits affichés, 29 proviennent d'une vente",
            "money | 46 millions d'euros | 46000000 | EUR ; money | 29 | 29000000 | EUR",
        ),
        (
            "Sur les 112 lots, 71 sont réservés",
            "count | 112 | 112 | lots ; count | 71 | 71 | lots",
        ),
        (
            "Il obtient 64 300 euros, dont 38 000 pour licenciement abusif",
            "money | 64 300 euros | 64300 | EUR ; money | 38 000 | 38000 | EUR",
        ),
        (
            "La fintech a perdu 22 millions d'euros pour 31 de revenus",
            "money | 22 millions d'euros | 22000000 | EUR | down ; money | 31 | 31000000 | EUR",
        ),
        (
            "Un chiffre d'affaires de 412,6 millions d'euros. Le consensus tablait sur 405.",
            "money | 412,6 millions d'euros | 412600000 | EUR ; money | 405 | 405000000 | EUR",
        ),
        (
            "Le jeton valait 14,20 dollars, il n'en vaut plus que 0,71",
            "money | 14,20 dollars | 14.2 | USD? ; money | 0,71 | 0.71 | USD?",
        ),
        (
            "Le loyer passe de 1 040 à près de 1 230 euros",
            "money | 1 040 | 1040 | EUR ; money | 1 230 euros | 1230 | approx | EUR",
        ),
        (
            "Le taux est ramené de 2,7 à 1,9 fois l'Ebitda",
            "multiple | 2,7 | 2.7 ; multiple | 1,9 fois | 1.9",
        ),
        (
            "La liste obtient 34 % des voix (+2)",
            "percent | 34 % | 34 | % ; percentage_points | +2 | 2 | point",
        ),
        (
            "Comptez 52 K€ à Paris (–4 % sur un an), 45 à Lyon, 43 à Nantes",
            "money | 52 K€ | 52000 | EUR ; percent | –4 % | -4 | % ; duration | un an | 1 | year ; \
             money | 45 | 45000 | EUR ; money | 43 | 43000 | EUR",
        ),
        (
            "Elle rafle 9 des 17 sièges, et quinze des 57 réacteurs sont arrêtés",
            "count | 9 | 9 | sièges ; count | 17 | 17 | sièges ; count | quinze | 15 | réacteurs ; \
             count | 57 | 57 | réacteurs",
        ),
        (
            "La batterie de 77 kWh utiles (82 brut)",
            "quantity | 77 kWh | 77 | kWh ; quantity | 82 | 82 | kWh",
        ),
        (
            "portant à 13 le nombre d'élevages touchés",
            "count | 13 | 13 | élevages",
        ),
        (
            "450 salariés (1 200 à terme)",
            "count | 450 | 450 | salariés ; count | 1 200 | 1200 | salariés",
        ),
        (
            "un smartphone en version 16 Go/1 To, un site de 100 MW/200 MWh",
            "quantity | 16 Go | 16 | Go ; quantity | 1 To | 1 | To ; quantity | 100 MW | 100 | MW ; \
             quantity | 200 MWh | 200 | MWh",
        ),
    ]);
}

#[test]
fn units_and_scales_of_the_trade_press() {
    check_fr(&[
        (
            "un modèle de 8B entraîné avec plus de 10^25 FLOP",
            "count | 8B | 8000000000 ; \
             quantity | 10^25 FLOP | 10000000000000000000000000 | 10000000000000000000000000.. | more_than | FLOPS",
        ),
        (
            "4 352 nœuds de calcul, avec un COP de 4",
            "count | 4 352 | 4352 | nœuds ; count | 4 | 4",
        ),
        (
            "les 11 497 premiers euros, les dix plus grosses levées",
            "money | 11 497 premiers euros | 11497 | EUR ; count | dix | 10 | levées",
        ),
        (
            "16 h 20 d'autonomie, puis le train à 16 h 20",
            "duration | 16 h 20 | 980 | minute ; date | 16 h 20 | @T16:20",
        ),
        (
            "un spot de trente secondes",
            "duration | trente secondes | 30 | second",
        ),
    ]);
}

#[test]
fn parts_shares_and_multiples() {
    check_fr(&[
        (
            "un petit demi-point, plus du quart du flottant, moins d'un quart d'heure",
            "percentage_points | demi-point | 0.5 | approx | point ; \
             ratio | quart | 0.25 | 0.25.. | more_than ; \
             duration | un quart d'heure | 0.25 | ..0.25 | less_than | hour",
        ),
        (
            "le total avoisinait le demi-million",
            "count | demi-million | 500000 | approx",
        ),
        (
            "neuf foyers sur dix raccordables, 8 emplois repris sur 80, 1 achat en ligne sur 20",
            "ratio | neuf foyers sur dix | 0.9 ; ratio | 8 emplois repris sur 80 | 0.1 ; \
             ratio | 1 achat en ligne sur 20 | 0.05",
        ),
        (
            "une start-up de la FrenchTech sur cinq",
            "ratio | une start-up de la FrenchTech sur cinq | 0.2",
        ),
        (
            "2,1 %, moitié moins que la moyenne",
            "percent | 2,1 % | 2.1 | % ; ratio | moitié | 0.5 | down",
        ),
        (
            "61 dollars la première année, puis le double chaque année",
            "money | 61 dollars | 61 | USD? ; ordinal | première | 1 ; multiple | double | 2 | up",
        ),
        (
            "un quasi-doublement, une collecte plus que triplée",
            "multiple | doublement | 2 | approx | up ; multiple | triplée | 3 | 3.. | more_than | up",
        ),
        (
            "un appareil par mois, une soixantaine par mois",
            "rate | un appareil par mois | 1 | appareil/month ; \
             rate | une soixantaine par mois | 60 | approx | /month",
        ),
        (
            "2 à 4 millions de b/j",
            "rate | 2 à 4 millions de b/j | 2000000..4000000 | range | bbl/day",
        ),
    ]);
}

#[test]
fn changes_and_differences_have_a_direction() {
    check_fr(&[
        (
            "La hausse atteint 0,9 %, le recul s'élève à 22 %",
            "percent | 0,9 % | 0.9 | % | up ; percent | 22 % | 22 | % | down",
        ),
        (
            "un prix supérieur de 400 € à la moyenne, 19 % inférieur",
            "money | 400 € | 400 | EUR | up ; percent | 19 % | 19 | %",
        ),
        (
            "8 % en dessous de la moyenne, 200 euros plus cher",
            "percent | 8 % | 8 | % | down ; money | 200 euros | 200 | EUR | up",
        ),
        (
            "La mémoire bondirait de 13,4 %, la logique de 16,8 %",
            "percent | 13,4 % | 13.4 | % | up ; percent | 16,8 % | 16.8 | % | up",
        ),
    ]);
}

#[test]
fn bounds_behind_other_words() {
    check_fr(&[
        (
            "La fenêtre ne pourra plus dépasser soixante minutes, dans la limite de 3 % du chiffre d'affaires",
            "duration | soixante minutes | 60 | ..60 | at_most | minute ; \
             percent | 3 % | 3 | ..3 | at_most | %",
        ),
        (
            "Elle passe sous les 5 millions de lignes, sous 55 dollars le kWh",
            "count | 5 millions | 5000000 | ..5000000 | less_than | lignes ; \
             rate | 55 dollars le kWh | 55 | ..55 | less_than | /kWh | USD?",
        ),
        (
            "Aerivent a dépassé pour la première fois 4 milliards d'euros",
            "money | 4 milliards d'euros | 4000000000 | 4000000000.. | more_than | EUR",
        ),
    ]);
}

#[test]
fn brackets_have_their_own_period() {
    check_fr(&[
        (
            "Au T3, le PIB a crû de 4,8 % (T2 : +5,2 %)",
            "date | T3 | @XXXX-Q3 ; percent | 4,8 % | 4.8 | % | up | @XXXX-Q3 ; date | T2 | @XXXX-Q2 ; \
             percent | +5,2 % | 5.2 | % | @XXXX-Q2",
        ),
        (
            "la sortie d'Izentra (1,1 Md$, en 2022)",
            "money | 1,1 Md$ | 1100000000 | USD? | @2022 ; date | 2022 | @2022",
        ),
    ]);
}

#[test]
fn signs_names_lists_and_times() {
    check_fr(&[
        (
            "Marge : (– 1,12 %, 26,50 €), marge d'erreur : +/-2,8 points",
            "percent | – 1,12 % | -1.12 | % ; money | 26,50 € | 26.5 | EUR ; \
             percentage_points | 2,8 points | 2.8 | point",
        ),
        (
            "« Belle-maman 3 » attire 402 118 spectateurs, Séraphin 3 Pro 12 clients",
            "count | 402 118 | 402118 | spectateurs ; count | 12 | 12 | clients",
        ),
        ("Voici comment. 1. Videz la corbeille. 2. Désinstallez.", ""),
        (
            "PCIe 5.0 x16, une faille zero-day, une croissance à deux chiffres",
            "",
        ),
        (
            "samedi 8 novembre 22 h",
            "date | samedi 8 novembre 22 h | @XXXX-11-08T22:00",
        ),
    ]);
}
