"""Names of layouts: those of LiveKit's recording templates, each with ``-light`` or ``-dark``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from greenroom.local.twirp.refusals import Refusal

Kind = Literal["grid", "speaker", "single-speaker"]
KINDS: tuple[Kind, ...] = ("grid", "speaker", "single-speaker")
SHADES = ("dark", "light")


@dataclass(frozen=True, slots=True)
class Layout:
    """A layout by its parts."""

    kind: Kind = "grid"
    light: bool = False


_NAMED = {
    f"{kind}{ending}": Layout(kind, light=light)
    for kind in KINDS
    for ending, light in (("", False), ("-dark", False), ("-light", True))
}


def read_layout(name: str) -> Layout | None:
    """The layout of a name, an empty one being the grid; None when there is no such layout."""
    return _NAMED.get(name or "grid")


def check_layout(name: str) -> str:
    """The name, when there is such a layout. Raises Refusal (invalid_argument)."""
    if read_layout(name) is None:
        every = ", ".join(KINDS)
        ends = " or ".join(f"-{shade}" for shade in SHADES)
        words = f"There is no layout {name!r}. There are {every}, each also with {ends}."
        raise Refusal("invalid_argument", words)
    return name
