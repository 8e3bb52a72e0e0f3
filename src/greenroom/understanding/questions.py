"""The one question that is asked when something essential is missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from greenroom.domain.outcome import Question
from greenroom.understanding.fields import Filled

WHICH = "confirmation_of_which"
"""Stands for the field where several things fit."""
WHICH_EGRESS = "Which one? Say its room, or its id (EG_…)."
BY_KIND = {
    "room": "Which room?",
    "room-to-be": "Which room?",
    "egress": WHICH_EGRESS,
    "recorded": WHICH_EGRESS,
    "stream-url": "Where to? Say a URL (rtmp://…), a platform and its stream key, or a destination that is kept.",
    "person": "Who?",
    "person-to-be": "For whom?",
}


def missing(filled: Filled, about: Mapping[str, Any]) -> Question | None:
    """The first required field without a value; None when all are there."""
    for name, field in about["fields"].items():
        if not field["required"] or filled.values.get(name):
            continue
        text = BY_KIND.get(field["kind"], f"Which {name}? {field['description']}")
        if field["kind"] == "room-to-be" and name in about["positional"][:1]:
            text = "What should the room be called?"
        return Question(field=name, question=text)
    if not has_one_of(filled.values, about):
        name = about["one_of"][0][0]
        text = BY_KIND.get(about["fields"][name]["kind"], f"Which {name}?")
        return Question(field=name, question=text)
    return None


def has_one_of(values: Mapping[str, Any], about: Mapping[str, Any]) -> bool:
    """Whether one of the groups of fields is there of which a capability needs one."""
    groups = about["one_of"]
    return not groups or any(all(values.get(name) for name in group) for group in groups)


def lacking_one_of(values: Mapping[str, Any], about: Mapping[str, Any]) -> set[str]:
    """Fields of the groups of which one is needed, where none is there."""
    return set() if has_one_of(values, about) else {n for group in about["one_of"] for n in group}
