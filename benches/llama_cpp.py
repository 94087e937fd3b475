#!/usr/bin/env python3
"""llama.cpp and depeche on the same GGUF file, in the same run, in turns: a table of ratios in Markdown.

    benches/llama_cpp.py --llama LLAMA_CPP/build/bin --depeche target/release/depeche MODEL.gguf [MODEL.gguf...]
    benches/llama_cpp.py ... --job examples/articles      # the whole job, against llama-server

docs/bench.md says how to get llama.cpp, and what is compared. Needs Python 3.9 and nothing else; /usr/bin/time
for peak memory. Tables go to standard output, progress to standard error, all numbers to --json FILE.
"""
import argparse
import concurrent.futures
import http.client
import json
import os
import socket
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


def run(command, env=None):
    """Output, wall seconds and peak resident bytes of a command."""
    start = time.perf_counter()
    # GNU time: the peak of the command alone, not of what ran before
    with tempfile.NamedTemporaryFile("r") as report:
        timed = ["/usr/bin/time", "-f", "%M", "-o", report.name, *command]
        done = subprocess.run(timed, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)
        seconds = time.perf_counter() - start
        if done.returncode != 0:
            sys.exit(f"{' '.join(command)}\nended with {done.returncode}\n{done.stderr[-2000:]}")
        peak = int(report.read().split()[-1]) * 1024
    return done.stdout, seconds, peak


class Llama:
    def __init__(self, folder, threads, prefix):
        self.folder, self.threads, self.prefix = folder, str(threads), prefix

    def tool(self, name):
        return [*self.prefix, os.path.join(self.folder, name)]

    def version(self):
        text = subprocess.run([*self.tool("llama-server"), "--version"], capture_output=True, text=True)
        return " ".join((text.stdout + text.stderr).split("version:")[-1].split())

    def bench(self, model, *tests):
        """Rates by test, of one process: one repetition after a warm-up."""
        output, seconds, peak = run(
            [*self.tool("llama-bench"), "-m", model, "-t", self.threads, "-r", "1", "-o", "json", *tests])
        rates = {}
        for row in json.loads(output):
            prompt, answer = row["n_prompt"], row["n_gen"]
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
        self.env = {**os.environ, "RAYON_NUM_THREADS": str(threads)}
        if isa:
            self.env["DEPECHE_ISA"] = isa

    def command(self, *args):
        return [*self.prefix, self.binary, "--quiet", "--threads", self.threads, "bench", *args]

    def version(self):
        return subprocess.run([self.binary, "--version"], capture_output=True, text=True).stdout.strip()

    def bench(self, model, tests, *args):
        """Rates by test, of one process: one repetition after a warm-up."""
        output, seconds, peak = run(
            self.command("--model", model, "--tests", tests, "--runs", "1", "--no-limits", "--json", *args), self.env)
        report = json.loads(output)
        return {row["test"]: row for row in report["results"]}, seconds, peak, report


def compare(model, llama, depeche, runs, prefill, decode):
    """Medians by row: {row: (llama.cpp, depeche, unit, whether more is better)}."""
    theirs, ours = {}, {}

    def add(to, row, value):
        to.setdefault(row, []).append(value)

    with open(model, "rb") as file:  # into the page cache
        while file.read(1 << 24):
            pass
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


def job(model, llama, depeche, folder, answer, limit, draft):
    """Both on the same questions, in tokens: grammar off, exactly `answer` tokens each."""
    inputs = [folder]
    if limit:
        inputs = [os.path.join(folder, name) for name in sorted(os.listdir(folder))][:limit]
    inputs = [word for path in inputs for word in ("--articles", path)]
    with tempfile.TemporaryDirectory() as temporary:
        path = os.path.join(temporary, "questions.jsonl")
        subprocess.run(depeche.command("--model", model, *inputs, "--answer", str(answer), "--dump-questions", path),
                       check=True, env=depeche.env)
        with open(path, encoding="utf-8") as lines:
            questions = [json.loads(line) for line in lines]
    articles = {}
    for question in questions:
        articles.setdefault(question["article"], []).append(question)
    say(f"job: {len(questions)} questions on {len(articles)} articles: depeche")
    rows, _, peak, _ = depeche.bench(model, "job", *inputs, "--answer", str(answer), "--no-grammar",
                                     "--draft", str(draft))
    ours = {**rows["job"]["job"], "peak": peak}
    assert ours["questions"] == len(questions) and ours["tokens_generated"] == len(questions) * answer, ours
    say(f"{ours['seconds']:.1f} s; llama-server")
    theirs = serve(model, llama, list(articles.values()), answer)
    say(f"{theirs['seconds']:.1f} s")
    return ours, theirs


