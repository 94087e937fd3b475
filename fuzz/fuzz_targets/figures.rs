//! Any text is read without panic, and every figure slices to its own text.
//!
//! `cargo +nightly fuzz run figures` in the root of the repository.

#![no_main]

use depeche::figures::{Options, scan};
use depeche::record::Lang;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for lang in [Lang::Fr, Lang::En] {
        for figure in scan(text, lang, &Options::default()) {
            let slice =
                |start: usize, end: usize| text.chars().skip(start).take(end - start).collect::<String>();
            assert_eq!(slice(figure.start, figure.end), figure.text);
            assert_eq!(slice(figure.full_start, figure.full_end), figure.full_text);
        }
    }
});
