//! Translation models, as their repositories are: SentencePiece files, and weights in PyTorch's form.

use depeche::hub::Format;

use crate::world::World;

/// Begins as a file of the older form does.
const PYTORCH: &[u8] = b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.and so on";
const CONFIG: &[u8] = b"{\"model_type\": \"marian\"}";
const REPO: &str = "acme/opus-mt-fr-en";

#[test]
fn a_repository_with_pytorch_weights_alone_is_fetched_and_found_again() {
    let mut world = World::empty();
    let files: [(&str, &[u8]); 8] = [
        ("config.json", CONFIG),
        ("generation_config.json", b"{}"),
        ("source.spm", b"source"),
        ("target.spm", b"target"),
        ("vocab.json", b"{}"),
        ("pytorch_model.bin", PYTORCH),
        ("tf_model.h5", b"not wanted"),
        ("README.md", b"not wanted"),
    ];
    world.hub.add(REPO, &files);
    let fetched = world.resolve(REPO).unwrap();
    assert_eq!(fetched.format, Format::Pytorch);
    let mut names: Vec<String> = fetched
        .files()
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    names.sort();
    let expected = [
        "config.json",
        "generation_config.json",
        "pytorch_model.bin",
        "source.spm",
        "target.spm",
        "vocab.json",
    ];
    assert_eq!(names, expected);
    let translation = fetched.translation.clone().unwrap();
    assert_eq!(std::fs::read(translation.source).unwrap(), b"source");
    assert_eq!(translation.target_vocabulary, None);

    world.options.offline = true;
    assert_eq!(world.resolve(REPO).unwrap(), fetched, "from the cache");
    std::fs::remove_file(&fetched.translation.unwrap().target).unwrap();
    let refusal = world.refusal(REPO);
    assert!(refusal.contains("target.spm"), "{refusal}");
}

#[test]
fn safetensors_are_taken_where_there_are_both() {
    let world = World::empty();
    let safetensors = crate::world::weights(1000, 3);
    let files: [(&str, &[u8]); 6] = [
        ("config.json", CONFIG),
        ("source.spm", b"source"),
        ("target.spm", b"target"),
        ("vocab.json", b"{}"),
        ("pytorch_model.bin", PYTORCH),
        ("model.safetensors", &safetensors),
    ];
    world.hub.add(REPO, &files);
    let model = world.resolve(REPO).unwrap();
    assert_eq!(model.format, Format::Safetensors);
    assert_eq!(model.weights.len(), 1);
    assert!(model.translation.is_some());
}