def serve(model, llama, articles, answer):
    """llama-server with 4 slots; each works on one article after the other, so that its cache holds the article
    while its questions are asked: the order that is best for it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    longest = max(len(q["tokens"]) for article in articles for q in article) + answer + 64
    command = [*llama.tool("llama-server"), "-m", model, "-t", llama.threads, "-tb", llama.threads, "-np", "4",
               "-c", str(4 * longest), "--port", str(port), "--host", "127.0.0.1", "--no-webui", "--no-kv-unified"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until_ready(port, server)
        waiting = list(enumerate(articles))
        generated = cached = 0
        start = time.perf_counter()

        def slot(number):
            done = hits = 0
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=3600)
            while True:
                try:
                    _, article = waiting.pop(0)
                except IndexError:
                    return done, hits
                for question in article:
                    body = {"prompt": question["tokens"], "n_predict": answer, "temperature": 0, "ignore_eos": True,
                            "cache_prompt": True, "id_slot": number}
                    connection.request("POST", "/completion", json.dumps(body), {"Content-Type": "application/json"})
                    reply = json.loads(connection.getresponse().read())
                    if reply.get("tokens_predicted") != answer:
                        sys.exit(f"llama-server: expected {answer} tokens, but found {str(reply)[:500]}")
                    done += reply["tokens_predicted"]
                    hits += reply.get("timings", {}).get("cache_n", 0)

        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            for done, hits in pool.map(slot, range(4)):
                generated, cached = generated + done, cached + hits
        seconds = time.perf_counter() - start
        peak = peak_of(server.pid)
    finally:
        server.terminate()
        server.wait()
    return {"seconds": seconds, "tokens_generated": generated, "prompt_tokens_shared": cached, "peak": peak}


def peak_of(process):
    with open(f"/proc/{process}/status", encoding="utf-8") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))


def wait_until_ready(port, server):
    for _ in range(600):
        if server.poll() is not None:
            sys.exit(f"llama-server ended with {server.returncode}")
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/health")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        time.sleep(0.2)
    sys.exit("llama-server did not become ready")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("models", nargs="+", metavar="MODEL.gguf")
    parser.add_argument("--llama", required=True, help="folder with llama-bench, llama-batched-bench, llama-server")
    parser.add_argument("--depeche", default="target/release/depeche")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--runs", type=int, default=5, help="turns; medians count")
    parser.add_argument("--prefill", default=",".join(map(str, PREFILL)))
    parser.add_argument("--decode", default=",".join(map(str, DECODE)), help="sequences at once, beside 1")
    parser.add_argument("--isa", help="forces a lesser path of depeche: avx512, avx2, baseline")
    parser.add_argument("--prefix", default="", help="before every command, for example 'chrt -f 10'")
    parser.add_argument("--job", metavar="FOLDER", help="compare the whole job on these articles instead")
    parser.add_argument("--answer", type=int, default=128, help="tokens of each of the job's answers")
    parser.add_argument("--limit", type=int, help="take only so many of the articles")
    parser.add_argument("--draft", type=int, default=0, help="tokens that depeche may guess ahead in the job: a random "
                        "model repeats itself more than a real one, so 0 is the honest number for it")
    parser.add_argument("--json", metavar="FILE", help="write all numbers here")
    args = parser.parse_args()
    prefix = args.prefix.split()
    llama = Llama(args.llama, args.threads, prefix)
    depeche = Depeche(args.depeche, args.threads, args.isa, prefix)
    print(f"llama.cpp {llama.version()}; {depeche.version()}{' with DEPECHE_ISA=' + args.isa if args.isa else ''}; "
          f"{args.threads} threads\n")
    numbers = {}
    for model in args.models:
        if args.job:
            ours, theirs = job(model, llama, depeche, args.job, args.answer, args.limit, args.draft)
            print(f"{os.path.basename(model)}, {ours['questions']} questions on {ours['articles']} articles, exactly "
                  f"{args.answer} tokens an answer, grammar off on both sides\n\n"
                  "| | llama-server, 4 slots | depeche |\n|---|---|---|\n"
                  f"| wall time | {theirs['seconds']:.1f} s | {ours['seconds']:.1f} s |\n"
                  f"| prompt tokens from the cache | {theirs['prompt_tokens_shared']} | {ours['prompt_tokens_shared']} |\n"
                  f"| peak memory | {theirs['peak'] / 1e9:.2f} GB | {ours['peak'] / 1e9:.2f} GB |\n"
                  f"| tokens generated | {theirs['tokens_generated']} | {ours['tokens_generated']} |\n"
                  f"| **speed, llama-server = 1** | 1 | **{theirs['seconds'] / ours['seconds']:.2f}** |\n", flush=True)
            numbers[model] = {"llama.cpp": theirs, "depeche": ours}
            continue
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
