use super::{Format, Glossary, GlossaryError, holds};
use crate::record::Lang;

fn pairs(glossary: &Glossary) -> Vec<(&str, &str)> {
    glossary
        .terms()
        .iter()
        .map(|term| (term.source.as_str(), term.target.as_str()))
        .collect()
}

fn parse(text: &str, name: &str) -> Result<Glossary, GlossaryError> {
    Glossary::parse(text, Format::of(name, text), "fr", "en")
}

#[test]
fn tables_are_read_with_and_without_a_header_in_both_spellings_of_csv() {
    let expected = [("levée de fonds", "funding round"), ("Bpifrance", "Bpifrance")];
    for (name, text) in [
        (
            "g.csv",
            "source,target\nlevée de fonds,funding round\nBpifrance,\n",
        ),
        (
            "g.csv",
            "\u{feff}Terme;Traduction\r\nlevée de fonds;funding round\r\nBpifrance;=\r\n",
        ),
        ("g.tsv", "levée de fonds\tfunding round\tnoun\nBpifrance\tDNT\n"),
        ("g", "# two terms\nlevée de  fonds,funding round\n\nBpifrance\n"),
        (
            "g.csv",
            "note,target,source\nx,funding round,levée de fonds\ny,,Bpifrance\n",
        ),
    ] {
        assert_eq!(pairs(&parse(text, name).unwrap()), expected, "{text}");
    }
    let glossary = parse("a,b,noun,never alone\n", "g.csv").unwrap();
    let term = &glossary.terms()[0];
    assert_eq!(term.part_of_speech.as_deref(), Some("noun"));
    assert_eq!(term.note.as_deref(), Some("never alone"));
    assert!(parse("Bpifrance\n", "g.csv").unwrap().terms()[0].is_kept());
}

#[test]
fn both_versions_of_tbx_are_read() {
    let second = r#"<?xml version="1.0"?><!DOCTYPE martif SYSTEM "TBXBasiccoreStructV02.dtd">
<martif type="TBX-Basic" xml:lang="fr"><text><body>
 <termEntry id="c1">
  <langSet xml:lang="fr-FR"><tig><term>puce</term><termNote type="partOfSpeech">noun</termNote></tig>
   <tig><term>circuit intégré</term></tig></langSet>
  <langSet xml:lang="en"><tig><term>chip</term></tig><tig><term>microchip</term></tig></langSet>
 </termEntry>
 <termEntry id="c2"><langSet xml:lang="de"><tig><term>Chip</term></tig></langSet></termEntry>
</body></text></martif>"#;
    let third = r#"<tbx type="TBX-Basic" style="dca" xml:lang="en" xmlns="urn:iso:std:iso:30042:ed-2"><text><body>
 <conceptEntry id="c1">
  <langSec xml:lang="en"><termSec><term>chip</term></termSec></langSec>
  <langSec xml:lang="fr"><termSec><term>puce</term><termNote type="partOfSpeech">noun</termNote><note>x &amp; y</note></termSec>
   <termSec><term>circuit  intégré</term></termSec></langSec>
 </conceptEntry></body></text></tbx>"#;
    for text in [second, third] {
        let glossary = parse(text, "g.tbx").unwrap();
        assert_eq!(pairs(&glossary), [("puce", "chip"), ("circuit intégré", "chip")]);
        assert_eq!(glossary.terms()[0].part_of_speech.as_deref(), Some("noun"));
    }
    let german = Glossary::parse(second, Format::Tbx, "it", "es").unwrap_err();
    assert_eq!(
        german.to_string(),
        "expected terms in it and es, but found entries in de, en, fr-FR"
    );
}

#[test]
fn what_is_no_glossary_is_refused() {
    assert!(matches!(parse("", "g.csv"), Err(GlossaryError::Empty)));
    assert!(matches!(parse("<a><b></a>", "g.tbx"), Err(GlossaryError::Xml(_))));
    assert_eq!(
        parse("a,b\n,c\n", "g.csv").unwrap_err().to_string(),
        "line 2: expected a source term and its translation, but found \" c\""
    );
    assert_eq!(
        parse("puce,chip\npuce,flea\n", "g.csv").unwrap_err().to_string(),
        "line 2: \"puce\" has the translation \"flea\", but line 1 gives \"chip\""
    );
    // an entity that expands for ever
    let bomb = r#"<!DOCTYPE a [<!ENTITY a "&b;&b;"><!ENTITY b "&a;&a;">]><martif>&a;</martif>"#;
    assert!(matches!(parse(bomb, "g.tbx"), Err(GlossaryError::Xml(_))));
}

#[test]
fn terms_are_found_whole_longest_first_in_the_plural_and_with_a_capital() {
    let text = "puce,chip\npuce photonique,photonic chip\nIA,AI\ncapital-risque,venture capital\nréseau,network\n\
                C++,C++\nlevée de fonds,funding round\njournal,newspaper\n";
    let glossary = parse(text, "g.csv").unwrap();
    for (text, expected) in [
        (
            "Les puces photoniques et la puce.",
            vec!["puces photoniques", "puce"],
        ),
        ("L’IA aide ; une ia, non.", vec!["IA"]),
        ("Le capital risque gros", vec!["capital risque"]),
        ("Réseaux et journaux", vec!["Réseaux", "journaux"]),
        (
            "Des levées de fonds en C++, pas en C.",
            vec!["levées de fonds", "C++"],
        ),
        ("Une pucelle, un prépuce", vec![]),
        ("Le capital. Risque", vec![]),
    ] {
        let found: Vec<&str> = glossary
            .in_text(text)
            .into_iter()
            .map(|(_, found)| &text[found.range])
            .collect();
        assert_eq!(found, expected, "{text}");
    }
    let plural = glossary.in_text("Les puces photoniques");
    assert!(plural[0].1.plural);
}

#[test]
fn a_translation_holds_a_term_in_its_own_plural() {
    assert!(holds("The Photonic chips are here", "photonic chip", Lang::En));
    assert!(holds("Batteries included", "battery", Lang::En));
    assert!(!holds("The chipset", "chip", Lang::En));
    assert!(!holds("artificial insemination", "AI", Lang::En));
    assert!(holds("des réseaux", "réseau", Lang::Fr));
}

#[test]
fn the_hash_follows_what_is_demanded_not_the_notes() {
    let one = parse("a,b,noun,x\n", "g.csv").unwrap();
    let two = parse("a\tb\n", "g.tsv").unwrap();
    let three = parse("ab,\n", "g.csv").unwrap();
    assert_eq!(one.hash(), two.hash());
    assert_ne!(one.hash(), three.hash());
}
