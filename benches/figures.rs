//! Throughput of the number grammar: bytes a second for texts of 10 kB to 10 MB, on one thread and two.
//!
//! The text is news as it is written, with a figure every hundred characters or so; linear time shows as
//! the same throughput at every size. `cargo bench --bench figures`.

use std::hint::black_box;
use std::thread;

use depeche::figures::{Options, scan};
use depeche::record::Lang;
use divan::Bencher;
use divan::counter::BytesCount;

fn main() {
    divan::main();
}

const SIZES: [usize; 4] = [10_000, 100_000, 1_000_000, 10_000_000];

/// One paragraph with figures of every kind and the words between them.
const PARAGRAPH: &str = "Le fabricant de semi-conducteurs Ardoise, dont le siège se trouve à Grenoble, a présenté jeudi ses résultats \
du troisième trimestre, jugés encourageants par la plupart des analystes qui suivent la valeur. Son chiffre d’affaires s’est établi à \
3,2 milliards d’euros, en hausse de 4,5 % sur un an, et sa direction vise désormais une marge comprise entre 10 et 12 %. Le groupe, qui \
emploie environ 12 000 salariés, a par ailleurs confirmé la construction d’une usine dans la région, sans en préciser le calendrier, et \
l’arrivée prochaine de puces gravées en 2 nanomètres, dont la consommation serait réduite d’un tiers par rapport à la génération \
précédente. Interrogée sur la concurrence, sa présidente a rappelé que le marché restait porté par les centres de données.";

/// About `bytes` of paragraphs.
fn text(bytes: usize) -> String {
    let mut text = String::with_capacity(bytes + PARAGRAPH.len());
    while text.len() < bytes {
        text.push_str(PARAGRAPH);
        text.push_str("\n\n");
    }
    text
}

#[divan::bench(args = SIZES, sample_count = 10)]
fn one_thread(bencher: Bencher, bytes: usize) {
    let text = text(bytes);
    bencher
        .counter(BytesCount::of_str(&text))
        .bench(|| black_box(scan(black_box(&text), Lang::Fr, &Options::default())));
}

#[divan::bench(args = SIZES, sample_count = 10)]
fn two_threads(bencher: Bencher, bytes: usize) {
    let halves = [text(bytes / 2), text(bytes / 2)];
    bencher.counter(BytesCount::new(halves[0].len() * 2)).bench(|| {
        thread::scope(|scope| {
            for half in &halves {
                scope.spawn(move || black_box(scan(black_box(half), Lang::Fr, &Options::default())));
            }
        });
    });
}

/// One line without end: nothing may grow with the length of a paragraph.
#[divan::bench(args = SIZES, sample_count = 5)]
fn one_paragraph(bencher: Bencher, bytes: usize) {
    let text = text(bytes).replace('\n', " ");
    bencher
        .counter(BytesCount::of_str(&text))
        .bench(|| black_box(scan(black_box(&text), Lang::Fr, &Options::default())));
}
