"""What runs decides between two readings: nothing can be added to a stream that there is not, and an id is of a recording or of a stream."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from greenroom.domain.planning import Names
from greenroom.understanding import weights as w
from greenroom.understanding.egresses import RECORDING
from greenroom.understanding.fields import Filled
from greenroom.understanding.questions import has_one_of
from greenroom.understanding.reading import Read


async def refit(
    step: Read,
    names: Names,
    capabilities: Mapping[str, Any],
    wanted: Mapping[str, float],
) -> bool:
    """Make a step that does not fit what runs one of the likeliest capability that does, with the same values; whether there is one."""
    about = capabilities[step.capability]
    fields = about["fields"]
    name = next((n for n, f in fields.items() if f["kind"] == "egress"), "")
    said = step.filled.values.get(name)
    if not name or not isinstance(said, str):
        return False
    running = await names.egresses(active=True)
    one = next((each for each in running if each.egress_id == said), None)
    if one is not None:
        if one.is_recording is (name == RECORDING):
            return False
        kind = "egress"
    else:
        there = any(o.room == said and o.is_recording is (name == RECORDING) for o in running)
        if there or about["effect"] != "write" or said not in await names.rooms():
            return False
        kind = "room"
    values = {n: v for n, v in step.filled.values.items() if n != name}
    for other in sorted(wanted, key=lambda each: -wanted[each]):
        if wanted[other] < w.HOPELESS:
            return False
        to = capabilities.get(other)
        if to is None or other == step.capability or to["effect"] != about["effect"]:
            continue
        place = next((n for n, f in to["fields"].items() if f["kind"] == kind), "")
        filled = Filled({**values, place: said}, {**step.filled.sources, place: f"“{said}”"})
        same = all(
            n in to["fields"] and to["fields"][n]["kind"] == fields[n]["kind"] for n in values
        )
        if (
            place
            and place != name
            and same
            and filled.has_required(to)
            and has_one_of(filled.values, to)
        ):
            filled.used = step.filled.used
            step.capability, step.filled = other, filled
            return True
    return False
