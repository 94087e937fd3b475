#!/usr/bin/env python3
"""llama.cpp and depeche on the same GGUF file, in the same run, in turns: a table of ratios in Markdown.

    benches/llama_cpp.py --llama LLAMA_CPP/build/bin --depeche target/release/depeche MODEL.gguf [MODEL.gguf...]
    benches/llama_cpp.py --llama LLAMA_CPP/build-avx2/bin --isa avx2 MODEL.gguf      # both without AVX-512 and AMX

Prefill, decoding, peak memory and the time from the start to the first token; the whole job is in whole_job.py.
docs/bench.md says how to get llama.cpp, and what is compared. Needs Python 3.9 and nothing else; /usr/bin/time
for peak memory. Tables go to standard output, progress to standard error, all numbers to --json FILE.
"""
import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time

PREFILL = [512, 2048]
DECODE = [8, 32]
DEPTH, ANSWER = 32, 48  # of decoding tests, as `depeche bench` has them


def say(*words):
    print(*words, file=sys.stderr, flush=True)


def run(command, env=None, accept=(0,)):
    """Output, wall seconds and peak resident bytes of a command."""
    start = time.perf_counter()
    # GNU time: the peak of the command alone, not of what ran before
    with tempfile.NamedTemporaryFile("r") as report:
        timed = ["/usr/bin/time", "-f", "%M", "-o", report.name, *command]
        done = subprocess.run(timed, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)
        seconds = time.perf_counter() - start
        if done.returncode not in accept:
            sys.exit(f"{' '.join(command)}\nended with {done.returncode}\n{done.stderr[-2000:]}")
        peak = int(report.read().split()[-1]) * 1024
    return done.stdout, seconds, peak


def warm(model):
    """Brings a file into the page cache, so that neither side reads it from the disk."""
    with open(model, "rb") as file:
        while file.read(1 << 24):
            pass


class Llama:
    def __init__(self, folder, threads, prefix):
        self.folder, self.threads, self.prefix = folder, str(threads), prefix

    def tool(self, name):
        return [*self.prefix, os.path.join(self.folder, name)]

    def version(self):
        text = subprocess.run([*self.tool("llama-server"), "--version"], capture_output=True, text=True)
        return " ".join((text.stdout + text.stderr).split("version:")[-1].split())

    def features(self):
        """What it says of the CPU's instructions that it was built for and uses: AVX2, AMX_INT8, …"""
        text = subprocess.run([*self.tool("llama-server"), "-m", "none", "-lv", "9"], capture_output=True, text=True)
        info = re.search(r"system_info:.*", text.stdout + text.stderr)
        return re.findall(r"(\w+) = 1\b", info.group()) if info else []

    def bench(self, model, *tests):
        """Rates by test, of one process: one repetition after a warm-up."""
        output, seconds, peak = run(
            [*self.tool("llama-bench"), "-m", model, "-t", self.threads, "-r", "1", "-o", "json", *tests])
        rates = {}
        for row in json.loads(output):
            prompt = row["n_prompt"]
            rates[f"prefill-{prompt}" if prompt else "decode-1"] = row["avg_ts"]
        return rates, seconds, peak

    def batched(self, model, sequences):
        """Tokens a second of several sequences that decode at once."""
        context = str(sequences * (DEPTH + ANSWER))
        output, _, peak = run(
            [*self.tool("llama-batched-bench"), "-m", model, "-t", self.threads, "-c", context, "-b", "2048",
             "-ub", "512", "-npp", str(DEPTH), "-ntg", str(ANSWER), "-npl", str(sequences), "--output-format", "jsonl"])
        line = next(line for line in output.splitlines() if line.startswith("{"))
        return json.loads(line)["speed_tg"], peak


class Depeche:
    def __init__(self, binary, threads, isa, prefix):
        self.binary, self.threads, self.prefix = binary, str(threads), prefix
        self.isa = isa
        self.env = {**os.environ, "RAYON_NUM_THREADS": str(threads)}
        if isa:
            self.env["DEPECHE_ISA"] = isa

    def command(self, *args):
        return [*self.prefix, self.binary, "--quiet", "--threads", self.threads, "bench", *args]

    def version(self):
        return subprocess.run([self.binary, "--version"], capture_output=True, text=True).stdout.strip()

    def bench(self, model, tests, *args, runs=1):
        """Rates by test, of one process: the median of so many repetitions after a warm-up."""
        output, seconds, peak = run(
            self.command("--model", model, "--tests", tests, "--runs", str(runs), "--no-limits", "--json", *args), self.env)
        report = json.loads(output)
        return {row["test"]: row for row in report["results"]}, seconds, peak, report


# What a build of llama.cpp may not say of itself when depeche is restricted.
FORBIDDEN = {"avx512": ["AMX"], "avx2": ["AMX", "AVX512", "AVX_VNNI"], "baseline": ["AMX", "AVX", "FMA", "F16C"]}


