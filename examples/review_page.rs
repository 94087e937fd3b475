//! Writes the output folder for results of one's own, as a program that uses the library would: an article with a
//! translation and summaries by hand, the number gate over them, and every file that `depeche run` leaves.
//!
//! ```text
//! cargo run --example review_page -- OUT
//! ```
//!
//! Four things are wrong in the translation, so that the page and the tables show what the gate finds: an amount in
//! millions, a price in dollars, a number that is lost and one that is made up. A second translation of the same
//! article, made sentence by sentence, has those right and a loan in dollars instead: the page offers both. The second
//! article is hostile: markup, links and formulas, in the text and in its translation.

use depeche::output::csv::Dialect;
use depeche::output::folder::{ArticleResults, FolderWriter};
use depeche::record::ParagraphKind::{Heading, ListItem, Quote, TableRow, Text};
use depeche::record::{
    AlignedSentence, Article, Bullet, Checks, Lang, Method, Paragraph, ParagraphKind, Problem, Segment,
    Severity, Summary, Translation,
};
use depeche::{entities, figures, gate, sentence};

type Piece = (ParagraphKind, &'static str, &'static str);

const TITLE: (&str, &str) = (
    "Hélicéa commande 24 000 GPU à Nvidia pour ses clients européens",
    "Hélicéa orders 24,000 GPUs from Nvidia for its European customers",
);
const ARTICLE: &[Piece] = &[
    (Heading, TITLE.0, TITLE.1),
    (
        Text,
        "L’hébergeur français Hélicéa a signé avec Nvidia un contrat portant sur 24 000 processeurs graphiques, pour un \
         montant que deux sources proches du dossier évaluent à 1,1 milliard de dollars. Les premières puces doivent être \
         livrées en juin 2026.",
        "French hosting company Hélicéa has signed a contract with Nvidia for 24,000 graphics processors, which two sources \
         close to the matter put at $1.1 million. The first chips are due in June 2026.",
    ),
    (Heading, "Onze semaines d’attente", "An eleven-week wait"),
    (
        Quote,
        "« Nos clients attendaient en moyenne onze semaines pour obtenir huit cartes », a rappelé Romain Delestre, le \
         fondateur d’Hélicéa, à Paris. Les deux tiers de la capacité sont déjà réservés.",
        "“Our customers waited eleven weeks on average for eight cards,” recalled Romain Delestre, the founder of Hélicéa, \
         in Paris. Two thirds of the capacity is already booked.",
    ),
    (
        Text,
        "Le financement repose sur un prêt de 600 millions d’euros accordé par BNP Paribas et Société Générale. Le taux serait \
         supérieur de 280 points de base à l’Euribor. Les actionnaires apporteront 150 millions d’euros.",
        "The financing rests on a loan of €600 million from BNP Paribas and Société Générale. The rate is said to be 280 \
         basis points above Euribor. The shareholders will bring in the rest.",
    ),
    (
        ListItem,
        "60 mégawatts réservés auprès d’EDF pendant dix ans",
        "60 megawatts reserved from EDF for ten years",
    ),
    (
        ListItem,
        "8 500 logements chauffés à partir de l’hiver 2027",
        "8,500 homes heated from the winter of 2027, and 12 schools",
    ),
    (TableRow, "Exercice | Chiffre d’affaires", "Year | Revenue"),
    (TableRow, "2025 | 310 millions d’euros", "2025 | €310 million"),
    (
        Text,
        "L’entreprise facturera l’heure à 2,90 euros, soit 20 à 25 % de moins que les tarifs de Microsoft Azure. Elle emploie \
         1 150 personnes et prévoit 300 embauches cette année.",
        "The company will charge $2.90 an hour, 20 to 25% less than the rates of Microsoft Azure. It employs 1,150 people and \
         plans 300 hires this year.",
    ),
];

/// What the second translation says otherwise: index of the paragraph and words.
const OTHERWISE: &[(usize, &str)] = &[
    (
        1,
        "The French host Hélicéa signed a contract with Nvidia for 24,000 graphics processors, for an amount that two sources \
         close to the case estimate at $1.1 billion. The first chips are to be delivered in June 2026.",
    ),
    (
        4,
        "The financing is based on a loan of $600 million granted by BNP Paribas and Société Générale. The rate would be 280 \
         basis points above Euribor. The shareholders will bring in €150 million.",
    ),
    (6, "8,500 homes heated from the winter of 2027"),
    (
        9,
        "The company will bill the hour at €2.90, 20 to 25% less than the rates of Microsoft Azure. It employs 1,150 people and \
         plans 300 hires this year.",
    ),
];

