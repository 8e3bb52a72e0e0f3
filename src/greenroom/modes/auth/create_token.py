"""Create join tokens for one or many people."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from greenroom.domain.access import TokenList
from greenroom.domain.capability import Example, Kind, Request, Words, capability
from greenroom.domain.ports import Context
from greenroom.modes.auth._grants import claims_for, the_role
from greenroom.modes.auth._lifetime import in_words
from greenroom.modes.auth._minting import mint
from greenroom.modes.auth._rights import TOKEN_RULES, Rights

Identity = Annotated[str, Field(min_length=1, max_length=256)]


class People(Request):
    """Whom tokens are for. A class of its own because the first field is the first that is asked for."""

    identities: Annotated[
        list[Identity],
        Kind.PERSON_TO_BE,
        Words(
            "user", "users", "participant", "participants", "identity", "for", "person", "people"
        ),
        Field(
            min_length=1, description="Who the tokens are for; each identity is unique in a room."
        ),
    ]


class CreateToken(Rights, People):
    """Claims of an access token. LiveKit: ClaimGrants, VideoGrant."""

    name: Annotated[
        str,
        Kind.DISPLAY_NAME,
        Words("display name", "shown as", "displayed as", "appears as", "full name"),
        Field(max_length=256, description="Name that others see."),
    ] = ""


def tell(request: CreateToken, _before: None, result: TokenList) -> str:
    """For whom, for which room, how long."""
    count = len(result.tokens)
    who = request.identities[0] if count == 1 else f"{count} people"
    return (
        f"Token{'' if count == 1 else 's'} for {who} to join {request.room}, "
        f"valid for {in_words(request.ttl)}."
    )


@capability(
    effect="write",
    positional=("identities",),
    rules=TOKEN_RULES,
    before=the_role,
    cannot_undo="A signed token stays valid until it expires; `--ttl` keeps that short.",
    tell=tell,
    examples=(
        Example(
            'Generate a JWT token for user "alice" for room "standup" with permissions to publish and subscribe',
            identities=["alice"],
            room="standup",
            can_publish=True,
            can_subscribe=True,
        ),
        Example(
            'Generate a participant token for user "bob@example.com" with display name "Bob Smith" '
            'for room "team-meeting" with permissions to publish audio and video, '
            "subscribe to all tracks, and share screen",
            identities=["bob@example.com"],
            name="Bob Smith",
            room="team-meeting",
            can_publish=True,
            can_subscribe=True,
            can_publish_sources=["camera", "microphone", "screen_share"],
        ),
        Example(
            "token for dana in room lobby, view only, valid for two hours",
            identities=["dana"],
            room="lobby",
            can_publish=False,
            ttl=7200,
        ),
    ),
)
async def create_token(context: Context, request: CreateToken) -> TokenList:
    """Sign one token a person; no server is asked. Raises interrupted, with those that are made. RFC 7519, HS256; claims as in LiveKit's auth/grants.go."""
    claims = claims_for(context, request)
    if request.name:
        claims["name"] = request.name
    return await mint(context, request.room, request.identities, claims)
