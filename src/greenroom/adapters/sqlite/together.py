"""Many plans at once share transactions: a commit costs more than all that is written in it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import apsw

from greenroom.adapters.sqlite.database import Database
from greenroom.adapters.sqlite.journal import SqliteJournal
from greenroom.domain.nouns import JournalEntry
from greenroom.domain.plan import Plan

Write = Callable[[apsw.Connection], None]


class TogetherJournal:
    """ports.Journal: writes that come in one turn of the event loop are one transaction (group commit).

    Each caller waits until its own write is on disk; one that fails takes no other down.
    """

    def __init__(self, journal: SqliteJournal, database: Database) -> None:
        self._journal = journal
        self._database = database
        self._waiting: list[tuple[Write, asyncio.Future[None]]] = []

    async def begin(
        self, plan: Plan, *, text: str, arguments: Sequence[str], at: float, step: int
    ) -> None:
        """Store a plan and its first intent."""
        await self._write(
            partial(
                self._journal.begin, plan=plan, text=text, arguments=arguments, at=at, step=step
            )
        )

    async def intend(self, plan_id: str, step: int, arguments: str, *, at: float) -> None:
        """Mark a step as running."""
        await self._write(
            partial(self._journal.intend, plan_id=plan_id, step=step, arguments=arguments, at=at)
        )

    async def record(self, plan_id: str, step: int, status: str, entry: str, *, at: float) -> None:
        """Store a step's end."""
        await self._write(
            partial(
                self._journal.record, plan_id=plan_id, step=step, status=status, entry=entry, at=at
            )
        )

    async def finish(
        self,
        plan_id: str,
        status: str,
        message: str,
        left: Sequence[str],
        *,
        at: float,
        steps: Mapping[int, tuple[str, str]] = {},
    ) -> None:
        """Store the plan's end and the last steps'. A cancellation comes too late here: what happened is about to be told."""
        try:
            await self._write(
                partial(
                    self._journal.finish,
                    plan_id=plan_id,
                    status=status,
                    message=message,
                    left=left,
                    at=at,
                    steps=steps,
                )
            )
        except asyncio.CancelledError:
            if self._waiting:
                self._flush()

    async def mark_undone(self, plan_id: str, by: str) -> None:
        """Remember which plan took it back."""
        await self._write(partial(self._journal.mark_undone, plan_id=plan_id, by=by))

    def entries(self, *, limit: int = 20, plan_id: str | None = None) -> tuple[JournalEntry, ...]:
        """Newest first."""
        return self._journal.entries(limit=limit, plan_id=plan_id)

    def begun_since(self, capability: str, since: float) -> tuple[Mapping[str, Any], ...]:
        """Arguments of steps that began since then and did not fail."""
        return self._journal.begun_since(capability, since)

    def interrupted(self) -> tuple[JournalEntry, ...]:
        """Plans whose process died, each given once."""
        return self._journal.interrupted()

    async def _write(self, write: Write) -> None:
        loop = asyncio.get_running_loop()
        written: asyncio.Future[None] = loop.create_future()
        self._waiting.append((write, written))
        if len(self._waiting) == 1:
            loop.call_soon(self._flush)
        await written

    def _flush(self) -> None:
        """Write what waits. Inline: measured, a thread costs more than it frees (decision 0003)."""
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return  # A cancelled caller had it written at once.
        faults = self._commit([write for write, _ in waiting])
        for (_, written), fault in zip(waiting, faults, strict=True):
            if written.done():
                continue  # Its caller was cancelled; the write itself is kept.
            if fault is None:
                written.set_result(None)
            else:
                written.set_exception(fault)

    def _commit(self, writes: Sequence[Write]) -> list[Exception | None]:
        """One transaction for all; where that fails, one for each, so that a fault stays its own."""
        try:
            with self._database.writing() as db:
                for write in writes:
                    write(db)
        except Exception as fault:  # noqa: BLE001 - handed to the caller who waits for it
            return [fault] if len(writes) == 1 else [self._commit([write])[0] for write in writes]
        return [None] * len(writes)