const HOSTILE: &[Piece] = &[
    (
        Text,
        "</script><script>window.pwned=4</script> Le groupe <b>Nexilia</b> a levé 12 millions d’euros, en hausse de 20,5 %.",
        "</script><script>window.pwned=8</script> The group <b>Nexilia</b> raised €12 million, up 20.5%.",
    ),
    (
        Text,
        "=HYPERLINK(\"http://evil.example\",\"cliquez\") et +1+cmd|' /C calc'!A0",
        "<img src=x onerror=window.pwned=9> =HYPERLINK(\"http://evil.example\",\"click\")",
    ),
];

const PLAIN: &[Piece] = &[
    (
        Text,
        "Orvane a publié jeudi un chiffre d’affaires de 1,87 milliard d’euros au troisième trimestre 2025, en hausse de 6,4 % \
         sur un an. Hélicéa compte parmi ses clients.",
        "On Thursday Orvane published revenue of €1.87 billion in the third quarter of 2025, up 6.4% year on year. Hélicéa is \
         among its customers.",
    ),
    (
        Text,
        "Le titre a bondi de 9,2 % à la Bourse de Paris, à 47,35 euros. Le groupe emploie 21 300 personnes.",
        "The share jumped 9.2% on the Paris stock exchange, to €47.35. The group employs 21,300 people.",
    ),
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let out = std::env::args().nth(1).ok_or("expected a folder to write into")?;
    let out = std::path::Path::new(&out);
    std::fs::create_dir_all(out)?;
    let mut writer = FolderWriter::new(out, Dialect::En)?;
    let (mut named, mut problems) = (Vec::new(), Vec::new());
    for results in [
        results("helicea", "2026-03-03", TITLE, ARTICLE),
        results(
            "hostile/<b>\"1",
            "2025-06-05",
            (
                "<script>window.pwned=1</script>",
                "<script>window.pwned=2</script>",
            ),
            HOSTILE,
        ),
        results(
            "orvane",
            "2025-10-24",
            ("Orvane relève ses objectifs", "Orvane raises its targets"),
            PLAIN,
        ),
    ] {
        problems.extend(flags(&results));
        writer.article(&results)?;
        named.push(results.entities);
    }
    problems.push(Problem {
        article_id: Some("orvane".to_owned()),
        path: "orvane.txt".to_owned(),
        stage: "summary".to_owned(),
        severity: Severity::Note,
        message: "a message of another version, which the page has no French for".to_owned(),
        hint: None,
    });
    let folder = entities::consolidate(named.iter().map(Vec::as_slice));
    let run = [("depeche", env!("CARGO_PKG_VERSION")), ("model", "by hand")];
    writer.finish(
        &folder,
        &problems,
        &run.map(|(name, value)| (name.to_owned(), value.to_owned())),
    )?;
    Ok(())
}

fn results(id: &str, date: &str, title: (&str, &str), pieces: &[Piece]) -> ArticleResults {
    let mut article = Article {
        id: id.to_owned(),
        hash: "0".repeat(64),
        path: format!("{}.txt", id.replace(['/', '<', '>', '"'], "_")),
        title: Some(title.0.to_owned()),
        date: Some(date.to_owned()),
        url: Some(
            if id == "helicea" {
                "https://example.org/helicea"
            } else {
                "javascript:window.pwned=3"
            }
            .to_owned(),
        ),
        lang: Lang::Fr,
        ..Article::default()
    };
    let mut segments = vec![segment(None, title.0, title.1)];
    for (number, &(kind, source, target)) in pieces.iter().enumerate() {
        if number > 0 {
            article.text.push_str("\n\n");
        }
        let start = article.text.chars().count();
        article.text.push_str(source);
        let end = article.text.chars().count();
        article.paragraphs.push(Paragraph { start, end, kind });
        segments.push(segment(Some(number), source, target));
    }
    let figures = figures::scan_article(&article);
    ArticleResults {
        entities: entities::find(&article),
        summaries: if id == "helicea" {
            summaries(&article)
        } else {
            vec![]
        },
        translations: if id == "helicea" {
            let second = by_sentences(&segments);
            vec![translation(id, segments), translation(id, second)]
        } else {
            vec![translation(id, segments)]
        },
        figures,
        article,
    }
}

