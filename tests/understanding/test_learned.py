"""What is learned: models in their files, the sentences they are made from, and what follows from them."""

from __future__ import annotations

from pathlib import Path

import pytest

from greenroom.hub.compiled import load_catalogue
from greenroom.understanding import linear
from greenroom.understanding.learned import NOTHING, ROLES, WANTS
from greenroom.understanding.linear import SUREST, Linear, opened, packed
from greenroom.understanding.odds import Odds
from training.examples import MARK

CATALOGUE = load_catalogue()["capabilities"]
ROOT = Path(__file__).parent.parent.parent
MODELS = ROOT / "src" / "greenroom" / "understanding"
FREE = {"other", "new", "person", "room"}


def test_a_written_model_reads_back_and_adds_up_the_signs_that_are_there() -> None:
    model = Linear(packed(["a", "b"], [10, -20], {"x y": [(0, 150)], "z": [(0, -30), (1, 400)]}))
    assert model.odds(["x y"]) == {"a": 1.6, "b": -0.2}
    assert model.odds(["z", "x y", "unknown"]) == {"a": 1.3, "b": 3.8}
    assert model.odds(["z"]) == model.odds(["z"])


def test_nothing_is_surer_than_five() -> None:
    model = Linear(packed(["a", "b"], [0, 0], {"x": [(0, 900), (1, -900)]}))
    assert model.odds(["x"]) == {"a": SUREST, "b": -SUREST}
    judged = model.judged(["x"])
    assert (judged.get("a", 0.0), judged.get("b", 0.0), judged.get("c", 0.5)) == (5.0, -5.0, 0.5)
    assert (judged.above(4.0), judged.above(9.0)) == (["a"], [])
    assert (judged.likeliest(), judged.most(beside="a"), judged.most(beside="b")) == ("a", -5, 5)


@pytest.mark.parametrize("hundredths", [-900, -1, 0, 1, 99, 100, 101, 900])
def test_what_is_above_a_threshold_is_seen_in_every_lane(hundredths: int) -> None:
    model = Linear(packed(["a", "b", "c"], [hundredths, -hundredths, 100], {}))
    judged = model.judged([])
    for least in (-1.0, 0.0, 1.0):
        expected = [
            n for n, s in zip("abc", [hundredths, -hundredths, 100], strict=True) if s > 100 * least
        ]
        assert judged.above(least) == expected


def test_memory_is_bounded_and_unknown_signs_push_out_none_that_were_learned(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(linear, "MOST_KEPT", 4)
    data = packed(["a"], [0], {f"sign {n}": [(0, n + 1)] for n in range(6)})
    weights = linear.Weights(data, data.find(b"\n") + 1, buckets=13)
    for n in range(3):
        assert weights[f"sign {n}"] == n + 1
    for n in range(30):
        assert weights[f"unknown {n}"] == 0
        assert len(weights) <= 8
    assert {"sign 0", "sign 1", "sign 2"} <= {*weights}
    for n in range(6):
        assert weights[f"sign {n}"] == n + 1
    assert sum(map(bool, weights.values())) <= 4


def test_every_sign_of_a_model_is_found_again_in_its_file(tmp_path: Path) -> None:
    weights = {f"sign {n} ·": [(n % 3, n - 500), (2 - n % 3, 7)] for n in range(1000) if n % 3 != 1}
    (tmp_path / "some.model").write_bytes(packed(["a", "b", "c"], [1, 2, 3], weights))
    model = opened(tmp_path / "some.model")
    for sign, pairs in weights.items():
        sums = [1, 2, 3]
        for place, weight in pairs:
            sums[place] += weight
        expected = {n: max(-5.0, min(5.0, s / 100)) for n, s in zip("abc", sums, strict=True)}
        assert model.odds([sign]) == expected
    assert model.odds(["sign 1 ·", ""]) == {"a": 0.01, "b": 0.02, "c": 0.03}


@pytest.mark.parametrize("left", [0, 10, 200, -1])
def test_a_model_that_is_not_whole_is_refused(left: int) -> None:
    whole = packed(["a"], [0], {f"sign {n}": [(0, n)] for n in range(100)})
    with pytest.raises(ValueError, match="damaged"):
        Linear(whole[:left])


def test_what_was_learned_names_capabilities_that_there_are_and_nothing() -> None:
    wants = opened(MODELS / WANTS)
    # What only programs and undo call has no phrases, and nothing is learned of it.
    said = {identifier for identifier, about in CATALOGUE.items() if about["says"]}
    assert {*said, NOTHING} <= set(wants.names) <= {*CATALOGUE, NOTHING}
    roles = opened(MODELS / ROLES)
    assert {NOTHING, "new", "room", "person", "ttl"} <= set(roles.names)


def test_a_capability_of_which_nothing_was_learned_is_neither_likely_nor_unlikely() -> None:
    odds = Odds({NOTHING: 4.0, "room.list": -1.0})
    assert (odds.of("room.update_metadata"), odds.margin("room.update_metadata")) == (0.0, 0.0)
    assert odds.margin("room.list") == -5.0


def test_within_a_conversation_nothing_is_seldom_wanted() -> None:
    odds = Odds({NOTHING: 4.0, "room.list": -3.0})
    assert odds.within("") is odds
    assert odds.within("room.list").nothing < 0 < odds.within("room.list").margin("room.list") + 1


@pytest.mark.parametrize("file", sorted((ROOT / "training" / "corpus").glob("*.tsv")), ids=str)
def test_every_training_sentence_has_a_known_label_and_marks_of_its_arguments(file: Path) -> None:
    for line in file.read_text(encoding="utf-8").splitlines():
        label, sentence, *before = line.split("\t")
        wants = [] if label == NOTHING else label.split("+")
        assert len(before) < 2, line
        assert {*wants, *before} <= set(CATALOGUE), line
        known = {name for want in wants for name in CATALOGUE[want]["fields"]} | FREE
        marked = {mark[1] for mark in MARK.finditer(sentence)}
        assert not wants or marked <= known, line
