"""What results are made of: rooms, participants, tokens. Names are LiveKit's own; times are seconds since the epoch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any

from greenroom.domain.marks import Secret
from greenroom.domain.plan import Call


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """LiveKit: message Room, without what clients must not see (turn_password)."""

    name: str
    sid: str
    max_participants: int
    """0: no limit."""
    empty_timeout: int
    """Seconds it stays open before anybody joins."""
    departure_timeout: int
    """Seconds it stays open after the last one leaves."""
    metadata: str
    num_participants: int
    num_publishers: int
    active_recording: bool
    creation_time: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomList:
    """All rooms of a server, by name."""

    rooms: tuple[Room, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """LiveKit: message ParticipantInfo."""

    identity: str
    name: str
    sid: str
    state: str
    """joining, joined, active or disconnected."""
    kind: str
    """standard, agent, ingress, egress, sip …"""
    joined_at: int
    metadata: str
    attributes: dict[str, str]
    can_publish: bool
    can_subscribe: bool
    tracks: tuple[str, ...]
    """Sources of published tracks: camera, microphone, screen_share …"""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomDetails:
    """A room and who is in it."""

    room: Room
    participants: tuple[Participant, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantList:
    """Who is in a room."""

    room: str
    participants: tuple[Participant, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """What is gone, as it was."""

    room: str
    identity: str = ""
    num_participants: int = 0


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
class Finding:
    """One thing noticed: severity ok, warning or error; what, and what to do."""

    severity: str
    subject: str
    message: str
    remedy: str = ""


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
    """Who names it: arguments, environment (``LIVEKIT_*``), a layer of the configuration, or the local server."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """Configuration and connection, checked and found good; findings of severity ok or warning."""

    url: str
    api_key: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerStatus:
    """A server at a glance."""

    url: str
    num_rooms: int
    num_participants: int
    num_publishers: int
    rooms: tuple[Room, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CapabilitySummary:
    """One line of the catalogue."""

    id: str
    summary: str
    effect: str
    example: str
    cannot_undo: str = ""
    grant: str = ""
    """LiveKit's grant that it needs; "" where it asks no server."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CapabilityList:
    """What the crew can do, and which files could not be loaded."""

    capabilities: tuple[CapabilitySummary, ...]
    broken: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """One plan as the journal keeps it; secrets redacted."""

    id: str
    time: int
    status: str
    text: str
    message: str
    target: str
    steps: tuple[dict[str, Any], ...]
    left: tuple[str, ...] = ()
    undoes: str | None = None
    undone_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalPage:
    """Entries, newest first."""

    entries: tuple[JournalEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """Calls that a capability wants run after it, as a plan of their own: rules, approval and journal included."""

    calls: tuple[Call, ...]
    undoes: str
    """Id of the plan that they take back."""
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsState:
    """What certain files say about certain settings, before they are changed."""

    files: tuple[str, ...]
    values: dict[str, Any]
    """The settings' tree, camelCase; None where a file says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsChange:
    """Settings that were written into files of the configuration."""

    files: tuple[str, ...]
    values: dict[str, Any]
    """Key → value, as written."""
    removed: tuple[str, ...] = ()
    overridden: tuple[str, ...] = ()
    """What has no effect here because a higher layer says otherwise, as sentences."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """A file that was made."""

    path: str
    media_type: str
    sha256: str
    size: int
    """Bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigExport:
    """The configuration in another form; secrets are references in it, or masked."""

    format: str
    environment: str
    text: str
    artifact: Artifact | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialsStored:
    """A server's set, as the configuration holds it from now on."""

    url: str
    api_key: str
    api_secret: str
    """A reference, never the secret."""
    file: str
    accepted: bool
    doubt: str = ""
    """Why the server could not be asked."""
    overridden: tuple[str, ...] = ()