fn translation(id: &str, segments: Vec<Segment>) -> Translation {
    Translation {
        article_id: id.to_owned(),
        source_lang: Lang::Fr,
        target_lang: Lang::En,
        method: Method::Model,
        segments,
        terms: vec![],
        checks: Checks::default(),
    }
}

/// The second translation, its sentences aligned as a translation model leaves them.
fn by_sentences(segments: &[Segment]) -> Vec<Segment> {
    let sentences = |text: &str, lang| {
        let ranges = sentence::split(text, lang).into_iter();
        ranges
            .map(|range| text[range].trim().to_owned())
            .collect::<Vec<_>>()
    };
    let again = |first: &Segment| {
        let other = OTHERWISE.iter().find(|(at, _)| Some(*at) == first.paragraph);
        let mut second = segment(
            first.paragraph,
            &first.source,
            other.map_or(&first.target, |(_, words)| words),
        );
        let pairs = sentences(&second.source, Lang::Fr)
            .into_iter()
            .zip(sentences(&second.target, Lang::En));
        second.sentences = pairs
            .map(|(source, target)| AlignedSentence {
                source,
                target,
                repair: None,
            })
            .collect();
        second
    };
    segments.iter().map(again).collect()
}

fn segment(paragraph: Option<usize>, source: &str, target: &str) -> Segment {
    Segment {
        paragraph,
        source: source.to_owned(),
        target: target.to_owned(),
        findings: gate::check_text(source, Lang::Fr, target, Lang::En, gate::Scope::Complete),
        sentences: vec![],
    }
}

fn summaries(article: &Article) -> Vec<Summary> {
    let bullet = |text: &str, paragraphs: &[usize]| Bullet {
        text: text.to_owned(),
        paragraphs: paragraphs.to_vec(),
    };
    let summary = |lang, headline: &str, bullets: Vec<Bullet>, abstract_text: &str| {
        let passages = bullets
            .iter()
            .map(|bullet| bullet.text.as_str())
            .chain([headline, abstract_text]);
        let check = |text| gate::check_text(&article.text, Lang::Fr, text, lang, gate::Scope::Subset);
        Summary {
            article_id: article.id.clone(),
            lang,
            method: Method::Model,
            headline: headline.to_owned(),
            findings: passages.flat_map(check).collect(),
            bullets: bullets.clone(),
            abstract_text: abstract_text.to_owned(),
        }
    };
    vec![
        summary(
            Lang::Fr,
            "Hélicéa signe pour 24 000 processeurs de Nvidia",
            vec![
                bullet("Le contrat est évalué à 1,1 milliard de dollars.", &[1]),
                bullet(
                    "Les banques prêtent 600 millions d’euros, les actionnaires en apportent 150 millions.",
                    &[4],
                ),
                bullet(
                    "L’électricité et la chaleur sont retenues pour dix ans et 8 500 logements.",
                    &[5, 6],
                ),
            ],
            "L’hébergeur veut servir ses clients européens, qui attendaient onze semaines.",
        ),
        summary(
            Lang::En,
            "Hélicéa signs for 24,000 Nvidia processors",
            vec![
                bullet("The contract is put at $1.1 billion.", &[1]),
                bullet(
                    "Banks lend €600 million and shareholders bring in €170 million.",
                    &[4],
                ),
            ],
            "The hosting company wants to serve its European customers, who waited eleven weeks.",
        ),
    ]
}

/// What the gate found, as rows of `problems.csv`.
fn flags(results: &ArticleResults) -> Vec<Problem> {
    let flag = |stage: &str, message: String| Problem {
        article_id: Some(results.article.id.clone()),
        path: results.article.path.clone(),
        stage: stage.to_owned(),
        severity: Severity::Flag,
        message,
        hint: None,
    };
    let segments = results
        .translations
        .iter()
        .flat_map(|translation| &translation.segments);
    let mut flags: Vec<Problem> = segments
        .flat_map(|segment| {
            segment
                .findings
                .iter()
                .map(move |finding| (segment.paragraph, finding))
        })
        .map(|(paragraph, finding)| {
            let place = paragraph.map_or("title".to_owned(), |at| format!("paragraph {}", at + 1));
            flag("translation", format!("{place}: {}", finding.message))
        })
        .collect();
    for finding in results.summaries.iter().flat_map(|summary| &summary.findings) {
        flags.push(flag("summary", finding.message.clone()));
    }
    flags
}
