"""Forms of a clause, compared word by word."""

from __future__ import annotations

import pytest

from greenroom.understanding.frames import Frame, Frames

OPENERS = {"please", "kindly"}


def said(clause: str) -> list[tuple[str, str]]:
    """``word/TAGS`` apart."""
    return [(word, tags) for word, _, tags in (each.partition("/") for each in clause.split())]


@pytest.mark.parametrize(
    ("frame", "clause", "fits"),
    [
        ("without A:going", "go without deleting/AG it/N", True),
        ("without A:going", "go without delete/AB", False),
        ("don't|never ... A:base", "never ever do such a delete/AB", True),
        ("don't|never ... A:base", "never 1 2 3 4 5 6 delete/AB", True),
        ("don't|never ... A:base", "never 1 2 3 4 5 6 7 delete/AB", False),
        ("^ who ... A", "please kindly who deleted/AD", True),
        ("^ who ... A", "he who deleted/AD", False),
        ("^ please A", "please delete/AB", True),
        ("^ where ... A ?", "where to delete/AB it/N ?/Q", True),
        ("^ where ... A ?", "where to delete/AB it/N", False),
        ("A ... not $", "delete/AB it/N not", True),
        ("A ... not $", "delete/AB it/N not now", False),
        ("^ _ A:third", "nobody deletes/AT", True),
        ("^ _ A:third", "deletes/AT", False),
        ("N|we A:told", "·/N deleted/AD", True),
        ("N|we A:told", "you deleted/AD", False),
        ("A no", "", False),
    ],
)
def test_a_clause_has_a_form_or_has_it_not(frame: str, clause: str, fits: bool) -> None:
    assert Frame(frame, OPENERS).is_in(said(clause)) is fits
    assert Frames({"some": [frame]}, OPENERS).fitting(said(clause)).has("some") is fits


def test_a_list_that_is_not_there_has_no_form() -> None:
    assert not Frames({}, OPENERS).fitting(said("delete/AB it/N")).has("tells-destroys")
