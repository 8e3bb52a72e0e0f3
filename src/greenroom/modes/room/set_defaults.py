"""Set what a new room gets when nothing is said about it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from greenroom.domain.capability import Change, Example, Kind, Words, capability
from greenroom.domain.nouns import SettingsChange, SettingsState
from greenroom.domain.plan import Call
from greenroom.domain.ports import Context
from greenroom.modes import _settings
from greenroom.modes._state import people

KEYS = {
    "max_participants": "room.defaultSettings.maxParticipants",
    "empty_timeout": "room.defaultSettings.emptyTimeout",
    "departure_timeout": "room.defaultSettings.departureTimeout",
}
LARGEST = 4_294_967_295


class SetDefaults(Change):
    """What is given is set; the rest stays."""

    max_participants: Annotated[
        int | None,
        Kind.COUNT,
        Words("default room limit", "default limit", "default maximum", "default capacity"),
        Field(ge=0, le=LARGEST, description="Most people allowed in at once; 0: no limit."),
    ] = None
    empty_timeout: Annotated[
        int | None,
        Kind.DURATION,
        Words("default empty timeout", "by default when nobody joins"),
        Field(ge=0, le=LARGEST, description="Seconds a room stays open before anybody joins."),
    ] = None
    departure_timeout: Annotated[
        int | None,
        Kind.DURATION,
        Words("default departure timeout", "by default when everybody leaves"),
        Field(ge=0, le=LARGEST, description="Seconds a room stays open after the last one leaves."),
    ] = None


def changes(request: SetDefaults) -> dict[str, Any]:
    """Setting → value."""
    return _settings.given(request, KEYS)


async def as_written(context: Context, request: SetDefaults) -> SettingsState:
    """What the files say now. Raises invalid-config."""
    return context.configuration.written(list(changes(request)))


def put_back(request: SetDefaults, before: SettingsState, _result: SettingsChange) -> Call | None:
    """The former defaults, if nobody changed them since."""
    return _settings.put_back(changes(request), before)


def tell(request: SetDefaults, _before: SettingsState, result: SettingsChange) -> str:
    """Each default, and where it is written."""
    said = []
    if request.max_participants is not None:
        limit = (
            people(request.max_participants) if request.max_participants else "any number of people"
        )
        said.append(f"are for {limit}")
    if request.empty_timeout is not None:
        said.append(f"close {request.empty_timeout} s after nobody joined")
    if request.departure_timeout is not None:
        said.append(f"close {request.departure_timeout} s after the last one left")
    return f"New rooms {' and '.join(said)} unless said otherwise, {_settings.where(result)}"


@capability(
    effect="write",
    rules=("settings-as-asked",),
    before=as_written,
    undo=put_back,
    tell=tell,
    examples=(
        Example("the default room limit is 30", max_participants=30),
        Example("change the default maximum to 40", max_participants=40),
    ),
)
async def set_defaults(context: Context, request: SetDefaults) -> SettingsChange:
    """Write defaults into the configuration: the project's room file, else the user's. Raises invalid-config."""
    return await _settings.write(context, changes(request))
