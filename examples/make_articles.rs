//! Makes a folder of any number of articles from the example articles: to measure a large run, and to try the
//! program out on one.
//!
//! ```text
//! cargo run --release --example make_articles -- OUT --count 1000
//! ```
//!
//! The first nineteen are the example articles themselves. Each further one is one of them with other companies,
//! people, numbers and dates, changed consistently: the same name or number becomes the same other one wherever it
//! stands in the article, in its title and in its metadata; dates keep their day of the week; round numbers stay
//! round. Formats, charsets and what is awkward about the files stay. The same seed makes the same bytes.

use clap::Parser;
use depeche::record::Lang;
use regex::{Captures, Regex};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// Make a folder of articles from the example articles.
#[derive(Parser)]
struct Args {
    /// Folder to write into
    out: PathBuf,
    /// How many articles
    #[arg(long, default_value_t = 1000)]
    count: usize,
    /// The articles that they are made from
    #[arg(long, default_value = "examples/articles")]
    from: PathBuf,
    /// Another seed makes other names, numbers and dates
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Names of companies, products and places that the example articles made up.
const COMPANIES: &str = "Alizéa Bazario BlackHeron Calderis Cœlacanthe Eurocons Frachtwerk Hanbit Harrowgate Hautecour \
    Hélicéa Helicea Kilbrannan Logimedia LogiPaie Marlow Mistralis Nautile Navikart Nexilia Norrvik Nuvolia Orvane \
    Pécunia Redmere Routéa Silicéo Solon Thémis Vallombreuse Voltaïa";

/// First names of the people in them; those that a variant takes its own from.
const FIRST_NAMES: &str = "Abou Anne-Laure Antoine Astrid Ágata Bernard Bertrand Béatrice Camille Claire Damien Delphine \
    Élodie Étienne Édouard Fergus Florence Gautier Gilles Grégoire Hélène Henrik Hugo Idriss Inès Jules Juliette Karim \
    Léa Lucie Maëlle Marc-Antoine Mathilde Mathis Maud Mireille Nadia Nathan Odile Olivier Owen Pascale Philippe Priya \
    Roberta Rodolphe Romain Samia Sandrine Simon Sophie Thierry Tomasz Vincent Yannick Yasmine";

/// Their surnames.
const SURNAMES: &str = "Abadie Amsellem Ancelin Aouad Arnoux Bechtel Benali Caradec Castagno Caumartin Cazaubon Charvet \
    Cherkaoui Dardenne Delestre Delorme Elbaz Fairclough Ferhat Feuillade Fontanel Garnero Grandclément Haddouche Hamon \
    Kerbrat Lanthier Lemahieu Lindqvist Lopes Malgorn Marchetti Maupas Morvan Nunes Oyarzun Prigent Quéméneur Raman \
    Renoir Rochebrune Roussin Sandri Sigwalt Solberg Stern Tellier Tissot Vanacker Vasseur Verdier Wieczorek";

/// Syllables of invented names: with a few of them, a thousand articles hardly share one.
const SYLLABLES: [&str; 32] = [
    "ba", "ber", "cal", "co", "da", "del", "fa", "fer", "gal", "go", "hel", "ju", "ka", "lan", "li", "lo",
    "mar", "mi", "na", "nor", "or", "pa", "per", "qui", "ra", "ro", "sa", "sol", "ta", "ter", "val", "vi",
];
const ENDINGS: [&str; 8] = ["a", "ane", "dis", "éa", "ia", "ix", "on", "tis"];

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let files = templates(&args.from)?;
    std::fs::create_dir_all(&args.out)?;
    let (mut made, mut copy) = (0, 0);
    while made < args.count {
        for (name, bytes) in &files {
            let left = args.count - made;
            if left == 0 {
                break;
            }
            let (text, charset) = decode(bytes);
            let variant = Variant::new(args.seed, copy, name);
            let (text, articles) = match name.ends_with(".jsonl") {
                true => variant.lines(&text, left),
                false => (variant.text(&text), 1),
            };
            let path = args.out.join(variant.file_name(name));
            std::fs::write(path, charset.encode(&text))?;
            made += articles;
        }
        copy += 1;
    }
    eprintln!("{made} articles in {}", args.out.display());
    Ok(())
}

/// The example articles, by name.
fn templates(folder: &Path) -> anyhow::Result<Vec<(String, Vec<u8>)>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        files.push((
            entry.file_name().to_string_lossy().into_owned(),
            std::fs::read(entry.path())?,
        ));
    }
    files.sort();
    anyhow::ensure!(!files.is_empty(), "no articles in {}", folder.display());
    Ok(files)
}

/// How the bytes of a file are spelled.
enum Charset {
    Utf8,
    /// One character a byte: Windows-1252 and ISO 8859-15 pass through as they are.
    Bytes,
}

