"""What is learned: models in their files, the sentences they are made from, and what follows from them."""

from __future__ import annotations

from pathlib import Path

import pytest

from greenroom.hub.compiled import load_catalogue
from greenroom.understanding import network
from greenroom.understanding.lanes import SCALE, SUREST
from greenroom.understanding.learned import NOTHING, ROLES, WANTS
from greenroom.understanding.network import FINE, MIDDLE, STRONG, Network, opened, packed
from greenroom.understanding.odds import Odds
from training.examples import MARK

CATALOGUE = load_catalogue()["capabilities"]
ROOT = Path(__file__).parent.parent.parent
MODELS = ROOT / "src" / "greenroom" / "understanding"
FREE = {"other", "new", "person", "room"}


def plain(names: str, biases: list[float], rows: dict[str, list[float]]) -> bytes:
    """A model of two hidden units for each name, one that speaks for it and one against: signs add up as they are."""
    says = [[round(STRONG * sign * (n == m)) for n in names] for m in names for sign in (1, -1)]
    signs = {
        sign: [round(FINE * part) for weight in weights for part in (weight, -weight)]
        for sign, weights in rows.items()
    }
    return packed([*names], [round(SCALE * b) for b in biases], [0] * len(says), says, signs)


def test_a_written_model_reads_back_and_adds_up_the_signs_that_are_there() -> None:
    model = Network(plain("ab", [0.25, -0.5], {"x y": [1.5, 0], "z": [-0.25, 1.5]}))
    assert model.judged(["x y"]).all() == {"a": 1.75, "b": -0.5}
    assert model.judged(["z", "x y", "unknown"]).all() == {"a": 1.5, "b": 1.0}
    assert model.judged(["z"]).all() == model.judged(["z"]).all()


def test_a_unit_below_nothing_says_nothing_and_one_above_as_much_as_it_is_above() -> None:
    says = [[STRONG, 0], [0, 2 * STRONG]]
    signs = {"x": [FINE, -FINE], "y": [-2 * FINE, FINE]}
    model = Network(packed(["a", "b"], [0, 0], [0, FINE // 2], says, signs))
    assert model.judged([]).all() == {"a": 0.0, "b": 1.0}
    assert model.judged(["x"]).all() == {"a": 1.0, "b": 0.0}
    assert model.judged(["x", "y"]).all() == {"a": 0.0, "b": 1.0}


def test_nothing_is_surer_than_five() -> None:
    weights = {f"x{n}": [1.5, -1.5] for n in range(6)}
    judged = Network(plain("ab", [0, 0], weights)).judged(weights)
    assert judged.all() == {"a": SUREST, "b": -SUREST}
    assert (judged.get("a", 0.0), judged.get("b", 0.0), judged.get("c", 0.5)) == (5.0, -5.0, 0.5)
    assert (judged.above(4.0), judged.above(9.5)) == (["a"], [])
    assert (judged.likeliest(), judged.most(beside="a"), judged.most(beside="b")) == ("a", -5, 5)


def test_a_request_of_ten_thousand_signs_spoils_no_other_name() -> None:
    weights = {f"sign {n}": [127 / FINE, -127 / FINE, 0.0] for n in range(10_000)}
    judged = Network(plain("abc", [0, 0, 0.5], weights)).judged(weights)
    assert judged.all() == {"a": SUREST, "b": -SUREST, "c": 0.5}
    assert judged.above(0.25) == ["a", "c"]


@pytest.mark.parametrize("odds", [-9.0, -1.01, -1.0, 0.0, 0.01, 0.99, 1.0, 1.01, 9.0])
def test_what_is_above_a_threshold_is_seen_in_every_lane(odds: float) -> None:
    judged = Network(plain("abc", [odds, -odds, 1.0], {})).judged([])
    for least in (-1.0, 0.0, 1.0):
        steps = [round(SCALE * each) for each in (odds, -odds, 1.0)]
        expected = [n for n, step in zip("abc", steps, strict=True) if step > SCALE * least]
        assert judged.above(least) == expected


def test_memory_is_bounded_and_unknown_signs_push_out_none_that_were_learned(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(network, "MOST_KEPT", 4)
    data = packed(["a"], [0], [0], [[1]], {f"sign {n}": [n + 1] for n in range(6)})
    rows = network.Signs(data, data.find(b"\n") + 1 + 4, buckets=13, units=1)
    for n in range(3):
        assert rows[f"sign {n}"] == MIDDLE + n + 1
    for n in range(30):
        assert rows[f"unknown {n}"] == 0
        assert len(rows) <= 8
    assert {"sign 0", "sign 1", "sign 2"} <= {*rows}
    for n in range(6):
        assert rows[f"sign {n}"] == MIDDLE + n + 1
    assert sum(map(bool, rows.values())) <= 4


def test_every_sign_of_a_model_is_found_again_in_its_file(tmp_path: Path) -> None:
    weights = {f"sign {n} ·": [(n - 500) / 512, n % 8 / 8] for n in range(1000) if n % 3 != 1}
    (tmp_path / "some.model").write_bytes(plain("ab", [0, 0], weights))
    model = opened(tmp_path / "some.model")
    for sign, (first, second) in weights.items():
        assert model.judged([sign]).all() == {"a": round(FINE * first) / FINE, "b": second}
    assert model.judged(["sign 1 ·", ""]).all() == {"a": 0.0, "b": 0.0}


@pytest.mark.parametrize("left", [0, 10, 200, -1])
def test_a_model_that_is_not_whole_is_refused(left: int) -> None:
    whole = plain("a", [0], {f"sign {n}": [n / 64] for n in range(100)})
    with pytest.raises(ValueError, match="damaged"):
        Network(whole[:left])


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
