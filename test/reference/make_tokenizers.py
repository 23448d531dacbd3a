"""Ids of texts by Hugging Face's tokenizers, from our files, and byte-pair merges by the algorithm as it is printed (arXiv 1508.07909).
Run: pip install tokenizers==0.23.3 && python3 test/reference/make_tokenizers.py  (writes tokenizers.json beside it)
"""
import collections
import json
import pathlib
import subprocess

import tokenizers

here = pathlib.Path(__file__)
given = json.loads(subprocess.check_output(["npx", "tsx", here.parent.parent / "fixtures" / "tokenized.ts"]))
NAMES = ["<pad>", "<unk>", "<s>", "</s>"]
END = "</w>"


def ids_of(file):
    tokenizer = tokenizers.Tokenizer.from_str(json.dumps(file))
    tokenizer.encode_special_tokens = True
    return [tokenizer.encode(text, add_special_tokens=False).ids for text in given["texts"]]


def merges_of(most, lower):
    """Counts all pairs anew for each merge. Of equals, the pair of the earliest tokens is taken."""
    corpus = [text.replace("Σ", "σ").lower() if lower else text for text in given["corpus"]]
    words = collections.Counter(word for text in corpus for word in text.split())
    letters = collections.Counter()
    for word, count in words.items():
        for letter in word:
            letters[letter] += count
    alphabet = sorted(letters, key=lambda each: (-letters[each], each.encode("utf-16-be")))[: (most - 4) // 2]
    tokens = NAMES + [form for letter in alphabet for form in (letter, letter + END)]
    split = {word: [*word[:-1], word[-1] + END] for word in words}
    merges, refused = [], set()
    while len(tokens) < most:
        pairs = collections.Counter()
        for word, parts in split.items():
            for pair in zip(parts, parts[1:]):
                if pair[0] in tokens and pair[1] in tokens and pair not in refused:
                    pairs[pair] += words[word]
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], tokens.index(pair[0]), tokens.index(pair[1])))
        if pairs[best] < 2:
            break
        joined = "".join(best)
        if joined in NAMES or (joined.endswith(END) and not best[1].endswith(END)):
            refused.add(best)
            continue
        merges.append(best)
        if joined not in tokens:
            tokens.append(joined)
        for word, parts in split.items():
            out = []
            while parts:
                if tuple(parts[:2]) == best:
                    out, parts = [*out, joined], parts[2:]
                else:
                    out, parts = [*out, parts[0]], parts[1:]
            split[word] = out
    return merges


document = [
    {
        "ids": ids_of(file),
        "merges": merges_of(settings["vocabulary"], settings["lowerCase"]) if settings["tokenizer"] == "bpe" else None,
    }
    for settings, file in ((each["settings"], each["file"]) for each in given["tokenizers"])
]
here.with_name("tokenizers.json").write_text(json.dumps(document) + "\n")
