#!/usr/bin/env python3
"""depeche's translation engine against CTranslate2: the same random model of the true shape of
opus-mt-fr-en, the same sources, beams and output length, in turns.

    cargo build --release --example measure_marian
    marian_vs_ctranslate2.py WORKDIR [--threads 2] [--beams 4 1] [--batches 1 8 32 64] [--repeat 3]

Needs ctranslate2 (and numpy, which it brings). The model never ends by itself, so that both
write `LENGTH` tokens for each sentence. Each side runs in a process of its own, so that peak memory is
its own; the number of threads is that of the cores that the process may use (taskset).
"""
import argparse
import json
import os
import random
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
LENGTH = 25
SENTENCES = {1: 6, 8: 16, 32: 64, 64: 64}


def sources(count):
    generator = random.Random(7)
    return [[generator.randrange(200, 50000) for _ in range(generator.randrange(10, 40))] + [0] for _ in range(count)]


def tensors(path):
    """Name and numbers of each tensor of a safetensors file in f32."""
    import numpy as np
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        data = file.read()
    header.pop("__metadata__", None)
    for name, tensor in header.items():
        assert tensor["dtype"] == "F32", (name, tensor["dtype"])
        first, last = tensor["data_offsets"]
        # a copy, since quantization writes in place
        yield name, np.frombuffer(data[first:last], np.float32).reshape(tensor["shape"]).copy()


def begin_with_zeros(path):
    """Makes the embedding of the padding token, with which an output begins, zeros, as published models have it: in
    CTranslate2 outputs begin with a zero embedding."""
    with open(path, "r+b") as file:
        size = int.from_bytes(file.read(8), "little")
        table = json.loads(file.read(size))["model.shared.weight"]
        row = table["shape"][1] * 4
        file.seek(8 + size + table["data_offsets"][1] - row)
        file.write(bytes(row))


def sinusoids(count, width):
    """Of positions, as Marian has them: all sines, then all cosines."""
    import numpy as np
    angles = np.arange(count)[:, None] / 10000 ** (np.arange(0, width, 2) / width)
    return np.concatenate([np.sin(angles), np.cos(angles)], axis=1).astype(np.float32)


def convert(model, out, quantization):
    """Writes a model for CTranslate2, as its converter does, which would need transformers and torch."""
    from ctranslate2 import specs
    import numpy as np
    config = json.load(open(f"{model}/config.json"))
    by_name = dict(tensors(f"{model}/model.safetensors"))
    vocabulary = [name for name, _ in sorted(json.load(open(f"{model}/vocab.json")).items(), key=lambda item: item[1])]
    # The padding token, which is the last one, begins an output in transformers; here a zero embedding does.
    assert vocabulary.pop() == "<pad>" and config["pad_token_id"] == len(vocabulary)
    activation = {"swish": specs.Activation.SWISH, "relu": specs.Activation.RELU, "gelu": specs.Activation.GELU}
    spec = specs.TransformerSpec.from_config(
        (config["encoder_layers"], config["decoder_layers"]), config["encoder_attention_heads"],
        pre_norm=False, activation=activation[config["activation_function"]])
    shared = by_name["model.shared.weight"][:-1]
    positions = sinusoids(config["max_position_embeddings"], config["d_model"])

    def linear(to, *names):
        to.weight = np.concatenate([by_name[f"{name}.weight"] for name in names])
        to.bias = np.concatenate([by_name[f"{name}.bias"] for name in names])

    def norm(to, name):
        to.gamma, to.beta = by_name[f"{name}.weight"], by_name[f"{name}.bias"]

    for side, stack in [("encoder", spec.encoder), ("decoder", spec.decoder)]:
        stack.scale_embeddings = config["scale_embedding"]
        stack.position_encodings.encodings = positions
        embeddings = stack.embeddings[0] if side == "encoder" else stack.embeddings
        embeddings.weight = shared.copy()
        for index, layer in enumerate(stack.layer):
            name = f"model.{side}.layers.{index}"
            own = f"{name}.self_attn"
            linear(layer.self_attention.linear[0], f"{own}.q_proj", f"{own}.k_proj", f"{own}.v_proj")
            linear(layer.self_attention.linear[1], f"{own}.out_proj")
            norm(layer.self_attention.layer_norm, f"{own}_layer_norm")
            if side == "decoder":
                cross = f"{name}.encoder_attn"
                linear(layer.attention.linear[0], f"{cross}.q_proj")
                linear(layer.attention.linear[1], f"{cross}.k_proj", f"{cross}.v_proj")
                linear(layer.attention.linear[2], f"{cross}.out_proj")
                norm(layer.attention.layer_norm, f"{cross}_layer_norm")
            linear(layer.ffn.linear_0, f"{name}.fc1")
            linear(layer.ffn.linear_1, f"{name}.fc2")
            norm(layer.ffn.layer_norm, f"{name}.final_layer_norm")
    spec.decoder.start_from_zero_embedding = True
    spec.decoder.projection.weight = shared.copy()
    spec.decoder.projection.bias = by_name["final_logits_bias"].reshape(-1)[:-1]
    spec.register_source_vocabulary(vocabulary)
    spec.register_target_vocabulary(vocabulary)
    spec.config.eos_token = spec.config.decoder_start_token = "</s>"
    spec.config.unk_token = "<unk>"
    spec.validate()
    spec.optimize(quantization=quantization)
    os.makedirs(out)
    spec.save(out)


