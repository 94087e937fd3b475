//! What this machine can do at best: memory read, products per second.

use super::peak::{self, Kind};
use serde::Serialize;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Bytes that the memory test reads, unless the machine has less to spare: well beyond any cache.
const BYTES: usize = 2 << 30;

/// How long each of the product tests runs.
const TIME: Duration = Duration::from_millis(300);

/// The best of so many attempts: a limit is what can be reached, not what usually is.
const ATTEMPTS: usize = 3;

/// Limits of the machine, with the threads that the model uses.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Limits {
    /// Threads that measured.
    pub threads: usize,
    /// Bytes per second, reading memory in order.
    pub read: f64,
    /// Multiplications and additions per second, by kind of number.
    pub products: Vec<Product>,
}

/// A rate of products out of registers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Product {
    /// Kind of number and instructions: `f32 AVX-512`.
    pub kind: String,
    /// Multiplications and additions per second.
    pub rate: f64,
}

impl Limits {
    /// The highest rate of products of any kind.
    pub fn best_product(&self) -> f64 {
        self.products
            .iter()
            .map(|product| product.rate)
            .fold(0.0, f64::max)
    }
}

/// Measures all of them.
pub fn measure(threads: usize) -> Limits {
    let threads = threads.max(1);
    let products = Kind::ALL
        .into_iter()
        .filter(|kind| kind.is_available())
        .map(|kind| Product {
            kind: kind.name().to_owned(),
            rate: best(|| product_rate(kind, threads)),
        })
        .collect();
    Limits {
        threads,
        read: read_rate(threads),
        products,
    }
}

fn best(measure: impl Fn() -> f64) -> f64 {
    (0..ATTEMPTS).map(|_| measure()).fold(0.0, f64::max)
}

/// Operations per second of all threads together.
fn product_rate(kind: Kind, threads: usize) -> f64 {
    let rates = each_thread(threads, || {
        let (start, mut operations) = (Instant::now(), 0.0);
        while start.elapsed() < TIME {
            operations += peak::run(kind);
        }
        operations / start.elapsed().as_secs_f64()
    });
    rates.iter().sum()
}

/// Bytes per second of all threads together, each over memory of its own.
fn read_rate(threads: usize) -> f64 {
    let spare = crate::hub::available_memory().map_or(BYTES, |bytes| (bytes / 4) as usize);
    let words = BYTES.min(spare) / threads / size_of::<u64>();
    // filled by the thread that reads it
    let rates = each_thread(threads, || {
        let block: Vec<u64> = (0..words as u64).collect();
        let passes = (0..ATTEMPTS).map(|_| {
            let start = Instant::now();
            black_box(sum(black_box(&block)));
            (words * size_of::<u64>()) as f64 / start.elapsed().as_secs_f64()
        });
        passes.fold(0.0, f64::max)
    });
    rates.iter().sum()
}

/// In eight lanes, so that the additions do not wait for each other.
fn sum(words: &[u64]) -> u64 {
    let mut lanes = [0u64; 8];
    for chunk in words.chunks_exact(8) {
        for (lane, word) in lanes.iter_mut().zip(chunk) {
            *lane = lane.wrapping_add(*word);
        }
    }
    lanes.into_iter().fold(0, u64::wrapping_add)
}

fn each_thread(threads: usize, work: impl Fn() -> f64 + Sync) -> Vec<f64> {
    std::thread::scope(|scope| {
        let handles: Vec<_> = (0..threads).map(|_| scope.spawn(&work)).collect();
        // a thread that panicked has measured nothing
        handles
            .into_iter()
            .map(|handle| handle.join().unwrap_or(0.0))
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_read() {
        let words: Vec<u64> = (0..64).collect();
        assert_eq!(sum(&words), 64 * 63 / 2);
    }

    #[test]
    fn every_available_kind_has_a_rate() {
        for kind in Kind::ALL.into_iter().filter(|kind| kind.is_available()) {
            assert!(product_rate(kind, 1) > 1e6, "{kind:?}");
        }
    }
}
