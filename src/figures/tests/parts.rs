//! Parts of a whole, so many out of so many, and ranges whose first end is said in part.

use super::support::{check_en, check_fr};

#[test]
fn a_part_is_told_of_a_change_or_a_whole() {
    check_fr(&[
        (
            "Un recul d'un cinquième par rapport à son pic.",
            "ratio | un cinquième | 0.2 | down",
        ),
        (
            "Il détient 2 % du capital, dont un dixième est affecté aux salariés.",
            "percent | 2 % | 2 | % ; ratio | un dixième | 0.1",
        ),
        ("Un cinquième est mort à l'hôpital.", "ordinal | cinquième | 5"),
        ("Un cinquième magasin ouvrira.", "ordinal | cinquième | 5"),
        (
            "Un vol sur deux à Marseille, 40 % à Nice et le quart à Orly.",
            "ratio | Un vol sur deux | 0.5 ; percent | 40 % | 40 | % ; ratio | le quart | 0.25",
        ),
        ("Le quart arrière droit est touché.", ""),
    ]);
    check_en(&[
        (
            "It was 58% of sales, against a third in 2024.",
            "percent | 58% | 58 | % ; ratio | a third | 0.3333333333333333333333333333 | @2024 ; date | 2024 | @2024",
        ),
        (
            "More than a third were back.",
            "ratio | a third | 0.3333333333333333333333333333 | 0.3333333333333333333333333333.. | more_than",
        ),
        (
            "It is a third party and the fourth and final round.",
            "ordinal | third | 3 ; ordinal | fourth | 4",
        ),
        (
            "A twentieth of a cent.",
            "money | A twentieth of a cent | 0.0005 | USD?",
        ),
        (
            "It took a third off fares.",
            "ratio | a third | 0.3333333333333333333333333333 | down",
        ),
    ]);
}

#[test]
fn so_many_out_of_so_many() {
    check_fr(&[
        (
            "Je suis au stade six jours sur sept.",
            "ratio | six jours sur sept | 0.8571428571428571428571428571",
        ),
        (
            "C'est moins de trois euros sur cent.",
            "ratio | trois euros sur cent | 0.03 | ..0.03 | less_than",
        ),
        (
            "Un stage de deux mois sur trois sites.",
            "duration | deux mois | 2 | month ; count | trois | 3 | sites",
        ),
        (
            "Il prête 20 euros sur deux mois.",
            "money | 20 euros | 20 | EUR ; duration | deux mois | 2 | month",
        ),
        (
            "Un rapport de un à quinze.",
            "ratio | un à quinze | 1..15 | range",
        ),
    ]);
    check_en(&[
        (
            "Nine out of every ten players never saw it.",
            "ratio | Nine out of every ten | 0.9",
        ),
        (
            "It is wrong one time in a thousand.",
            "ratio | one time in a thousand | 0.001",
        ),
        (
            "One girl in four opens it at night.",
            "ratio | One girl in four | 0.25",
        ),
        (
            "One firm in six cut staff.",
            "ratio | One firm in six | 0.1666666666666666666666666667",
        ),
        (
            "One plant in three states will close.",
            "count | three | 3 | states",
        ),
    ]);
}

#[test]
fn two_of_them_and_halves() {
    check_en(&[
        (
            "She answered a couple of dozen calls.",
            "count | a couple of dozen | 24 | approx | calls",
        ),
        (
            "A half-point cut and a 16-and-a-half-hour outage.",
            "percentage_points | half-point | 0.5 | point | down ; duration | 16-and-a-half-hour | 16.5 | hour",
        ),
        ("It has half-year results.", ""),
    ]);
    check_fr(&[
        (
            "Le seuil d'un degré et demi.",
            "temperature | un degré et demi | 1.5 | deg",
        ),
        (
            "C'est une fois et demie le budget.",
            "multiple | une fois et demie | 1.5",
        ),
    ]);
}

#[test]
fn from_one_and_perhaps() {
    check_fr(&[
        (
            "L'investissement a été réévalué d'un à 1,8 milliard d'euros.",
            "money | un | 1000000000 | EUR ; money | 1,8 milliard d'euros | 1800000000 | EUR",
        ),
        (
            "Il risque d'un à cinq ans de prison.",
            "duration | un à cinq ans | 1..5 | range | year",
        ),
        ("Il passe d'un à l'autre.", ""),
        (
            "Il faut trouver quatre-vingts, peut-être cent milliards.",
            "count | quatre-vingts | 80000000000 ; count | cent milliards | 100000000000",
        ),
        (
            "Le taux passe de 2 à presque 5 %.",
            "percent | 2 | 2 | % ; percent | 5 % | 5 | approx | %",
        ),
    ]);
    check_en(&[
        (
            "It needs 50, perhaps 70 million euros.",
            "money | 50 | 50000000 | EUR ; money | 70 million euros | 70000000 | EUR",
        ),
        (
            "The share went from 3 to almost 8%.",
            "percent | 3 | 3 | % ; percent | 8% | 8 | approx | %",
        ),
        (
            "A target of 840 million-860 million euros.",
            "money | 840 million-860 million euros | 840000000..860000000 | range | EUR",
        ),
        (
            "A A$4.7 billion-A$5.8 billion band.",
            "money | A$4.7 billion-A$5.8 billion | 4700000000..5800000000 | range | AUD",
        ),
    ]);
}
