"""How people are shown in recordings and streams: the layouts of LiveKit's egress templates."""

from __future__ import annotations

from typing import Annotated

from greenroom.domain.capability import Kind, Means
from greenroom.domain.egress import Layout

MEANS = (
    Means("grid", "grid", "gallery", "tiles", "tiled", "mosaic", "everyone equally"),
    Means("grid-light", "light grid", "grid light", "grid-light"),
    Means("grid-dark", "dark grid", "grid dark", "grid-dark"),
    Means("speaker", "speaker", "speaker view", "active speaker", "speaker layout"),
    Means("speaker-light", "light speaker", "speaker light", "speaker-light"),
    Means("speaker-dark", "dark speaker", "speaker dark", "speaker-dark"),
    Means("single-speaker", "single speaker", "one speaker", "single-speaker", "speaker only"),
    Means("single-speaker-light", "light single speaker", "single-speaker-light"),
    Means("single-speaker-dark", "dark single speaker", "single-speaker-dark"),
)
ChosenLayout = Annotated[Layout, Kind.CHOICE, *MEANS]
AskedLayout = Annotated[Layout | None, Kind.CHOICE, *MEANS]
