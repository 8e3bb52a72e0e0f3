"""The journal: intent before, outcome after."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import apsw

from greenroom.adapters.sqlite.database import Database
from greenroom.domain.errors import JournalError
from greenroom.domain.nouns import JournalEntry
from greenroom.domain.plan import Plan

compact = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, check_circular=False).encode
"""JSON without spaces."""


def started(pid: int) -> str:
    """When a process began, in clock ticks since boot (proc(5), stat field 22); "" when there is none."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[19]


def boot_id() -> str:
    """Which boot of the machine this is."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def this_process() -> str:
    """A name for this process that no later one can have."""
    pid = os.getpid()
    return f"{pid}/{started(pid)}/{boot_id()}"


def alive(owner: str) -> bool:
    """Whether the process that wrote a plan still runs."""
    pid, start, boot = owner.split("/")
    if boot != boot_id():
        return False
    if start:
        return started(int(pid)) == start
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


class SqliteJournal:
    """The journal on the tables ``plans`` and ``steps``. What writes gets a transaction that is open.

    Raises JournalError for a plan or a step that is not there: whoever believes it is written must hear of it.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._owner = this_process()

    def begin(
        self,
        db: apsw.Connection,
        plan: Plan,
        *,
        text: str,
        arguments: Sequence[str],
        at: float,
        step: int,
    ) -> None:
        """Store a plan and its first intent."""
        waive = compact(dict(plan.waive)) if plan.waive else "{}"
        db.execute(
            "INSERT INTO plans (id, at, status, text, target, waive, undoes, owner) "
            "VALUES (?, ?, 'running', ?, ?, ?, ?, ?)",
            (plan.id, at, text, plan.target, waive, plan.undoes, self._owner),
        )
        for number, (call, shape) in enumerate(zip(plan.calls, arguments, strict=True)):
            status, begun = ("running", at) if number == step else ("planned", None)
            db.execute(
                "INSERT INTO steps (plan, number, capability, arguments, status, begun) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                (plan.id, number, call.capability, shape, status, begun),
            )

    def intend(
        self, db: apsw.Connection, plan_id: str, step: int, arguments: str, *, at: float
    ) -> None:
        """Mark a step as running."""
        db.execute(
            "UPDATE steps SET status = 'running', arguments = ?, begun = ? WHERE plan = ? AND number = ?",
            (arguments, at, plan_id, step),
        )
        require_one(db, plan_id)

    def record(
        self, db: apsw.Connection, plan_id: str, step: int, status: str, entry: str, *, at: float
    ) -> None:
        """Store a step's end."""
        db.execute(
            "UPDATE steps SET status = ?, outcome = ?, ended = ? WHERE plan = ? AND number = ?",
            (status, entry, at, plan_id, step),
        )
        require_one(db, plan_id)

    def finish(
        self,
        db: apsw.Connection,
        plan_id: str,
        status: str,
        message: str,
        left: Sequence[str],
        *,
        at: float,
        steps: Mapping[int, tuple[str, str]],
    ) -> None:
        """Store the plan's end and the last steps'."""
        for number, (ended, entry) in steps.items():
            self.record(db, plan_id, number, ended, entry, at=at)
        db.execute(
            "UPDATE plans SET status = ?, message = ?, left = ?, ended = ? WHERE id = ?",
            (status, message, compact(list(left)) if left else "[]", at, plan_id),
        )
        require_one(db, plan_id)

    def mark_undone(self, db: apsw.Connection, plan_id: str, by: str) -> None:
        """Remember which plan took it back."""
        db.execute("UPDATE plans SET undone_by = ? WHERE id = ?", (by, plan_id))
        require_one(db, plan_id)

    def entries(self, *, limit: int = 20, plan_id: str | None = None) -> tuple[JournalEntry, ...]:
        """Newest first, in the order they were begun in: a clock that is set back changes nothing."""
        with self._database.reading() as db:
            if db is None:
                return ()
            newest = db.execute(
                "SELECT id FROM plans WHERE id = ifnull(?, id) ORDER BY rowid DESC LIMIT ?",
                (plan_id, limit),
            )
            return read_entries(db, [row[0] for row in newest])

    def begun_since(self, capability: str, since: float) -> tuple[Mapping[str, Any], ...]:
        """Arguments of steps that began since then and did not fail."""
        with self._database.reading() as db:
            if db is None:
                return ()
            found = db.execute(
                "SELECT arguments FROM steps WHERE capability = ? AND begun >= ? "
                "AND status IN ('running', 'done', 'unknown')",
                (capability, since),
            )
            return tuple(json.loads(arguments) for (arguments,) in found)

    def interrupted(self) -> tuple[JournalEntry, ...]:
        """Plans whose process died, each given once."""
        with self._database.reading() as db:
            if db is None or not self._dead(db):
                return ()
        with self._database.writing() as writer:
            dead = self._dead(writer)
            for plan in dead:
                writer.execute(
                    "UPDATE steps SET status = 'unknown' WHERE plan = ? AND status = 'running'",
                    (plan,),
                )
                writer.execute(
                    "UPDATE plans SET status = 'failed', message = 'Interrupted: its process was stopped.', ended = at "
                    "WHERE id = ?",
                    (plan,),
                )
            return read_entries(writer, dead)

    def _dead(self, db: apsw.Connection) -> list[str]:
        """Ids of plans without an end whose owner is no more."""
        running = db.execute(
            "SELECT id, owner FROM plans WHERE ended IS NULL AND owner <> ?", (self._owner,)
        )
        return [plan for plan, owner in running if not alive(owner)]


def require_one(db: apsw.Connection, plan_id: str) -> None:
    """Raise JournalError where the last statement changed nothing."""
    if db.changes() != 1:
        msg = f"The journal does not hold plan {plan_id} any more, or not that step of it."
        hint = "Did somebody move or replace the journal meanwhile? Look at the server before you go on."
        raise JournalError(msg, hint=hint)


def read_entries(db: apsw.Connection, ids: Iterable[str]) -> tuple[JournalEntry, ...]:
    """Entries by id, in the order given."""
    entries = []
    for plan in ids:
        ((at, status, text, message, target, left, undoes, undone_by),) = db.execute(
            "SELECT at, status, text, message, target, left, undoes, undone_by FROM plans WHERE id = ?",
            (plan,),
        )
        entries.append(
            JournalEntry(
                id=plan,
                time=int(at),
                status=status,
                text=text,
                message=message,
                target=target,
                left=tuple(json.loads(left)),
                undoes=undoes,
                undone_by=undone_by,
                steps=tuple(read_steps(db, plan)),
            )
        )
    return tuple(entries)


def read_steps(db: apsw.Connection, plan: str) -> Iterable[dict[str, Any]]:
    """A plan's steps, in order; the status in the table is the newest."""
    rows = db.execute(
        "SELECT capability, arguments, status, outcome FROM steps WHERE plan = ? ORDER BY number",
        (plan,),
    )
    for capability, arguments, status, outcome in rows:
        known = json.loads(outcome) if outcome else {}
        yield {
            "capability": capability,
            "arguments": json.loads(arguments),
            **known,
            "status": status,
        }
