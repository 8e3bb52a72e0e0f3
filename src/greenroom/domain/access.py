"""What results about access are made of: tokens, roles, API keys. Times are seconds since the epoch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from greenroom.domain.marks import Secret
from greenroom.domain.nouns import Finding

LONG_LIFE = 24 * 3600
"""Seconds of life beyond which a token needs a reason: it cannot be called back."""
PACKAGED = "packaged"
"""The layer of what comes with Greenroom."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessToken:
    """A join token for one person."""

    identity: str
    room: str
    expires_at: int
    token: Annotated[str, Secret()]


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenList:
    """Tokens for one or many people of one room. Public grants as LiveKit spells them."""

    room: str
    grants: dict[str, Any]
    """The ``video`` claim."""
    claims: dict[str, Any]
    """What all of the tokens say, apart from who signed them (iss) and for whom they are (sub)."""
    ttl: int
    tokens: tuple[AccessToken, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """Rights under a name, as the settings hold them."""

    name: str
    permissions: dict[str, Any]
    """Below ``auth.roles.<name>``: canPublish, canPublishSources, roomAdmin, ttl …"""
    may: str
    """The same in words."""
    defined_in: tuple[str, ...]
    """Layers and files that say something about it, highest first; ``packaged`` comes with Greenroom."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleList:
    """All roles, by name."""

    roles: tuple[Role, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingSource:
    """A layer of the configuration that says something about a setting."""

    layer: str
    """packaged, user, project, environment, variables or arguments."""
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeyPair:
    """An API key and its secret: what livekit-server's ``keys`` holds."""

    key: str
    secret: Annotated[str, Secret()]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownKey:
    """An API key that is known here, without its secret."""

    key: str
    url: str
    """The server that it is for; "" where that is not said beside it."""
    source: str
    """Who names it: arguments, environment (``LIVEKIT_*``), a layer of the configuration, a project of lk, or the local server."""
    in_use: bool
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyList:
    """API keys, the one in use first."""

    keys: tuple[KnownKey, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRotation:
    """How far the change from one API key to another has come."""

    url: str
    old_key: str
    """"" where it is not known."""
    new_key: str
    secret: Annotated[str, Secret()]
    """Of the new key, where this step made it; else ""."""
    accepted: tuple[str, ...]
    """Keys that the server was asked about, and accepts."""
    refused: tuple[str, ...]
    """Keys that the server was asked about, and does not accept."""
    disconnected: int
    """People who were in rooms of a server that was started again."""
    steps: tuple[str, ...]
    """What remains to be done by hand, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenReport:
    """A token's claims and what is wrong with them. The signature is never part of it."""

    valid: bool
    claims: dict[str, Any]
    findings: tuple[Finding, ...]
