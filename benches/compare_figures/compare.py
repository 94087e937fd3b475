#!/usr/bin/env python3
"""Reads the same strings with depeche and with other tools, and counts who reads what.

    python3 -m venv VENV
    VENV/bin/pip install text2num==3.1.0 quantulum3==0.10.0 inflect recognizers-text-suite==1.0.2a2 emoji==1.7.0
    VENV/bin/python benches/compare_figures/compare.py --depeche target/release/depeche

Two sets: `hard.txt` beside this file and the annotated corpora of tests/corpora. Scored are the figures
that are numbers: dates, optional figures and bare scale words (`des milliers`) are left out, because not
every tool claims to read them. A figure is

    right      value, and what it is a value of (currency, percent, physical unit) are read;
    partly     the value is read, currency, percent or unit is not;
    wrong      something is read there, with another value;
    not found  nothing is read there.

Extents are not compared, only whether readings overlap the figure, and a range counts as read when its
two ends are read separately: both are easier than depeche's own tests. `false` counts readings in
sentences without any figure, which are full of digits in names, standards, addresses and lists.
"""

import argparse
import importlib.util
import json
import re
import subprocess
import warnings
from collections import Counter
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).resolve().parent
CORPORA = HERE.parents[1] / "tests" / "corpora"
VERDICTS = ("right", "partly", "wrong", "not found")
CURRENCIES = {
    "dollar": "USD", "united states dollar": "USD", "us dollar": "USD", "euro": "EUR",
    "british pound": "GBP", "pound": "GBP", "pound sterling": "GBP", "swiss franc": "CHF",
    "japanese yen": "JPY", "yen": "JPY", "canadian dollar": "CAD", "australian dollar": "AUD",
    "chinese yuan": "CNY", "renminbi": "CNY", "south korean won": "KRW", "won": "KRW",
    "swedish krona": "SEK", "krona": "SEK", "dollar états-unis": "USD", "livre": "GBP",
    "yen japonais": "JPY", "yuan chinois": "CNY", "franc suisse": "CHF",
}  # fmt: skip
UNITS = {
    "kilometer": "km", "kilometre": "km", "meter": "m", "metre": "m", "millimeter": "mm",
    "millimetre": "mm", "nanometre": "nm", "nanometer": "nm", "kilogram": "kg", "tonne": "t",
    "ton": "t", "metric ton": "t", "litre": "L", "liter": "L", "hectare": "ha", "kilowatt hour": "kWh",
    "kilometer per hour": "km/h", "kilometre per hour": "km/h", "mile per hour": "mph",
    "miles per hour": "mph", "gigabyte": "Go", "gb": "Go", "go": "Go", "terabyte": "To", "tb": "To",
    "petabyte": "Po", "pb": "Po", "megabyte": "Mo", "mb": "Mo", "megawatt": "MW", "megawatt hour": "MWh",
    "gigawatt hour": "GWh", "terawatt hour": "TWh", "watt": "W", "kilowatt": "kW", "gigahertz": "GHz",
    "degree celsius": "degC", "c": "degC", "celsius": "degC", "degree fahrenheit": "degF", "f": "degF",
    "year": "year", "ans": "year", "an": "year", "month": "month", "mois": "month", "week": "week",
    "day": "day", "hour": "hour", "minute": "minute", "second": "second", "square metre": "m2",
    "square meter": "m2", "square millimetre": "mm2", "square millimeter": "mm2", "cubic metre": "m3",
    "cubic meter": "m3", "kilonewton": "kN", "nanomètre": "nm", "millimètre": "mm", "mètre": "m",
    "kilomètre": "km", "kilogramme": "kg", "gigaoctet": "Go", "mètre carré": "m2",
    "millimètre carré": "mm2", "mètres cube": "m3", "kilomètre par heure": "km/h", "jour": "day",
    "square hectometer": "ha", "gigabit per second": "Gbit/s", "terabit per second": "Tbit/s",
}  # fmt: skip
"""Names that tools give to a unit, in lower case, and ours (data units are compared by size)."""


@dataclass
class Reading:
    start: int
    end: int
    values: list
    currency: str | None = None
    percent: bool = False
    unit: str | None = None


def unit(name):
    name = name.lower() if len(name) > 3 else name
    return UNITS.get(name) or UNITS.get(name.rstrip("s")) or UNITS.get(name.lower(), name)


def number(words):
    try:
        return float(str(words).replace("\u00a0", "").replace(" ", "").replace(",", ".").rstrip("%"))
    except ValueError:
        return None


