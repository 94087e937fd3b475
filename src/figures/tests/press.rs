//! What daily news writes: the currency of an article, ages, datelines, how often.

use super::support::check_fr;

#[test]
fn sums_keep_the_currency_of_their_article() {
    check_fr(&[
        (
            "L'action vaut 12 euros.\n\nLe budget atteint 57,1 milliards, soit 6,7 de plus",
            "money | 12 euros | 12 | EUR ; money | 57,1 milliards | 57100000000 | EUR? ; \
             money | 6,7 | 6700000000 | EUR? | up",
        ),
        (
            "La dette, en euros, est de 3 euros.\n\nLe stade accueille 2 millions de personnes",
            "money | 3 euros | 3 | EUR ; count | 2 millions | 2000000 | personnes",
        ),
        (
            "20,6 milliards de yuans (2,5 milliards d'euros), malgré des ventes de 247,8 milliards",
            "money | 20,6 milliards de yuans | 20600000000 | CNY ; \
             money | 2,5 milliards d'euros | 2500000000 | EUR ; \
             money | 247,8 milliards | 247800000000 | CNY",
        ),
        (
            "Alan lève 173 millions d'euros à 4 milliards de valorisation",
            "money | 173 millions d'euros | 173000000 | EUR ; money | 4 milliards | 4000000000 | EUR",
        ),
        (
            "Le ticket moyen grimpe à 15,8 millions, pour 3 euros investis",
            "money | 15,8 millions | 15800000 | EUR? ; money | 3 euros | 3 | EUR",
        ),
        (
            "un cadre gagne 4 629 euros, un ouvrier 1 988 et un employé 1 919",
            "money | 4 629 euros | 4629 | EUR ; money | 1 988 | 1988 | EUR ; money | 1 919 | 1919 | EUR",
        ),
        (
            "Pour un euro investi, l'État en récupère 1,60",
            "money | un euro | 1 | EUR ; money | 1,60 | 1.6 | EUR",
        ),
    ]);
}

#[test]
fn what_a_comparison_takes_its_unit_from() {
    check_fr(&[
        (
            "Le yen valait 156,7 pour un dollar, contre 157,5 la veille",
            "count | 156,7 | 156.7 ; money | un dollar | 1 | USD? ; count | 157,5 | 157.5",
        ),
        (
            "7,6 milliards d'euros de gaz sur les huit premiers mois, contre 7,1",
            "money | 7,6 milliards d'euros | 7600000000 | EUR ; \
             duration | huit premiers mois | 8 | month ; money | 7,1 | 7100000000 | EUR",
        ),
        (
            "Free à 9,99 € les 150 Go, SFR à 10,99 € les 200",
            "money | 9,99 € | 9.99 | EUR ; quantity | 150 Go | 150 | Go ; money | 10,99 € | 10.99 | EUR ; \
             quantity | 200 | 200 | Go",
        ),
        (
            "Il pèse 0,5 kg, soit 4,5 fois plus que les 20 % du haut",
            "quantity | 0,5 kg | 0.5 | kg ; multiple | 4,5 fois | 4.5 ; percent | 20 % | 20 | %",
        ),
    ]);
}

#[test]
fn persons_and_their_ages() {
    check_fr(&[
        (
            "deux normaliens de 26 et 27 ans",
            "count | deux | 2 | normaliens ; age | 26 | 26 | year ; age | 27 ans | 27 | year",
        ),
        (
            "Kasparov, 34 ans à l'époque, s'incline",
            "age | 34 ans | 34 | year",
        ),
        (
            "Trois mille jeunes seront accueillis",
            "count | Trois mille | 3000 | jeunes",
        ),
    ]);
}

#[test]
fn how_often_and_how_long() {
    check_fr(&[
        ("Il assemble trois par mois", "rate | trois par mois | 3 | /month"),
        (
            "À raison de trois par jour, l'écart est de 317 euros",
            "rate | trois par jour | 3 | /day ; money | 317 euros | 317 | EUR",
        ),
        (
            "Le 3615 coûtait 1,01 franc la minute",
            "rate | 1,01 franc la minute | 1.01 | /min | FRF?",
        ),
        (
            "On a aimé l'autonomie (14 h 20 en lecture vidéo)",
            "duration | 14 h 20 | 860 | minute",
        ),
        (
            "La cotisation des deux-roues augmente de 11 %",
            "percent | 11 % | 11 | % | up",
        ),
    ]);
}

