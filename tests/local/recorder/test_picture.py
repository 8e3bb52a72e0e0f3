"""Pictures that wait: which one belongs to a moment."""

from __future__ import annotations

import numpy as np

from greenroom.local.recorder.worker.clock import LATE
from greenroom.local.recorder.worker.picture import MOST_BEHIND, WAITING, Feed, Picture
from greenroom.local.recorder.worker.sound import DELAY

FPS = 20


def feed() -> tuple[Feed, list[Picture]]:
    """One of a second of pictures, which arrived from 100 on."""
    made = Feed()
    plane = np.zeros((2, 2), np.uint8)
    pictures = [Picture(100 + number / FPS, (plane, plane, plane)) for number in range(FPS)]
    for picture in pictures:
        made.put(picture)
    return made, pictures


def test_the_newest_picture_that_had_arrived_is_shown() -> None:
    made, pictures = feed()
    assert made.at(99.9) is None
    assert made.at(100.12) is pictures[2]
    assert made.at(100.12) is pictures[2]


def test_pictures_that_stay_behind_are_shown_so_much_later() -> None:
    made, pictures = feed()
    made.stay_behind(0.2)
    assert made.at(100.52) is pictures[6]
    made.stay_behind(0)
    assert made.at(100.52) is pictures[10]


def test_pictures_stay_behind_no_longer_than_they_can_be_kept() -> None:
    made, pictures = feed()
    made.stay_behind(5)
    assert made.at(100.52 + MOST_BEHIND) is pictures[10]
    assert (MOST_BEHIND + DELAY + LATE) * 60 <= WAITING
    made.stay_behind(-1)
    assert made.at(100.72) is pictures[14]


def test_who_stays_behind_more_is_shown_no_older_picture_than_before() -> None:
    made, pictures = feed()
    assert made.at(100.52) is pictures[10]
    made.stay_behind(0.2)
    assert made.at(100.55) is pictures[10]
    assert made.at(100.77) is pictures[11]
