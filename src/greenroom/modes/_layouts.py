"""How people are shown in recordings and streams: the layouts of LiveKit's egress templates."""

from __future__ import annotations

from typing import Annotated

from greenroom.domain.capability import Kind, Means
from greenroom.domain.egress import Layout

CALLED = {
    "grid": ("grid", "gallery", "tiles", "tiled", "mosaic", "everyone equally"),
    "speaker": ("speaker", "speaker view", "active speaker", "speaker layout"),
    "single-speaker": ("single speaker", "one speaker", "single-speaker", "speaker only"),
}
"""Layout → what people call it."""
SHADES = {"light": ("light", "white", "bright"), "dark": ("dark", "black")}
"""Background → what people call it."""


def shaded(names: tuple[str, ...], shades: tuple[str, ...]) -> tuple[str, ...]:
    """All ways to say a layout on a background: "dark grid", "grid dark", "grid on dark", "grid in dark"."""
    forms = ("{shade} {name}", "{name} {shade}", "{name} on {shade}", "{name} in {shade}")
    return tuple(
        form.format(name=name, shade=shade) for name in names for shade in shades for form in forms
    )


MEANS = (
    *(Means(layout, *names) for layout, names in CALLED.items()),
    *(
        Means(f"{layout}-{shade}", f"{layout}-{shade}", *shaded(names, shades))
        for layout, names in CALLED.items()
        for shade, shades in SHADES.items()
    ),
)
ChosenLayout = Annotated[Layout, Kind.CHOICE, *MEANS]
AskedLayout = Annotated[Layout | None, Kind.CHOICE, *MEANS]
