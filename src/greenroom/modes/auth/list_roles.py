"""List roles: what people of each may do, and where it is defined."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from greenroom.domain.access import PACKAGED, Role, RoleList
from greenroom.domain.capability import Example, Kind, Request, Words, capability
from greenroom.domain.ports import Context
from greenroom.modes.auth._roles import all_roles, in_people_words, key_of, require_role


class ListRoles(Request):
    """All roles, or one of them."""

    role: Annotated[
        str,
        Kind.ROLE,
        Words("role", "the role", "role called", "role named", "details of the role"),
        Field(description="Only this one; empty: all."),
    ] = ""


def tell(request: ListRoles, _before: None, result: RoleList) -> str:
    """One role in a sentence; of all, how many there are and who made them."""
    if request.role:
        (role,) = result.roles
        return f"Role {role.name}: {role.may} ({', '.join(role.defined_in)})."
    own = [role.name for role in result.roles if role.defined_in != (PACKAGED,)]
    yours = f"; yours or changed by you: {', '.join(own)}" if own else ""
    return f"{len(result.roles)} roles{yours}."


@capability(
    effect="read",
    positional=("role",),
    tell=tell,
    examples=(
        Example("list the roles"),
        Example("which roles are there?"),
    ),
)
async def list_roles(context: Context, request: ListRoles) -> RoleList:
    """Packaged presets and those of the configuration, by name. Raises not-found for a role that is not there, invalid-config."""
    if request.role:
        require_role(context, request.role)
    settings = context.settings.now()
    wanted = [request.role] if request.role else sorted(all_roles(settings))
    roles = []
    for name in wanted:
        permissions = dict(all_roles(settings)[name])
        sources = settings.said_by(key_of(name))
        where = tuple(PACKAGED if s.layer == PACKAGED else f"{s.layer}, {s.file}" for s in sources)
        roles.append(
            Role(
                name=name,
                permissions=permissions,
                may=in_people_words(permissions),
                defined_in=where,
            )
        )
    return RoleList(roles=tuple(roles))
