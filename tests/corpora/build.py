#!/usr/bin/env python3
"""Writes figures_*.jsonl and passages_*.jsonl from the marked-up texts beside it.

    python3 tests/corpora/build.py            write
    python3 tests/corpora/build.py --check    fail if the files are not what would be written

One sentence, or one passage of several, a line; figures are marked where they stand, so offsets are right by construction:

    @ funding                          section: names the ids (fr-funding-1, ...); further words are tags
    Novelia lève {plus de <500_millions d'euros>|m >500e6 EUR}.

A mark is {words|kind value attributes}. <...> inside limits `text`, the whole mark is then `full_text`;
[...] inside is another extent that is as good. In the words, _ is U+00A0, ^ is U+202F, ` is U+2009 and ¶ is a line
break; a backslash takes the next character as it is.

kind    m money, % percent, pp, bp, n count, q quantity, r ratio, x multiple, o ordinal, d date,
        t duration, a age, T temperature, / rate, i index; several, the best first: d,o
value   12.5  1.7e9  2/3  3..4 (range)  ~25 (approx)  >5 >=5 <5 <=5  * (multiple)  !5 (qualifier not
        scored)  . (value not scored); dates have none
attributes
        EUR, USD? where the currency is ambiguous, GBP. where that is not scored; up, down, flat (no direction); ? optional;
        u=unit p=period q=qualifier, where , separates readings as good as each other, _ is a space
        and no word at all is no reading
"""

import json
import re
import sys
from decimal import Decimal
from pathlib import Path

HERE = Path(__file__).resolve().parent
KINDS = {
    "m": "money", "%": "percent", "pp": "percentage_points", "bp": "basis_points", "n": "count",
    "q": "quantity", "r": "ratio", "x": "multiple", "o": "ordinal", "d": "date", "t": "duration",
    "a": "age", "T": "temperature", "/": "rate", "i": "index",
}  # fmt: skip
SIGNS = [
    (">=", "at_least", "min"), ("<=", "at_most", "max"), (">", "more_than", "min"),
    ("<", "less_than", "max"), ("~", "approx", None), ("!", None, None),
]  # fmt: skip
SPACES = {"_": "\u00a0", "^": "\u202f", "`": "\u2009"}
LINE_BREAK = {"¶": "\n"}
NAMES = {"u": "unit", "p": "period", "q": "qualifier"}


def number(words):
    """A JSON-ready number: an int where it is one, else a float that prints the same digits."""
    if "/" in words:
        over, under = words.split("/")
        return round(int(over) / int(under), 12)
    value = Decimal(words)
    return int(value) if value == value.to_integral_value() else float(value)


def readings(words):
    parts = words.split(",")
    return (parts[0] or None) if len(parts) == 1 else parts


def annotate(spec):
    kind, *rest = spec.split()
    kinds = [KINDS[code] for code in kind.split(",")]
    figure = {"kind": kinds[0] if len(kinds) == 1 else kinds}
    if kinds[0] != "date" and rest[0] != "?":
        figure |= measure(rest.pop(0))
    for word in rest:
        if word == "?":
            figure["optional"] = True
        elif word in ("up", "down", "flat"):
            figure["direction"] = None if word == "flat" else word
        elif match := re.fullmatch(r"([A-Z]{3})([?.]?)", word):
            figure["currency"] = match[1]
            if match[2] != ".":
                figure["currency_ambiguous"] = match[2] == "?"
        else:
            name, words = word.split("=", 1)
            figure[NAMES[name]] = readings(words if name == "q" else words.replace("_", " "))
    return figure


def measure(word):
    if word == ".":
        return {}
    if word == "*":
        return {"value": None, "qualifier": "multiple"}
    if ".." in word:
        low, high = word.split("..")
        return {"value": None, "min": number(low), "max": number(high), "qualifier": "range"}
    for sign, qualifier, bound in SIGNS:
        if word.startswith(sign):
            value = number(word[len(sign) :])
            scored = {"value": value}
            if bound:
                scored |= {"min": None, "max": None, bound: value}
            return scored | ({"qualifier": qualifier} if qualifier else {})
    return {"value": number(word), "qualifier": "exact"}


def sentence(line):
    """The plain text and its figures."""
    text, figures, marks = [], [], {}
    characters = iter(enumerate(line))
    for index, c in characters:
        here = len(text)
        if c == "\\":
            text.append(next(characters)[1])
        elif c == "{":
            marks = {"{": here}
        elif c in "<[" and marks:
            marks[c] = here
        elif c in ">]" and marks:
            marks[c] = here
        elif c == "|" and marks:
            end = line.index("}", index)
            figures.append(figure(marks, text, line[index + 1 : end]))
            while next(characters)[0] < end:
                pass
            marks = {}
        else:
            text.append((SPACES | LINE_BREAK).get(c, c))
    if marks:
        raise ValueError("unclosed mark")
    return "".join(text), figures


def figure(marks, text, spec):
    whole = (marks["{"], len(text))
    start, end = (marks["<"], marks[">"]) if "<" in marks else whole
    annotated = {"text": "".join(text[start:end]), "start": start, "end": end} | annotate(spec)
    if "<" in marks:
        annotated["full_text"] = "".join(text[whole[0] : whole[1]])
    if "[" in marks:
        annotated["also"] = [[marks["["], marks["]"]]]
    return annotated


def cases(name):
    corpus, lang = name.split("_")
    prefix = lang if corpus == "figures" else f"{corpus}-{lang}"
    section, tags, counts, seen = "", [], {}, set()
    for number_, line in enumerate((HERE / f"{name}.txt").read_text("utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith("@"):
            section, *tags = line[1:].split()
            continue
        counts[section] = counts.get(section, 0) + 1
        try:
            text, figures = sentence(line)
        except (ValueError, KeyError, StopIteration, ArithmeticError) as error:
            sys.exit(f"{name}.txt:{number_}: {error!r} in {line!r}")
        if text in seen:
            sys.exit(f"{name}.txt:{number_}: written twice: {text!r}")
        seen.add(text)
        yield {
            "id": f"{prefix}-{section}-{counts[section]}",
            "text": text,
            "lang": lang,
            "tags": tags or [section],
            "figures": figures,
        }


def jsonl(name):
    lines = []
    for case in cases(name):
        line = json.dumps(case, ensure_ascii=False)
        for space in SPACES.values():
            line = line.replace(space, f"\\u{ord(space):04x}")
        lines.append(line + "\n")
    return "".join(lines)


def main():
    for name in ("figures_fr", "figures_en", "passages_fr", "passages_en"):
        path = HERE / f"{name}.jsonl"
        written = jsonl(name)
        if "--check" not in sys.argv:
            path.write_text(written, "utf-8")
        elif path.read_text("utf-8") != written:
            sys.exit(f"{path.name} is not what build.py writes: run it and commit the result")
        rows = [json.loads(line) for line in written.splitlines()]
        print(f"{path.name}: {len(rows)} sentences, {sum(len(row['figures']) for row in rows)} figures")


if __name__ == "__main__":
    main()
