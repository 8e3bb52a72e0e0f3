"""Pictures that are late: caught up where that can be done, counted where not."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

import av

from greenroom.local.egress.plan import Encoding
from greenroom.local.recorder.worker.clock import LATE, Clock
from greenroom.local.recorder.worker.scene import Scene
from greenroom.local.recorder.worker.sound import DELAY, Samples

FPS = 20


@dataclass(slots=True)
class Notes:
    """Work that notes numbers of pictures, and takes so long for one: ``busy`` says how long, in seconds."""

    busy: Callable[[int], float]
    numbers: list[int] = field(default_factory=list)

    def waiting(self) -> int:
        return 0

    def video(self, frame: av.VideoFrame, number: int, *, key: bool) -> None:
        self.numbers.append(number)
        time.sleep(self.busy(number))

    def audio(self, samples: Samples, start: int) -> None:
        raise AssertionError


def clock_of(notes: Notes, seconds: float, step: int = 1) -> Clock:
    """One that has run for so long."""
    clock = Clock(
        encoding=Encoding(width=64, height=36, fps=FPS),
        scene=Scene,
        lines=tuple,
        work=notes,
        video=True,
        audio=False,
        failed=lambda _error: notes.numbers.append(-1),
        step=step,
    )
    clock.start()
    time.sleep(seconds)
    clock.stop()
    return clock


def test_a_stumble_is_caught_up_and_nothing_is_left_out() -> None:
    notes = Notes(lambda number: LATE * 0.8 if number == 5 else 0)
    clock = clock_of(notes, 1.0)
    assert clock.figures.dropped == 0
    assert notes.numbers == list(range(len(notes.numbers)))


def test_what_is_late_at_the_end_is_still_recorded() -> None:
    last = FPS // 2 - 3
    notes = Notes(lambda number: LATE * 0.8 if number == last else 0)
    clock_of(notes, 0.5 + DELAY / 10)
    assert notes.numbers == list(range(len(notes.numbers)))
    assert len(notes.numbers) >= FPS // 2


def test_what_cannot_be_caught_up_is_left_out_evenly_and_counted() -> None:
    notes = Notes(lambda _number: 2 / FPS)
    clock = clock_of(notes, 2.0)
    gaps = [after - before for before, after in pairwise(notes.numbers)]
    assert max(gaps) <= 3
    assert clock.figures.dropped == sum(gap - 1 for gap in gaps) > 0


def test_pictures_that_a_lower_rate_leaves_out_are_not_counted() -> None:
    notes = Notes(lambda _number: 0)
    clock = clock_of(notes, 0.6, step=2)
    assert {after - before for before, after in pairwise(notes.numbers)} == {2}
    assert clock.figures.dropped == 0
