//! Throughput of the number gate, in bytes of source plus generated text, on one core.
//!
//! `check_text` reads both texts with the number grammar first, `check_sides` starts from their ledgers:
//! the difference is what the gate itself costs. `disagreeing` is the worst case, where no figure of one
//! side is on the other.
//!
//! ```text
//! cargo bench --bench gate
//! ```

use depeche::figures::{Options, scan};
use depeche::gate::{Scope, Side, check_sides, check_text};
use depeche::record::{Figure, Lang};
use divan::Bencher;
use divan::counter::BytesCount;

const FRENCH: &str = "Le chiffre d’affaires du groupe a progressé de 12,4 % au troisième trimestre 2025, à \
    1,83 milliard d’euros, contre 1,63 milliard un an plus tôt. La marge opérationnelle gagne 1,2 point, à 14,8 %. \
    L’entreprise, qui emploie 12 400 salariés dans 34 pays, prévoit d’investir 3 à 4 milliards d’euros d’ici à 2030, \
    dont les deux tiers en Europe. Le 14 juillet 2024, la plateforme comptait 2,3 millions d’utilisateurs ; leur \
    nombre a doublé depuis. Les actionnaires recevront 2,15 euros par titre le 3 juin. ";

const ENGLISH: &str = "The group's revenue rose 12.4% in the third quarter of 2025 to €1.83 billion, from \
    €1.63 billion a year earlier. The operating margin gained 1.2 points to 14.8%. The company, which employs 12,400 \
    people in 34 countries, plans to invest €3 billion to €4 billion by 2030, two-thirds of it in Europe. On \
    July 14, 2024, the platform had 2.3 million users; their number has doubled since. Shareholders will receive \
    €2.15 per share on June 3. ";

const OTHER: &str = "The rival's revenue fell 8.7% in the first quarter of 2019 to $2.94 billion, from \
    $3.22 billion a year earlier. The operating margin lost 3.6 points to 9.1%. The company, which employs 77,100 \
    people in 51 countries, plans to save $5 billion to $6 billion by 2041, three-fifths of it in Asia. On \
    March 29, 2018, the platform had 7.9 million users; their number has tripled since. Shareholders will receive \
    $8.47 per share on November 8. ";

/// Repetitions of the paragraph: about 1 kB (a real one), 10 kB (an article) and 100 kB a side.
const SIZES: [usize; 3] = [2, 20, 200];

fn main() {
    divan::main();
}

fn ledger(text: &str, lang: Lang) -> Vec<Figure> {
    scan(text, lang, &Options::default())
}

#[divan::bench(args = SIZES)]
fn check_text_with_its_scan(bencher: Bencher, times: usize) {
    let (french, english) = (FRENCH.repeat(times), ENGLISH.repeat(times));
    bencher
        .counter(BytesCount::new(french.len() + english.len()))
        .bench(|| check_text(&french, Lang::Fr, &english, Lang::En, Scope::Complete));
}

#[divan::bench(args = SIZES)]
fn check_sides_agreeing(bencher: Bencher, times: usize) {
    compare(bencher, &FRENCH.repeat(times), &ENGLISH.repeat(times));
}

#[divan::bench(args = SIZES)]
fn check_sides_disagreeing(bencher: Bencher, times: usize) {
    compare(bencher, &FRENCH.repeat(times), &OTHER.repeat(times));
}

fn compare(bencher: Bencher, french: &str, english: &str) {
    let (source, generated) = (ledger(french, Lang::Fr), ledger(english, Lang::En));
    bencher
        .counter(BytesCount::new(french.len() + english.len()))
        .bench(|| {
            check_sides(
                Side {
                    text: french,
                    lang: Lang::Fr,
                    figures: &source,
                },
                Side {
                    text: english,
                    lang: Lang::En,
                    figures: &generated,
                },
                Scope::Complete,
            )
        });
}
