"""Presets as the configuration holds them: LiveKit's own, which are packaged, and what people made."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Annotated, Any

from pydantic import Field

from greenroom.domain.access import PACKAGED
from greenroom.domain.capability import Kind, Words
from greenroom.domain.errors import PreconditionFailed
from greenroom.domain.ports import Settings
from greenroom.domain.presets import Preset

TABLES = {"video": "track.videoPresets", "audio": "track.audioPresets"}
"""Kind of preset → the table that holds those."""

PresetName = Annotated[
    str,
    Kind.NAME_TO_BE,
    Words("preset", "called", "named", "preset called", "preset named", "name"),
    Field(pattern=r"^[A-Za-z0-9_-]{1,64}$", description="Name of the preset: presenter, mobile …"),
]


def key_of(kind: str, name: str, setting: str = "") -> str:
    """The dotted key of a preset, or of one setting of it."""
    return f"{TABLES[kind]}.{name}{f'.{setting}' if setting else ''}"


def presets_of(settings: Settings, kind: str) -> Mapping[str, Mapping[str, Any]]:
    """Every preset of a kind, with its settings. Raises ConfigurationError (invalid-config)."""
    found: Mapping[str, Mapping[str, Any]] = settings.chosen(TABLES[kind]) or {}
    return found


def kinds_of(settings: Settings, name: str) -> tuple[str, ...]:
    """The kinds that have a preset of this name."""
    return tuple(kind for kind in TABLES if name in presets_of(settings, kind))


def unknown(settings: Settings, name: str, kinds: tuple[str, ...]) -> PreconditionFailed:
    """not-found, naming the nearest preset of these kinds."""
    known = sorted(each for kind in kinds for each in presets_of(settings, kind))
    near = get_close_matches(name, known, n=1)
    hint = f"Did you mean {near[0]}?" if near else f"There are {', '.join(known)}."
    what = f"{kinds[0]} preset" if len(kinds) == 1 else "preset"
    return PreconditionFailed(f"There is no {what} {name}.", code="not-found", hint=hint)


def preset(settings: Settings, kind: str, name: str) -> Preset:
    """A preset that is there, and who says something about it."""
    holds = dict(presets_of(settings, kind)[name])
    sources = settings.said_by(key_of(kind, name))
    where = tuple(PACKAGED if s.layer == PACKAGED else f"{s.layer}, {s.file}" for s in sources)
    return Preset(name=name, kind=kind, settings=holds, about=in_words(holds), defined_in=where)


def in_words(holds: Mapping[str, Any]) -> str:
    """``1920x1080, 30 fps, 5 Mbps``; ``48 kbps, no DTX``."""
    said = []
    if "width" in holds and "height" in holds:
        said.append(f"{holds['width']}x{holds['height']}")
    if "frameRate" in holds:
        said.append(f"{holds['frameRate']} fps")
    if "maxBitrate" in holds:
        said.append(rate(holds["maxBitrate"]))
    flags = [name for name in ("dtx", "red") if name in holds]
    said += [name.upper() if holds[name] else f"no {name.upper()}" for name in flags]
    return ", ".join(said)


def rate(bitrate: int) -> str:
    """``1.7 Mbps``, ``48 kbps``, ``800 bps``."""
    for size, unit in ((1_000_000, "Mbps"), (1_000, "kbps")):
        if bitrate >= size:
            return f"{bitrate / size:g} {unit}"
    return f"{bitrate} bps"
