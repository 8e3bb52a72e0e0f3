"""Take back what was done last."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from greenroom.domain.capability import Example, Kind, Request, Words, capability
from greenroom.domain.errors import PreconditionFailed
from greenroom.domain.nouns import FollowUp, JournalEntry
from greenroom.domain.plan import Call
from greenroom.domain.ports import Context


class Undo(Request):
    """A plan by id, or the last one."""

    plan: Annotated[
        str | None,
        Kind.PLAN_ID,
        Words("plan", "entry", "id"),
        Field(description="Id from the journal; None: what was done last."),
    ] = None


def entry_to_undo(context: Context, plan: str | None) -> JournalEntry:
    """The entry asked for, else the newest that changed something and is itself no undo."""
    entries = context.journal.entries(limit=50, plan_id=plan)
    for entry in entries:
        changed = any(step["status"] in {"done", "unknown"} for step in entry.steps)
        if plan or (changed and not entry.undoes and not entry.undone_by):
            return entry
    msg = f"The journal has no entry {plan}." if plan else "There is nothing to undo."
    raise PreconditionFailed(
        msg, code="nothing-to-undo", hint="`greenroom journal` shows what was done, with ids."
    )


def refuse_undo(context: Context, entry: JournalEntry) -> None:
    """Raise PreconditionFailed where the entry cannot be taken back here."""
    if entry.undone_by:
        msg = f"That was undone already ({entry.message})"
        raise PreconditionFailed(
            msg, code="nothing-to-undo", hint="`greenroom journal` shows the rest."
        )
    elsewhere = entry.target and entry.target != context.target.url
    if elsewhere and asks_a_server(context, entry):
        msg = f"That was done on {entry.target}, and this is {context.target.url}."
        raise PreconditionFailed(
            msg, code="cannot-undo", hint="Undo it with that server configured."
        )


def asks_a_server(context: Context, entry: JournalEntry) -> bool:
    """Whether taking it back is done on a server. Settings are the same whichever server is in use."""
    grants = {line.id: line.grant for line in context.catalogue.summaries().capabilities}
    undos = [step["undo"]["capability"] for step in entry.steps if step.get("undo")]
    return not undos or any(grants.get(capability, "?") for capability in undos)


def why_not(context: Context, entry: JournalEntry) -> str:
    """The reason that the entry's capabilities give."""
    reasons = {line.id: line.cannot_undo for line in context.catalogue.summaries().capabilities}
    said = [reasons.get(step["capability"], "") for step in entry.steps]
    return next((reason for reason in said if reason), "Nothing was changed by it.")


def tell(_request: Undo, _before: None, result: FollowUp) -> str:
    """What is about to be taken back."""
    return f"Undoing: {result.about}"


@capability(
    effect="read",
    tell=tell,
    positional=("plan",),
    examples=(Example("undo that"), Example("undo the last change")),
)
async def undo(context: Context, request: Undo) -> FollowUp:
    """The undo calls of an entry, last step first. They run as a plan of their own, with rules and approval."""
    entry = entry_to_undo(context, request.plan)
    refuse_undo(context, entry)
    calls = tuple(
        Call.from_dict(step["undo"])
        for step in reversed(entry.steps)
        if step["status"] == "done" and step.get("undo")
    )
    if not calls:
        msg = f"This cannot be undone: {entry.message}"
        hint = f"{why_not(context, entry)} An earlier change: greenroom undo ID, as greenroom journal shows it."
        raise PreconditionFailed(msg, code="cannot-undo", hint=hint)
    return FollowUp(calls=calls, undoes=entry.id, about=entry.message)
