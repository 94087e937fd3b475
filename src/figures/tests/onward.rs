//! Numbers that go on with another one's unit, and what belongs to the figures around them.

use super::support::check_fr;

#[test]
fn the_next_price_is_said_by_its_place() {
    check_fr(&[
        (
            "Il s'établit à 9 420 euros à Paris, en hausse de 0,9 %, et à 3 030 en moyenne nationale",
            "money | 9 420 euros | 9420 | EUR ; percent | 0,9 % | 0.9 | % | up ; \
             money | 3 030 | 3030 | EUR",
        ),
        (
            "À Lyon, il faut compter 4 580 € du m², à Bordeaux 4 390, à Nantes 3 260",
            "rate | 4 580 € du m² | 4580 | /m2 | EUR ; rate | 4 390 | 4390 | /m2 | EUR ; \
             rate | 3 260 | 3260 | /m2 | EUR",
        ),
        (
            "Il est vendu 969 € en 256 Go et 1 099 en 512",
            "money | 969 € | 969 | EUR ; quantity | 256 Go | 256 | Go ; money | 1 099 | 1099 | EUR ; \
             quantity | 512 | 512 | Go",
        ),
        (
            "Le vélo démarre à 799 euros et monte à 3 999",
            "money | 799 euros | 799 | EUR ; money | 3 999 | 3999 | EUR",
        ),
        (
            "Thales gagne 1,9 % à 248,3 euros, Orange 1,2 %, à 13,56",
            "percent | 1,9 % | 1.9 | % | up ; money | 248,3 euros | 248.3 | EUR ; \
             percent | 1,2 % | 1.2 | % | up ; money | 13,56 | 13.56 | EUR",
        ),
        (
            "L'amende est de 135 euros, minorée à 90",
            "money | 135 euros | 135 | EUR ; money | 90 | 90 | EUR",
        ),
    ]);
}

#[test]
fn the_next_size_is_of_the_same_measure() {
    check_fr(&[
        (
            "L'antenne de 29 cm sur 25 pèse 1,1 kg",
            "quantity | 29 cm | 29 | cm ; quantity | 25 | 25 | cm ; quantity | 1,1 kg | 1.1 | kg",
        ),
        (
            "Un écran de 2 796 x 1 290 pixels",
            "quantity | 2 796 | 2796 | px ; quantity | 1 290 pixels | 1290 | px",
        ),
        (
            "de 2,95 % sur 15 ans à 3,45 % sur 25",
            "percent | 2,95 % | 2.95 | % ; duration | 15 ans | 15 | year ; percent | 3,45 % | 3.45 | % ; \
             duration | 25 | 25 | year",
        ),
        (
            "90 à 120 mm, localement 180",
            "quantity | 90 à 120 mm | 90..120 | range | mm ; quantity | 180 | 180 | mm",
        ),
        (
            "de 28 à 32 °C, jusqu'à 35 dans le Sud",
            "temperature | 28 à 32 °C | 28..32 | range | degC ; \
             temperature | 35 | 35 | ..35 | at_most | degC",
        ),
        (
            "L'usine avale 120 MW et pourra passer à 250 en 2028",
            "quantity | 120 MW | 120 | MW ; quantity | 250 | 250 | MW | @2028 ; date | 2028 | @2028",
        ),
        (
            "Un site de 40 MW ouvrira, puis un autre de 100",
            "quantity | 40 MW | 40 | MW ; quantity | 100 | 100 | MW",
        ),
        (
            "41,6 millions ; 25 millions de foyers",
            "count | 41,6 millions | 41600000 ; count | 25 millions | 25000000 | foyers",
        ),
    ]);
}

