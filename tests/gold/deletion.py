"""How much hangs on a single phrase: seen requests planned with a catalogue that lacks it.

python -m tests.gold.deletion [--many N] [--of CAPABILITY] [--show]

Phrases are drawn by a hash of their words, out of all there are or those of one capability. Each is left out in memory alone.
The learned models stay as they are, though sentences made of that phrase helped to train them: training anew takes ten minutes.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from greenroom.config.store import FileConfiguration
from greenroom.domain.conversation import Conversation
from greenroom.domain.planning import Brief, Reply
from greenroom.hub.compiled import load_catalogue
from greenroom.understanding.build import build, ceased
from greenroom.understanding.inflection import bases
from greenroom.understanding.names import LiveNames
from greenroom.understanding.planner import OfflinePlanner
from tests.gold.robust import Came, of_one_turn, what_came
from tests.gold.run import world_of

MANY = 60
SAMPLE = 1500
"""Requests that are planned without any phrase, whatever it is."""
MOST = 3
"""Results that may hang on one phrase."""
Phrase = tuple[str, str]
"""Capability and line of its ``.says`` file."""
Catalogue = Mapping[str, Any]


@dataclass(frozen=True)
class Difference:
    """A request whose result hangs on a phrase."""

    request: Mapping[str, Any]
    before: Came
    after: Came


@dataclass(frozen=True)
class Loss:
    """What leaving out a phrase did: requests planned, replies that differ, and of these the results."""

    phrase: Phrase
    planned: int
    replies: int
    results: Sequence[Difference]

    @property
    def spoiled(self) -> int:
        """Results that were right."""
        return sum(bool(one.after.wrong) and not one.before.wrong for one in self.results)

    @property
    def harm(self) -> int:
        """Wrong destroys that were none before."""
        return sum(one.after.harms(one.before) for one in self.results)


def phrases(catalogue: Catalogue, of: str = "") -> list[Phrase]:
    """All of them, or one capability's, always in the same mixed order."""
    found = [
        (name, line)
        for name, about in catalogue["capabilities"].items()
        if of in {"", name}
        for line in about["says"]
    ]
    return sorted(found, key=lambda one: hashlib.sha256(" ".join(one).encode()).digest())


def without(catalogue: Catalogue, left_out: Iterable[Phrase]) -> dict[str, Any]:
    """The catalogue as it would be compiled if no ``.says`` file had these lines."""
    capabilities = dict(catalogue["capabilities"])
    for name, line in left_out:
        says = [other for other in capabilities[name]["says"] if other != line]
        capabilities[name] = {**capabilities[name], "says": says, "ceases": ceased(says)}
    return {**catalogue, "capabilities": capabilities, "planner": build(capabilities)}


def words_lost(whole: Catalogue, less: Catalogue) -> set[str]:
    """Words that no phrase has any more, and verbs that no capability means any more."""
    before, after = whole["planner"], less["planner"]
    gone = {f[2:] for f in before["shares"].keys() - after["shares"].keys() if f[:2] == "w:"}
    others = (set(part["lexicon"]["other_verbs"]) for part in (before, after))
    return gone.union(set.symmetric_difference(*others))


