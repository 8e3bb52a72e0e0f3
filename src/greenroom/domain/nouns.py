"""What results are made of: rooms, participants, tokens. Names are LiveKit's own; times are seconds since the epoch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from greenroom.domain.plan import Call
from greenroom.domain.tracks import Track


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
class CreatedRoom(Room):
    """A room as ``room.create`` left it, and what else that did."""

    policy: dict[str, Any] = field(default_factory=dict)
    """What was written into ``room.policies.<room>``."""
    recording: bool = False
    """Whether the service that records was told to."""
    not_recorded: str = ""
    """Why that service will not, though it was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """LiveKit: message ParticipantPermission."""

    can_publish: bool = True
    can_subscribe: bool = True
    can_publish_data: bool = True
    can_publish_sources: tuple[str, ...] = ()
    """Sources that may be published: camera, microphone …; empty: all."""
    hidden: bool = False
    can_update_metadata: bool = False
    """May change their own name, metadata and attributes."""


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
    tracks: tuple[Track, ...]
    """What they publish, in order of publishing."""
    permission: Permission = field(default_factory=Permission)


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
class Moved:
    """Somebody who went from one room to another."""

    identity: str
    room: str
    destination: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A data message, and who was there to get it when it was sent."""

    room: str
    topic: str
    size: int
    """Bytes."""
    identities: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentDispatch:
    """LiveKit: message AgentDispatch, an agent that was asked into a room."""

    id: str
    agent_name: str
    """"" is offered to every worker without a name; livekit-server does it for each room."""
    room: str
    metadata: str
    jobs: tuple[str, ...] = ()
    """State of each worker's job: pending, running, success, failed. None while nobody took it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentList:
    """The agents of a room: those asked for by name, and those inside."""

    room: str
    dispatches: tuple[AgentDispatch, ...]
    participants: tuple[Participant, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyState:
    """What the configuration keeps of one room's policy, and who is in the room, before it is changed."""

    files: tuple[str, ...]
    policy: dict[str, Any]
    """Setting → value, None where the files say nothing."""
    rooms: tuple[Room, ...]
    """The room, if there is one."""
    participants: tuple[Participant, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomPolicy:
    """What holds in one room, and whom it changed. Keys as in ``room.policies.<room>``."""

    room: str
    policy: dict[str, Any]
    """What the policy says now."""
    changed: tuple[Participant, ...]
    """People inside whose rights were changed, as they were before."""
    settings: SettingsChange


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulk:
    """What became of many things that one step was to do, in order."""

    done: tuple[str, ...]
    skipped: dict[str, str]
    """Name → why it was left alone."""
    remaining: tuple[str, ...] = ()
    """What was not come to, because the step was interrupted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomsCreated(Bulk):
    """Rooms that were created: ``sids`` by name."""

    sids: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomsDeleted(Bulk):
    """Rooms that were deleted, as they were."""

    rooms: tuple[Room, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing noticed: severity ok, warning or error; what, and what to do."""

    severity: str
    subject: str
    message: str
    remedy: str = ""


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
    about: str
    undoes: str | None = None
    """Id of the plan that they take back; None where they take back nothing."""


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
    told: tuple[str, ...] = ()
    """What a service was told of it, and what came of that, as sentences."""


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
