"""BLEU and chrF by sacreBLEU, and the words that it counts, of made-up texts.
Run: pip install sacrebleu==2.6.0 && python3 test/reference/make_translation.py  (writes translation.json beside it)
"""
import json
import pathlib
import random

from sacrebleu.metrics import BLEU, CHRF

TOKENIZERS = ("13a", "none", "char")
WORDS = "the a man woman in red shirt is standing on street , . ein Mann steht Straße – café İstanbul ΣΟΦΟΣ 1,000 3.14 e-mail 2-3".split()
rng = random.Random(12)


def words(count):
    return [rng.choice(WORDS) for _ in range(count)]


def spoiled(line, chance):
    """Words left out, doubled, swapped for others, in another case."""
    kept = []
    for word in line:
        roll = rng.random() / chance
        kept += [] if roll < 0.25 else [word, word] if roll < 0.4 else [rng.choice(WORDS)] if roll < 0.8 else [word.upper()] if roll < 1 else [word]
    return kept


def corpus(count, longest, chance):
    lines = [words(rng.randint(0, longest)) for _ in range(count)]
    return [" ".join(spoiled(line, chance)) for line in lines], [" ".join(line) for line in lines]


ASCII = [chr(code) for code in range(128)]
# What Python, JavaScript or neither takes for whitespace.
SPACES = [*"\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u180e\u2000\u2007\u200a\u200b\u2028\u2029\u202f\u205f\u3000\ufeff"]

TEXTS = {
    "the same": (["Hello, world! It is 5.30 now."], ["Hello, world! It is 5.30 now."]),
    "empty hypothesis": ([""], ["Some words stand here ."]),
    "empty reference": (["Some words stand here ."], [""]),
    "both empty": ([""], [""]),
    "some of each empty": (["", "a b c d e", "x"], ["a b c", "a b c d e f", ""]),
    "only whitespace": ([" \t\n ", "a b c d"], ["a b c d", "\u3000"]),
    "one word": (["cat"], ["cat"]),
    "one word of many": (["cat"], ["the cat sat on the mat"]),
    "three words": (["the cat sat"], ["the cat sat"]),
    "nothing in common": (["abc def ghi jkl"], ["uvw xyz rst opq"]),
    "no 4-grams in common": (["the cat is on a mat today"], ["the cat is under some mat today"]),
    "no 2-grams in common": (["a b c d e"], ["e x d x c x b x a"]),
    "longer than the reference": (["the the the the the the the"], ["the cat is on the mat"]),
    "German": (
        ["Der Mann steht an der Straße.", "Zwei Hunde, die rennen!"],
        ["Ein Mann steht auf der Straße.", "Zwei Hunde rennen, ohne Pause!"],
    ),
    "Japanese": (["猫がマットの上に座った。", "今日は天気がいい"], ["猫はマットの上に座っていた。", "今日は天気が良い"]),
    "Arabic and Hebrew": (["القطة على السجادة الحمراء", "שלום עולם טוב מאוד"], ["القطة فوق السجادة الحمراء", "שלום לעולם טוב מאוד"]),
    "Devanagari and Thai": (["बिल्ली चटाई पर बैठी है", "แมวนั่งบนเสื่อ"], ["बिल्ली चटाई पर बैठी थी", "แมวนอนบนเสื่อ"]),
    "outside the first plane": (["😀 ok 👍🏽 𝒳𝒴𝒵 end", "👩‍👩‍👧 a b c"], ["😀 ok 👍 𝒳𝒴𝒲 end", "👩‍👩‍👦 a b c"]),
    "composed and decomposed": (["caf\u00e9 is caf\u00e9 and so on"], ["cafe\u0301 is caf\u00e9 and so on"]),
    "case of special letters": (["İSTANBUL ΣΟΦΟΣ STRASSE ǅ ends"], ["i̇stanbul σοφος straße ǆ ends"]),
    "entities": (["&quot;A&quot; &amp;lt; &lt;b&gt; &amp;amp;quot; &apos;c&apos; d"], ["\"A\" < <b> \" 'c' d"]),
    "skipped and broken lines": (["a <skipped> word-\nbreak here\nand there-\n"], ["a word break here and there -"]),
    "numbers": (["It costs 1,000.50 or 3.14, 2-3 of .5 and 7."], ["It costs 1,000.51 or 3.14, 2 - 3 of 0.5 and 7 ."]),
    "punctuation": (["...--- (what?!) 'no'... [a/b] {c|d} ~e^f_g` @h #i $j% k&l *m+n=o\\p"], ["... --- ( what ?! ) ' no ' [ a/b ] {c|d} e ^ f_g @h # i"]),
    "whitespace of all kinds": (["".join(f"a{c}b" for c in SPACES)], ["".join(f"b{c}a" for c in SPACES) + " a b"]),
    "control characters": (["a\x00b c\x07 d\x1b[31m e\x7f f"], ["a\x00b c d\x1b[31m e f"]),
    "100 lines, a little spoiled": corpus(100, 14, 0.2),
    "100 lines, much spoiled": corpus(100, 9, 0.8),
    "100 short lines": corpus(100, 3, 0.5),
    "long lines": corpus(2, 700, 0.4),
}

LINES = [
    *(f"a{c}b 1{c}2 a{c}2 1{c}b {c} a {c}b {c}{c}" for c in ASCII),
    *(f"a{c}b{c}{c}" for c in SPACES),
    *(" ".join(spoiled(words(9), 0.5)).replace(" ", rng.choice(["", " ", "-"])) for _ in range(20)),
    *(line for hypotheses, references in list(TEXTS.values())[:-4] for line in hypotheses + references),
]


def figures(hypotheses, references):
    for lower in (False, True):
        for tokenizer in TOKENIZERS:
            metric = BLEU(tokenize=tokenizer, lowercase=lower)
            found = metric.corpus_score(hypotheses, [references])
            yield {
                "metric": "bleu",
                "options": {"tokenize": tokenizer, "lowerCase": lower},
                "score": found.score,
                "signature": str(metric.get_signature()),
                "counts": list(found.counts),
                "totals": list(found.totals),
                "precisions": found.precisions,
                "brevityPenalty": found.bp,
                "hypothesisLength": found.sys_len,
                "referenceLength": found.ref_len,
            }
        metric = CHRF(lowercase=lower)
        score = metric.corpus_score(hypotheses, [references]).score
        yield {"metric": "chrf", "options": {"lowerCase": lower}, "score": score, "signature": str(metric.get_signature())}


def tokens(line):
    return {name: BLEU(tokenize=name)._preprocess_segment(line).split() for name in TOKENIZERS}


pathlib.Path(__file__).with_name("translation.json").write_text(
    json.dumps(
        {
            "corpora": [
                {"name": name, "hypotheses": given, "references": wanted, "figures": list(figures(given, wanted))}
                for name, (given, wanted) in TEXTS.items()
            ],
            "lines": [{"line": line, **tokens(line)} for line in LINES],
        },
        separators=(",", ":"),
    )
    + "\n"
)
