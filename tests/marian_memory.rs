//! What loading a translation model takes, at its peak: a matrix must never be in memory twice. In a file of its own,
//! since a process has one peak.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)] // helpers of tests: a failure is the test's failure

use depeche::engine::marian::{CpuNetwork, MarianFiles, Precision};
use depeche::engine::random::{FloatType, MarianShape, RandomMarian};

/// A table of embeddings that is nearly all of the model, as in the published ones nearly half.
const SHAPE: MarianShape = MarianShape {
    vocabulary: 60_000,
    width: 256,
    layers: 1,
    heads: 4,
    feed_forward: 512,
    positions: 64,
};

/// Bytes of memory of this process: `VmRSS` now, `VmHWM` at its peak.
fn memory(field: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(field)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() * 1024.0
}

/// How much of the file's size loading takes at its peak.
fn peak(files: &MarianFiles, precision: Precision) -> f64 {
    // 5 sets the peak back to what is used now.
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    let before = memory("VmRSS");
    let network = CpuNetwork::open(files, precision).unwrap();
    let peak = memory("VmHWM") - before;
    drop(network);
    peak / std::fs::metadata(&files.weights[0]).unwrap().len() as f64
}

#[test]
fn a_matrix_is_never_in_memory_twice() {
    let dir = tempfile::tempdir().unwrap();
    RandomMarian::new(SHAPE, 3)
        .write_network(dir.path(), FloatType::F32)
        .unwrap();
    let files = MarianFiles::find(dir.path()).unwrap();
    // Panels of all numbers, and a little beside them.
    let float = peak(&files, Precision::Float);
    assert!((0.9..1.25).contains(&float), "{float} of the file's size");
    // A quarter for products, half for the table of lookups.
    let int8 = peak(&files, Precision::Int8);
    assert!((0.6..0.95).contains(&int8), "{int8} of the file's size");
}
