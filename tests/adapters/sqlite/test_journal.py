"""The journal tells whoever believes it: what matches nothing raises, and one fault takes no other write down."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from greenroom.adapters.sqlite.database import Database
from greenroom.adapters.sqlite.journal import SqliteJournal
from greenroom.adapters.sqlite.together import TogetherJournal
from greenroom.domain.errors import JournalError
from greenroom.domain.plan import Call, Plan

NOW = 1_800_000_000.0
Write = Callable[[TogetherJournal, str], Awaitable[None]]
WRITES: dict[str, Write] = {
    "intend": lambda journal, plan: journal.intend(plan, 0, "{}", at=NOW),
    "record": lambda journal, plan: journal.record(plan, 0, "done", "{}", at=NOW),
    "finish": lambda journal, plan: journal.finish(plan, "done", "", (), at=NOW),
    "finish with a step": lambda journal, plan: journal.finish(
        plan, "done", "", (), at=NOW, steps={0: ("done", "{}")}
    ),
    "mark_undone": lambda journal, plan: journal.mark_undone(plan, "other"),
}


def a_journal(home: Path) -> TogetherJournal:
    database = Database(home)
    return TogetherJournal(SqliteJournal(database), database)


def a_plan(name: str, *capabilities: str) -> Plan:
    calls = tuple(Call(capability=capability) for capability in capabilities or ("room.create",))
    return Plan(id=name, target="ws://localhost:7880", calls=calls)


async def begin(journal: TogetherJournal, plan: Plan, at: float = NOW) -> None:
    await journal.begin(plan, text="", arguments=["{}"] * len(plan.calls), at=at, step=0)


@pytest.mark.parametrize("write", WRITES)
async def test_a_write_about_a_plan_that_is_not_there_raises(tmp_path: Path, write: str) -> None:
    journal = a_journal(tmp_path)
    await begin(journal, a_plan("there"))
    await WRITES[write](journal, "there")
    with pytest.raises(JournalError) as caught:
        await WRITES[write](journal, "gone")
    assert "gone" in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize("write", ["intend", "record", "finish with a step"])
async def test_a_write_about_a_step_that_is_not_there_raises_and_changes_nothing(
    tmp_path: Path, write: str
) -> None:
    journal = a_journal(tmp_path)
    with journal._database.writing() as db:
        db.execute(
            "INSERT INTO plans (id, at, status, text, target, owner) VALUES ('p', 1, 'running', '', '', '1//')"
        )
    with pytest.raises(JournalError):
        await WRITES[write](journal, "p")
    (entry,) = journal.entries()
    assert entry.status == "running"


async def test_writes_of_one_turn_share_a_transaction_and_a_fault_stays_its_own(
    tmp_path: Path,
) -> None:
    journal = a_journal(tmp_path)
    await asyncio.gather(*(begin(journal, a_plan(f"p{n}")) for n in range(5)))
    ended = await asyncio.gather(
        *(journal.finish(f"p{n}", "done", "", (), at=NOW) for n in (0, 1, 9, 3, 4)),
        return_exceptions=True,
    )
    assert [type(fault) for fault in ended] == [
        type(None), type(None), JournalError, type(None), type(None),
    ]  # fmt: skip
    statuses = {entry.id: entry.status for entry in journal.entries()}
    assert statuses == {"p0": "done", "p1": "done", "p2": "running", "p3": "done", "p4": "done"}


async def test_steps_begun_lately_are_found_whatever_plan_they_stand_in(tmp_path: Path) -> None:
    journal = a_journal(tmp_path)
    await begin(journal, a_plan("old", "room.delete"), at=NOW - 100)
    await begin(journal, a_plan("new", "room.create", "room.delete", "room.delete"))
    assert journal.begun_since("room.delete", NOW - 30) == ()
    await journal.intend("new", 1, '{"room": "a"}', at=NOW)
    await journal.intend("new", 2, '{"room": "b"}', at=NOW)
    await journal.record("new", 2, "failed", "{}", at=NOW)
    assert journal.begun_since("room.delete", NOW - 30) == ({"room": "a"},)
    assert len(journal.begun_since("room.delete", NOW - 200)) == 2


async def test_a_journal_of_an_earlier_version_is_brought_up_to_date(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from greenroom.adapters.sqlite import database

    with monkeypatch.context() as earlier:
        earlier.setattr(database, "MIGRATIONS", database.MIGRATIONS[:3])
        old = a_journal(tmp_path)
        await begin(old, a_plan("kept", "room.delete"))
        old._database.close()
    new = a_journal(tmp_path)
    assert [entry.id for entry in new.entries()] == ["kept"]
    assert new.begun_since("room.delete", NOW - 1) == ({},)


async def test_reading_makes_no_file(tmp_path: Path) -> None:
    journal = a_journal(tmp_path / "home")
    assert journal.entries() == ()
    assert journal.begun_since("room.delete", 0) == ()
    assert not (tmp_path / "home").exists()


async def test_the_newest_entry_is_the_one_begun_last_whatever_the_clock_says(
    tmp_path: Path,
) -> None:
    journal = a_journal(tmp_path)
    for name, at in (("m", NOW), ("a", NOW), ("z", NOW - 3600), ("b", NOW)):
        await begin(journal, a_plan(name), at=at)
    assert [entry.id for entry in journal.entries()] == ["b", "z", "a", "m"]
