"""Runs gold requests through the whole crew (rooms in memory, approvals answered yes) and counts what came out right.

python -m tests.gold.run [--show]           the seen half, with each miss
python -m tests.gold.run --unseen           totals of the unseen half only; every opening is logged
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from greenroom.crew import Greenroom
from greenroom.domain.outcome import Outcome
from greenroom.domain.plan import Call, Reference
from greenroom.domain.planning import Brief, Calls, Reply
from greenroom.domain.ports import ChatModel
from greenroom.hub.compiled import load_catalogue
from greenroom.understanding.planner import OfflinePlanner
from tests.doubles import FakeClock, MemoryRooms, a_crew

GOLD = Path(__file__).parent.parent / "data" / "gold"


class Listening:
    """Keeps what a planner answered last."""

    def __init__(self, planner: ChatModel) -> None:
        self.planner = planner
        self.last: Reply | None = None

    async def reply(self, brief: Brief) -> Reply:
        self.last = await self.planner.reply(brief)
        return self.last


def requests(folder: Path) -> Iterator[dict[str, Any]]:
    """All requests of a folder, in order of file and line."""
    for file in sorted(folder.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.strip():
                yield json.loads(line)


async def run_one(request: Mapping[str, Any], home: Path) -> tuple[Outcome, list[dict[str, Any]]]:
    """The last turn's outcome, and the calls that it made."""
    crew: Greenroom = a_crew(home, MemoryRooms(request["world"].get("rooms", {})), FakeClock())
    listening = Listening(OfflinePlanner(crew.catalogue.compiled))
    crew._planner = listening
    async with crew:
        for turn in request["turns"]:
            outcome = await crew.ask(turn, session="gold", approve=True)
    made = (
        listening.last.calls
        if isinstance(listening.last, Calls) and outcome.status == "done"
        else ()
    )
    return outcome, [plain(call, made, crew.catalogue.compiled) for call in made]


def plain(call: Call, made: tuple[Call, ...], compiled: Mapping[str, Any]) -> dict[str, Any]:
    """A call with references followed and defaults left out."""
    fields = compiled["capabilities"][call.capability]["fields"]
    arguments = {}
    for name, value in call.arguments.items():
        known = made[value.step].arguments[value.field] if isinstance(value, Reference) else value
        if known != fields[name]["default"] or fields[name]["required"]:
            arguments[name] = known
    return {"capability": call.capability, "arguments": arguments}


@cache
def effect(capability: str) -> str:
    """read, write or destroy; what leads to calls counts as a write."""
    about = load_catalogue()["capabilities"][capability]
    return "write" if about["result"] == "FollowUp" else about["effect"]


def mistake(expected: Mapping[str, Any], outcome: Outcome, calls: list[dict[str, Any]]) -> str:
    """ "" when all is right, else the kind of mistake."""
    wanted = expected.get("calls", [])
    effects = {effect(call["capability"]) for call in calls if call not in wanted}
    if "destroy" in effects:
        return "WRONG DESTROY"
    if "write" in effects and expected["status"] != "done":
        return "UNWANTED WRITE"
    if expected["status"] != outcome.status:
        return f"{expected['status']} → {outcome.status}"
    if calls not in [wanted, *expected.get("also", [])]:
        same = [call["capability"] for call in calls] == [call["capability"] for call in wanted]
        return "wrong arguments" if same else "wrong capability"
    asked = outcome.questions[0].field if outcome.questions else ""
    if expected["status"] == "needs_input" and expected.get("field", asked) != asked:
        return "asked for something else"
    return ""


def score(folder: Path, *, show: bool = False) -> tuple[Counter[str], Counter[str], Counter[str]]:
    """``(right by voice, all by voice, mistakes by kind)``."""
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    mistakes: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as homes:
        for request in requests(folder):
            outcome, calls = asyncio.run(run_one(request, Path(homes) / request["id"]))
            wrong = mistake(request["expected"], outcome, calls)
            total[request["author"]] += 1
            right[request["author"]] += not wrong
            if wrong:
                mistakes[wrong] += 1
                if show:
                    print(f"{request['id']}: {wrong}\n  {request['turns']} in {request['world']}")
                    print(f"  wanted {request['expected']}\n  got    {outcome.message} {calls}")
    return right, total, mistakes


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--unseen", action="store_true")
    options = parser.parse_args()
    folder = GOLD / ("unseen" if options.unseen else "seen")
    right, total, mistakes = score(folder, show=options.show and not options.unseen)
    for voice in sorted(total):
        print(f"{voice:12} {right[voice]:3} of {total[voice]:3}")
    for kind, count in mistakes.most_common():
        print(f"  {count:3} × {kind}")
    share = right.total() / max(1, total.total())
    print(f"{'all':12} {right.total():3} of {total.total():3} = {share:.1%}")
    if options.unseen:
        with (GOLD / "openings.log").open("a", encoding="utf-8") as log:
            now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M")
            log.write(f"{now} right {right.total()} of {total.total()}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