#[test]
fn datelines_and_earlier_dates_govern_nothing() {
    check_fr(&[
        (
            "PARIS, 24 nov (AFP) - Le groupe a perdu 65,2 millions d'euros",
            "date | 24 nov | @XXXX-11-24 ; money | 65,2 millions d'euros | 65200000 | EUR | down",
        ),
        (
            "La part est tombée de 45 % en 2021 à 13 %",
            "percent | 45 % | 45 | % | @2021 ; date | 2021 | @2021 ; percent | 13 % | 13 | %",
        ),
        (
            "Le PIB a crû de 0,5 % au troisième trimestre, après +0,3 % et +0,1 %",
            "percent | 0,5 % | 0.5 | % | up | @XXXX-Q3 ; date | troisième trimestre | @XXXX-Q3 ; \
             percent | +0,3 % | 0.3 | % ; percent | +0,1 % | 0.1 | %",
        ),
    ]);
}

#[test]
fn what_is_worth_and_what_is_kept() {
    check_fr(&[
        (
            "Worldline, à 2 euros, lève 500 millions ; il vaut moins de 600 millions",
            "money | 2 euros | 2 | EUR ; money | 500 millions | 500000000 | EUR? ; \
             money | 600 millions | 600000000 | ..600000000 | less_than | EUR?",
        ),
        (
            "0,9 % de croissance en 2026 et 1,1 en 2027",
            "percent | 0,9 % | 0.9 | % | up | @2026 ; date | 2026 | @2026 ; \
             percent | 1,1 | 1.1 | % | up | @2027 ; date | 2027 | @2027",
        ),
        (
            "L'inflation serait de 1,3 %, puis 1,8",
            "percent | 1,3 % | 1.3 | % | up ; percent | 1,8 | 1.8 | % | up",
        ),
        (
            "Le pass est à 229 €, le billet à la journée à 69",
            "money | 229 € | 229 | EUR ; money | 69 | 69 | EUR",
        ),
        (
            "Sur 100 euros de courses, 8 vont à l'agriculteur. L'industrie en garde 12.",
            "money | 100 euros | 100 | EUR ; money | 8 | 8 | EUR ; money | 12 | 12 | EUR",
        ),
        (
            "Le train roule à 320 km/h, le bus à 100, le vélo à 25",
            "rate | 320 km/h | 320 | km/h ; rate | 100 | 100 | km/h ; rate | 25 | 25 | km/h",
        ),
        (
            "Le chômage est à 7,4 %, à 6,1 en Bretagne et à 9 dans l'Aude",
            "percent | 7,4 % | 7.4 | % ; percent | 6,1 | 6.1 | % ; percent | 9 | 9 | %",
        ),
    ]);
}

#[test]
fn doses_miles_and_reactors() {
    check_fr(&[
        (
            "une dose de 0,3 mSv, loin de la limite (6 mSv)",
            "quantity | 0,3 mSv | 0.3 | mSv ; quantity | 6 mSv | 6 | mSv",
        ),
        ("à 12 milles des côtes", "quantity | 12 milles | 12 | nmi"),
        (
            "Le réacteur de 1 300 MW, couplé en 1987, fournira 9 TWh par an",
            "quantity | 1 300 MW | 1300 | MW ; date | 1987 | @1987 ; rate | 9 TWh par an | 9 | TWh/year",
        ),
        (
            "Les sept marins, de 22 à 51 ans, risquent trente ans",
            "count | sept | 7 | marins ; age | 22 à 51 ans | 22..51 | range | year ; \
             duration | trente ans | 30 | year",
        ),
    ]);
}

#[test]
fn times_to_the_thousandth_and_prices_by_the_day() {
    check_fr(&[
        (
            "Il a bouclé le tour en 1 min 19 s 327, avec 0 s 189 d'avance",
            "duration | 1 min 19 s 327 | 79.327 | second ; duration | 0 s 189 | 0.189 | second",
        ),
        (
            "Le record est de 64 jours 19 heures 22 minutes",
            "duration | 64 jours 19 heures 22 minutes | 93322 | minute",
        ),
        (
            "Le cabinet facture 450 euros l'heure, 2 800 euros la journée",
            "rate | 450 euros l'heure | 450 | /h | EUR ; \
             rate | 2 800 euros la journée | 2800 | /day | EUR",
        ),
        (
            "La fusée mesure 98 mètres de haut pour 10 de diamètre",
            "quantity | 98 mètres | 98 | m ; quantity | 10 | 10 | m",
        ),
    ]);
}

#[test]
fn sums_and_shares_behind_nouns() {
    check_fr(&[
        (
            "Son budget est de 850 millions d'euros, trois fois celui de l'OM",
            "money | 850 millions d'euros | 850000000 | EUR ; multiple | trois fois | 3",
        ),
        (
            "L'année blanche rapporterait 7,1 milliards d'euros, le gel du barème 1,9 et la fin de deux jours fériés 4,2",
            "money | 7,1 milliards d'euros | 7100000000 | EUR ; money | 1,9 | 1900000000 | EUR ; \
             duration | deux jours | 2 | day ; money | 4,2 | 4200000000 | EUR",
        ),
        (
            "Un Airbus A321 sur cinq est immobilisé",
            "ratio | Un Airbus A321 sur cinq | 0.2",
        ),
    ]);
}