#[test]
fn parts_are_of_the_unit_of_their_whole() {
    check_fr(&[
        (
            "92,6 TWh au troisième trimestre (+3,8 %), dont 7,1 à Flamanville",
            "quantity | 92,6 TWh | 92.6 | TWh | @XXXX-Q3 ; date | troisième trimestre | @XXXX-Q3 ; \
             percent | +3,8 % | 3.8 | % | @XXXX-Q3 ; quantity | 7,1 | 7.1 | TWh | @XXXX-Q3",
        ),
        (
            "Le parc franchit les 30 GW, dont 4,2 raccordés en 2025",
            "quantity | 30 GW | 30 | GW ; quantity | 4,2 | 4.2 | GW | @2025 ; date | 2025 | @2025",
        ),
        (
            "Sur les 34 kilomètres de tranchée, 21 sont faits",
            "quantity | 34 kilomètres | 34 | km ; quantity | 21 | 21 | km",
        ),
        (
            "24 milliards de paramètres, dont 3,9 activés par jeton",
            "count | 24 milliards | 24000000000 | paramètres ; count | 3,9 | 3900000000 | paramètres",
        ),
        (
            "L'Allemagne apporterait 5 milliards, la France 3,6, l'Italie 3,5",
            "count | 5 milliards | 5000000000 ; count | 3,6 | 3600000000 ; count | 3,5 | 3500000000",
        ),
        (
            "Les transports pèsent 34 % du total, l'agriculture 21 et l'industrie 17.",
            "percent | 34 % | 34 | % ; percent | 21 | 21 | % ; percent | 17 | 17 | %",
        ),
        (
            "24,3 % des parts, devant Carrefour (21,5) et U (12,4)",
            "percent | 24,3 % | 24.3 | % ; percent | 21,5 | 21.5 | % ; percent | 12,4 | 12.4 | %",
        ),
        (
            "Le budget de l'hôpital augmente de 3,1 %, celui de la ville de 1,9",
            "percent | 3,1 % | 3.1 | % | up ; percent | 1,9 | 1.9 | % | up",
        ),
        (
            "Elle détient 5 % du total, les États-Unis en ont 75",
            "percent | 5 % | 5 | % ; percent | 75 | 75 | %",
        ),
    ]);
}

#[test]
fn the_same_at_another_time_has_the_same_unit() {
    check_fr(&[
        (
            "412 heures, contre 235 un an plus tôt et 102 en 2023",
            "duration | 412 heures | 412 | hour ; duration | 235 | 235 | hour ; \
             duration | un an | 1 | year ; duration | 102 | 102 | hour | @2023 ; date | 2023 | @2023",
        ),
        (
            "La startup a levé 3,5 M€ en 2022, puis 27 l'an dernier",
            "money | 3,5 M€ | 3500000 | EUR | @2022 ; date | 2022 | @2022 ; \
             money | 27 | 27000000 | EUR | @l'an dernier",
        ),
        (
            "deux jours par semaine, contre trois aujourd'hui",
            "duration | deux jours | 2 | day ; duration | trois | 3 | day | @aujourd'hui",
        ),
        (
            "Condamné à 32 000 euros. Il en réclamait 180 000.",
            "money | 32 000 euros | 32000 | EUR ; money | 180 000 | 180000 | EUR",
        ),
        (
            "6,6 milliards d'euros en 2030, et près de 30 en 2045",
            "money | 6,6 milliards d'euros | 6600000000 | EUR | @2030 ; date | 2030 | @2030 ; \
             money | 30 | 30000000000 | approx | EUR | @2045 ; date | 2045 | @2045",
        ),
    ]);
}

#[test]
fn rates_are_told_by_the_month_and_by_large_units() {
    check_fr(&[
        (
            "La cadence doit monter à 75 par mois en 2027",
            "rate | 75 par mois | 75 | /month | @2027 ; date | 2027 | @2027",
        ),
        (
            "Nous brûlons environ 25 millions par mois, sur 300 millions de dollars",
            "rate | 25 millions par mois | 25000000 | approx | /month | USD? ; \
             money | 300 millions de dollars | 300000000 | USD?",
        ),
        (
            "un rendement de 74 quintaux à l'hectare",
            "rate | 74 quintaux à l'hectare | 74 | q/ha",
        ),
        ("7 000 pas par jour", "rate | 7 000 pas par jour | 7000 | pas/day"),
        (
            "un milliard de milliards d'opérations par seconde",
            "rate | un milliard de milliards d'opérations par seconde | 1000000000000000000 | opérations/s",
        ),
    ]);
}

#[test]
fn units_of_science() {
    check_fr(&[
        ("366 Mt éqCO2", "quantity | 366 Mt éqCO2 | 366 | MtCO2e"),
        (
            "Le Soleil brille à 5 800 K en surface",
            "temperature | 5 800 K | 5800 | K",
        ),
        (
            "un processeur refroidi à 15 millikelvins",
            "temperature | 15 millikelvins | 15 | mK",
        ),
        (
            "à 0,1 unité astronomique",
            "quantity | 0,1 unité astronomique | 0.1 | au",
        ),
        (
            "une précision de 0,3 partie par million",
            "quantity | 0,3 partie par million | 0.3 | ppm",
        ),
    ]);
}