class Worker:
    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, question):
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def serve(model, vocabulary, kind, threads):
    """CTranslate2, answering questions as measure_marian does."""
    import time
    import ctranslate2
    ids_of = json.load(open(vocabulary))
    names = {i: t for t, i in ids_of.items()}
    translator = ctranslate2.Translator(model, compute_type=kind, inter_threads=1, intra_threads=threads)
    for line in sys.stdin:
        question = json.loads(line)
        tokens = [[names[i] for i in ids] for ids in question["sources"]]
        start = time.perf_counter()
        results = translator.translate_batch(
            tokens, max_batch_size=question["batch"], beam_size=question["beams"],
            max_decoding_length=question["length"], min_decoding_length=question["length"], length_penalty=1)
        seconds = time.perf_counter() - start
        outputs = [[ids_of[token] for token in result.hypotheses[0]] for result in results]
        status = open("/proc/self/status").read()
        peak = int(status.split("VmHWM:")[1].split()[0]) * 1024
        print(json.dumps({"seconds": seconds, "outputs": outputs, "peak": peak}), flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("workdir")
    parser.add_argument("--shape", default="opus-mt-fr-en")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--beams", type=int, nargs="+", default=[4, 1])
    parser.add_argument("--batches", type=int, nargs="+", default=[1, 8, 32, 64])
    parser.add_argument("--kinds", nargs="+", default=["int8", "float32"])
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--binary", default=f"{HERE}/../target/release/examples/measure_marian")
    args = parser.parse_args()
    model = f"{args.workdir}/{args.shape}"
    if not os.path.exists(f"{model}/config.json"):
        subprocess.run([args.binary, "make", model, args.shape], check=True)
        begin_with_zeros(f"{model}/model.safetensors")
    for kind in args.kinds:
        converted = f"{model}-ct2-{kind}"
        if not os.path.exists(converted):
            convert(model, converted, kind)
    for kind in args.kinds:
        for beams in args.beams:
            workers = {
                "depeche": Worker([args.binary, "run", model, "int8" if kind == "int8" else "float"]),
                "ctranslate2": Worker([sys.executable, __file__, "--serve", f"{model}-ct2-{kind}",
                                       f"{model}/vocab.json", kind, str(args.threads)]),
            }
            for batch in args.batches:
                count = SENTENCES.get(batch, batch)
                question = {"sources": sources(count), "batch": batch, "beams": beams, "length": LENGTH}
                best = {}
                for turn in range(args.repeat + 1):
                    for name, worker in workers.items():
                        answer = worker.ask(question)
                        assert [len(output) for output in answer["outputs"]] == [LENGTH] * count, (name, answer)
                        # The first turn warms up.
                        if turn and (name not in best or answer["seconds"] < best[name]["seconds"]):
                            best[name] = answer
                ours, theirs = best["depeche"], best["ctranslate2"]
                equal = sum(a == b for a, b in zip(ours["outputs"], theirs["outputs"]))
                print(f"{kind:8} beam {beams} batch {batch:3}: depeche {count / ours['seconds']:7.2f} sentences/s "
                      f"{LENGTH * count / ours['seconds']:7.0f} tokens/s, ctranslate2 {count / theirs['seconds']:7.2f} "
                      f"{LENGTH * count / theirs['seconds']:7.0f}, ratio {theirs['seconds'] / ours['seconds']:.2f}, "
                      f"peak {ours['peak'] / 1e6:.0f} and {theirs['peak'] / 1e6:.0f} MB, "
                      f"{equal} of {count} outputs equal", flush=True)
            for worker in workers.values():
                worker.close()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        serve(sys.argv[2], sys.argv[3], sys.argv[4], int(sys.argv[5]))
    else:
        main()
