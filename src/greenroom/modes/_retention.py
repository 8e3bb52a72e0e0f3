"""How long recordings are kept: a setting that the recorder must be told, since it alone deletes by it."""

from __future__ import annotations

from datetime import UTC, datetime

from greenroom.domain.errors import GreenroomError
from greenroom.domain.ports import Context
from greenroom.domain.recordings import Retention

KEY = "recording.retentionDays"
LIVEKIT = "LiveKit's Egress service deletes nothing by age: give its bucket a lifecycle rule."
ASK = "Say it again when Greenroom's recorder runs: it deletes by age what it was told, and nothing else."
BEYOND = (
    "{count} of these are left, as its log says: a file was changed, or a bucket's keys are not known. "
    "A lifecycle rule of the bucket reaches those."
)


async def told(context: Context) -> str:
    """Tell the recorder what holds now; a sentence or two of what that does. Raises nothing: the setting is written."""
    days = context.settings.now().chosen(KEY) or 0
    try:
        if await context.egress.service() != "greenroom":
            return LIVEKIT if days else ""
        return sentences(await context.egress.set_retention(days))
    except GreenroomError as error:
        return f"Nobody was told: {error.message} {ASK}"


def sentences(found: Retention) -> str:
    """What goes, and when at the earliest."""
    if not found.days:
        return "Greenroom's recorder deletes nothing by age."
    said = f"Greenroom's recorder deletes the files of recordings that ended more than {_days(found.days)} ago"
    if found.recordings:
        begins = datetime.fromtimestamp(found.begins, UTC).strftime("%Y-%m-%d %H:%M UTC")
        said += (
            f": now those of {found.recordings} ({found.files} files, {found.size / 1e6:,.1f} MB), "
            f"not before {begins}. Until then it can be taken back."
        )
    else:
        said += "; no recording is that old now."
    return f"{said} {BEYOND.format(count=found.beyond)}" if found.beyond else said


def _days(count: int) -> str:
    return "a day" if count == 1 else f"{count} days"