#[test]
fn scores_shares_and_names() {
    check_fr(&[
        (
            "Le réseau compte 182 000 points, dont 21 % en ville",
            "count | 182 000 | 182000 | points ; percent | 21 % | 21 | %",
        ),
        (
            "Le PER 2026e ressort à 14",
            "date | 2026e | @2026 ; count | 14 | 14 | @2026",
        ),
        (
            "Classement : 1. Paris (12,4 %), 2. Lyon (8,1 %)",
            "percent | 12,4 % | 12.4 | % ; percent | 8,1 % | 8.1 | %",
        ),
        (
            "Mbappé a inscrit un doublé en 11 minutes",
            "duration | 11 minutes | 11 | minute",
        ),
        (
            "Le jeu est noté 93/100 sur Metacritic",
            "index | 93/100 | 93 | /100",
        ),
        ("L'index affiche 88 sur 100", "index | 88 sur 100 | 88 | /100"),
        (
            "une chance sur 40 000",
            "ratio | une chance sur 40 000 | 0.000025",
        ),
        (
            "21 patients sur 640 ont arrêté, contre 35 sur 644",
            "count | 21 | 21 | patients ; count | 640 | 640 ; count | 35 | 35 ; count | 644 | 644",
        ),
        ("1 personne sur 8 vit avec", "ratio | 1 personne sur 8 | 0.125"),
        (
            "Sept dirigeants du CAC 40 sur dix",
            "ratio | Sept dirigeants du CAC 40 sur dix | 0.7",
        ),
    ]);
}

#[test]
fn dates_of_other_things_govern_nothing() {
    check_fr(&[
        (
            "Les urgences enregistrent 210 passages par jour, le double de 2010",
            "rate | 210 passages par jour | 210 | passages/day ; multiple | double | 2 | up | @2010 ; \
             date | 2010 | @2010",
        ),
        (
            "Le baril de Brent, livraison janvier, perd 1,3 % à 63,2 dollars",
            "date | janvier | @XXXX-01 ; percent | 1,3 % | 1.3 | % | down ; \
             money | 63,2 dollars | 63.2 | USD?",
        ),
        (
            "72,8 milliards d'euros pour six réacteurs, en euros de 2020",
            "money | 72,8 milliards d'euros | 72800000000 | EUR ; count | six | 6 | réacteurs ; \
             date | 2020 | @2020",
        ),
        (
            "L'objectif de -50 % en 2030 s'éloigne : les émissions ont reculé de 1,8 %",
            "percent | -50 % | -50 | % | @2030 ; date | 2030 | @2030 ; percent | 1,8 % | 1.8 | % | down",
        ),
        (
            "Elle vise 12 tirs par an, puis un par semaine en 2030",
            "rate | 12 tirs par an | 12 | tirs/year ; date | 2030 | @2030",
        ),
        (
            "300 M€ sur l'année, 80 M€ au premier trimestre",
            "money | 300 M€ | 300000000 | EUR ; money | 80 M€ | 80000000 | EUR | @XXXX-Q1 ; \
             date | premier trimestre | @XXXX-Q1",
        ),
        (
            "le prix est tombé à -12,4 euros le MWh dimanche entre 13 et 15 heures",
            "rate | -12,4 euros le MWh | -12.4 | /MWh | EUR | @dimanche ; \
             date | 13 et 15 heures | range | @T13:00/T15:00",
        ),
        (
            "Ils ont défilé jeudi entre 10 h et midi",
            "date | 10 h et midi | range | @T10:00/T12:00",
        ),
    ]);
}

#[test]
fn the_first_of_two_values_is_no_change() {
    check_fr(&[
        (
            "La part a progressé de 5,1 % à 6,2 %",
            "percent | 5,1 % | 5.1 | % ; percent | 6,2 % | 6.2 | %",
        ),
        (
            "Jefferies relève son objectif de 240 à 270 euros",
            "money | 240 | 240 | EUR ; money | 270 euros | 270 | EUR",
        ),
        (
            "le Dow Jones a pris 0,3 %, le S&P 500 0,1 % et le Nasdaq Composite 0,15 %",
            "percent | 0,3 % | 0.3 | % | up ; percent | 0,1 % | 0.1 | % | up ; \
             percent | 0,15 % | 0.15 | % | up",
        ),
        (
            "Il va céder 1 600 supérettes",
            "count | 1 600 | 1600 | supérettes",
        ),
    ]);
}
