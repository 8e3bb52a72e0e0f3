"""What is measured when a phrase is left out."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from greenroom.hub.compiled import load_catalogue
from tests.gold import deletion
from tests.gold.deletion import Difference, Loss, Measure, phrases, without, words_lost
from tests.gold.robust import Came, of_one_turn

STATUS = "coordinator.status"
SITREP = (STATUS, "sitrep")
"""A phrase, and the only one that has its word."""
RIGHT, WRONG = (Came("done", [], "", wrong) for wrong in ("", "wrong capability"))
DESTROYS = Came("done", [], "", "WRONG DESTROY")


@cache
def catalogue() -> dict[str, Any]:
    return load_catalogue()


def request(name: str, text: str, *expected: str) -> dict[str, Any]:
    calls = [{"capability": capability, "arguments": {}} for capability in expected]
    status = "done" if calls else "failed"
    return {
        "id": name,
        "world": {},
        "turns": [text],
        "expected": {"status": status, "calls": calls},
    }


def loss(*differences: tuple[Came, Came]) -> Loss:
    results = [Difference({}, before, after) for before, after in differences]
    return Loss(SITREP, len(results), len(results), results)


def test_a_catalogue_that_nothing_is_left_out_of_is_the_one_that_is_compiled() -> None:
    assert without(catalogue(), []) == catalogue()


def test_a_phrase_that_is_left_out_is_gone_and_nothing_else_is() -> None:
    whole = catalogue()
    less = without(whole, [SITREP])
    assert {*phrases(whole)} - {*phrases(less)} == {SITREP}
    assert words_lost(whole, less) == {"sitrep"}
    before, after = (part["planner"] for part in (whole, less))
    assert after["sizes"] == before["sizes"] | {STATUS: before["sizes"][STATUS] - 1}
    assert {*before["known"].split("\n")} - {*after["known"].split("\n")} == {"sitrep"}
    for feature, shares in after["shares"].items():
        assert shares.items() - before["shares"][feature].items() <= {(STATUS, shares.get(STATUS))}


def test_what_a_capability_makes_an_end_of_goes_with_the_phrase_that_says_so() -> None:
    name, about = next((n, a) for n, a in catalogue()["capabilities"].items() if a["ceases"])
    less = without(catalogue(), phrases(catalogue(), name))
    assert less["capabilities"][name] == about | {"says": [], "ceases": []}


def test_results_that_hang_on_all_phrases_of_a_capability_are_counted(tmp_path: Path) -> None:
    wanted = [{"capability": STATUS, "arguments": {}}]
    chosen = [one for one in of_one_turn() if one["expected"].get("calls") == wanted][:20]
    found = Measure(catalogue(), chosen, tmp_path).loss(phrases(catalogue(), STATUS))
    assert found.planned == len(chosen)
    assert found.replies >= len(found.results) >= found.spoiled > 0
    assert all(STATUS in str(one.before.calls) for one in found.results if not one.before.wrong)


def test_nothing_is_counted_where_no_reply_hangs_on_a_phrase(tmp_path: Path) -> None:
    chosen = [request("a", "create a room called harbor", "room.create")]
    found = Measure(catalogue(), chosen, tmp_path).loss([SITREP])
    assert (found.planned, found.replies, found.results) == (1, 0, [])


def test_what_may_hang_on_a_phrase_is_planned_whatever_the_sample(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deletion, "SAMPLE", 0)
    chosen = [
        request("its capability", "how are things", STATUS),
        request("its word", "no sitreps today"),
        request("neither", "list rooms", "room.list"),
    ]
    assert Measure(catalogue(), chosen, tmp_path).loss([SITREP]).planned == 2


def test_only_what_was_right_is_spoiled_and_only_new_harm_counts() -> None:
    found = loss((RIGHT, WRONG), (WRONG, RIGHT), (RIGHT, DESTROYS), (WRONG, DESTROYS))
    assert (found.spoiled, found.harm) == (2, 2)
    assert loss((DESTROYS, DESTROYS)).harm == 0
