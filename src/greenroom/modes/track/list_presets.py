"""List presets of video and audio: what each is, and where it is defined."""

from __future__ import annotations

from greenroom.domain.access import PACKAGED
from greenroom.domain.capability import Example, Request, capability
from greenroom.domain.ports import Context
from greenroom.domain.presets import PresetList
from greenroom.modes.track._presets import TABLES, preset, presets_of


class ListPresets(Request):
    """All presets."""


def tell(_request: ListPresets, _before: None, result: PresetList) -> str:
    """How many there are, and what people made of them."""
    counted = (f"{sum(p.kind == kind for p in result.presets)} {kind}" for kind in TABLES)
    own = [f"{p.name} ({p.about})" for p in result.presets if p.defined_in != (PACKAGED,)]
    yours = f"; yours or changed by you: {', '.join(own)}" if own else "; all of them are LiveKit's"
    return f"{' and '.join(counted)} presets{yours}."


@capability(
    effect="read",
    tell=tell,
    examples=(
        Example("which video presets do we have?"),
        Example("list the presets"),
    ),
)
async def list_presets(context: Context, request: ListPresets) -> PresetList:
    """LiveKit's own and those of the configuration, smallest first. Raises invalid-config."""
    del request
    settings = context.settings.now()
    found = []
    for kind in TABLES:
        named = [preset(settings, kind, name) for name in presets_of(settings, kind)]
        found += sorted(named, key=lambda p: (p.settings.get("maxBitrate", 0), p.name))
    return PresetList(presets=tuple(found))
