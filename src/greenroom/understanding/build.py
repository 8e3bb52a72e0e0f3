"""Makes the planner's model from capabilities and their phrases. Done once, kept with the compiled catalogue."""

from __future__ import annotations

import itertools
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from greenroom.understanding.knowledge import looked_up
from greenroom.understanding.manner import verbs_ordered
from greenroom.understanding.mentions import scan
from greenroom.understanding.score import features

MOST_VARIANTS = 24
SEVERAL = 2.5
STANDS_FOR = {
    "room": "room", "room-to-be": "name", "person": "person", "person-to-be": "name",
    "display-name": "name", "text": "name", "role": "name", "role-to-be": "name", "prefix": "name", "count": "number", "duration": "duration",
    "jwt": "jwt", "plan-id": "plan", "settings": "setting", "pattern": "pattern",
    "name-to-be": "name", "destination": "name", "preset": "name", "path": "name", "secret": "name", "egress": "room", "recorded": "room", "track": "track", "url": "url", "stream-url": "stream",
    "region": "region", "resolution": "resolution", "frame-rate": "framerate", "bitrate": "bitrate",
    "ordinal": "ordinal",
}  # fmt: skip
"""Kind of a placeholder → kind of the mention that people put there."""


def build(capabilities: Mapping[str, Any]) -> dict[str, Any]:
    """``{lexicon, shares, sizes, cues, known}``, JSON-able.

    ``shares``: feature → capability → share of its phrases that have it. ``sizes``: capability → number of its phrases.
    ``cues``: words that stand beside a field's value or mean one. ``known``: one word a line, none of which is a name unless something says so.
    """
    raw = load_lexicon()
    lexicon = looked_up(raw)
    shares: dict[str, dict[str, float]] = {}
    vocabulary: set[str] = set()
    ordered: Counter[str] = Counter()
    sizes: dict[str, int] = {}
    for identifier, about in capabilities.items():
        sentences = [as_phrase(sentence, arguments) for sentence, arguments in about["examples"]]
        phrases = [*about["says"], *sentences]
        sizes[identifier] = len(phrases)
        counted: Counter[str] = Counter()
        for phrase in phrases:
            variants = list(expand(phrase))[:MOST_VARIANTS]
            for words in variants:
                tokens = phrase_tokens(words, about["fields"], lexicon)
                found = features(tokens, lexicon)
                for feature in found:
                    counted[feature] += 1 / len(variants)  # type: ignore[assignment]
                vocabulary.update(f[2:] for f in found if f.startswith("w:"))
                ordered.update({verb: 1 / len(variants) for verb in verbs_ordered(tokens, lexicon)})
        for feature, count in counted.items():
            shares.setdefault(feature, {})[identifier] = round(count / len(phrases), 5)
    # A verb that several phrases order with is no longer one that no capability means.
    own = {verb for verb, count in ordered.items() if count >= SEVERAL}
    raw["other_verbs"] = sorted(set(raw["other_verbs"]) - own)
    cues = cue_words(capabilities)
    known = vocabulary | cues | known_words(raw)
    # So many words are read faster as one text, and nobody needs them one by one.
    del raw["common"]
    return {
        "lexicon": raw,
        "shares": shares,
        "sizes": sizes,
        "cues": sorted(cues),
        "known": "\n".join(sorted(known)),
    }


def ceased(phrases: Iterable[str]) -> list[str]:
    """What a capability makes an end of by its own phrases: "stop sending …" orders it, and forbids nothing."""
    found = (
        re.match(r"stop (\w+ing)\b", variant) for phrase in phrases for variant in expand(phrase)
    )
    return sorted({match[1] for match in found if match})


def known_words(lexicon: Mapping[str, Any]) -> set[str]:
    """Words that the lists of the lexicon have."""
    known: set[str] = set()
    for table in ("numbers", "units", "actions", "objects", "foreign"):
        known.update(lexicon[table])
    for name, words in lexicon.items():
        listed = isinstance(words, list) and not name.endswith("_phrases")
        if listed and name != "given":
            known.update(words)
    return known


def cue_words(capabilities: Mapping[str, Any]) -> set[str]:
    """Every word that stands beside a field's value or means one."""
    cues: set[str] = set()
    for about in capabilities.values():
        for name, field in about["fields"].items():
            cues |= {name, name.replace("_", "-")}
            phrases = [*field["words"], *(phrase for _, said in field["means"] for phrase in said)]
            cues.update(word for phrase in phrases for word in phrase.split())
    return cues


def load_lexicon() -> dict[str, Any]:
    """The lexicon with word lists turned round: word → concepts; verbs in all their forms."""
    raw = tomllib.loads(Path(__file__).with_name("lexicon.toml").read_text(encoding="utf-8"))
    lexicon: dict[str, Any] = {"numbers": raw["numbers"], "units": raw["units"]}
    for table in ("actions", "objects"):
        meanings: dict[str, list[str]] = {}
        for concept, words in raw[table].items():
            for word in words.split():
                meanings.setdefault(word, []).append(concept)
        lexicon[table] = meanings
    forms: dict[str, set[str]] = {"third": set(), "told": set(), "going": set(), "bases": set()}
    for word, concepts in list(lexicon["actions"].items()):
        third, past, going = inflected(word)
        for form in (third, past, going, *raw["irregular"].get(word, "").split()):
            lexicon["actions"].setdefault(form, concepts)
        forms["third"].add(third)
        forms["told"].update({past, *raw["irregular"].get(word, "").split()})
        forms["going"].add(going)
        forms["bases"].add(word)
    forms["told"] = {word for word in forms["told"] if not word.endswith("ing")}
    lexicon |= {form: sorted(words) for form, words in forms.items()}
    lexicon["foreign"] = {
        word: topic for topic, words in raw["foreign"].items() for word in words.split()
    }
    lexicon |= {
        name: words.split() if isinstance(words, str) else [phrase.split() for phrase in words]
        for name, words in raw["speech"].items()
    }
    lexicon["other_verbs"] = sorted(
        set(raw["others"]["verbs"].split()) - lexicon["actions"].keys() - lexicon["objects"].keys()
    )
    lexicon["rewrites"] = {word: stands.split() for word, stands in raw["rewrites"].items()}
    lexicon["compounds"] = raw["compounds"]["ordinary"].split()
    given = set(words_of_file("given.txt")) - lexicon["actions"].keys() - lexicon["objects"].keys()
    lexicon["given"] = sorted(given)
    lexicon["common"] = sorted(set(words_of_file("common.txt")) - given)
    lexicon["singular_rooms"] = sorted(
        word for word, means in lexicon["objects"].items() if "room" in means and word[-1] != "s"
    )
    lexicon["plural_rooms"] = sorted(
        word for word, means in lexicon["objects"].items() if "room" in means and word[-1] == "s"
    )
    lexicon["stop"] = sorted({*lexicon["polite"], *lexicon["function"]})
    lexicon["frames"] = tomllib.loads(
        Path(__file__).with_name("frames.toml").read_text(encoding="utf-8")
    )
    return lexicon


def words_of_file(name: str) -> list[str]:
    """Words of a list beside this file, without its comments."""
    lines = Path(__file__).with_name(name).read_text(encoding="utf-8").splitlines()
    return [word for line in lines if line[:1] != "#" for word in line.split()]


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
        "setting": "room.defaultSettings.emptyTimeout",
        "pattern": "name-*",
        "track": "TR_name",
        "url": "https://name",
        "stream": "rtmp://name/name",
        "resolution": "1280x720",
        "framerate": "30fps",
        "bitrate": "500kbps",
        "ordinal": "second",
        "region": "eu-west-1",
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