class Depeche:
    def __init__(self, binary):
        self.binary = binary
        said = subprocess.run([binary, "--version"], capture_output=True, text=True)
        self.name = said.stdout.strip() or "depeche"

    def read(self, cases):
        lines = "".join(
            json.dumps({"id": str(index), "text": case["text"], "lang": case["lang"]}) + "\n"
            for index, case in enumerate(cases)
        )
        command = [self.binary, "figures", "-", "--input", "jsonl", "--format", "jsonl"]
        said = subprocess.run(command, input=lines, capture_output=True, text=True, check=True)
        for line in said.stdout.splitlines():
            yield [self.reading(figure) for figure in json.loads(line)["figures"] if figure["kind"] != "date"]

    @staticmethod
    def reading(figure):
        values = [figure[name] for name in ("value", "min", "max") if figure.get(name) is not None]
        return Reading(
            figure["full_start"], figure["full_end"], [float(value) for value in values],
            figure.get("currency"), figure["kind"] == "percent", unit(figure.get("unit") or ""),
        )  # fmt: skip


class Text2num:
    """The word finder on all tokens; which does not look at digits: those are taken as they stand."""

    name = f"text2num {version('text2num')}"

    def read(self, cases):
        from text_to_num import find_numbers

        class Token:
            def __init__(self, words):
                self.words = words

            def text(self):
                return self.words

            def nt_separated(self, _previous):
                return False

            def not_a_number_part(self):
                return False

        for case in cases:
            pieces = list(re.finditer(r"\d+(?:[.,]\d+)*|\w+|\s+|[^\w\s]", case["text"]))
            found = find_numbers([Token(piece[0]) for piece in pieces], case["lang"])
            readings = [
                Reading(pieces[o.start].start(), pieces[o.end - 1].end(), [o.value]) for o in found
            ]
            for piece in pieces:
                if piece[0][0].isdigit() and number(piece[0]) is not None:
                    readings.append(Reading(piece.start(), piece.end(), [number(piece[0])]))
            yield readings


class Recognizers:
    name = f"Recognizers-Text {version('recognizers-text-suite')}"
    SPAN = {"Y": "year", "M": "month", "W": "week", "D": "day", "TH": "hour", "TM": "minute", "TS": "second"}

    def read(self, cases):
        import recognizers_date_time as dates
        import recognizers_number as numbers
        import recognizers_number_with_unit as units

        self.failures = 0
        culture = {"fr": numbers.Culture.French, "en": numbers.Culture.English}
        models = [
            numbers.recognize_number, numbers.recognize_percentage, numbers.recognize_ordinal,
            units.recognize_currency, units.recognize_age, units.recognize_dimension,
            units.recognize_temperature, dates.recognize_datetime,
        ]  # fmt: skip
        for case in cases:
            readings = []
            for model in models:
                try:
                    found = model(case["text"], culture[case["lang"]])
                except Exception:  # some of its models raise on some texts: nothing is read then
                    self.failures += 1
                    continue
                readings += filter(None, map(self.reading, found))
            yield readings

    def reading(self, item):
        resolution = item.resolution or {}
        if item.type_name.startswith("datetimeV2"):
            if item.type_name != "datetimeV2.duration":
                return None
            values = resolution.get("values") or [{}]
            span = re.fullmatch(r"P(T?)([\d.]+)([YMWDHS])", values[0].get("timex", ""))
            if not span:
                return None
            return Reading(item.start, item.end + 1, [float(span[2])], unit=self.SPAN[span[1] + span[3]])
        value = number(resolution.get("value"))
        name = (resolution.get("unit") or "").lower()
        currency = CURRENCIES.get(name) if item.type_name == "currency" else None
        percent = item.type_name == "percentage"
        return Reading(
            item.start, item.end + 1, [] if value is None else [value], currency, percent, unit(name)
        )


class Quantulum:
    name = f"quantulum3 {version('quantulum3')}"

    def read(self, cases):
        from quantulum3 import parser

        self.failures = 0
        for case in cases:
            try:
                found = parser.parse(case["text"])
            except Exception:  # it raises on some texts: nothing is read then
                self.failures += 1
                found = []
            yield [
                Reading(
                    item.span[0], item.span[1], [item.value], CURRENCIES.get(item.unit.name),
                    item.unit.name == "percentage", unit(item.unit.name),
                )
                for item in found
            ]  # fmt: skip


