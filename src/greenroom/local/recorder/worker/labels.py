"""Names on tiles: drawn once with Pillow, then blended into the planes."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from greenroom.local.recorder.layouts import Box
from greenroom.local.recorder.worker.picture import Canvas, crop

FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf",
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "/System/Library/Fonts/Helvetica.ttc",
)
"""Fonts of systems, those of most scripts first. Without any, Pillow's own has Latin letters only."""
LONGEST = 40
STRIP = 0.55
"""How dark the strip behind a name is."""
WHITE, DARK = 235, 16
Ink = npt.NDArray[np.uint16]
"""Opacity, 0 to 256."""


@lru_cache(maxsize=8)
def _font(size: int) -> Any:
    for path in FONTS:
        if Path(path).exists():
            return ImageFont.truetype(path, size)
    return ImageFont.load_default(size)


@lru_cache(maxsize=256)
def ink(text: str, size: int, widest: int) -> Ink:
    """The text as opacity, of even width and height, not wider than ``widest``."""
    text = "".join(c for c in text if c.isprintable())[:LONGEST]
    font = _font(size)
    while len(text) > 1 and font.getlength(text) > widest:
        text = f"{text[:-2].rstrip('…')}…"
    width = max(2, -(-int(font.getlength(text)) // 2) * 2 + 2)
    height = -(-int(size * 1.4) // 2) * 2
    image = Image.new("L", (min(width, widest // 2 * 2), height))
    ImageDraw.Draw(image).text((0, height // 2), text, fill=256 - 1, font=font, anchor="lm")
    return np.asarray(image, np.uint16)


def put_name(canvas: Canvas, box: Box, name: str) -> None:
    """A strip with the name in the lower left corner; tiles too small for letters stay without."""
    size = max(10, min(22, box.height // 14))
    pad = size // 4 * 2
    if not name or box.height < 4 * size or box.width < 4 * size:
        return
    letters = ink(name, size, box.width - 4 * pad)
    high, wide = letters.shape
    strip = Box(box.x + pad, box.y + box.height - high - pad, wide + 2 * pad, high)
    y, u, v = crop(canvas.planes, strip.width, strip.height, strip.x, strip.y)
    y[:] = (y * (1 - STRIP) + DARK * STRIP).astype(np.uint8)
    for plane in (u, v):
        plane[:] = (plane * (1 - STRIP) + 128 * STRIP).astype(np.uint8)
    _blend(y[:, pad : pad + wide], letters)


def put_in_place(canvas: Canvas, box: Box, name: str, *, light: bool) -> None:
    """The name alone, in the middle of a tile without a picture."""
    size = max(10, min(64, box.height // 7))
    if not name or box.height < 2 * size or box.width < 4 * size:
        return
    letters = ink(name, size, box.width - 2 * size)
    high, wide = letters.shape
    left, top = (box.width - wide) // 4 * 2, (box.height - high) // 4 * 2
    y, _, _ = crop(canvas.planes, wide, high, box.x + left, box.y + top)
    _blend(y, letters, DARK if light else WHITE)


def _blend(y: npt.NDArray[np.uint8], letters: Ink, shade: int = WHITE) -> None:
    y[:] = ((y * (256 - letters) + shade * letters) >> 8).astype(np.uint8)
