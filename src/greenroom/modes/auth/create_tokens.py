"""Create join tokens for a number of people whose identities are numbered."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from greenroom.domain.access import TokenList
from greenroom.domain.capability import Example, Kind, Means, Request, Setting, Words, capability
from greenroom.domain.ports import Context
from greenroom.modes.auth._grants import claims_for, the_role
from greenroom.modes.auth._lifetime import in_words
from greenroom.modes.auth._minting import mint
from greenroom.modes.auth._rights import TOKEN_RULES, Rights

MOST = 100_000
PREFIX = "guest"
ROLES = (
    "viewer", "audience", "listener", "presenter", "speaker", "moderator", "host", "guest", "teacher", "student",
    "assistant",
)  # fmt: skip
THINGS = ("tokens", "token", "passes", "jwts")
"""Said with one of these, a kind of people is their role: "200 viewer tokens"."""


def means(role: str) -> Means:
    """What stands for a role where tokens are counted; "a pupil" or "the viewer" alone is somebody."""
    plural = {"audience": "audience"}.get(role, f"{role}s")
    return Means(role, plural, *(f"{role} {thing}" for thing in THINGS))


class Numbered(Request):
    """How many, and what they are called."""

    count: Annotated[
        int,
        Kind.COUNT,
        Words("tokens", "number of tokens"),
        Field(ge=1, le=MOST, description="How many tokens."),
    ]
    prefix: Annotated[
        str,
        Kind.PREFIX,
        Words("prefix", "with prefix", "prefixed"),
        Field(
            max_length=240,
            description="Identities are prefix-1, prefix-2 …; empty: the role's name, else guest.",
        ),
    ] = ""
    start: Annotated[
        int,
        Field(ge=0, description="The first number: where to go on after an interruption."),
    ] = 1

    def numbered(self, otherwise: str) -> list[str]:
        """The identities, in order."""
        prefix = self.prefix or otherwise
        return [f"{prefix}-{number}" for number in range(self.start, self.start + self.count)]


class CreateTokens(Rights, Numbered):
    """Claims of access tokens that differ in their identity alone. LiveKit: ClaimGrants, VideoGrant."""

    role: Annotated[
        str,
        Kind.ROLE,
        *map(means, ROLES),
        Words("role", "with role", "with the role", "in the role of"),
        Field(description="Role of the configuration; what it says holds unless said otherwise."),
    ] = ""
    can_publish: Annotated[
        bool | None,
        Means(True, "can publish", "may publish", "may speak"),
        Means(False, "cannot publish", "may not publish", "must not publish", "no publishing"),
        Setting(
            "auth.roles.{role}.canPublish",
            "room.policies.{room}.canPublish",
            "room.defaultSettings.participantPermissions.canPublish",
        ),
        Field(description="May send audio and video; None: LiveKit's default, yes."),
    ] = None

    @property
    def identities(self) -> list[str]:
        """Whom the tokens are for."""
        return self.numbered(self.role or PREFIX)


def tell(request: CreateTokens, _before: None, result: TokenList) -> str:
    """How many, for whom, for which room, how long."""
    first, last = result.tokens[0].identity, result.tokens[-1].identity
    some = f"1 token for {first}" if first == last else f"{len(result.tokens):,} tokens"
    who = "" if first == last else f" for {first} to {last}"
    return f"{some}{who} to join {request.room}, valid for {in_words(request.ttl)}."


@capability(
    effect="write",
    positional=("count",),
    rules=TOKEN_RULES,
    before=the_role,
    cannot_undo="A signed token stays valid until it expires; `--ttl` keeps that short.",
    tell=tell,
    examples=(
        Example(
            "make 200 viewer tokens for room all-hands", count=200, role="viewer", room="all-hands"
        ),
        Example(
            "create 30 student tokens for room algebra", count=30, role="student", room="algebra"
        ),
    ),
)
async def create_tokens(context: Context, request: CreateTokens) -> TokenList:
    """Sign a token for each number; no server is asked. Raises interrupted, with those that are made. RFC 7519, HS256."""
    return await mint(context, request.room, request.identities, claims_for(context, request))
