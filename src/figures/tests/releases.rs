//! What press releases, the trade press and court reports write.

use super::support::check_fr;

#[test]
fn masses_of_carbon_keep_their_gas() {
    check_fr(&[
        ("32 g de CO2/km", "rate | 32 g de CO2/km | 32 | gCO2/km"),
        (
            "35 g de CO₂ par kWh",
            "rate | 35 g de CO₂ par kWh | 35 | gCO2/kWh",
        ),
        ("28 gCO2/kWh", "rate | 28 gCO2/kWh | 28 | gCO2/kWh"),
        ("12 kgCO2e", "quantity | 12 kgCO2e | 12 | kgCO2e"),
        ("3 t éq. CO2", "quantity | 3 t éq. CO2 | 3 | tCO2e"),
    ]);
}

#[test]
fn a_denominator_may_have_one_of_its_own() {
    check_fr(&[
        ("215 €/m²/an", "rate | 215 €/m²/an | 215 | /m2/year | EUR"),
        ("478 €/1 000 l", "rate | 478 €/1 000 l | 478 | /1000 L | EUR"),
        ("5,6 l/100 km", "rate | 5,6 l/100 km | 5.6 | L/100 km"),
        (
            "74 q/ha sur 4,6 Mha",
            "rate | 74 q/ha | 74 | q/ha ; quantity | 4,6 Mha | 4.6 | Mha",
        ),
        ("Marc B., 58 ans, est parti.", "age | 58 ans | 58 | year"),
    ]);
}

#[test]
fn terms_and_times_of_news_keep_their_parts() {
    check_fr(&[
        (
            "18 mois de prison dont 6 avec sursis",
            "duration | 18 mois | 18 | month ; duration | 6 | 6 | month",
        ),
        (
            "plus de quatre heures et quart par jour",
            "duration | quatre heures et quart | 4.25 | 4.25.. | more_than | hour",
        ),
        (
            "Le chantier avance au rythme de 100 km par jour.",
            "rate | 100 km par jour | 100 | km/day",
        ),
        (
            "Les faits remontent à fin 2019-début 2020.",
            "date | 2019 | @2019 ; date | 2020 | @2020",
        ),
    ]);
}

#[test]
fn releases_are_read_as_accountants_write_them() {
    check_fr(&[
        (
            "Trésorerie nette : (35,1) M€ au 30 juin 2026",
            "money | (35,1) M€ | -35100000 | EUR | @2026-06-30 ; date | 30 juin 2026 | @2026-06-30",
        ),
        ("Croissance : (3,2) %", "percent | (3,2) % | -3.2 | %"),
        // The period in brackets is that of the figure there.
        (
            "BNPA dilué : 0,87 € (0,55 € au S1 2025)",
            "money | 0,87 € | 0.87 | EUR ; money | 0,55 € | 0.55 | EUR | @2025-H1 ; date | S1 2025 | @2025-H1",
        ),
        (
            "soit 14,8 % du CA (vs. 13,9 % au S1 2025)",
            "percent | 14,8 % | 14.8 | % ; percent | 13,9 % | 13.9 | % | @2025-H1 ; date | S1 2025 | @2025-H1",
        ),
        (
            "En milliers d’euros, le résultat est à 41 230.",
            "count | 41 230 | 41230",
        ),
        ("Contact : +33 (0)1 40 00 00 00", ""),
    ]);
}

#[test]
fn wholesale_and_labour_news_is_read_as_meant() {
    check_fr(&[
        (
            "550 € HT/HC/m²/an",
            "rate | 550 € HT/HC/m²/an | 550 | /m2/year | EUR",
        ),
        (
            "3.500 milles nautiques",
            "quantity | 3.500 milles nautiques | 3500 | nmi",
        ),
        ("numéro trois mondial", ""),
        (
            "en recul lors de sept des huit mois",
            "count | sept | 7 ; duration | huit mois | 8 | month",
        ),
        ("une récolte de 3,2 Mhl", "quantity | 3,2 Mhl | 3.2 | MhL"),
        ("la douzaine d'œufs", "count | douzaine | 12 | œufs"),
        (
            "soit 9,7 % de moins qu'un an plus tôt",
            "percent | 9,7 % | 9.7 | % | down ; duration | un an | 1 | year",
        ),
        ("la hausse se limite à 0,5 %", "percent | 0,5 % | 0.5 | % | up"),
        (
            "27 mois à partir de 57 ans",
            "duration | 27 mois | 27 | month ; age | 57 ans | 57 | 57.. | at_least | year",
        ),
        (
            "54,8 millions de journées-skieurs",
            "count | 54,8 millions | 54800000 | journées-skieurs",
        ),
        (
            "un éleveur sur deux aura plus de 55 ans",
            "ratio | un éleveur sur deux | 0.5 ; age | 55 ans | 55 | 55.. | more_than | year",
        ),
        (
            "deux ouvriers de 35 et 47 ans",
            "count | deux | 2 | ouvriers ; age | 35 | 35 | year ; age | 47 ans | 47 | year",
        ),
        ("un indice de 7,2/10", "index | 7,2/10 | 7.2 | /10"),
        ("elle tient 10 h 20", "duration | 10 h 20 | 620 | minute"),
        ("1 012 cd/m²", "rate | 1 012 cd/m² | 1012 | cd/m2"),
        ("pas avant 20 ans", "duration | 20 ans | 20 | year"),
        (
            "la hausse de la facture d'une famille de quatre personnes",
            "count | quatre | 4 | personnes",
        ),
        (
            "L'Oréal (193) et Hermès (224)",
            "count | 193 | 193 ; count | 224 | 224",
        ),
    ]);
}
