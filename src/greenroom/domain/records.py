"""What is kept between requests, as protocols: the journal, plans that wait for a yes, conversations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from greenroom.domain.conversation import Conversation
from greenroom.domain.nouns import JournalEntry
from greenroom.domain.outcome import Approval
from greenroom.domain.plan import Plan


class Journal(Protocol):
    """Intent before, outcome after. Every method is one short transaction; raises ``JournalError``.

    Statuses of a stored step: planned → running → done | failed | skipped | rolled_back | unknown.
    What is stored of a step is JSON text that holds no secret: its arguments, and at its end the envelope's step
    ``{status, checks, result, undo, error}``. A write about a plan or step that is not there raises.
    """

    async def begin(
        self, plan: Plan, *, text: str, arguments: Sequence[str], at: float, step: int
    ) -> None:
        """Store a plan (all steps planned) with this process as its owner, and the intent of ``step``, at once.

        ``text`` and, for each call, ``arguments`` stand in for the plan's own, which may hold secrets.
        """
        ...

    async def intend(self, plan_id: str, step: int, arguments: str, *, at: float) -> None:
        """Mark a step as running: from here its effect is unknown until ``record``."""
        ...

    async def record(self, plan_id: str, step: int, status: str, entry: str, *, at: float) -> None:
        """Store a step's end."""
        ...

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
        """Store the plan's end, with status and entry of the steps that ended in the same breath."""
        ...

    def entries(self, *, limit: int = 20, plan_id: str | None = None) -> tuple[JournalEntry, ...]:
        """Newest first."""
        ...

    def begun_since(self, capability: str, since: float) -> tuple[Mapping[str, Any], ...]:
        """Arguments of every step of that capability that began since then and is not known to have failed."""
        ...

    async def mark_undone(self, plan_id: str, by: str) -> None:
        """Remember that a plan was taken back by another, so that it is not undone twice."""
        ...

    def interrupted(self) -> tuple[JournalEntry, ...]:
        """Plans whose process died before their end, each given once: running steps become unknown, the plan failed."""
        ...


class Approvals(Protocol):
    """Plans that wait for a yes."""

    def store(self, approval: Approval, plan: Plan) -> None:
        """Keep a plan until it is approved or expires."""
        ...

    def claim(self, approval_id: str, *, at: float) -> Plan:
        """Take a plan for running: exactly one caller gets it. Raises ``ApprovalError``."""
        ...


class Conversations(Protocol):
    """What was said before, by session name."""

    def load(self, session: str) -> Conversation:
        """An empty conversation when there was none."""
        ...

    def save(self, session: str, conversation: Conversation, *, at: float) -> None:
        """Keep it for the next request."""
        ...