def head(llama, depeche):
    """What is compared; ends the comparison when depeche is restricted and llama.cpp is not."""
    features = llama.features()
    if depeche.isa and not features:
        sys.exit(f"expected llama-server in {llama.folder} to name its CPU instructions, but it does not")
    for name in FORBIDDEN.get(depeche.isa, []):
        found = [feature for feature in features if feature.startswith(name)]
        if found:
            sys.exit(f"expected a llama.cpp without {name} for --isa {depeche.isa}, but {llama.folder} has {' '.join(found)}")
    restricted = f" with DEPECHE_ISA={depeche.isa}" if depeche.isa else ""
    return (f"llama.cpp {llama.version()} ({' '.join(features)}); {depeche.version()}{restricted}; "
            f"{llama.threads} threads")


def compare(model, llama, depeche, runs, prefill, decode):
    """The values of every turn by row, of llama.cpp and of depeche."""
    theirs, ours = {}, {}

    def add(to, row, value):
        to.setdefault(row, []).append(value)

    warm(model)
    prompts = ",".join(map(str, prefill))
    for turn in range(runs):
        say(f"{model}: turn {turn + 1} of {runs}")
        rates, _, peak = llama.bench(model, "-p", prompts, "-n", "64")
        for test, rate in rates.items():
            add(theirs, test, rate)
        add(theirs, "peak memory", peak / 1e9)
        tests = ",".join([f"prefill-{n}" for n in prefill] + ["decode-1"])
        rows, _, peak, _ = depeche.bench(model, tests)
        for test, row in rows.items():
            add(ours, test, row["tokens_per_second"])
        add(ours, "peak memory", peak / 1e9)
        for sequences in decode:
            rate, peak = llama.batched(model, sequences)
            add(theirs, f"decode-{sequences}", rate)
            add(theirs, f"peak memory, decode-{sequences}", peak / 1e9)
            rows, _, peak, _ = depeche.bench(model, f"decode-{sequences}")
            add(ours, f"decode-{sequences}", rows[f"decode-{sequences}"]["tokens_per_second"])
            add(ours, f"peak memory, decode-{sequences}", peak / 1e9)
        _, seconds, _ = llama.bench(model, "-p", "16", "-n", "0", "--no-warmup")
        add(theirs, "start to first token", seconds)
        _, seconds, _, _ = depeche.bench(model, "prefill-16", "--no-warm-up")
        add(ours, "start to first token", seconds)
    return theirs, ours


def table(model, theirs, ours):
    lines = [f"| {os.path.basename(model)} | llama.cpp | depeche | depeche / llama.cpp | min to max |", "|---|---|---|---|---|"]
    for row, values in theirs.items():
        unit = " GB" if "memory" in row else " s" if "start" in row else " tokens/s"
        a, b = statistics.median(values), statistics.median(ours[row])
        ratios = [y / x for x, y in zip(values, ours[row])]
        lines.append(f"| {row} | {a:.2f}{unit} | {b:.2f}{unit} | {b / a:.2f} | {min(ratios):.2f} to {max(ratios):.2f} |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("models", nargs="+", metavar="MODEL.gguf")
    parser.add_argument("--llama", required=True, help="folder with llama-bench, llama-batched-bench, llama-server")
    parser.add_argument("--depeche", default="target/release/depeche")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--runs", type=int, default=5, help="turns; medians count")
    parser.add_argument("--prefill", default=",".join(map(str, PREFILL)))
    parser.add_argument("--decode", default=",".join(map(str, DECODE)), help="sequences at once, beside 1")
    parser.add_argument("--isa", choices=["avx512", "avx2", "baseline"],
                        help="forces a lesser path of depeche; --llama must name a build that is restricted likewise")
    parser.add_argument("--prefix", default="", help="before every command, for example 'chrt -f 10'")
    parser.add_argument("--json", metavar="FILE", help="write all numbers here")
    args = parser.parse_args()
    prefix = args.prefix.split()
    llama = Llama(args.llama, args.threads, prefix)
    depeche = Depeche(args.depeche, args.threads, args.isa, prefix)
    print(head(llama, depeche) + "\n", flush=True)
    numbers = {}
    for model in args.models:
        theirs, ours = compare(model, llama, depeche, args.runs,
                               [int(n) for n in args.prefill.split(",") if n],
                               [int(n) for n in args.decode.split(",") if n])
        print(table(model, theirs, ours) + "\n", flush=True)
        numbers[model] = {"llama.cpp": theirs, "depeche": ours}
    if args.json:
        with open(args.json, "w", encoding="utf-8") as file:
            json.dump(numbers, file, indent=1)


if __name__ == "__main__":
    main()
