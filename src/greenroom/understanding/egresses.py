"""Which recording or stream is meant where its id is not said: the only one of its room, or the only one there is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from greenroom.domain.errors import PreconditionFailed
from greenroom.domain.outcome import Question
from greenroom.domain.planning import Names
from greenroom.understanding.fields import EGRESS_KINDS, Filled
from greenroom.understanding.live import ONLY
from greenroom.understanding.questions import WHICH, WHICH_EGRESS

RECORDING = "recording"
"""Name of fields that take recordings and no streams."""
MOST_CHOICES = 9


async def which_egress(
    filled: Filled, about: Mapping[str, Any], names: Names, room: str, *, other: bool = False
) -> Question | None:
    """Fill it in, or ask which. ``room``: the one of the conversation, which is meant where nothing is ended. ``other``: a word may be the name of another room. Raises PreconditionFailed (not-found) where there is none at all."""
    for name, field in about["fields"].items():
        if field["kind"] not in EGRESS_KINDS or not field["required"]:
            continue
        if filled.values.get(name):
            several = await those_of(filled.values[name], name, names)
            if len(several) > 1:
                text = f"{len(several)} run in {filled.values[name]}. {WHICH_EGRESS}"
                return Question(field=WHICH, question=text, choices=several[:MOST_CHOICES])
            continue
        running = field["kind"] == "egress"
        found = await names.egresses(active=running)
        fitting = [one for one in found if one.is_recording is (name == RECORDING)]
        fitting = fitting or [one for one in found if name != RECORDING]
        if not fitting:
            what = "recorded" if name == RECORDING else "recorded or streamed"
            msg = f"Nothing is being {what}." if running else f"Nothing was {what} yet."
            raise PreconditionFailed(msg, code="not-found")
        of_room = Counter(one.room for one in fitting)
        choices = [one.room if of_room[one.room] == 1 else one.egress_id for one in fitting]
        if room in choices and about["effect"] != "destroy":
            choices = [room]
        if len(choices) > 1 or (other and about["effect"] == "destroy"):
            return Question(field=name, question=WHICH_EGRESS, choices=(*choices[:MOST_CHOICES],))
        filled.put(name, choices[0], f"{ONLY}{name} there is")
    return None


async def those_of(room: str, name: str, names: Names) -> tuple[str, ...]:
    """Ids of what runs in a room and may be meant by this field. Whoever says "the stream" means no recording."""
    running = await names.egresses(active=True)
    recordings = name == RECORDING
    return tuple(o.egress_id for o in running if o.room == room and o.is_recording is recordings)
