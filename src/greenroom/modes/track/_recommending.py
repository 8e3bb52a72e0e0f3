"""Reads ``recommend.toml``: which rows hold, and what comes of them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from greenroom.domain.advice import Advice

FILE = Path(__file__).with_name("recommend.toml")
AREAS = ("capture", "publish", "subscribe")


@cache
def table() -> Mapping[str, Any]:
    """The whole file."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def advice_for(said: Mapping[str, Any]) -> tuple[Advice, ...]:
    """Every setting with its reason. ``said``: condition, device, use ("": nothing said) and people (None)."""
    rules = table()
    found: dict[str, Advice] = {}
    for row in rules["row"]:
        if not holds(row.get("when", {}), said):
            continue
        setting = row["setting"]
        if "value" in row:
            found[setting] = advice(row, row["value"])
        elif is_smaller(row["at_most"], found[setting].value, rules["sizes"]):
            found[setting] = advice(row, row["at_most"])
    return in_order(with_layers(found, rules["layers"]))


def holds(when: Mapping[str, Any], said: Mapping[str, Any]) -> bool:
    """Whether everything was said that a row asks for. Of an unknown number of people nothing is assumed."""
    for name, wanted in when.items():
        if name == "people":
            fewest, most = wanted
            count = said["people"]
            if count is None or count < fewest or (most and count > most):
                return False
        elif said[name] not in wanted:
            return False
    return True


def advice(row: Mapping[str, Any], value: Any) -> Advice:
    """A row as it is told."""
    return Advice(
        area=row["area"],
        setting=row["setting"],
        value=tuple(value) if isinstance(value, list) else value,
        reason=row["reason"],
        source=row["source"],
    )


def is_smaller(one: str, other: Any, sizes: Sequence[str]) -> bool:
    """Whether a preset comes before another."""
    return sizes.index(one) < sizes.index(other)


def with_layers(
    found: Mapping[str, Advice], layers: Sequence[Mapping[str, Any]]
) -> dict[str, Advice]:
    """The layers of simulcast that belong to what is captured; none: simulcast has nothing to do."""
    captured = found["resolution"].value
    row = next(row for row in layers if captured in row["resolution"])
    named = {**row, "area": "publish", "setting": "simulcast_layers"}
    completed = dict(found)
    completed["simulcast_layers"] = advice(named, row["value"])
    if not row["value"]:
        completed["simulcast"] = replace(
            found["simulcast"], reason="It stays on, and sends one layer of so small a picture."
        )
    return completed


def in_order(found: Mapping[str, Advice]) -> tuple[Advice, ...]:
    """By area, in the order in which they were first spoken of."""
    return tuple(sorted(found.values(), key=lambda each: AREAS.index(each.area)))
