#!/usr/bin/env python3
"""Marian by the reference implementation, for tests/marian_parity.rs and the readers' tests.

    marian_reference.py network     writes marian-*.json and marian-*.f32 here
    marian_reference.py files       writes marian-zip.bin and marian-legacy.bin here
    marian_reference.py tokenizer   writes spm/ here: small SentencePiece models, and what they make of text

Made with transformers 5.24.0, torch 2.15.0 (f32, eager attention, CPU) and sentencepiece 0.2.3. The
weights are no files: both sides make them from the tensor's name, see src/engine/random/weights.rs.
`.f32` holds little-endian numbers: the encoder's outputs of all sources, then the logits after each
token of `target` behind the first source.
"""
import json
import os
import sys

import numpy as np

from reference import HERE, weights

COMMON = {
    "model_type": "marian", "vocab_size": 160, "d_model": 32, "encoder_layers": 3, "decoder_layers": 2,
    "encoder_attention_heads": 4, "decoder_attention_heads": 2, "encoder_ffn_dim": 48,
    "decoder_ffn_dim": 40, "activation_function": "swish", "scale_embedding": True,
    "max_position_embeddings": 64, "pad_token_id": 159, "decoder_start_token_id": 159,
    "eos_token_id": 0, "forced_eos_token_id": 0, "share_encoder_decoder_embeddings": True,
    "tie_word_embeddings": True,
}
MODELS = {
    "shared": ({}, 2.2),
    "separate": ({"share_encoder_decoder_embeddings": False, "decoder_vocab_size": 120, "pad_token_id": 119,
                  "decoder_start_token_id": 119, "activation_function": "relu", "scale_embedding": False,
                  "tie_word_embeddings": False}, 1.8),
    "gelu": ({"activation_function": "gelu", "forced_eos_token_id": None}, 2.0),
}
SEARCHES = [
    {"num_beams": 1},
    {"num_beams": 4},
    {"num_beams": 4, "renormalize_logits": True},
    {"num_beams": 4, "length_penalty": 0.0},
    {"num_beams": 4, "length_penalty": 0.6, "early_stopping": True},
    {"num_beams": 4, "length_penalty": 2.0},
    {"num_beams": 4, "length_penalty": 2.0, "early_stopping": "never"},
    {"num_beams": 4, "length_penalty": -1.0, "early_stopping": "never"},
    {"num_beams": 6, "early_stopping": True},
    {"num_beams": 3, "bad_words_ids": [["pad"], [7], [5, 9], [0]]},
    {"num_beams": 1, "bad_words_ids": [["pad"], [7], [5, 9]]},
]
MAX_LENGTH = 28


def source(vocabulary, count, seed):
    return [3 + (i * i * 31 + i * 7 * seed + i // 5 + seed) % (vocabulary - 5) for i in range(count - 1)] + [0]


def build(name):
    import torch
    import transformers
    own, end_bias = MODELS[name]
    settings = {**COMMON, **own}
    config = transformers.MarianConfig(**settings)
    config._attn_implementation = "eager"
    model = transformers.MarianMTModel(config).eval()
    with torch.no_grad():
        for key, parameter in model.named_parameters():
            if "embed_positions" in key:
                continue
            parameter.copy_(torch.from_numpy(weights(key, tuple(parameter.shape))))
        bias = torch.from_numpy(weights("final_logits_bias", tuple(model.final_logits_bias.shape)))
        bias[0, 0] += end_bias
        model.final_logits_bias.copy_(bias)
    return settings, end_bias, model


def network():
    import torch
    import transformers
    for name in MODELS:
        settings, end_bias, model = build(name)
        vocabulary = min(settings["vocab_size"], settings.get("decoder_vocab_size") or settings["vocab_size"])
        pad = settings["pad_token_id"]
        sources = [source(settings["vocab_size"], n, i + 1) for i, n in enumerate([9, 23, 2, 40, 14, 31])]
        target = [pad] + source(vocabulary, 8, 5)[:-1]
        with torch.no_grad():
            numbers = [model.model.encoder(torch.tensor([s])).last_hidden_state[0].numpy().ravel() for s in sources]
            logits = model(input_ids=torch.tensor([sources[0]]), decoder_input_ids=torch.tensor([target])).logits[0]
            numbers.append(logits.numpy().ravel())
            searches = []
            for search in SEARCHES:
                options = {"num_beams": 1, "length_penalty": 1.0, "early_stopping": False,
                           "renormalize_logits": False, "bad_words_ids": [["pad"]], **search}
                options["bad_words_ids"] = [[pad if t == "pad" else t for t in w] for w in options["bad_words_ids"]]
                outputs = []
                for s in sources:
                    beams = options["num_beams"]
                    generated = model.generate(
                        torch.tensor([s]), max_length=MAX_LENGTH, do_sample=False, num_return_sequences=beams,
                        return_dict_in_generate=True, output_scores=True, **options)
                    found = []
                    for i, sequence in enumerate(generated.sequences.tolist()):
                        tokens = sequence[1:]
                        while tokens and tokens[-1] == pad:
                            tokens.pop()
                        score = float(generated.sequences_scores[i]) if beams > 1 else None
                        if score is not None and score < -1e8:
                            continue
                        found.append({"tokens": tokens, "score": score})
                    outputs.append(found)
                searches.append({"options": options, "outputs": outputs})
                print(name, search, [len(o[0]["tokens"]) for o in outputs])
        about = {"by": f"transformers {transformers.__version__}, torch {torch.__version__}",
                 "settings": settings, "seed": 1, "end_bias": end_bias, "sources": sources, "target": target,
                 "max_length": MAX_LENGTH, "searches": searches}
        with open(f"{HERE}/marian-{name}.json", "w") as f:
            json.dump(about, f, separators=(",", ":"))
            f.write("\n")
        np.concatenate(numbers).astype("<f4").tofile(f"{HERE}/marian-{name}.f32")


def files():
    """Both forms of torch.save, with shared storages, a view, an f16 and an integer tensor."""
    import torch
    shared = torch.from_numpy(weights("model.shared.weight", (12, 8)))
    stacked = torch.from_numpy(weights("stacked", (6, 8)))
    state = {
        "final_logits_bias": torch.from_numpy(weights("final_logits_bias", (1, 12))),
        "model.shared.weight": shared,
        "model.encoder.embed_tokens.weight": shared,
        "half": torch.from_numpy(weights("half", (3, 8))).half(),
        "brain": torch.from_numpy(weights("brain", (3, 8))).bfloat16(),
        "second": stacked[2:4],
        "turned": stacked.t(),
        "parameter": torch.nn.Parameter(torch.from_numpy(weights("parameter", (5,)))),
        "whole": torch.arange(3),
    }
    import collections
    state = collections.OrderedDict(state)
    torch.save(state, f"{HERE}/marian-zip.bin")
    torch.save(state, f"{HERE}/marian-legacy.bin", _use_new_zipfile_serialization=False)


if __name__ == "__main__":
    if sys.argv[1] == "tokenizer":
        from marian_tokenizer_reference import tokenizer
        tokenizer()
    else:
        {"network": network, "files": files}[sys.argv[1]]()
