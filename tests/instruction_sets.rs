//! The same model under every set of instructions that can be forced: no crash, and the same words.

#![allow(clippy::unwrap_used)] // helpers of tests: a failure is the test's failure

use assert_cmd::Command;
use depeche::engine::random::{Family, Quantization, RandomModel, Size};
use std::path::Path;

const TEXT: &str = "La société Nexilia a levé 12 millions d’euros mardi à Lyon. Elle emploie 340 personnes, \
    soit 20,5 % de plus qu’en 2024, et vise la rentabilité au premier trimestre.\n";

/// What `depeche extract` and `depeche summarize` say with `DEPECHE_ISA` set to `isa`.
fn said(dir: &Path, model: &str, isa: &str) -> [String; 2] {
    ["extract", "summarize --summary-langs fr --length short"].map(|words| {
        let output = Command::cargo_bin("depeche")
            .unwrap()
            .current_dir(dir)
            .env_clear()
            .env("HOME", dir)
            .env("DEPECHE_ISA", isa)
            .args(words.split(' '))
            .args(["in.txt", "--model", model])
            .output()
            .unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        // 3: an answer of a random model is flagged.
        assert!(matches!(output.status.code(), Some(0 | 3)), "{isa}: {errors}");
        String::from_utf8(output.stdout).unwrap()
    })
}

#[test]
fn avx2_says_what_avx512_says_and_plain_code_extracts_the_same() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("in.txt"), TEXT).unwrap();
    for quantization in ["q8_0", "q4_k_m"] {
        let random = RandomModel::new(Family::Qwen3, Size::SMALL, 2);
        let folder = dir.path().join(quantization);
        std::fs::create_dir(&folder).unwrap();
        random.write_side_files(&folder).unwrap();
        let kind = Quantization::from_name(quantization).unwrap();
        random.write_gguf(&folder.join("model.gguf"), kind).unwrap();
        let model = format!("{quantization}/model.gguf");
        // The best that this CPU has without tiles: their rounding is another.
        let expected = said(dir.path(), &model, "avx512");
        assert!(expected[0].contains("Nexilia"), "{expected:?}");
        assert_eq!(said(dir.path(), &model, "avx2"), expected, "{quantization}");
        // Without fused multiplication the last bits are others, and the long answers of a random model, whose
        // words are all as likely, drift apart: those under a grammar do not.
        assert_eq!(
            said(dir.path(), &model, "baseline")[0],
            expected[0],
            "{quantization}"
        );
        // With all that the CPU has.
        said(dir.path(), &model, "");
    }
}
