"""Makes the planner's model from capabilities and their phrases. Done once, kept with the compiled catalogue."""

from __future__ import annotations

import itertools
import math
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from greenroom.hub.understanding.mentions import scan
from greenroom.hub.understanding.score import features

MOST_VARIANTS = 24
PRIOR = 0.15
"""Added to every count: a feature never seen is unlikely, not impossible."""
STANDS_FOR = {
    "room": "room", "room-to-be": "name", "person": "person", "person-to-be": "name",
    "display-name": "name", "text": "name", "count": "number", "duration": "duration",
    "jwt": "jwt", "plan-id": "plan",
}  # fmt: skip
"""Kind of a placeholder → kind of the mention that people put there."""


def build(capabilities: Mapping[str, Any]) -> dict[str, Any]:
    """``{lexicon, weights, floors, vocabulary}``, JSON-able."""
    lexicon = load_lexicon()
    counts: dict[str, Counter[str]] = {}
    vocabulary: set[str] = set()
    for identifier, about in capabilities.items():
        counted: Counter[str] = Counter()
        sentences = [as_phrase(sentence, arguments) for sentence, arguments in about["examples"]]
        for phrase in [*about["says"], *sentences]:
            variants = list(expand(phrase))[:MOST_VARIANTS]
            for words in variants:
                found = features(phrase_tokens(words, about["fields"], lexicon), lexicon)
                for feature in found:
                    counted[feature] += 1 / len(variants)  # type: ignore[assignment]
                vocabulary.update(f[2:] for f in found if f.startswith("w:"))
        counts[identifier] = counted
    everything = {feature for counted in counts.values() for feature in counted}
    weights: dict[str, dict[str, float]] = {}
    floors: dict[str, float] = {}
    for identifier, counted in counts.items():
        total = sum(counted.values()) + PRIOR * len(everything)
        floors[identifier] = math.log(PRIOR / total)
        for feature, count in counted.items():
            weights.setdefault(feature, {})[identifier] = math.log((count + PRIOR) / total)
    return {
        "lexicon": lexicon,
        "weights": weights,
        "floors": floors,
        "vocabulary": sorted(vocabulary),
    }


def load_lexicon() -> dict[str, Any]:
    """The lexicon with word lists turned round: word → concept."""
    raw = tomllib.loads(Path(__file__).with_name("lexicon.toml").read_text(encoding="utf-8"))
    lexicon: dict[str, Any] = {"numbers": raw["numbers"], "units": raw["units"]}
    for table in ("actions", "objects"):
        lexicon[table] = {
            word: concept for concept, words in raw[table].items() for word in words.split()
        }
    forms: dict[str, set[str]] = {"third": set(), "told": set()}
    for word, concept in list(lexicon["actions"].items()):
        third, past, going = inflected(word)
        for form in (third, past, going, *raw["irregular"].get(word, "").split()):
            lexicon["actions"].setdefault(form, concept)
        forms["third"].add(third)
        forms["told"].add(past)
    lexicon |= {form: sorted(words) for form, words in forms.items()}
    common = Path(__file__).with_name("common.txt").read_text(encoding="utf-8").splitlines()
    lexicon["common"] = sorted(
        {word for line in common if line[:1] != "#" for word in line.split()}
    )
    lexicon["foreign"] = {
        word: topic for topic, words in raw["foreign"].items() for word in words.split()
    }
    for table in ("frames", "speech"):
        lexicon |= {name: words.split() for name, words in raw[table].items()}
    lexicon["stop"] = sorted({*lexicon["polite"], *lexicon["function"]})
    return lexicon


def inflected(verb: str) -> tuple[str, str, str]:
    """Third person, past and -ing form of a regular verb."""
    stem = verb.removesuffix("e")
    past = f"{verb[:-1]}ied" if verb[-1] == "y" and verb[-2:-1] not in "aeiou" else f"{stem}ed"
    return f"{verb}{'es' if verb.endswith(('s', 'sh', 'ch', 'x')) else 's'}", past, f"{stem}ing"


def expand(phrase: str) -> Iterator[str]:
    """All ways to read ``[optional]`` and ``(a|b)``."""
    parts = re.split(r"(\[[^\]]*\]|\([^)]*\))", phrase)
    choices: list[Iterable[str]] = []
    for part in parts:
        if part.startswith("["):
            choices.append(("", *expand(part[1:-1])))
        elif part.startswith("("):
            choices.append(part[1:-1].split("|"))
        else:
            choices.append((part,))
    for chosen in itertools.product(*choices):
        yield " ".join("".join(chosen).split())


def phrase_tokens(words: str, fields: Mapping[str, Any], lexicon: Mapping[str, Any]) -> list[Any]:
    """The phrase's tokens, placeholders as the mentions that stand for them."""
    samples = {
        "name": '"name"',
        "room": '"room"',
        "person": '"person"',
        "number": "7",
        "duration": "7 minutes",
        "jwt": "eyJhbGciOi.e.s",
        "plan": "01" + "0" * 24,
    }

    def sample(match: re.Match[str]) -> str:
        field = fields[match.group(1)]
        return samples[STANDS_FOR.get(field["kind"], "name")]

    tokens = scan(re.sub(r"\{(\w+)\}", sample, words), lexicon)
    return [
        replace(token, kind=token.value) if token.kind == "quoted" else token for token in tokens
    ]


def as_phrase(sentence: str, arguments: Mapping[str, Any]) -> str:
    """An example with its names replaced by placeholders, so that no name becomes vocabulary."""
    for field, value in arguments.items():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, str):
                sentence = re.sub(rf"[\"'“]?\b{re.escape(one)}\b[\"'”]?", f"{{{field}}}", sentence)
    return sentence
