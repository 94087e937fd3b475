//! Digits that are no figures.

use super::support::check_fr;

#[test]
fn digits_in_names_and_references_are_no_figures() {
    let texts = [
        "La puce H100 succède à l’A100.",
        "Le modèle GPT-4 domine.",
        "L’A320neo vole depuis Toulouse.",
        "La 5G arrive.",
        "La RTX 4090 chauffe.",
        "L’iPhone 15 se vend bien.",
        "Le jeu FIFA 16 est sorti.",
        "Windows 11 est installé.",
        "Le Covid-19 recule.",
        "Le G7 se réunit.",
        "Le CAC 40 monte.",
        "Un Boeing 737 a atterri.",
        "Le modèle Llama 3.1 est ouvert.",
        "Le Wi-Fi 6 se répand.",
        "La norme ISO 27001 s’applique.",
        "L’article 49 alinéa 3 est invoqué.",
        "Voir page 12.",
        "La loi n° 2018-133 est en vigueur.",
        "Au 12 rue de la Paix.",
        "Appelez le 01 23 45 67 89.",
        "Le serveur 192.168.0.1 répond.",
        "Ouvert 24/7.",
        "Comme l’a montré Dupont [3].",
        "Lyon gagne 3-1.",
        "Voir https://exemple.fr/2024/12/article-15.",
        "Écrire à contact24@exemple.fr.",
        "Un diplôme Bac+5 ou bac + 3 est exigé.",
        "Le « SRP+10 » est prorogé.",
        "Le règlement se fait à J+1.",
        "Pour un T2, un petit T3 ou un T4.",
        "L’usine d’Ivry (94) ferme.",
    ];
    let rows: Vec<(&str, &str)> = texts.iter().map(|text| (*text, "")).collect();
    check_fr(&rows);
}

#[test]
fn articles_and_other_words_are_no_numbers() {
    check_fr(&[
        ("Une entreprise a signé un accord.", ""),
        ("Un véhicule neuf.", ""),
        ("Le Premier ministre est venu.", ""),
        ("Les uns et les autres.", ""),
    ]);
}