fn decode(bytes: &[u8]) -> (String, Charset) {
    match std::str::from_utf8(bytes) {
        Ok(text) => (text.to_owned(), Charset::Utf8),
        Err(_) => (
            bytes.iter().map(|&byte| char::from(byte)).collect(),
            Charset::Bytes,
        ),
    }
}

impl Charset {
    fn encode(&self, text: &str) -> Vec<u8> {
        match self {
            Charset::Utf8 => text.as_bytes().to_vec(),
            // OK because every name that comes in is made of characters below U+0100
            Charset::Bytes => text
                .chars()
                .map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?'))
                .collect(),
        }
    }
}

/// One set of other names, numbers and dates.
struct Variant {
    copy: usize,
    seed: blake3::Hash,
    days: i64,
    names: HashMap<String, String>,
}

impl Variant {
    fn new(seed: u64, copy: usize, file: &str) -> Variant {
        let seed = blake3::hash(format!("{seed} {copy} {file}").as_bytes());
        let mut variant = Variant {
            copy,
            seed,
            days: 0,
            names: HashMap::new(),
        };
        // whole weeks, so that "mardi" stays true
        variant.days = -7 * i64::try_from(variant.draw("days", 100)).unwrap_or(0);
        let first_names: Vec<&str> = FIRST_NAMES.split_whitespace().collect();
        for name in COMPANIES.split_whitespace().chain(SURNAMES.split_whitespace()) {
            variant.names.insert(name.to_lowercase(), variant.invented(name));
        }
        for name in &first_names {
            let other = first_names[variant.draw(name, first_names.len())];
            // all of them fit a file of single bytes
            variant.names.insert(name.to_lowercase(), other.to_owned());
        }
        variant
    }

    /// A number below `below` that depends on the seed and on `of` alone.
    fn draw(&self, of: &str, below: usize) -> usize {
        let mut hasher = blake3::Hasher::new();
        hasher.update(self.seed.as_bytes()).update(of.as_bytes());
        let mut bytes = [0; 8];
        hasher.finalize_xof().fill(&mut bytes);
        (u64::from_le_bytes(bytes) % below as u64) as usize
    }

    fn invented(&self, name: &str) -> String {
        let syllable = |n: usize| SYLLABLES[self.draw(&format!("{name} {n}"), SYLLABLES.len())];
        let ending = ENDINGS[self.draw(&format!("{name} end"), ENDINGS.len())];
        capitalized(&format!("{}{}{ending}", syllable(0), syllable(1)))
    }

