//! Every architecture in every container, and the path of other devices against our kernels.

use crate::support::*;
use depeche::engine::random::{Family, Size};

fn farthest(a: &[Vec<f32>], b: &[Vec<f32>]) -> f32 {
    let pairs = a.iter().flatten().zip(b.iter().flatten());
    pairs.fold(0.0, |most, (a, b)| most.max((a - b).abs()))
}

#[test]
fn every_architecture_runs_from_every_float_type() {
    for family in Family::ALL {
        let tokens = prompt(70, 5, 512);
        let exact = logits(&load(family, Size::TINY, F32), &tokens, &[70]);
        // bf16: weights have 8 bits, and on tiles what they are multiplied with has 8 bits too.
        for (kind, tolerance) in [(BF16, 0.1), (F16, 0.01)] {
            let found = logits(&load(family, Size::TINY, kind), &tokens, &[70]);
            let error = farthest(&exact, &found);
            assert!(error < tolerance, "{family:?} {kind:?}: {error}");
        }
    }
}

#[test]
fn the_generic_operations_agree_with_our_kernels() {
    for family in Family::ALL {
        let tokens = prompt(70, 5, 512);
        let ours = logits(&load(family, Size::TINY, F32), &tokens, &[33, 7]);
        let generic = load_with(family, Size::TINY, F32, true);
        let error = farthest(&ours, &logits(&generic, &tokens, &[20, 1]));
        assert!(error < 2e-5, "{family:?}: {error}");
    }
}

#[test]
fn a_gguf_file_holds_the_same_model_as_the_safetensors_files() {
    let families = [
        Family::Llama,
        Family::Ministral3,
        Family::Qwen2,
        Family::Qwen3,
        Family::SmolLm3,
        Family::Granite,
    ];
    for family in families {
        let tokens = prompt(50, 6, 512);
        let exact = logits(&load(family, Size::TINY, F32), &tokens, &[50]);
        for (name, tolerance) in [("f32", 1e-4), ("f16", 0.01), ("bf16", 0.07), ("q8_0", 0.25)] {
            let found = logits(&load(family, Size::TINY, Kind::Gguf(name)), &tokens, &[50]);
            let error = farthest(&exact, &found);
            assert!(error < tolerance, "{family:?} {name}: {error}");
        }
    }
}

#[test]
fn every_quantization_is_near_the_float_model() {
    let tokens = prompt(40, 7, 1024);
    let exact = logits(&load(Family::Qwen3, Size::SMALL, F32), &tokens, &[40]);
    let spread = exact.iter().flatten().map(|x| x * x).sum::<f32>();
    for (name, tolerance) in [
        ("q8_0", 0.05),
        ("q6_k", 0.1),
        ("q5_k", 0.2),
        ("q5_0", 0.22),
        ("q5_1", 0.2),
        ("q4_k", 0.4),
        ("q4_k_m", 0.35),
        ("q4_0", 0.45),
        ("q4_1", 0.4),
        ("q3_k", 0.75),
        ("q2_k", 1.2),
    ] {
        let found = logits(
            &load(Family::Qwen3, Size::SMALL, Kind::Gguf(name)),
            &tokens,
            &[40],
        );
        let pairs = exact.iter().flatten().zip(found.iter().flatten());
        let error: f32 = pairs.map(|(a, b)| (a - b) * (a - b)).sum();
        let error = (error / spread).sqrt();
        assert!(error < tolerance, "{name}: {error}");
    }
}
