#!/usr/bin/env bash
# The whole job with a model: makes a small random one in the true architecture (its words mean nothing, its rows are
# valid all the same), runs it over the example articles, kills the run half way, takes it up again, and compares with
# a run that was left alone: the tables must be the same, byte for byte.
# usage: examples/end_to_end.sh [OUT]
set -euo pipefail
cd "$(dirname "$0")/.."
out=${1:-$(mktemp -d)}
mkdir -p "$out"
cargo build --quiet --bin depeche --example make_random_model # as `cargo test` left them
bin=${CARGO_TARGET_DIR:-target}/debug
articles=(examples/articles/gpu-helicea-nvidia.txt examples/articles/quantique-Cœlacanthe.md)

"$bin/examples/make_random_model" "$out/model" --family qwen3 --shape tiny

run() { # a run may end with 3: a random model's figures are flagged, as they must be
  local status=0
  "$bin/depeche" run "${articles[@]}" --model "$out/model" --out "$1" --quiet >/dev/null 2>"$1.log" || status=$?
  [ "$status" = 0 ] || [ "$status" = 3 ] || { cat "$1.log"; echo "error: exit status $status"; exit 1; }
}

run "$out/whole"

"$bin/depeche" run "${articles[@]}" --model "$out/model" --out "$out/cut" --quiet >/dev/null 2>&1 &
pid=$!
sleep 2
kill -9 "$pid" 2>/dev/null || true
wait "$pid" 2>/dev/null || true
run "$out/cut"

for table in articles summaries figures entities translations problems; do
  for ending in csv parquet jsonl; do
    cmp "$out/whole/$table.$ending" "$out/cut/$table.$ending"
  done
done
cmp "$out/whole/datapackage.json" "$out/cut/datapackage.json"
cmp "$out/whole/depeche.xlsx" "$out/cut/depeche.xlsx"
diff -r "$out/whole/translations" "$out/cut/translations"
echo "a killed run, taken up again, wrote the same bytes: $out"
