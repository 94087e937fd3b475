//! The numbers of a random model: SplitMix64 of seed, name and index, so that any part of a tensor
//! can be made by itself, in any language.

/// Elements `first..first + count` of the tensor `name`, in row-major order.
///
/// With `u` uniform in [-1, 1), of 24 bits: matrices are `u * sqrt(3 / columns)`, so that a product
/// keeps the variance; biases `0.1 * u`; norms `1 + 0.1 * u`. All in f32.
pub fn numbers(seed: u64, name: &str, shape: &[usize], first: usize, count: usize) -> Vec<f32> {
    let start = seed ^ fnv1a(name);
    let uniform = |index: usize| {
        let steps = (index as u64).wrapping_add(1);
        let z = mix(start.wrapping_add(steps.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
        (z >> 40) as f32 / (1 << 23) as f32 - 1.0
    };
    let range = first..first + count;
    match shape {
        [_, columns] => {
            let scale = (3.0 / *columns as f64).sqrt() as f32;
            range.map(|index| uniform(index) * scale).collect()
        }
        _ if name.ends_with("bias") => range.map(|index| 0.1 * uniform(index)).collect(),
        _ => range.map(|index| 1.0 + 0.1 * uniform(index)).collect(),
    }
}

/// <https://prng.di.unimi.it/splitmix64.c>
fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// <http://www.isthe.com/chongo/tech/comp/fnv/>
fn fnv1a(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_the_same_as_in_the_whole() {
        let whole = numbers(1, "a.weight", &[8, 12], 0, 96);
        assert_eq!(numbers(1, "a.weight", &[8, 12], 30, 20), whole[30..50]);
        assert_ne!(numbers(2, "a.weight", &[8, 12], 0, 96), whole);
        assert_ne!(numbers(1, "b.weight", &[8, 12], 0, 96), whole);
    }

    #[test]
    fn the_generator_is_the_published_one() {
        // First outputs of splitmix64 seeded with 1234567.
        let state = 1_234_567u64.wrapping_add(0x9e37_79b9_7f4a_7c15);
        assert_eq!(mix(state), 6_457_827_717_110_365_317);
        assert_eq!(fnv1a("a"), 0xaf63_dc4c_8601_ec8c);
    }
}
