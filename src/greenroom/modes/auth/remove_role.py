"""Remove a role, or drop what was changed of a packaged one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, cast

from pydantic import Field

from greenroom.domain.capability import Example, Kind, Means, Request, Words, capability
from greenroom.domain.nouns import SettingsChange, SettingsState
from greenroom.domain.plan import Call
from greenroom.domain.ports import Context, Place
from greenroom.modes import _settings
from greenroom.modes.auth._roles import PACKAGED, require_role

PLACES = ("environment", "project", "user")
"""Layers that are files people write, highest first."""


class RemoveRole(Request):
    """The role's table leaves the file that defines it."""

    role: Annotated[
        str,
        Kind.TEXT,
        Words("role", "the role", "role called", "role named"),
        Means("viewer", "viewer role", "role of viewers"),
        Means("presenter", "presenter role"),
        Means("moderator", "moderator role"),
        Means("guest", "guest role"),
        Means("student", "student role"),
        Means("teacher", "teacher role"),
        Means("assistant", "assistant role"),
        Field(pattern=r"^[A-Za-z0-9_-]{1,64}$", description="Name of the role."),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A role before it is removed."""

    place: Place | None
    """The highest file that says something about it; None where only packages and variables do."""
    state: SettingsState
    packaged: bool
    elsewhere: tuple[str, ...]
    """Other layers of people's that say something about it."""


def key_of(request: RemoveRole) -> str:
    """``auth.roles.scribe``."""
    return f"auth.roles.{request.role}"


async def where_it_is(context: Context, request: RemoveRole) -> Found:
    """Who defines it. Raises PreconditionFailed (not-found), ConfigurationError (invalid-config)."""
    require_role(context, request.role)
    layers = [source.layer for source in context.settings.said_by(key_of(request))]
    place = cast("Place | None", next((name for name in PLACES if name in layers), None))
    state = SettingsState(files=(), values={})
    if place is not None:
        state = context.configuration.written([key_of(request)], place)
    return Found(
        place=place,
        state=state,
        packaged=PACKAGED in layers,
        elsewhere=tuple(layer for layer in layers if layer not in {PACKAGED, place}),
    )


def put_back(request: RemoveRole, before: Found, _result: SettingsChange) -> Call | None:
    """The role as it was, if nobody defined it again since."""
    key = key_of(request)
    former = _settings.value_in(before.state.values, key)
    if not former:
        return None
    # Each setting by itself: a table would be compared with all that the packaged role says, too.
    return Call(
        capability="coordinator.change_settings",
        arguments={
            "settings": {f"{key}.{name}": value for name, value in former.items()},
            "place": before.place,
        },
        expects={f"values.{key}.{name}": None for name in former}
        | {"files": list(before.state.files)},
    )


def tell(request: RemoveRole, before: Found, result: SettingsChange) -> str:
    """What is gone, and what holds now."""
    where = _settings.where(result)
    elsewhere = "".join(f" It is also defined in layer {name}." for name in before.elsewhere)
    if before.packaged:
        return f"What was changed of role {request.role} is dropped {where} The packaged role holds again.{elsewhere}"
    return f"Role {request.role} is removed {where}{elsewhere}"


@capability(
    effect="destroy",
    positional=("role",),
    rules=("role-removable", "role-gone"),
    before=where_it_is,
    undo=put_back,
    tell=tell,
    examples=(Example("remove the role scribe", role="scribe"),),
)
async def remove_role(context: Context, request: RemoveRole) -> SettingsChange:
    """Take the role out of the highest file that defines it. Tokens that were made with it stay valid. Raises not-found, invalid-config."""
    found: Found = context.before
    return await _settings.write(context, {key_of(request): None}, found.place)
