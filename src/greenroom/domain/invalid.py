"""What is wrong with an argument, in words for people. pydantic's own are for programmers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

LONGEST_SHOWN = 60
"""Characters of a wrong value that are repeated."""
SAID = {
    "string_too_short": "must not be empty",
    "string_pattern_mismatch": "must be of another form",
    "string_type": "must be text",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "greater_than": "must be more than {gt}",
    "less_than": "must be less than {lt}",
    "too_short": "must have at least {min_length}",
    "too_long": "has {actual_length}; {max_length} are the most",
    "extra_forbidden": "is no argument of it",
}
"""pydantic's type of a mistake → what is said, with the limits of its context."""


def in_words(error: Mapping[str, Any], of: str, *, secret: bool) -> str:
    """``room.create: max_participants must be at least 0, not -3.``: one mistake of ``ValidationError.errors()``.

    The value is left out where it is ``secret``, and where the whole request is what is wrong.
    """
    name = ".".join(str(part) for part in error["loc"])
    limits, value, kind = error.get("ctx", {}), error["input"], error["type"]
    if kind == "string_too_long":
        return f"{of}: {name} has {len(value):,} characters; {limits['max_length']:,} are the most."
    if kind == "missing":
        return f"{of} needs {name}."
    if kind == "value_error":
        # What a request says of itself is an order: "say how many rooms".
        name, said = f"{name}:" if name else "", str(limits["error"])
    elif kind in SAID:
        said = SAID[kind].format_map(limits)
    else:
        said = error["msg"].removeprefix("Input ")
        said = said[:1].lower() + said[1:]
    quiet = secret or not error["loc"] or kind in {"extra_forbidden", "too_short", "too_long"}
    what = f"{name} {said}{'' if quiet or value == '' else f', not {shown(value)}'}".strip()
    return f"{of}: {what}."


def shown(value: Any) -> str:
    """A value as people wrote it, shortened."""
    text = str(value)
    text = f"{text[:LONGEST_SHOWN]}…" if len(text) > LONGEST_SHOWN else text
    return repr(text) if isinstance(value, str) and not text.lstrip("-").isdecimal() else text
