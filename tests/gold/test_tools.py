"""The tools that watch over phrases and gold requests, and what they say about the phrases that there are."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from greenroom.domain.plan import Call
from greenroom.domain.planning import Brief, Calls, Refuse, Reply
from greenroom.hub.compiled import load_catalogue
from tests.gold import confusion, run
from tests.gold.lint import action_verbs, fix, lint

VERBS = action_verbs()
ENOUGH = [
    *(
        f"delete {word} {{room}}"
        for word in ("one", "two", "three", "four", "five", "six", "seven")
    ),
    *(
        f"create {word} {{room}}"
        for word in ("one", "two", "three", "four", "five", "six", "seven")
    ),
    *(f"list {word} {{room}}" for word in ("one", "two", "three", "four", "five", "six", "seven")),
    "kicking {room}",
]


def about(*says: str, effect: str = "write", not_says: tuple[str, ...] = ()) -> dict[str, Any]:
    fields = {"room": {"kind": "room"}, "name": {"kind": "room-to-be"}, "who": {"kind": "person"}}
    return {"says": list(says), "not_says": list(not_says), "effect": effect, "fields": fields}


def problems(**capabilities: dict[str, Any]) -> list[tuple[str, str]]:
    catalogue = {
        "broken": {},
        "capabilities": {f"room.{name}": value for name, value in capabilities.items()},
    }
    return [(p.capability.partition(".")[2], p.kind) for p in lint(catalogue, VERBS)]


def test_the_phrases_that_there_are_have_no_problem() -> None:
    assert [str(problem) for problem in lint(load_catalogue(), VERBS)] == []


def test_enough_phrases_over_enough_verbs_are_fine() -> None:
    assert problems(a=about(*ENOUGH)) == []


def test_too_few_phrases_and_verbs_are_told() -> None:
    assert problems(a=about(*ENOUGH[:19])) == [("a", "few-phrases"), ("a", "few-verbs")]
    inflected = [f"deleting {n} {{room}} when deleted" for n in map(str, range(20))]
    assert ("a", "few-verbs") in problems(a=about(*inflected))


def test_question_words_count_as_verbs_for_what_reads_only() -> None:
    asked = [f"{w} {n} {{room}}" for w in ("who", "which", "where", "how") for n in "abcde"]
    assert problems(a=about(*asked, effect="read")) == []
    assert problems(a=about(*asked)) == [("a", "few-verbs")]


def test_placeholders_and_brackets_are_checked_before_all_else() -> None:
    assert problems(a=about("delete {rom}")) == [("a", "placeholder")]
    assert problems(a=about("delete [the {room}")) == [("a", "brackets")]


@pytest.mark.parametrize("more", ["please delete the one {room}", "delete [a] one {room}"])
def test_a_phrase_that_adds_nothing_is_told(more: str) -> None:
    assert problems(a=about(*ENOUGH, more)) == [("a", "twice")]


def test_of_two_alike_only_one_is_told() -> None:
    assert problems(a=about(*ENOUGH, "wipe {room}", "wipe the {room}")) == [("a", "twice")]


def test_what_adds_nothing_can_be_taken_out(tmp_path: Path) -> None:
    file = tmp_path / "a.says"
    file.write_text("# comment\n" + "\n".join([*ENOUGH, "wipe {room}", "wipe the {room}", ""]))
    catalogue = {
        "broken": {},
        "capabilities": {"room.a": about(*ENOUGH, "wipe {room}", "wipe the {room}")},
    }
    assert fix(lint(catalogue, VERBS), {"room.a": tmp_path / "a.py"}) == 1
    assert file.read_text().splitlines() == ["# comment", *ENOUGH, "wipe {room}"]


@pytest.mark.parametrize(
    ("one", "other", "kinds"),
    [
        ("purge {room}", "(purge|zap) {room}", ["clash"]),
        ("purge {room}", "please purge the {room}", ["near-clash"]),
        ("purge {room}", "purge {who}", []),
        ("purge {room}", "purge {name}", []),
    ],
)
def test_what_two_capabilities_claim_is_told(one: str, other: str, kinds: list[str]) -> None:
    mine = [phrase.replace("{room}", "room {room}") for phrase in ENOUGH]
    theirs = [phrase.replace("{room}", "hall {room}") for phrase in ENOUGH]
    found = problems(a=about(*mine, one), b=about(*theirs, other))
    assert [kind for _, kind in found] == kinds


def test_what_is_claimed_and_excluded_is_told() -> None:
    found = problems(a=about(*ENOUGH, "start recording", not_says=("start recording",)))
    assert found == [("a", "contradiction")]


class OnlyLists:
    """A planner that lists rooms, whatever is said, and refuses pizza."""

    def __init__(self, catalogue: object = None) -> None:
        del catalogue

    async def reply(self, brief: Brief) -> Reply:
        if "pizza" in brief.text:
            return Refuse(code="out-of-scope", message="No pizza.")
        return Calls(calls=(Call(capability="room.list"),))


READY = OnlyLists()
REQUESTS: list[dict[str, Any]] = [
    {"id": "a", "turns": ["list"], "calls": [{"capability": "room.list", "arguments": {}}]},
    {"id": "b", "turns": ["status"], "calls": [{"capability": "coordinator.status", "arguments": {}}]},
    {"id": "c", "turns": ["pizza"], "calls": [], "status": "failed"},
    {"id": "d", "turns": ["sing"], "calls": [], "status": "failed"},
]  # fmt: skip


@pytest.fixture
def gold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A gold file of four requests in place of the real one."""
    lines = [
        {
            "id": request["id"],
            "author": "tester",
            "world": {},
            "turns": request["turns"],
            "expected": {"status": request.get("status", "done"), "calls": request["calls"]},
        }
        for request in REQUESTS
    ]
    (tmp_path / "seen").mkdir()
    text = "\n".join(json.dumps(line) for line in lines)
    (tmp_path / "seen" / "tester.jsonl").write_text(text, encoding="utf-8")
    for module in (run, confusion):
        monkeypatch.setattr(module, "GOLD", tmp_path)
    return tmp_path


@pytest.mark.usefixtures("gold")
@pytest.mark.parametrize("name", ["OnlyLists", "READY"])
def test_any_model_runs_the_gold_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    monkeypatch.setattr(sys, "argv", ["run", "--show", "--model", f"{__name__}:{name}"])
    assert run.main() == 0
    shown = capsys.readouterr().out
    assert "b: wrong capability" in shown
    for line in ("room              1 of    1", "coordinator       0 of    1", "(nothing)         1 of    2"):  # fmt: skip
        assert line in shown
    assert "tester            2 of    4" in shown
    assert "1 × failed → done" in shown
    assert "all                 2 of    4 =  50.0%" in shown


@pytest.mark.usefixtures("gold")
def test_the_confusion_matrix_says_what_is_taken_for_what(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["confusion", "--model", f"{__name__}:OnlyLists"])
    assert confusion.main() == 0
    shown = capsys.readouterr().out
    assert "!   1 = 100.0%  coordinator.status → room.list: b" in shown
    assert "!   1 = 50.0%  (failed) → room.list: d" in shown
    assert "room.list → " not in shown
    head, first, *_ = shown.splitlines()
    assert head.split()[-3:] == ["a", "b", "c"]
    assert first.split() == ["a", "coordinator.status", "·", "1", "·"]
