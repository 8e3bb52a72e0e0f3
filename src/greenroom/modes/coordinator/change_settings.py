"""Change settings by name, in the files where people write them."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import Field

from greenroom.domain.capability import Example, Kind, Means, Request, capability
from greenroom.domain.nouns import SettingsChange, SettingsState
from greenroom.domain.plan import Call
from greenroom.domain.ports import Context
from greenroom.modes import _settings
from greenroom.modes._fields import FROM_JSON


class ChangeSettings(Request):
    """What `greenroom config set` does, with journal and undo."""

    settings: Annotated[
        dict[str, Any],
        Kind.SETTINGS,
        Field(
            min_length=1,
            description="Value by dotted key, as JSON: room.defaultSettings.maxParticipants; null removes.",
        ),
        FROM_JSON,
    ]
    place: Annotated[
        Literal["project", "user", "environment"] | None,
        Kind.CHOICE,
        Means("project", "in the project", "project file", "for the project"),
        Means("user", "in my own folder", "user file", "my own settings", "in the user folder"),
        Means("environment", "environment file", "in the environment file"),
        Field(description="Where; None: the project if there is one, else your own folder."),
    ] = None


async def as_written(context: Context, request: ChangeSettings) -> SettingsState:
    """What those files say now. Raises unknown-setting, invalid-config."""
    return context.configuration.written(list(request.settings), request.place)


def put_back(
    request: ChangeSettings, before: SettingsState, _result: SettingsChange
) -> Call | None:
    """The former values, if nobody changed them since."""
    return _settings.put_back(request.settings, before, request.place)


def tell(_request: ChangeSettings, _before: SettingsState, result: SettingsChange) -> str:
    """What is set, what is removed, and where."""
    said = [f"{key} is {json.dumps(value)}" for key, value in result.values.items()]
    # Not "api.secret is removed": what follows such words is masked.
    said += [f"removed: {', '.join(result.removed)}"] if result.removed else []
    return f"{', '.join(said)} {_settings.where(result)}"


@capability(
    effect="write",
    rules=("settings-as-asked",),
    before=as_written,
    undo=put_back,
    tell=tell,
    examples=(
        Example(
            "set room.defaultSettings.maxParticipants to 40",
            settings={"room.defaultSettings.maxParticipants": 40},
        ),
        Example("unset auth.defaultTtl", settings={"auth.defaultTtl": None}),
    ),
)
async def change_settings(context: Context, request: ChangeSettings) -> SettingsChange:
    """Write values, or remove them, comments kept. Raises unknown-setting, invalid-config, secret-in-clear."""
    return await _settings.write(context, request.settings, request.place)