def hard_cases():
    spec = importlib.util.spec_from_file_location("build", CORPORA / "build.py")
    build = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(build)
    lang = "fr"
    for line in (HERE / "hard.txt").read_text("utf-8").splitlines():
        if line.startswith("@"):
            lang = line[1:].strip()
        elif line.strip() and not line.startswith("#"):
            text, figures = build.sentence(line)
            yield {"text": text, "lang": lang, "figures": figures}


def corpus_cases():
    for lang in ("fr", "en"):
        for line in (CORPORA / f"figures_{lang}.jsonl").read_text("utf-8").splitlines():
            yield json.loads(line)


def wanted_numbers(figure):
    """The numbers that must be read; none where the figure is not scored here."""
    first = figure["kind"] if isinstance(figure["kind"], str) else figure["kind"][0]
    if first == "date" or figure.get("optional"):
        return []
    if figure.get("value") is not None:
        return [figure["value"]]
    return [figure[name] for name in ("min", "max") if figure.get(name) is not None]


def verdict(figure, readings):
    there = [r for r in readings if r.start < figure["end"] and figure["start"] < r.end]
    if not there:
        return "not found"

    share = 1e-4 if "ratio" in figure["kind"] else 1e-9

    def equal(found, wanted):
        return abs(found - wanted) <= share * max(1, abs(wanted))

    holders = []
    for wanted in wanted_numbers(figure):
        matching = [r for r in there if any(equal(value, wanted) for value in r.values)]
        if not matching:
            return "wrong"
        holders += matching
    kinds = [figure["kind"]] if isinstance(figure["kind"], str) else figure["kind"]
    currency = figure.get("currency")
    if currency and not any(r.currency == currency for r in holders):
        return "partly"
    if kinds[0] == "percent" and not any(r.percent for r in holders):
        return "partly"
    measured = {"quantity", "duration", "age", "temperature", "rate"} & set(kinds)
    units = figure.get("unit")
    if measured and units and not currency:
        accepted = {unit(name) for name in ([units] if isinstance(units, str) else units)}
        if not any(r.unit in accepted for r in holders):
            return "partly"
    return "right"


def merged(readings):
    """How many separate places were read."""
    places, end = 0, -1
    for reading in sorted(readings, key=lambda r: (r.start, r.end)):
        places += reading.start >= end
        end = max(end, reading.end)
    return places


def compare(name, cases, tools):
    rows, disagreements = [], []
    traps = sum(1 for case in cases if not case["figures"])
    for tool in tools:
        counts, false = Counter(), 0
        for case, readings in zip(cases, tool.read(cases), strict=True):
            if not case["figures"]:
                false += merged(readings)
            for figure in case["figures"]:
                if wanted_numbers(figure):
                    said = verdict(figure, readings)
                    counts[said] += 1
                    if said != "right" and isinstance(tool, Depeche):
                        disagreements.append(f"{said}: {figure['text']!r} in {case['text']!r}")
        total = sum(counts.values())
        cells = [f"{counts[v]} ({100 * counts[v] / total:.1f} %)" for v in VERDICTS]
        rows.append(f"| {tool.name} | {' | '.join(cells)} | {false} |")
        if getattr(tool, "failures", 0):
            rows[-1] += f" <!-- raised on {tool.failures} calls -->"
    print(f"**{name}**: {len(cases)} strings, {total} figures, {traps} strings without a figure\n")
    print(f"| tool | {' | '.join(VERDICTS)} | false |\n|---|---|---|---|---|---|")
    print("\n".join(rows) + "\n")
    return disagreements


def main():
    warnings.filterwarnings("ignore")
    options = argparse.ArgumentParser()
    options.add_argument("--depeche", required=True, help="the binary")
    options.add_argument("--verbose", action="store_true", help="list what depeche does not read right")
    options = options.parse_args()
    tools = [Depeche(options.depeche), Text2num(), Recognizers(), Quantulum()]
    hard = list(hard_cases())
    corpus = list(corpus_cases())
    sets = [
        ("Hard strings, French", [case for case in hard if case["lang"] == "fr"]),
        ("Hard strings, English", [case for case in hard if case["lang"] == "en"]),
        ("Held-out texts, French", [case for case in corpus if case["id"].startswith("fr-heldout")]),
        ("Held-out texts, English", [case for case in corpus if case["id"].startswith("en-heldout")]),
        ("Whole corpus, French", [case for case in corpus if case["lang"] == "fr"]),
        ("Whole corpus, English", [case for case in corpus if case["lang"] == "en"]),
    ]
    for name, cases in sets:
        disagreements = compare(name, cases, tools)
        if options.verbose:
            print("\n".join(disagreements) + "\n")


if __name__ == "__main__":
    main()
