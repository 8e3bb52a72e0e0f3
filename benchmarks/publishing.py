"""People who publish what was encoded before: a Go program, built once, that sends it over and over.

A picture that is encoded live takes as much of the machine as a recording of it. ``publisher/`` is kept beside the
built livekit-server, under a name that its source decides.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import psutil

from benchmarks.common import Bench
from greenroom.local.livekit_server import default_cache, find_go

SOURCE = Path(__file__).parent / "publisher"
SIZE, FPS, SECONDS = (640, 360), 20, 8
NOISE = 2.5
"""Of 255, as a webcam has indoors."""
RATE, TONE, PAGE = 48_000, 400, 960
BIT_RATES = {"picture": 450_000, "voice": 32_000}
"""LiveKit's preset for 360 lines, and one for speech."""
HERE_SECONDS = 20.0


class MissingError(Exception):
    """Why there is no publisher."""


@asynccontextmanager
async def people(
    bench: Bench, room: str, count: int, *, pictures: bool
) -> AsyncIterator[psutil.Process]:
    """So many in a process of their own, which is given. Raises MissingError."""
    program = await asyncio.to_thread(find_or_build, default_cache())
    video, audio = picture(bench.folder), voice(bench.folder)
    command = [program, "-room", room, "-count", str(count), "-audio", audio]
    if pictures:
        command += ["-video", video]
    log = bench.folder / "people.log"
    with log.open("ab") as errors:
        process = subprocess.Popen(  # noqa: ASYNC220 - at once
            command, env=bench.environ(), stdout=subprocess.PIPE, stderr=errors
        )
    try:
        assert process.stdout is not None
        reading = asyncio.to_thread(process.stdout.readline)
        line = await asyncio.wait_for(reading, HERE_SECONDS)
        assert line == b"here\n", log.read_text()
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        process.communicate()


def find_or_build(cache: Path) -> Path:
    """The program. Raises MissingError."""
    source = b"".join((SOURCE / name).read_bytes() for name in ("go.sum", "main.go"))
    kept = cache / f"publisher-{hashlib.sha256(source).hexdigest()[:12]}"
    if kept.exists():
        return kept
    go = find_go()
    if go is None:
        msg = "there is no Go to build the publisher with"
        raise MissingError(msg)
    kept.parent.mkdir(parents=True, exist_ok=True)
    fresh = kept.with_suffix(f".{os.getpid()}")
    done = subprocess.run(
        [go, "build", "-o", fresh, "."], cwd=SOURCE, capture_output=True, text=True, check=False
    )
    if done.returncode:
        msg = f"the publisher could not be built: {done.stderr.strip()[-300:]}"
        raise MissingError(msg)
    fresh.replace(kept)
    return kept


def picture(folder: Path) -> Path:
    """What a camera sees, in VP8, with a key frame every two seconds, for nobody answers who asks for one."""
    path = folder / "picture.ivf"
    if path.exists():
        return path
    width, height = SIZE
    options = {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0", "auto-alt-ref": "0"}
    with av.open(str(path), "w", format="ivf") as container:
        stream = container.add_stream("libvpx", rate=FPS, options=options)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.bit_rate, stream.gop_size = BIT_RATES["picture"], 2 * FPS
        stream.codec_context.time_base = Fraction(1, FPS)
        for step, luma in enumerate(camera(width, height, SECONDS * FPS)):
            raw = np.full((height * 3 // 2, width), 128, np.uint8)
            raw[:height] = luma
            frame = av.VideoFrame.from_ndarray(raw, format="yuv420p")
            frame.pts, frame.time_base = step, Fraction(1, FPS)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def camera(width: int, height: int, count: int) -> Iterator[npt.NDArray[np.uint8]]:
    """Brightness of somebody who moves before a wall that does not, with the sensor's noise over all of it.

    A clean pattern would be the wrong load: encoders search its repetitions longer, and write a tenth of the bits.
    """
    chance = np.random.default_rng(1)
    wall, face = texture(chance, height, width), texture(chance, height // 2, width // 4)
    down, across = np.ogrid[-1 : 1 : face.shape[0] * 1j, -1 : 1 : face.shape[1] * 1j]
    inside = down**2 + across**2 < 1
    for step in range(count):
        # Whole turns, so that the last picture goes before the first one.
        turn = 2 * np.pi * step / count
        left = int(width * (0.38 + 0.02 * np.sin(3 * turn)))
        top = int(height * (0.25 + 0.02 * np.sin(4 * turn)))
        seen = wall.copy()
        spot = seen[top : top + face.shape[0], left : left + face.shape[1]]
        spot[inside] = (face + 6 * np.sin(8 * turn + 9 * down))[inside]
        noisy = seen + chance.normal(size=seen.shape) * NOISE
        yield np.clip(noisy, 16, 235).astype(np.uint8)


def texture(chance: np.random.Generator, height: int, width: int) -> npt.NDArray[np.float64]:
    """A surface: the finer a detail, the fainter, as in nature's pictures."""
    spectrum = np.fft.rfft2(chance.normal(size=(height, width)))
    coarse = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None])
    made = np.fft.irfft2(spectrum / np.maximum(1 / width, coarse) ** 1.2, s=(height, width))
    return (made - made.mean()) / made.std() * 35 + 120


def voice(folder: Path) -> Path:
    """A tone. Opus, 20 ms a packet and a packet a page."""
    path = folder / "voice.ogg"
    if path.exists():
        return path
    wave = np.sin(2 * np.pi * TONE * np.arange(RATE * SECONDS) / RATE) * 8000
    samples = wave.astype(np.int16)
    with av.open(str(path), "w", format="ogg", options={"page_duration": "20000"}) as container:
        stream = container.add_stream("libopus", rate=RATE, layout="mono")
        stream.bit_rate = BIT_RATES["voice"]
        for start in range(0, len(samples), PAGE):
            part = samples[start : start + PAGE].reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(part, format="s16", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = RATE, start, Fraction(1, RATE)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path
