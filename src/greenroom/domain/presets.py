"""What results about presets are made of: qualities of video and audio under a name. Bitrates are bits per second."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from greenroom.domain.nouns import SettingsState


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """A quality under a name, as the settings hold it."""

    name: str
    kind: str
    """video or audio."""
    settings: dict[str, Any]
    """Below ``track.videoPresets.<name>``: width, height, frameRate, maxBitrate; below ``track.audioPresets.<name>``: maxBitrate, dtx, red."""
    about: str
    """The same in words."""
    defined_in: tuple[str, ...]
    """Layers and files that say something about it, highest first; ``packaged`` comes with Greenroom."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PresetList:
    """All presets: video before audio, smallest first."""

    presets: tuple[Preset, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsWanted:
    """A table of settings before it is changed, and what is to be written."""

    state: SettingsState
    """What the files say that are written."""
    holds: dict[str, Any]
    """What the table says, whoever said it; empty where nobody does."""
    changes: dict[str, Any]
    """Setting → value."""

    @property
    def then(self) -> dict[str, Any]:
        """What the table says afterwards."""
        changed = {key.rpartition(".")[2]: value for key, value in self.changes.items()}
        return self.holds | changed
