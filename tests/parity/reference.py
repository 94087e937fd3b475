#!/usr/bin/env python3
"""Logits of small random models by the reference implementations, for tests/parity.rs.

    reference.py transformers              writes <family>.json and <family>.logits here
    reference.py llama.cpp GGUF NAME       writes llama.cpp-NAME.json and .logits here

Made with transformers 5.23.0, torch 2.15.0 (f32, eager attention, CPU) and llama-cpp-python 0.3.36
(f32 keys and values, no flash attention). The weights are no files: both sides make them from the
tensor's name, see src/engine/random/weights.rs. The GGUF files for llama.cpp come from

    cargo run --example make_random_model -- DIR --family FAMILY --shape tiny|small --gguf --quant f32|q8_0|q4_k

`.logits` holds f32, little-endian, one row of the vocabulary for each position listed in `.json`.
"""
import json
import os
import sys

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
SEED = 1
COMMON = {
    "vocab_size": 160, "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 4,
    "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 8,
    "max_position_embeddings": 256, "hidden_act": "silu", "rms_norm_eps": 1e-6,
    "tie_word_embeddings": False, "bos_token_id": 0, "eos_token_id": 0, "pad_token_id": 0,
}
FAMILIES = {
    "llama": {"rope_parameters": {
        "rope_type": "llama3", "rope_theta": 500000.0, "factor": 8.0, "low_freq_factor": 1.0,
        "high_freq_factor": 4.0, "original_max_position_embeddings": 32}},
    "mistral": {"sliding_window": 24, "rope_parameters": {"rope_type": "default", "rope_theta": 10000.0}},
    "ministral3": {"sliding_window": None, "rope_parameters": {
        "rope_type": "yarn", "rope_theta": 1000000.0, "factor": 8.0, "beta_fast": 32.0,
        "beta_slow": 1.0, "mscale": 1.0, "mscale_all_dim": 1.0,
        "original_max_position_embeddings": 32, "llama_4_scaling_beta": 0.1}},
    "qwen2": {"use_sliding_window": False, "rope_parameters": {"rope_type": "default", "rope_theta": 1000000.0}},
    # YaRN without the two scales: the factor on sines and cosines is not 1.
    "qwen3": {"tie_word_embeddings": True, "attention_bias": False, "use_sliding_window": False,
              "rope_parameters": {"rope_type": "yarn", "rope_theta": 1000000.0, "factor": 4.0,
                                  "original_max_position_embeddings": 64}},
    "smollm3": {"tie_word_embeddings": True, "no_rope_layer_interval": 4, "use_sliding_window": False,
                "rope_parameters": {"rope_type": "default", "rope_theta": 5000000.0}},
    "granite": {"embedding_multiplier": 12.0, "residual_multiplier": 0.22, "attention_multiplier": 0.125,
                "logits_scaling": 8.0, "attention_bias": True,
                "rope_parameters": {"rope_type": "linear", "rope_theta": 10000.0, "factor": 2.0}},
}
PROMPT, ANSWER = 96, 24
M64 = (1 << 64) - 1


def fnv1a(text):
    h = 0xCBF29CE484222325
    for b in text.encode():
        h = ((h ^ b) * 0x100000001B3) & M64
    return h


def uniform(start, count):
    """SplitMix64 as 24-bit numbers in [-1, 1)."""
    steps = np.arange(1, count + 1, dtype=np.uint64)
    z = np.uint64(start) + steps * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    return (z >> np.uint64(40)).astype(np.float32) / np.float32(1 << 23) - np.float32(1)


def weights(name, shape):
    u = uniform(SEED ^ fnv1a(name), int(np.prod(shape)))
    if len(shape) == 2:
        u = u * np.float32(np.sqrt(3.0 / shape[1]))
    elif name.endswith("bias"):
        u = np.float32(0.1) * u
    else:
        u = np.float32(1) + np.float32(0.1) * u
    return u.reshape(shape)


def prompt(vocabulary, count=PROMPT):
    return [3 + (i * i * 31 + i * 7 + i // 5) % (vocabulary - 3) for i in range(count)]


def write(name, about, rows):
    with open(f"{HERE}/{name}.json", "w") as f:
        json.dump(about, f, indent=1)
        f.write("\n")
    rows.astype("<f4").tofile(f"{HERE}/{name}.logits")


def by_transformers():
    import torch
    import transformers
    torch.manual_seed(0)
    for family, own in FAMILIES.items():
        settings = {"model_type": family, **COMMON, **own}
        config = transformers.AutoConfig.for_model(family, **{k: v for k, v in {**COMMON, **own}.items()})
        config._attn_implementation = "eager"
        model = transformers.AutoModelForCausalLM.from_config(config, dtype=torch.float32).eval()
        for kind in ["f32", "bf16"]:
            with torch.no_grad():
                for name, parameter in model.named_parameters():
                    w = torch.from_numpy(weights(name, tuple(parameter.shape)))
                    if kind == "bf16":
                        w = w.to(torch.bfloat16).float()
                    parameter.copy_(w)
                tokens = prompt(settings["vocab_size"])
                logits = model(torch.tensor([tokens])).logits[0]
                answer = list(tokens)
                for _ in range(ANSWER):
                    answer.append(int(model(torch.tensor([answer])).logits[0, -1].argmax()))
            positions = list(range(4, PROMPT, 7)) + [PROMPT - 1]
            rows = logits[positions].numpy()
            name = family if kind == "f32" else f"{family}-bf16"
            if kind == "bf16" and family not in ("llama", "qwen3"):
                continue
            # The smallest gap between best and second in the answer says how much greedy can bear.
            with torch.no_grad():
                top = model(torch.tensor([answer])).logits[0, PROMPT - 1:-1].topk(2).values
            gap = float((top[:, 0] - top[:, 1]).min())
            write(name, {"by": f"transformers {transformers.__version__}, torch {torch.__version__}",
                         "weights": kind, "settings": settings, "seed": SEED, "tokens": tokens,
                         "positions": positions, "greedy": answer[PROMPT:], "greedy_gap": round(gap, 6)}, rows)
            print(name, "spread", float(rows.std()), "gap", gap)


def by_llama_cpp(path, name):
    import llama_cpp
    n = 48
    llm = llama_cpp.Llama(model_path=path, n_ctx=128, n_batch=64, logits_all=True, verbose=False,
                          n_threads=2, type_k=0, type_v=0, flash_attn=False)
    tokens = prompt(llm.n_vocab(), n)
    llm.eval(tokens)
    positions = list(range(3, n, 8)) + [n - 1]
    rows = np.array(llm.scores[positions], dtype=np.float32)
    answer = []
    for _ in range(ANSWER):
        answer.append(int(np.argmax(llm.scores[llm.n_tokens - 1])))
        llm.eval(answer[-1:])
    write(f"llama.cpp-{name}", {"by": f"llama-cpp-python {llama_cpp.__version__}",
                                "tokens": tokens, "positions": positions, "greedy": answer}, rows)
    print(name, "spread", float(rows.std()))


if __name__ == "__main__":
    by_transformers() if sys.argv[1] == "transformers" else by_llama_cpp(*sys.argv[2:4])
