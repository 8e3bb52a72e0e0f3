"""Runs gold requests through the whole crew (rooms in memory, approvals answered yes) and counts what came out right.

python -m tests.gold.run [--show]           the seen half, with each miss
python -m tests.gold.run --unseen           totals of the unseen half only; every opening is logged
python -m tests.gold.run --model MODULE:ATTRIBUTE    with another planner: a ChatModel, or what makes one of the catalogue
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from greenroom.crew import Greenroom
from greenroom.domain.egress import EgressInfo, EgressOutput, EgressRequest, EgressSource
from greenroom.domain.outcome import Outcome
from greenroom.domain.plan import Call, Reference
from greenroom.domain.planning import Brief, Calls, Reply
from greenroom.domain.ports import ChatModel
from greenroom.hub.compiled import load_catalogue
from greenroom.understanding.planner import OfflinePlanner
from tests.doubles import FakeClock, MemoryRooms, a_crew
from tests.egress_double import MemoryEgress, info_of

GOLD = Path(__file__).parent.parent / "data" / "gold"
MakesModel = Callable[[Mapping[str, Any]], ChatModel]
"""A planner of the compiled catalogue."""
ENVIRONMENTS = ("production", "staging")
"""Environments of every world, beside the one in use."""
PUBLISHED = ("microphone", "camera")
"""What everybody in a world publishes of whom it says nothing else."""
NOTHING = "(nothing)"
"""Stands for the mode of a request that runs nothing."""


@dataclass(frozen=True)
class Result:
    """What came of one request, without the outcome: it holds on to all it was made with. ``wrong`` is "" where all is right."""

    request: Mapping[str, Any]
    status: str
    message: str
    calls: list[dict[str, Any]]
    wrong: str

    @property
    def mode(self) -> str:
        """The mode of what should run first."""
        calls = self.request["expected"].get("calls", [])
        return str(calls[0]["capability"]).partition(".")[0] if calls else NOTHING


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


def model_named(name: str) -> MakesModel:
    """What ``module:attribute`` names: a ChatModel as it is, or a class or function that is given the catalogue."""
    module, _, attribute = name.partition(":")
    found = getattr(importlib.import_module(module), attribute)
    if isinstance(found, type) or not hasattr(found, "reply"):
        makes: MakesModel = found
        return makes
    return lambda _: found


async def run_one(
    request: Mapping[str, Any], home: Path, makes: MakesModel = OfflinePlanner
) -> tuple[Outcome, list[dict[str, Any]]]:
    """The last turn's outcome, and the calls that it made."""
    for name in ENVIRONMENTS:
        file = home / ".ruru" / "config" / f"livekit.{name}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("{}", encoding="utf-8")
    rooms, egress = world_of(request["world"])
    crew: Greenroom = a_crew(home, rooms, FakeClock(), egress=egress)
    listening = Listening(makes(crew.catalogue.compiled))
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


def world_of(world: Mapping[str, Any]) -> tuple[MemoryRooms, MemoryEgress]:
    """Rooms, what everybody publishes, and what is recorded or streamed."""
    rooms = MemoryRooms(world.get("rooms", {}))
    publishing = world.get("publishing", {})
    for room, people in rooms.inside.items():
        for identity in list(people):
            sources = publishing.get(room, {}).get(identity, PUBLISHED)
            rooms.publish(room, identity, *sources)
    egresses = [egress_of(number, one) for number, one in enumerate(world.get("egresses", []), 1)]
    return rooms, MemoryEgress(egresses)


def egress_of(number: int, about: Mapping[str, Any]) -> EgressInfo:
    """One that runs, or has ended: ``{"room": "lobby", "urls": [...], "identity": …, "id": …, "status": …}``; a file without ``urls``."""
    urls = tuple(about.get("urls", ()))
    output = EgressOutput(kind="stream", urls=urls) if urls else EgressOutput(kind="file")
    identity = about.get("identity", "")
    source = EgressSource(kind="participant" if identity else "room", identity=identity)
    request = EgressRequest(room=about["room"], source=source, outputs=(output,))
    made = info_of(about.get("id", f"EG_{number}world"), request)
    return replace(made, status=about.get("status", "active"))


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
def capabilities() -> Mapping[str, Any]:
    """All of them as they are compiled, which takes a second."""
    found: Mapping[str, Any] = load_catalogue()["capabilities"]
    return found


def effect(capability: str) -> str:
    """read, write or destroy; what leads to calls counts as a write."""
    about = capabilities()[capability]
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


def results(
    folder: Path, makes: MakesModel = OfflinePlanner, *, every: int = 1
) -> Iterator[Result]:
    """One after the other, each in a world of its own; of so many only the first."""
    with tempfile.TemporaryDirectory() as homes:
        for request in islice(requests(folder), 0, None, every):
            outcome, calls = asyncio.run(run_one(request, Path(homes) / request["id"], makes))
            wrong = mistake(request["expected"], outcome, calls)
            yield Result(request, outcome.status, outcome.message, calls, wrong)


def score(
    folder: Path, *, every: int = 1, makes: MakesModel = OfflinePlanner
) -> tuple[Counter[str], Counter[str], Counter[str]]:
    """``(right by voice, all by voice, mistakes by kind)``."""
    found = list(results(folder, makes, every=every))
    right, total = by(found, lambda result: str(result.request["author"]))
    return right, total, Counter(result.wrong for result in found if result.wrong)


def shown(found: Iterator[Result], *, show: bool) -> Iterator[Result]:
    """The same results; each miss is printed as it comes."""
    for result in found:
        if show and result.wrong:
            request = result.request
            print(f"{request['id']}: {result.wrong}\n  {request['turns']} in {request['world']}")
            print(f"  wanted {request['expected']}")
            print(f"  got    {result.message} {result.calls}")
        yield result


def by(found: list[Result], key: Callable[[Result], str]) -> tuple[Counter[str], Counter[str]]:
    """``(right, all)`` by something."""
    right = Counter(key(result) for result in found if not result.wrong)
    return right, Counter(map(key, found))


def table(title: str, right: Counter[str], total: Counter[str]) -> None:
    """Print one line for each."""
    print(f"by {title}")
    for name in sorted(total):
        share = right[name] / total[name]
        print(f"  {name:14} {right[name]:4} of {total[name]:4} = {share:6.1%}")


def main() -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--unseen", action="store_true")
    parser.add_argument("--model", metavar="MODULE:ATTRIBUTE")
    options = parser.parse_args()
    makes = model_named(options.model) if options.model else OfflinePlanner
    folder = GOLD / ("unseen" if options.unseen else "seen")
    found = list(shown(results(folder, makes), show=options.show and not options.unseen))
    if not options.unseen:
        table("mode", *by(found, lambda result: result.mode))
    table("voice", *by(found, lambda result: str(result.request["author"])))
    print("by kind of mistake")
    for kind, count in Counter(result.wrong for result in found if result.wrong).most_common():
        print(f"  {count:4} × {kind}")
    right = sum(not result.wrong for result in found)
    print(f"{'all':16} {right:4} of {len(found):4} = {right / max(1, len(found)):6.1%}")
    if options.unseen:
        with (GOLD / "openings.log").open("a", encoding="utf-8") as log:
            now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M")
            model = f" with {options.model}" if options.model else ""
            log.write(f"{now} right {right} of {len(found)}{model}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
