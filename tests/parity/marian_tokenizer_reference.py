#!/usr/bin/env python3
"""Small SentencePiece models and what they make of hard strings; see marian_reference.py."""
import glob
import json
import os
import re

import sentencepiece
from sentencepiece import sentencepiece_model_pb2 as proto

from reference import HERE

EXAMPLES = os.path.join(HERE, "..", "..", "examples", "articles")
TEXTS = [
    "", " ", "   ", "a", ".", "▁", "▁ ▁", "Bonjour", " Bonjour", "Bonjour ", "  Bonjour   le  monde  ",
    "La société annonce une levée de fonds de 12 millions d’euros.", "20,5\u202f% · 10\u00a0€ — « oui »",
    "M. Dupont, P.-D. G. de l'art. 49", "l’\u00e9t\u00e9 d\u00e9j\u00e0 No\u00ebl", "l'e\u0301te\u0301 de\u0301ja\u0300",
    "ﬁn ﬂux ½ ² ³ ™ № ㎏ Ⅷ ①", "ＦＵＬＬ　ＷＩＤＴＨ １２３", "tab\there\nand line\r\nend", "zero\u200bwidth\u200djoiner\ufeffbom",
    "\u00ad soft\u00adhyphen", "emoji 😀👩‍👩‍👧‍👦 🇫🇷 end", "日本語のテキスト。", "Ελληνικά και русский текст", "العربية עברית",
    "한국어 \u1112\u1161\u11ab", "\u0000nul\u0001\u001f", "…“”‘’„‚‹›", "a\u0300\u0301\u0302\u0303 z\u0335\u0336", "\u1e9b\u0323 \u212b \u2126",
    "H100 GPT-4 A320neo 5G ISO 27001", "https://exemple.fr/a?b=c&d=é#e", "user@exemple.fr", "1 234 567,89", "1.234.567,89",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "x" * 300, "é" * 50, "ab" * 100, "<unk>", "</s>", "<s>", "<pad>",
    ">>fra<< Hello", ">>en<<", "<sep>avec<sep>", "<sep>", " <sep> ", "<<sep>>", "<long-sep>", "<long-sep>er",
    "\u3000ideographic\u3000space\u3000", "\u2028line\u2029sep", "\u00a0nbsp\u00a0", "\u2009thin\u2009", "\x85next\x85",
    "don't can’t l'on d'accord aujourd’hui", "C’est-à-dire : « Non ! » ; oui ?", "(a[b]{c}<d>)", "--- *** ___ ~~~",
    "\u0958 \u0344 \ufb1d", "\U0001d400\U0001d7d8", "ＡＢＣ㌀㍿", "\u017f\u0131\u0130", "ÀÉÎÕÜ ŒŸÆ œÿæ", "ß ẞ ﬀ ﬃ ﬅ",
    "\u202a\u202bbidi\u202c\u200e\u200f", "\ufffd\ufffe", "\ud7ff\ue000\uf8ff", "¼¾⅓ 5/8", "ｶﾞｷﾞｸﾞ", "a\u2581b", "50 000\u00a0$", "3°C ±2 µm 10⁻⁶",
]


def corpus():
    lines = []
    for path in sorted(glob.glob(f"{EXAMPLES}/**/*", recursive=True)):
        if os.path.isfile(path):
            with open(path, "rb") as f:
                text = f.read().decode("utf-8", "ignore")
            text = re.sub(r"<[^>]*>", " ", text)
            lines += [line.strip() for line in text.splitlines() if len(line.strip()) > 30]
    return lines


def train(name, **options):
    prefix = f"{HERE}/spm/{name}"
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(corpus()), model_prefix=prefix, minloglevel=2, num_threads=1,
        hard_vocab_limit=False, **options)
    os.remove(f"{prefix}.vocab")
    model = proto.ModelProto()
    with open(f"{prefix}.model", "rb") as f:
        model.ParseFromString(f.read())
    os.remove(f"{prefix}.model")
    return model


def save(name, model):
    # The trainer notes where it read and wrote; nobody reads that.
    model.trainer_spec.ClearField("model_prefix")
    model.trainer_spec.ClearField("input")
    model.normalizer_spec.ClearField("normalization_rule_tsv")
    with open(f"{HERE}/spm/{name}", "wb") as f:
        f.write(model.SerializeToString(deterministic=True))


def tokenizer():
    os.makedirs(f"{HERE}/spm", exist_ok=True)
    # As the published models: unigram, nmt_nfkc.
    save("unigram.spm", train("u", vocab_size=600, model_type="unigram", normalization_rule_name="nmt_nfkc"))
    rules = f"{HERE}/spm/rules.tsv"
    with open(rules, "w") as f:
        for a, b in [("ﬁ", "fi"), ("ê", "e"), ("e\u0301", "é"), ("…", "..."), ("\u00a0", " "), ("\u3000", "  "), ("½", " 1/2 "), ("\u200b", "")]:
            f.write(" ".join(f"{ord(c):X}" for c in a) + "\t" + " ".join(f"{ord(c):X}" for c in b) + "\n")
    own = {"normalization_rule_tsv": rules}
    bpe = train("b", vocab_size=500, model_type="bpe", user_defined_symbols=["<sep>", "<long-sep>"], **own)
    # Unused pieces are taken apart again.
    normal = [p for p in bpe.pieces if p.type == 1 and len(p.piece) > 2]
    for p in normal[::5]:
        p.type = proto.ModelProto.SentencePiece.UNUSED
    save("bpe.spm", bpe)
    unigram = train("d", vocab_size=400, model_type="unigram", user_defined_symbols=["<sep>", "<long-sep>"],
                    remove_extra_whitespaces=False, add_dummy_prefix=False, **own)
    for p in [p for p in unigram.pieces if p.type == 1 and len(p.piece) > 2][::7]:
        p.type = proto.ModelProto.SentencePiece.UNUSED
    save("defined.spm", unigram)
    save("bytes.spm", train("y", vocab_size=700, model_type="unigram", byte_fallback=True,
                            treat_whitespace_as_suffix=True, normalization_rule_name="identity"))
    os.remove(rules)
    models = {}
    for name in ["unigram.spm", "bpe.spm", "defined.spm", "bytes.spm"]:
        processor = sentencepiece.SentencePieceProcessor(model_file=f"{HERE}/spm/{name}")
        cases = []
        for text in TEXTS:
            pieces = processor.encode(text, out_type=str)
            # As MarianTokenizer puts pieces together.
            decoded = processor.decode_pieces(pieces).replace("▁", " ").strip()
            cases.append([pieces, decoded])
        models[name] = cases
    with open(f"{HERE}/spm/expected.json", "w") as f:
        json.dump({"by": f"sentencepiece {sentencepiece.__version__}", "texts": TEXTS, "models": models}, f,
                  ensure_ascii=True, separators=(",", ":"))
        f.write("\n")


if __name__ == "__main__":
    tokenizer()
