"""Many things one after the other: each looked at again, counted exactly, stopped between two and never within one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from greenroom.domain.errors import GreenroomError
from greenroom.domain.ports import Context

AT_ONCE = 10
"""Things under way at the same time: a server far away answers them in the time of one."""
GONE = {"not-found", "changed-since", "failed-precondition", "already-exists"}
"""Codes that are about one thing. Any other stops all: the next would fail as well."""

Act = Callable[[str], Awaitable[str]]
"""Does it to one thing; gives why it was left alone, "" when it was done."""


@dataclass(slots=True)
class Count:
    """What became of many things."""

    done: list[str] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)
    remaining: Sequence[str] = ()
    stopped: str = ""
    """Why it ended early; "" where it did not."""

    def told(self, what: str, doing: str) -> str:
        """``431 of 1,000 rooms deleted, 3 left alone, 566 not come to.``"""
        total = len(self.done) + len(self.skipped) + len(self.remaining)
        said = [f"{len(self.done):,} of {total:,} {what} {doing}"]
        if self.skipped:
            said.append(f"{len(self.skipped):,} left alone")
        if self.remaining:
            said.append(f"{len(self.remaining):,} not come to")
        return f"{', '.join(said)}."


async def each(context: Context, what: str, names: Sequence[str], act: Act) -> Count:
    """Do it to each, some at once. Cancelled or refused by the server, it ends what is under way, then stops and tells."""
    count = Count(remaining=names)
    for start in range(0, len(names), AT_ONCE):
        batch = names[start : start + AT_ONCE]
        under_way = asyncio.gather(*(tried(act, name) for name in batch))
        try:
            results = await asyncio.shield(under_way)
        except asyncio.CancelledError:
            results, count.stopped = await under_way, "Interrupted"
        left = []
        for name, result in zip(batch, results, strict=True):
            if isinstance(result, GreenroomError):
                left.append(name)
                count.stopped = result.message
            elif result:
                count.skipped[name] = result
            else:
                count.done.append(name)
        count.remaining = [*left, *names[start + AT_ONCE :]]
        context.report(what, start + len(batch), len(names))
        if count.stopped:
            break
    return count


async def tried(act: Act, name: str) -> str | GreenroomError:
    """Why one was left alone; an error that is about more than this one is given, not raised: the others are counted too."""
    try:
        return await act(name)
    except GreenroomError as error:
        return error.message if error.code in GONE else error


def matching(names: Mapping[str, Sequence[str]], pattern: str, keep: Sequence[str]) -> list[str]:
    """Which things one of whose names fits: "test-*". Capitals count, as they do for LiveKit."""
    return [
        name
        for name, called in names.items()
        if name not in keep and any(fnmatchcase(each_, pattern) for each_ in called)
    ]
