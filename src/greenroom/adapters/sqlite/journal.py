"""The journal: intent before, outcome after."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import apsw

from greenroom.adapters.sqlite.database import Database
from greenroom.domain.nouns import JournalEntry
from greenroom.domain.plan import Plan

STEP_ENDED = "UPDATE steps SET status = ?, outcome = ?, ended = ? WHERE plan = ? AND number = ?"


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
    """ports.Journal on the tables ``plans`` and ``steps``. A one-step plan costs two transactions."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._owner = this_process()

    def begin(self, plan: Plan, *, at: float, step: int) -> None:
        """Store a plan and its first intent."""
        with self._database.writing() as db:
            db.execute(
                "INSERT INTO plans (id, at, status, text, target, waive, undoes, owner) VALUES (?,?,?,?,?,?,?,?)",
                (
                    plan.id,
                    at,
                    "running",
                    plan.text,
                    plan.target,
                    compact(dict(plan.waive)),
                    plan.undoes,
                    self._owner,
                ),
            )
            for number, call in enumerate(plan.calls):
                running = number == step
                shape = compact(call.as_dict()["arguments"])
                db.execute(
                    "INSERT INTO steps (plan, number, capability, arguments, status, begun) VALUES (?,?,?,?,?,?)",
                    (
                        plan.id,
                        number,
                        call.capability,
                        shape,
                        "running" if running else "planned",
                        at if running else None,
                    ),
                )

    def intend(self, plan_id: str, step: int, arguments: Mapping[str, Any], *, at: float) -> None:
        """Mark a step as running."""
        with self._database.writing() as db:
            db.execute(
                "UPDATE steps SET status = 'running', arguments = ?, begun = ? WHERE plan = ? AND number = ?",
                (compact(dict(arguments)), at, plan_id, step),
            )

    def record(self, plan_id: str, step: int, outcome: Mapping[str, Any], *, at: float) -> None:
        """Store a step's end."""
        with self._database.writing() as db:
            db.execute(STEP_ENDED, (outcome["status"], compact(outcome), at, plan_id, step))

    def finish(
        self,
        plan_id: str,
        status: str,
        message: str,
        left: Sequence[str],
        *,
        at: float,
        steps: Mapping[int, Mapping[str, Any]] = {},
    ) -> None:
        """Store the plan's end and the last steps'."""
        with self._database.writing() as db:
            for number, outcome in steps.items():
                db.execute(STEP_ENDED, (outcome["status"], compact(outcome), at, plan_id, number))
            db.execute(
                "UPDATE plans SET status = ?, message = ?, left = ?, ended = ? WHERE id = ?",
                (status, message, compact(list(left)), at, plan_id),
            )

    def entries(
        self, *, limit: int = 20, capability: str | None = None, plan_id: str | None = None
    ) -> tuple[JournalEntry, ...]:
        """Newest first."""
        values: list[str | int] = []
        where = ""
        if plan_id is not None:
            where, values = "WHERE id = ?", [plan_id]
        elif capability is not None:
            where = "WHERE id IN (SELECT plan FROM steps WHERE capability = ? ORDER BY plan DESC LIMIT ?)"
            values = [capability, limit]
        newest = f"SELECT id FROM plans {where} ORDER BY id DESC LIMIT ?"  # noqa: S608 - our own text
        with self._database.reading() as db:
            if db is None:
                return ()
            return read_entries(db, [row[0] for row in db.execute(newest, (*values, limit))])

    def mark_undone(self, plan_id: str, by: str) -> None:
        """Remember which plan took it back."""
        with self._database.writing() as db:
            db.execute("UPDATE plans SET undone_by = ? WHERE id = ?", (by, plan_id))

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
