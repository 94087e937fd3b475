//! A small random translation model of the true architecture beside the beginnings of example articles.

use depeche::engine::random::{FloatType, MarianShape, RandomMarian};
use std::path::Path;

/// A folder with the model in `model` and so many paragraphs of each article in `in`: enough for every kind of block,
/// few enough for an unoptimized build. The less the model is inclined to end, the more its answers depend on what was
/// asked.
pub fn folder((seed, end_bias): (u64, f32), names: &[&str], paragraphs: usize) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    RandomMarian::new(MarianShape::TINY, seed)
        .with_end_bias(end_bias)
        .write(&dir.path().join("model"), FloatType::F32)
        .unwrap();
    std::fs::create_dir(dir.path().join("in")).unwrap();
    let articles = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/articles");
    for name in names {
        let text = std::fs::read_to_string(articles.join(name)).unwrap();
        let start: String = text.split_inclusive("\n\n").take(paragraphs).collect();
        std::fs::write(dir.path().join("in").join(name), start).unwrap();
    }
    dir
}
