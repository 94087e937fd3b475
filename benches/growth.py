#!/usr/bin/env python3
"""How depeche's cost grows: with the length of the prompt, the number of sequences, the number of articles.

    benches/growth.py --depeche target/release/depeche --model MODEL.gguf
    benches/growth.py ... --lengths 500,2000 --batches 1,8 --articles '' --runs 1        # a short run

- length: one prompt of N tokens until its first token (`depeche bench --tests prefill-N`);
- batch: N sequences that decode at once, after prompts of 32 tokens and of 1,000 (`--tests decode-N,decode-N@1000`);
- articles: N articles as `make_articles` makes them, one answer of at most --answer tokens to the first question of
  every task (`--tests job`); 1,000 articles are hours with a model of a true shape, but minutes with one of shape
  `small`: name that one with --job-model.

Each row is a process of its own, so that its peak memory is its own. `ms each …` is the time of a row divided by its tokens
(length), its steps (batch) or its articles; `growth` is that figure divided by the first row's: 1.0 for lengths and
articles is growth in proportion, 1.0 for batches is more sequences for nothing. Needs Python 3.9 and `cargo build --release --example make_articles` for
the articles. Tables go to standard output, progress to standard error, all numbers to --json FILE.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile

from llama_cpp import Depeche, say


def table(title, unit, rows):
    """Rows are (name, tokens per second, milliseconds each, peak bytes)."""
    lines = [f"| {title} | tokens/s | ms each {unit} | growth | peak memory |", "|---|---|---|---|---|"]
    for name, rate, each, peak in rows:
        lines.append(f"| {name} | {rate:,.1f} | {each:,.3f} | {each / rows[0][2]:.2f} | {peak / 1e9:.2f} GB |")
    print("\n".join(lines) + "\n", flush=True)


def numbers(text):
    return [int(word) for word in text.split(",") if word]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--depeche", default="target/release/depeche")
    parser.add_argument("--model", required=True)
    parser.add_argument("--lengths", default="500,1000,2000,4000,8000")
    parser.add_argument("--batches", default="1,2,4,8,16,32,64")
    parser.add_argument("--articles", default="10,100", help="'' leaves them out")
    parser.add_argument("--job-model", help="model for the articles [default: --model]")
    parser.add_argument("--answer", type=int, default=16, help="most tokens of the job's answers")
    parser.add_argument("--make-articles", help="[default: examples/make_articles beside depeche]")
    parser.add_argument("--runs", type=int, default=5, help="repetitions of length and batch; medians count")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--isa", choices=["avx512", "avx2", "baseline"])
    parser.add_argument("--prefix", default="", help="before every command, for example 'chrt -f 10'")
    parser.add_argument("--json", metavar="FILE", help="write all numbers here")
    args = parser.parse_args()
    depeche = Depeche(args.depeche, args.threads, args.isa, args.prefix.split())
    everything = []

    def bench(model, test, *more):
        say(test, *more)
        rows, _, peak, report = depeche.bench(model, test, *more, runs=args.runs)
        everything.append(report)
        return rows[test], peak

    rows = []
    for length in numbers(args.lengths):
        row, peak = bench(args.model, f"prefill-{length}")
        rate = row["tokens_per_second"]
        rows.append((length, rate, 1000 / rate, peak))
    if rows:
        table("tokens of the prompt", "token", rows)

    for depth in (32, 1000):
        rows = []
        for batch in numbers(args.batches):
            row, peak = bench(args.model, f"decode-{batch}" + (f"@{depth}" if depth != 32 else ""))
            rate = row["tokens_per_second"]
            if not rate:
                say(f"decode-{batch}@{depth}: no step had all sequences at once: the first answers ended before the last prompts")
                continue
            rows.append((batch, rate, 1000 * batch / rate, peak))
        if rows:
            table(f"sequences, after {depth} tokens each", "step", rows)

    rows = []
    maker = args.make_articles or os.path.join(os.path.dirname(args.depeche), "examples", "make_articles")
    for count in numbers(args.articles):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([maker, folder, "--count", str(count)], check=True, stdout=sys.stderr)
            row, peak = bench(args.job_model or args.model, "job", "--articles", folder, "--answer", str(args.answer))
        job = row["job"]
        rows.append((job["articles"], row["tokens_per_second"], 1000 * job["seconds"] / job["articles"], peak))
    if rows:
        table(f"articles, answers of at most {args.answer} tokens", "article", rows)

    if args.json:
        with open(args.json, "w", encoding="utf-8") as file:
            json.dump(everything, file, indent=1)


if __name__ == "__main__":
    main()