class Measure:
    """Plans requests with and without phrases; what the whole catalogue makes of each is found once."""

    def __init__(
        self, catalogue: Catalogue, requests: Sequence[Mapping[str, Any]], home: Path
    ) -> None:
        self.catalogue, self.requests, self.home = catalogue, requests, home
        self.planner = OfflinePlanner(catalogue)
        settings = FileConfiguration({"HOME": str(home)}, str(home))
        self._briefs = {
            request["id"]: Brief(
                text=request["turns"][0],
                conversation=Conversation(),
                names=LiveNames(*world_of(request["world"]), settings),
                catalogue=catalogue,
            )
            for request in requests
        }
        self._words = {
            name: frozenset(with_bases(brief.text)) for name, brief in self._briefs.items()
        }
        self._replies: dict[str, Reply] = {}
        self._came: dict[str, Came] = {}

    def loss(self, left_out: Sequence[Phrase]) -> Loss:
        """Plan without these: the sample, what is expected of their capabilities, and what has words that only they have."""
        less = without(self.catalogue, left_out)
        planner = OfflinePlanner(less)
        lost, names = words_lost(self.catalogue, less), {name for name, _ in left_out}
        at_stake = [
            request
            for at, request in enumerate(self.requests)
            if at < SAMPLE
            or any(call["capability"] in names for call in request["expected"].get("calls", ()))
            or not lost.isdisjoint(self._words[request["id"]])
        ]
        differ = asyncio.run(self._differ(planner, at_stake))
        results = [one for request in differ if (one := self._difference(request, planner))]
        return Loss(left_out[0], len(at_stake), len(differ), results)

    async def _differ(
        self, planner: OfflinePlanner, requests: Sequence[Mapping[str, Any]]
    ) -> list[Mapping[str, Any]]:
        """Those that a planner answers otherwise than with the whole catalogue."""
        found = []
        for request in requests:
            brief = self._briefs[request["id"]]
            if request["id"] not in self._replies:
                self._replies[request["id"]] = await self.planner.reply(brief)
            if await planner.reply(brief) != self._replies[request["id"]]:
                found.append(request)
        return found

    def _difference(self, request: Mapping[str, Any], planner: OfflinePlanner) -> Difference | None:
        """What the whole crew makes of a reply that differs; None where it comes to the same."""
        name = request["id"]
        if name not in self._came:
            self._came[name] = self._run(request, self.planner)
        after = self._run(request, planner)
        return Difference(request, self._came[name], after) if after != self._came[name] else None

    def _run(self, request: Mapping[str, Any], planner: OfflinePlanner) -> Came:
        with tempfile.TemporaryDirectory(dir=self.home) as home:
            return what_came(request, Path(home), lambda _: planner)


def with_bases(text: str) -> Iterator[str]:
    """Words of a text, and what they may be forms of."""
    for word in re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)?", text.casefold()):
        yield word
        yield from bases(word)


def shown(losses: Iterator[Loss], *, show: bool) -> Iterator[Loss]:
    """The same losses; each result that hangs on a phrase is printed as it is found."""
    for loss in losses:
        if show and loss.results:
            print(": ".join(loss.phrase))
            for one in loss.results:
                print(f"  {one.request['id']}: {one.request['turns'][0]}")
                print(f"    before {one.before}\n    after  {one.after}")
        yield loss


def table(losses: Sequence[Loss]) -> None:
    """Print the phrases on which some result hangs, those with most first, and what hangs on all."""
    print("results  spoiled  replies  planned  phrase")
    for loss in sorted(losses, key=lambda one: (-len(one.results), -one.spoiled, one.phrase)):
        if loss.results:
            counts = (len(loss.results), loss.spoiled, loss.replies, loss.planned)
            print("  ".join(f"{count:7}" for count in counts), " ", ": ".join(loss.phrase))
    many = sum(len(loss.results) > MOST for loss in losses)
    print(f"replies hang on {sum(loss.replies > 0 for loss in losses)} of {len(losses)} phrases")
    print(f"more than {MOST} results hang on {many} = {many / len(losses):.1%}")
    print(f"most results that hang on one: {max(len(loss.results) for loss in losses)}")
    print(f"{sum(loss.harm for loss in losses)} new wrong destroys")
    print("the learned models were not trained anew")


def main() -> int:
    """Print what hangs on each of the phrases that are drawn."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--many", type=int, default=MANY, metavar="N")
    parser.add_argument("--of", default="", metavar="CAPABILITY")
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    catalogue = load_catalogue()
    drawn = phrases(catalogue, options.of)[: options.many]
    if not drawn:
        parser.error(f"there is no phrase of {options.of!r}")
    with tempfile.TemporaryDirectory() as home:
        measure = Measure(catalogue, of_one_turn(), Path(home))
        found = (measure.loss([phrase]) for phrase in drawn)
        losses = list(shown(found, show=options.show))
    table(losses)
    return int(any(loss.harm for loss in losses))


if __name__ == "__main__":
    sys.exit(main())
