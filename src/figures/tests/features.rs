//! What features and interviews write: books, hours, currencies of the text, how long, how exactly.

use super::support::{check_en, check_fr};

#[test]
fn books_are_no_pounds() {
    check_fr(&[
        ("Ils n'ouvrent jamais un livre.", ""),
        ("Elle a publié trois livres.", "count | trois | 3 | livres"),
        (
            "La tonne s'échange à 4 215 livres.",
            "money | 4 215 livres | 4215 | GBP?",
        ),
    ]);
}

#[test]
fn hours_that_last_and_parts_of_the_day() {
    check_fr(&[
        (
            "Ils y consacrent 5 h 10 le dimanche.",
            "duration | 5 h 10 | 310 | minute | @dimanche",
        ),
        ("Le train part à 6 h 10.", "date | 6 h 10 | @T06:10"),
    ]);
    check_en(&[
        (
            "The corridor works from eight in the morning until ten at night.",
            "date | eight in the morning | @T08:00 ; date | ten at night | @T22:00",
        ),
        ("There were three in the morning.", "count | three | 3"),
    ]);
}

#[test]
fn what_is_hung_on_to_a_number() {
    check_en(&[
        (
            "Expect a £30 million-plus profit.",
            "money | £30 million | 30000000 | 30000000.. | at_least | GBP?",
        ),
        (
            "It burned 300-plus tonnes.",
            "quantity | 300-plus tonnes | 300 | 300.. | at_least | t",
        ),
        (
            "Half a dozen quit, and thirty-odd.",
            "count | Half a dozen | 6 ; count | thirty | 30 | approx",
        ),
        (
            "That was thirty-odd years ago.",
            "duration | thirty-odd years | 30 | approx | year",
        ),
    ]);
}

#[test]
fn nine_and_new() {
    check_fr(&[
        ("Des labos contactés, neuf n'ont pas répondu.", "count | neuf | 9"),
        ("Les murs du bâtiment neuf sont gris.", ""),
    ]);
}

#[test]
fn for_how_long() {
    check_en(&[
        ("She was barred for a decade.", "duration | a decade | 1 | decade"),
        (
            "It fell $20 in a week.",
            "money | $20 | 20 | USD? | down ; duration | a week | 1 | week",
        ),
        ("It ended in a year of crisis.", ""),
        ("It worked for a second.", ""),
    ]);
}

#[test]
fn currencies_of_the_text() {
    check_en(&[
        ("It cost sixty cedis.", "money | sixty cedis | 60 | GHS"),
        (
            "The bank earned €1 billion and pays 18.5 cent a share.",
            "money | €1 billion | 1000000000 | EUR ; rate | 18.5 cent a share | 0.185 | /share | EUR?",
        ),
        (
            "Denmark set aside 160 million kroner.",
            "money | 160 million kroner | 160000000 | DKK?",
        ),
        (
            "Sweden and Norway paid 40 million kroner.",
            "money | 40 million kroner | 40000000 | NOK?",
        ),
    ]);
    check_fr(&[
        (
            "L'amende est de 30 millions d'euros. La sanction la plus lourde, 74,5 millions, frappe Locatec.",
            "money | 30 millions d'euros | 30000000 | EUR ; money | 74,5 millions | 74500000 | EUR?",
        ),
        (
            "Le groupe vaut 9 milliards d'euros et va racheter pour 25 milliards de ses actions.",
            "money | 9 milliards d'euros | 9000000000 | EUR ; money | 25 milliards | 25000000000 | EUR?",
        ),
        (
            "L'amende est de 1 500 euros, 3 000 en cas de récidive.",
            "money | 1 500 euros | 1500 | EUR ; money | 3 000 | 3000 | EUR",
        ),
        (
            "La peine est de deux ans, cinq en cas de récidive.",
            "duration | deux ans | 2 | year ; duration | cinq | 5 | year",
        ),
    ]);
}

#[test]
fn units_and_points() {
    check_en(&[
        (
            "About 13 bcm of gas, and 900,000 bpd of oil.",
            "quantity | 13 bcm | 13 | approx | bcm ; rate | 900,000 bpd | 900000 | bbl/day",
        ),
        ("Its entry-level 500Mbps plan.", "quantity | 500Mbps | 500 | Mb/s"),
    ]);
    check_fr(&[
        (
            "Il manque deux points de déficit.",
            "percentage_points | deux points | 2 | point",
        ),
        (
            "Les trois points de vente fermeront.",
            "count | trois | 3 | points de vente",
        ),
        (
            "Le vent est monté, de quinze à quarante-cinq nœuds.",
            "quantity | quinze | 15 | kn ; quantity | quarante-cinq nœuds | 45 | kn",
        ),
        (
            "On en sort dans les 600 000 litres par an.",
            "rate | 600 000 litres par an | 600000 | approx | L/year",
        ),
        ("Ils sont présents dans les 27 pays.", "count | 27 | 27 | pays"),
        (
            "Un salaire minimum de 1 800 euros.",
            "money | 1 800 euros | 1800 | EUR",
        ),
    ]);
}

#[test]
fn seconds_that_rank() {
    check_en(&[
        ("It cut its forecast for the second time.", "ordinal | second | 2"),
        (
            "It is the second of four reactors.",
            "ordinal | second | 2 ; count | four | 4 | reactors",
        ),
        ("It is the second of its kind.", ""),
    ]);
    check_fr(&[(
        "Le second des quatre réacteurs s'arrête.",
        "ordinal | second | 2 ; count | quatre | 4 | réacteurs",
    )]);
}

#[test]
fn years_and_phones() {
    check_en(&[
        (
            "The overhang for 2025 amounts to 0.8%.",
            "date | 2025 | @2025 ; percent | 0.8% | 0.8 | % | @2025",
        ),
        ("Call 1-800-555-0199, or (503) 555-0142.", ""),
    ]);
}
