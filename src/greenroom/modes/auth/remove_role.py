"""Remove a role, or drop what was changed of a packaged one."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from greenroom.domain.capability import Example, Kind, Means, Request, Words, capability
from greenroom.domain.nouns import SettingsChange
from greenroom.domain.plan import Call
from greenroom.domain.ports import Context
from greenroom.modes._settings import Defined, put_back_table, where, where_defined, write
from greenroom.modes.auth._roles import require_role


class RemoveRole(Request):
    """The role's table leaves the file that defines it."""

    role: Annotated[
        str,
        Kind.ROLE,
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


async def where_it_is(context: Context, request: RemoveRole) -> Defined:
    """Who defines it. Raises PreconditionFailed (not-found), ConfigurationError (invalid-config)."""
    require_role(context, request.role)
    return where_defined(context, f"auth.roles.{request.role}")


def put_back(_request: RemoveRole, before: Defined, _result: SettingsChange) -> Call | None:
    """The role as it was, if nobody defined it again since."""
    return put_back_table(before)


def tell(request: RemoveRole, before: Defined, result: SettingsChange) -> str:
    """What is gone, and what holds now."""
    said = where(result)
    elsewhere = "".join(f" It is also defined in layer {name}." for name in before.elsewhere)
    if before.packaged:
        return f"What was changed of role {request.role} is dropped {said} The packaged role holds again.{elsewhere}"
    return f"Role {request.role} is removed {said}{elsewhere}"


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
    del request  # ``before`` found it
    found: Defined = context.before
    return await write(context, {found.key: None}, found.place)
