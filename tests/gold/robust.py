"""How firmly requests are understood: the same ones with case, punctuation, politeness and one typing slip changed by rule.

python -m tests.gold.robust [--show]

500 seen requests of one turn. "Kept": the same status, calls and question as for the words as they were written.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from greenroom.hub.compiled import load_catalogue
from greenroom.understanding.planner import OfflinePlanner
from greenroom.understanding.reader import Reader
from tests.gold.run import GOLD, MakesModel, mistake, requests, run_one

MANY = 500
WORD = re.compile(r"(?<![\w'\"./:@=-])[A-Za-z]{2,}(?![\w'\"./:@=-])")
"""A plain word: no part of a name with dashes, a quotation, a URL or a flag."""
Change = Callable[[str, frozenset[str], int], str]


def case(text: str, ordinary: frozenset[str], seed: int) -> str:
    """Ordinary words in capitals; names as they are."""
    del seed
    return WORD.sub(lambda m: m[0].upper() if m[0].lower() in ordinary else m[0], text)


def punctuation(text: str, ordinary: frozenset[str], seed: int) -> str:
    """Another end of the sentence. A question stays one."""
    del ordinary
    bare = text.rstrip(" .!")
    return bare if bare.endswith("?") else bare + ("", "!", "!!", " .", "...")[seed % 5]


def politeness(text: str, ordinary: frozenset[str], seed: int) -> str:
    """A greeting before, or thanks behind."""
    del ordinary
    before, behind = (("hi, ", ""), ("please ", ""), ("", " please"), ("", " thanks"))[seed % 4]
    return f"{before}{text.rstrip('. ')}{behind}"


def slip(text: str, ordinary: frozenset[str], seed: int) -> str:
    """Two letters inside one ordinary word exchanged."""
    words = [m for m in WORD.finditer(text) if len(m[0]) > 4 and m[0].lower() in ordinary]
    if not words:
        return text
    word = words[seed % len(words)]
    at = word.start() + 1 + seed // 7 % (len(word[0]) - 3)
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


CHANGES: tuple[Change, ...] = (case, punctuation, politeness, slip)


def ordinary_words(request: Mapping[str, Any], known: frozenset[str]) -> frozenset[str]:
    """Words that are no name in this request's world or in what is expected of it."""
    rooms = request["world"].get("rooms", {})
    named = f"{rooms} {request['expected']}".lower()
    return frozenset(known - set(re.findall(r"[a-z]+", named)))


class Came(NamedTuple):
    """What came of a request; ``wrong`` is the kind of mistake, "" where all is right."""

    status: str
    calls: list[dict[str, Any]]
    asked: str
    wrong: str

    def harms(self, before: Came) -> bool:
        """Whether something is destroyed that should not be, and was not before."""
        return self.wrong == "WRONG DESTROY" != before.wrong


def what_came(request: Mapping[str, Any], home: Path, makes: MakesModel = OfflinePlanner) -> Came:
    """Status, calls, what was asked for, and what is wrong with them."""
    outcome, calls = asyncio.run(run_one(request, home, makes))
    asked = outcome.questions[0].field if outcome.questions else ""
    return Came(outcome.status, calls, asked, mistake(request["expected"], outcome, calls))


def of_one_turn() -> list[dict[str, Any]]:
    """The seen requests of one turn, always in the same mixed order."""
    single = [request for request in requests(GOLD / "seen") if len(request["turns"]) == 1]
    return sorted(single, key=lambda one: hashlib.sha256(one["id"].encode()).digest())


def main() -> int:
    """Print what was kept, rule by rule."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    known = frozenset(Reader(load_catalogue()).vocabulary.known)
    kept: Counter[str] = Counter()
    harm = 0
    chosen = of_one_turn()[:MANY]
    with tempfile.TemporaryDirectory() as homes:
        for number, request in enumerate(chosen):
            before = what_came(request, Path(homes) / f"{number}")
            ordinary = ordinary_words(request, known)
            for change in CHANGES:
                name = change.__name__
                text = change(request["turns"][0], ordinary, number)
                changed = {**request, "turns": [text]}
                after = what_came(changed, Path(homes) / f"{number}-{name}")
                kept[name] += after == before
                harm += after.harms(before)
                if options.show and after != before:
                    print(f"{request['id']} {name}: {text}\n  before {before}\n  after  {after}")
    for change in CHANGES:
        share = kept[change.__name__] / len(chosen)
        print(f"  {change.__name__:12} {kept[change.__name__]:4} of {len(chosen)} = {share:6.1%}")
    every = len(chosen) * len(CHANGES)
    print(f"kept {kept.total()} of {every} = {kept.total() / every:.1%}; {harm} new wrong destroys")
    return int(harm > 0)


if __name__ == "__main__":
    sys.exit(main())
