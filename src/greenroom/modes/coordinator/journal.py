"""Show what was done."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from greenroom.domain.capability import Example, Kind, Request, Words, capability
from greenroom.domain.nouns import JournalPage
from greenroom.domain.ports import Context


class ShowJournal(Request):
    """How far back."""

    limit: Annotated[
        int,
        Kind.COUNT,
        Words("last", "latest", "limit", "entries", "newest"),
        Field(ge=1, le=1000, description="Most entries to show."),
    ] = 20


def tell(_request: ShowJournal, _before: None, result: JournalPage) -> str:
    """How many, and the newest."""
    if not result.entries:
        return "Nothing has been done yet."
    newest = result.entries[0]
    counted = "1 entry" if len(result.entries) == 1 else f"{len(result.entries)} entries"
    return f"{counted}. Latest: {newest.message}"


@capability(
    effect="read",
    tell=tell,
    examples=(Example("show the journal"), Example("what did you do lately?")),
)
async def journal(context: Context, request: ShowJournal) -> JournalPage:
    """Plans that changed something, newest first, secrets redacted."""
    return JournalPage(entries=context.journal.entries(limit=request.limit))
