#!/usr/bin/env python3
"""The whole job (summaries in French and English, translation, extraction) on a folder of articles: `depeche run`
against llama-server with the same GGUF file and the same questions, in the same run, in turns.

    benches/whole_job.py --llama LLAMA_CPP/build/bin --depeche target/release/depeche --model MODEL.gguf examples/articles
    benches/whole_job.py ... --articles 3 examples/articles     # a short run: the first 3 files
    benches/whole_job.py ... --answer 128 examples/articles     # first questions only, 128 tokens each, no grammar

`depeche run` is a user's run: from the start of the program, the model loaded, to the last output file. It logs
every question that it asks the model, in tokens, with the length of the answer. llama-server then gets the same
questions and has to write as many tokens for each: a model with random weights never ends by itself, and so
neither program can be shorter than the other. llama-server has 4 slots and one client for each, greedy, with its
prompt cache on; a slot asks all questions on one article before it takes the next one, so that system prompt and
article are in its cache: the best order for it. When no article is left, an idle slot helps another with its
questions. Its time counts from the start of the program, too.

With `--answer N`, both are asked only the first question of every task, without a grammar, and write exactly N
tokens for each; depeche's side is then the test `job` of `depeche bench`, whose time is without loading, and so is
llama-server's.

Needs Python 3.9 and nothing else; /usr/bin/time for peak memory. See docs/bench.md for llama.cpp.
"""
import argparse
import collections
import http.client
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

from llama_cpp import Depeche, Llama, head, run, say, warm

SLOTS = 4


def depeche_run(model, depeche, inputs, draft):
    """A run into an empty folder: what it took, and every question in tokens with the length of its answer."""
    with tempfile.TemporaryDirectory() as folder:
        out, log = os.path.join(folder, "out"), os.path.join(folder, "requests.jsonl")
        command = [*depeche.prefix, depeche.binary, "--quiet", "--offline", "--threads", depeche.threads, "run",
                   *inputs, "--model", model, "--out", out, "--draft", str(draft), "--request-log", log]
        # 3: some results are flagged, as all of a random model are
        _, seconds, peak = run(command, depeche.env, accept=(0, 3))
        with open(os.path.join(out, "run.json"), encoding="utf-8") as file:
            stats = json.load(file)["stats"]
        with open(log, encoding="utf-8") as lines:
            questions = sorted(map(json.loads, lines), key=lambda question: question["request"])
    return {
        "seconds": seconds,
        "peak": peak,
        "prompt_tokens_computed": stats["prefill_tokens"],
        "prompt_tokens_shared": stats["cached_tokens"],
        "tokens_generated": sum(question["answer"] for question in questions),
        "tokens_forced": stats["forced_tokens"],
        "tokens_drafted": stats["drafted_tokens"],
    }, questions


def depeche_first_questions(model, depeche, inputs, draft, answer):
    """`depeche bench --tests job` without grammar, and its questions."""
    inputs = [word for path in inputs for word in ("--articles", path)]
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "questions.jsonl")
        run(depeche.command("--model", model, *inputs, "--answer", str(answer), "--dump-questions", path), depeche.env)
        with open(path, encoding="utf-8") as lines:
            questions = [json.loads(line) for line in lines]
    rows, _, peak, _ = depeche.bench(model, "job", *inputs, "--answer", str(answer), "--no-grammar",
                                     "--draft", str(draft))
    ours = {**rows["job"]["job"], "peak": peak, "tokens_drafted": 0}
    assert ours["questions"] == len(questions) and ours["tokens_generated"] == len(questions) * answer, ours
    return ours, questions


def by_article(questions):
    """Questions that share more than half of their tokens are about the same article."""
    articles = []
    for question in questions:
        tokens = question["tokens"]
        for article in articles:
            if 2 * shared(article[0]["tokens"], tokens) > len(tokens):
                article.append(question)
                break
        else:
            articles.append([question])
    return articles


def shared(a, b):
    return next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))


class Queue:
    """Hands the questions of one article to the same slot, one after the other."""

    def __init__(self, articles):
        self.articles = collections.deque(collections.deque(article) for article in articles)
        self.at_work = [collections.deque() for _ in range(SLOTS)]
        self.lock = threading.Lock()

    def next(self, slot):
        with self.lock:
            if not self.at_work[slot] and self.articles:
                self.at_work[slot] = self.articles.popleft()
            if self.at_work[slot]:
                return self.at_work[slot].popleft()
            longest = max(self.at_work, key=len)
            return longest.pop() if longest else None