    /// Every line of a JSONL file, at most `most` of them, with identifiers of their own.
    fn lines(&self, text: &str, most: usize) -> (String, usize) {
        let id = Regex::new(r#""id":\s*"([^"]*)""#).expect("OK because the pattern is a constant");
        let lines: Vec<String> = text
            .lines()
            .filter(|line| !line.trim().is_empty())
            .take(most)
            .map(|line| {
                let copy = self.copy;
                let own = match copy {
                    0 => line.into(),
                    _ => id.replace(line, |found: &Captures| {
                        format!("\"id\": \"{}-{copy}\"", &found[1])
                    }),
                };
                self.text(&own) + "\n"
            })
            .collect();
        (lines.concat(), lines.len())
    }

    fn text(&self, text: &str) -> String {
        if self.copy == 0 {
            return text.to_owned();
        }
        PATTERN
            .replace_all(text, |found: &Captures| self.other(found, text))
            .into_owned()
    }

    /// What stands in place of one match.
    fn other(&self, found: &Captures, text: &str) -> String {
        let whole = found.get(0).expect("OK because group 0 is the match");
        let group = |name: &str| found.name(name).map(|m| m.as_str());
        let number = |name: &str| group(name).and_then(|digits| digits.parse::<i16>().ok());
        if let Some(tag) = group("tag") {
            return self.tag(tag);
        }
        if group("keep").is_some() {
            return whole.as_str().to_owned();
        }
        if let Some(name) = group("name") {
            return self.name(name);
        }
        if let (Some(year), Some(month), Some(day)) = (number("y"), number("m"), number("d")) {
            return self.shifted(year, month, day).map_or_else(
                || whole.as_str().to_owned(),
                |date| date.strftime("%Y-%m-%d").to_string(),
            );
        }
        if let (Some(day), Some(month), Some(year)) = (number("fd"), number("fm"), number("fy")) {
            return self.shifted(year, month, day).map_or_else(
                || whole.as_str().to_owned(),
                |date| date.strftime("%d/%m/%Y").to_string(),
            );
        }
        if let (Some(day), Some(month)) = (number("wd"), group("wm")) {
            return self
                .in_words(day, month, number("wy"))
                .unwrap_or_else(|| whole.as_str().to_owned());
        }
        self.number(whole.as_str(), &text[..whole.start()], &text[whole.end()..])
    }

    /// A tag of a page: dates anywhere, names and numbers only where it repeats the title or the summary.
    fn tag(&self, tag: &str) -> String {
        let speaks = tag.starts_with("<meta") && (tag.contains("title") || tag.contains("description"));
        let inner = tag[1..].to_owned();
        let changed = PATTERN.replace_all(&inner, |found: &Captures| {
            if speaks || found.name("y").is_some() {
                self.other(found, &inner)
            } else {
                found[0].to_owned()
            }
        });
        format!("<{changed}")
    }

    fn name(&self, name: &str) -> String {
        let Some(other) = self.names.get(&name.to_lowercase()) else {
            return name.to_owned();
        };
        if name.chars().all(|c| !c.is_lowercase()) {
            other.to_uppercase()
        } else if name.starts_with(char::is_lowercase) {
            other.to_lowercase()
        } else {
            other.clone()
        }
    }

    fn shifted(&self, year: i16, month: i16, day: i16) -> Option<jiff::civil::Date> {
        let date = jiff::civil::Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
        date.checked_add(jiff::Span::new().try_days(self.days).ok()?).ok()
    }

    /// `14 janvier 2026`, `12 May 2026`; without a year, `5 décembre`.
    fn in_words(&self, day: i16, month: &str, year: Option<i16>) -> Option<String> {
        let lower = month.to_lowercase();
        let (index, months) = [Lang::Fr, Lang::En].iter().find_map(|lang| {
            let months = lang.months();
            Some((
                months.iter().position(|name| name.to_lowercase() == lower)?,
                months,
            ))
        })?;
        let date = self.shifted(year.unwrap_or(2025), i16::try_from(index + 1).ok()?, day)?;
        let (day, month) = (date.day(), months[usize::try_from(date.month() - 1).ok()?]);
        Some(match year {
            Some(_) => format!("{day} {month} {}", date.year()),
            None => format!("{day} {month}"),
        })
    }

    /// Other digits, zeros left as they are: `1 200` stays round. Years, names (`H100`), times, laws (`2024/1689`)
    /// and the numbers of a list stay.
    fn number(&self, digits: &str, before: &str, after: &str) -> String {
        let previous = before.chars().next_back();
        let next = after.chars().next();
        let glued = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || "/:#-=_&".contains(c));
        let year = digits.len() == 4 && (digits.starts_with("19") || digits.starts_with("20"));
        let of_list = after.starts_with(". ") && before.chars().next_back().is_none_or(|c| c == '\n');
        // the group that follows a thousands separator is glued to nothing but the character reference
        let reference = previous == Some('#') || after.starts_with(';') && before.ends_with('#');
        let entity_before = before.ends_with("&#8239;") || before.ends_with("&nbsp;");
        let entity_after = after.starts_with("&#") || after.starts_with("&nbsp;");
        if year || of_list || reference || glued(previous) && !entity_before || glued(next) && !entity_after {
            return digits.to_owned();
        }
        digits
            .char_indices()
            .map(|(at, digit)| match digit {
                '0' => '0',
                _ => char::from(b'1' + self.draw(&format!("{digits} {at}"), 9) as u8),
            })
            .collect()
    }

    fn file_name(&self, name: &str) -> String {
        match (self.copy, name.rsplit_once('.')) {
            (0, _) | (_, None) => name.to_owned(),
            (copy, Some((stem, extension))) => format!("{stem}-{copy:05}.{extension}"),
        }
    }
}

static PATTERN: LazyLock<Regex> = LazyLock::new(pattern);

/// Everything that a variant changes, and what it must step over, in one pass.
fn pattern() -> Regex {
    let names = [COMPANIES, FIRST_NAMES, SURNAMES]
        .iter()
        .flat_map(|names| names.split_whitespace())
        .collect::<Vec<_>>()
        .join("|");
    let months = [*Lang::Fr.months(), *Lang::En.months()].concat().join("|");
    let pattern = format!(
        r"(?xs)
        (?P<keep> <style.*?</style> | <script>.*?</script> | &\#?\w+; | https?://[\w./-]+ ) |
        (?P<tag> <[a-zA-Z/][^<>]*> ) |
        \b(?P<y>20\d\d)-(?P<m>[01]\d)-(?P<d>[0-3]\d) |
        \b(?P<fd>[0-3]\d)/(?P<fm>[01]\d)/(?P<fy>20\d\d)\b |
        \b(?P<wd>\d\d?)[\ \u00a0\u202f](?P<wm>{months})\b(?:[\ \u00a0\u202f](?P<wy>20\d\d)\b)? |
        \b(?P<name>(?i:{names}))\b |
        [0-9]+"
    );
    Regex::new(&pattern).expect("OK because the pattern is a constant")
}

fn capitalized(word: &str) -> String {
    let mut chars = word.chars();
    chars
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
