"""Remove a preset of video or audio, or drop what was changed of a packaged one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from greenroom.domain.capability import Example, Kind, Request, Words, capability
from greenroom.domain.nouns import SettingsChange
from greenroom.domain.plan import Call
from greenroom.domain.ports import Context
from greenroom.modes._settings import Defined, put_back_table, where, where_defined, write
from greenroom.modes.track._presets import TABLES, key_of, kinds_of, unknown


class RemovePreset(Request):
    """The preset's table leaves the file that defines it."""

    name: Annotated[
        str,
        Kind.PRESET,
        Words("preset", "called", "named", "preset called", "preset named"),
        Field(pattern=r"^[A-Za-z0-9_-]{1,64}$", description="Name of the preset."),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A preset before it is removed."""

    kinds: tuple[str, ...]
    """video, audio; both only where files were written by hand."""
    defined: Defined
    layer_of: bool
    """Whether simulcast names it."""


async def where_it_is(context: Context, request: RemovePreset) -> Found:
    """Who defines it. Raises PreconditionFailed (not-found), ConfigurationError (invalid-config)."""
    settings = context.settings.now()
    kinds = kinds_of(settings, request.name)
    if not kinds:
        raise unknown(settings, request.name, tuple(TABLES))
    return Found(
        kinds=kinds,
        defined=where_defined(context, key_of(kinds[0], request.name)),
        layer_of=request.name in (settings.chosen("track.simulcast.layers") or ()),
    )


def put_back(_request: RemovePreset, before: Found, _result: SettingsChange) -> Call | None:
    """The preset as it was, if nobody defined it again since."""
    return put_back_table(before.defined)


def tell(request: RemovePreset, before: Found, result: SettingsChange) -> str:
    """What is gone, and what holds now."""
    said = where(result)
    what = f"{before.kinds[0]} preset {request.name}"
    elsewhere = "".join(
        f" It is also defined in layer {name}." for name in before.defined.elsewhere
    )
    if before.defined.packaged:
        return f"What was changed of the {what} is dropped {said} LiveKit's own holds again.{elsewhere}"
    return f"The {what} is removed {said}{elsewhere}"


@capability(
    effect="destroy",
    positional=("name",),
    rules=("preset-removable", "preset-gone"),
    before=where_it_is,
    undo=put_back,
    tell=tell,
    examples=(Example("remove the preset mobile", name="mobile"),),
)
async def remove_preset(context: Context, request: RemovePreset) -> SettingsChange:
    """Take the preset out of the highest file that defines it. Raises not-found, invalid-config."""
    del request  # ``before`` found it
    found: Found = context.before
    return await write(context, {found.defined.key: None}, found.defined.place)