def llama_server(model, llama, questions, with_loading, server_args):
    """Answers all questions; what it took."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    longest = max(len(question["tokens"]) + question["answer"] for question in questions) + 64
    command = [*llama.tool("llama-server"), "-m", model, "-t", llama.threads, "-tb", llama.threads, "-np", str(SLOTS),
               "-c", str(SLOTS * longest), "--no-kv-unified", "--port", str(port), "--host", "127.0.0.1",
               "--no-webui", "--cache-ram", "0", *server_args]
    queue = Queue(by_article(questions))
    done = collections.Counter()
    failures = []
    start = time.perf_counter()
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def client(slot):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=3600)
        while not failures and (question := queue.next(slot)):
            answer = max(1, question["answer"])
            body = {"prompt": question["tokens"], "n_predict": answer, "temperature": 0, "ignore_eos": True,
                    "cache_prompt": True, "id_slot": slot}
            connection.request("POST", "/completion", json.dumps(body), {"Content-Type": "application/json"})
            reply = json.loads(connection.getresponse().read())
            if reply.get("tokens_predicted") != answer:
                failures.append(f"llama-server: expected {answer} tokens, but found {str(reply)[:500]}")
                return
            timings = reply["timings"]
            with queue.lock:
                done.update(tokens_generated=answer, prompt_tokens_computed=timings["prompt_n"],
                            prompt_tokens_shared=timings["cache_n"])

    try:
        wait_until_ready(port, server)
        if not with_loading:
            start = time.perf_counter()
        clients = [threading.Thread(target=client, args=(slot,), daemon=True) for slot in range(SLOTS)]
        for thread in clients:
            thread.start()
        for thread in clients:
            thread.join()
        seconds = time.perf_counter() - start
        peak = peak_of(server.pid)
    finally:
        server.terminate()
        server.wait()
    if failures:
        sys.exit(failures[0])
    wanted = sum(max(1, question["answer"]) for question in questions)
    if done["tokens_generated"] != wanted:
        sys.exit(f"llama-server: expected {wanted} tokens in all, but found {done['tokens_generated']}")
    return {"seconds": seconds, "peak": peak, **done}


def peak_of(process):
    with open(f"/proc/{process}/status", encoding="utf-8") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))


def wait_until_ready(port, server):
    for _ in range(3000):
        if server.poll() is not None:
            sys.exit(f"llama-server ended with {server.returncode}")
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/health")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        time.sleep(0.05)
    sys.exit("llama-server did not become ready")


def table(articles, theirs, ours):
    """Of turns: the one with the median time of each side, and the median ratio."""
    a, b = (sorted(turns, key=lambda turn: turn["seconds"])[len(turns) // 2] for turns in (theirs, ours))
    ratios = [x["seconds"] / y["seconds"] for x, y in zip(theirs, ours)]

    def row(name, value):
        return f"| {name} | {value(a)} | {value(b)} |\n"

    return ("| | llama-server, 4 slots | depeche |\n|---|---|---|\n"
            + row("wall time", lambda side: f"{side['seconds']:.1f} s")
            + row("articles a minute", lambda side: f"{articles / side['seconds'] * 60:.2f}")
            + row("prompt tokens computed", lambda side: f"{side['prompt_tokens_computed']:,}")
            + row("prompt tokens from the cache", lambda side: f"{side['prompt_tokens_shared']:,}")
            + row("tokens of answers", lambda side: f"{side['tokens_generated']:,}")
            + row("of them decided by the grammar alone", lambda side: f"{side.get('tokens_forced', 0):,}")
            + row("of them guessed ahead", lambda side: f"{side.get('tokens_drafted', 0):,}")
            + row("peak memory", lambda side: f"{side['peak'] / 1e9:.2f} GB")
            + f"| **speed, llama-server = 1** | 1 | **{statistics.median(ratios):.2f}** "
              f"({min(ratios):.2f} to {max(ratios):.2f}) |\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", help="the articles")
    parser.add_argument("--model", required=True, metavar="MODEL.gguf")
    parser.add_argument("--llama", required=True, help="folder with llama-server")
    parser.add_argument("--depeche", default="target/release/depeche")
    parser.add_argument("--articles", type=int, metavar="N", help="only the first N files of the folder")
    parser.add_argument("--answer", type=int, metavar="N", help="first questions only, N tokens each, no grammar")
    parser.add_argument("--runs", type=int, default=1, help="turns")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--isa", choices=["avx512", "avx2", "baseline"],
                        help="forces a lesser path of depeche; --llama must name a build that is restricted likewise")
    parser.add_argument("--draft", type=int, default=0, help="tokens that depeche may guess ahead: a random model "
                        "repeats itself more than a real one, so 0 is the honest number for it")
    parser.add_argument("--server-args", default="", metavar="ARGS", help="more options of llama-server, which win "
                        "over those given here: --server-args='-fa off --cache-ram 8192'")
    parser.add_argument("--prefix", default="", help="before every command, for example 'chrt -f 10'")
    parser.add_argument("--json", metavar="FILE", help="write all numbers here")
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # llama-server must end with this process
    llama = Llama(args.llama, args.threads, args.prefix.split())
    depeche = Depeche(args.depeche, args.threads, args.isa, args.prefix.split())
    print(head(llama, depeche) + "\n", flush=True)
    inputs = [args.folder]
    if args.articles:
        inputs = [os.path.join(args.folder, name) for name in sorted(os.listdir(args.folder))][:args.articles]
    warm(args.model)
    theirs, ours = [], []
    for turn in range(args.runs):
        say(f"turn {turn + 1} of {args.runs}: depeche")
        if args.answer:
            one, questions = depeche_first_questions(args.model, depeche, inputs, args.draft, args.answer)
            for question in questions:
                question["answer"] = args.answer
        else:
            one, questions = depeche_run(args.model, depeche, inputs, args.draft)
        ours.append(one)
        say(f"{one['seconds']:.1f} s; llama-server, {len(questions)} questions, {one['tokens_generated']} tokens")
        theirs.append(llama_server(args.model, llama, questions, not args.answer, args.server_args.split()))
        say(f"{theirs[-1]['seconds']:.1f} s")
    articles = len(by_article(questions))
    how = (f"first questions only, exactly {args.answer} tokens an answer, grammar off on both sides, without loading"
           if args.answer else "`depeche run` from start to last file, llama-server with the same questions and lengths")
    print(f"{os.path.basename(args.model)}, {articles} articles, {len(questions)} questions: {how}\n\n"
          + table(articles, theirs, ours), flush=True)
    if args.json:
        with open(args.json, "w", encoding="utf-8") as file:
            json.dump({"llama.cpp": theirs, "depeche": ours, "articles": articles, "questions": len(questions)}, file,
                      indent=1)


if __name__ == "__main__":
    main()
