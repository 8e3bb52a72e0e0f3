"""Sound on one line of time: seams, bursts, clocks that run apart, sums that are too loud."""

from __future__ import annotations

import random

import numpy as np
import pytest

from greenroom.local.recorder.worker.readers import LONE_SOUND_MS
from greenroom.local.recorder.worker.sound import (
    BUFFERED,
    DELAY,
    KEPT,
    LONE_DELAY,
    RATE,
    Line,
    Samples,
    mix,
)

FRAME = 480
START = 100.0


def tone(sample: int, count: int, hertz: int = 440) -> Samples:
    wave = np.sin(2 * np.pi * hertz * (np.arange(count) + sample) / RATE) * 8000
    return np.repeat(wave.astype(np.int16)[:, None], 2, axis=1)


def play(arrivals: list[float], line: Line | None = None, frame: int = FRAME) -> Samples:
    """What is heard of a tone whose frames arrive at these moments, read as the recording reads it."""
    delay = DELAY if frame == FRAME else LONE_DELAY
    line = line or Line()
    heard, at = [], int((START - delay) * RATE)
    for number, moment in enumerate(arrivals):
        line.write(moment, tone(number * frame, frame))
        while at + FRAME < (moment - delay) * RATE:
            heard.append(mix([line], at, FRAME))
            at += FRAME
    return np.concatenate(heard)


def silence(heard: Samples, skip: float = 0.2) -> int:
    """The longest silence in samples, after the beginning."""
    loud = np.flatnonzero(np.abs(heard[int(skip * RATE) :, 0]) > 50)
    return int(np.diff(loud).max())


def on_time(count: int, speed: float = 1.0, frame: int = FRAME) -> list[float]:
    return [START + (number + 1) * frame / RATE / speed for number in range(count)]


def test_frames_that_come_on_time_have_no_seam() -> None:
    heard = play(on_time(500))
    begin = np.flatnonzero(np.abs(heard[:, 0]) > 50)[0]
    wanted = tone(0, len(heard), 440)
    first = int((START - DELAY) * RATE)
    offset = first - int(START * RATE)
    # What arrived at START stands there, less what it waited: the reader is late by DELAY, not the sound.
    offset += int(BUFFERED * RATE)
    last = len(heard) - int(BUFFERED * RATE)
    assert np.array_equal(heard[begin + 100 : last], wanted[begin + 100 + offset : last + offset])


def test_frames_that_come_in_bursts_have_no_seam() -> None:
    chance = random.Random(7)
    late = [moment + chance.random() * 0.03 for moment in on_time(1000)]
    assert silence(play(sorted(late))) < 60


@pytest.mark.parametrize("speed", [1.0005, 0.9995])
def test_a_publisher_whose_clock_runs_apart_stays_within_ten_milliseconds(speed: float) -> None:
    line = Line()
    heard = play(on_time(12_000, speed), line)
    assert silence(heard) < 60
    # Two minutes at 500 ppm are 60 ms apart; the line has followed.
    behind = line._to + BUFFERED * RATE - (START + 12_000 * FRAME / RATE / speed) * RATE
    assert abs(behind) / RATE < 0.010


@pytest.mark.parametrize("speed", [1.0005, 0.9995])
def test_long_frames_stay_within_ten_milliseconds_and_are_not_stretched_to_and_fro(
    speed: float,
) -> None:
    line, frame, count = Line(), RATE * LONE_SOUND_MS // 1000, 300
    ends = []
    for number, moment in enumerate(on_time(count, speed, frame)):
        line.write(moment, tone(number * frame, frame))
        ends.append(line._to + BUFFERED * RATE - moment * RATE)
    assert max(abs(end) for end in ends) / RATE < 0.015
    lengths = np.diff(ends) + frame / speed - frame
    assert min(lengths) * max(lengths) > -RATE / 1000


def test_after_a_pause_the_sound_is_where_it_belongs() -> None:
    arrivals = on_time(100)
    gone = [*arrivals[:50], *(moment + 1.0 for moment in arrivals[50:])]
    heard = play(gone)
    quiet = np.flatnonzero(np.abs(heard[:, 0]) > 50)
    gap = np.diff(quiet).max() / RATE
    assert gap == pytest.approx(1.0, abs=0.011)


def test_what_is_older_than_the_line_holds_is_silence() -> None:
    line = Line()
    for number in range(300):
        line.write(START + number * 0.01, tone(number * FRAME, FRAME))
    assert line.read(int((START - 1) * RATE), 100) is None
    kept = line.read(line._to - KEPT, KEPT)
    assert kept is not None and np.abs(kept).max() > 7000


def test_loud_voices_together_are_clipped_and_never_wrap_around() -> None:
    lines = []
    for _ in range(8):
        line = Line()
        line.write(START, np.full((FRAME, 2), 20_000, np.int16))
        lines.append(line)
    assert mix(lines, int((START - BUFFERED) * RATE) - FRAME, FRAME).min() == 32_767


def test_a_line_for_one_ear_is_silent_in_the_other() -> None:
    line = Line("right")
    line.write(START, np.full((FRAME, 2), 1000, np.int16))
    heard = mix([line], int((START - BUFFERED) * RATE) - FRAME, FRAME)
    assert heard[:, 0].max() == 0
    assert heard[:, 1].min() == 1000


def test_nobody_is_silence() -> None:
    assert not mix([], 0, FRAME).any()
