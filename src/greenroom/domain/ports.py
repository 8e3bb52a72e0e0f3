"""What the hub and the modes need from outside, as protocols. Adapters implement them; only ``crew`` knows which."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from greenroom.domain.access import ApiKeyPair, KnownKey, SettingSource
from greenroom.domain.media_ports import Egress, Files, ObjectStore
from greenroom.domain.nouns import (
    AgentDispatch,
    CapabilityList,
    Participant,
    Room,
    SettingsChange,
    SettingsState,
)
from greenroom.domain.planning import Brief, Reply
from greenroom.domain.records import Journal


class Rooms(Protocol):
    """LiveKit: RoomService. Every method raises ``ServerError`` or ``PreconditionFailed`` (code not-found)."""

    async def list_rooms(self, names: Sequence[str] = ()) -> tuple[Room, ...]:
        """Rooms by exact name, or all. Sorted by name."""
        ...

    async def create_room(
        self,
        name: str,
        *,
        max_participants: int = 0,
        empty_timeout: int | None = None,
        departure_timeout: int | None = None,
        metadata: str = "",
        record: bool = False,
    ) -> Room:
        """Create a room. An existing one is returned as it is: LiveKit changes nothing.

        ``record``: egress records it from the first participant on. A server without egress says yes and records nothing.
        """
        ...

    async def delete_room(self, name: str) -> None:
        """Close a room and disconnect everybody in it."""
        ...

    async def update_room_metadata(self, name: str, metadata: str) -> Room:
        """Replace a room's metadata; "" clears it."""
        ...

    async def list_participants(self, room: str) -> tuple[Participant, ...]:
        """Who is in the room; empty for a room that does not exist. Sorted by identity."""
        ...

    async def remove_participant(self, room: str, identity: str) -> None:
        """Disconnect one participant."""
        ...

    async def update_participant(
        self,
        room: str,
        identity: str,
        *,
        name: str = "",
        metadata: str = "",
        attributes: Mapping[str, str] | None = None,
        permission: Mapping[str, Any] | None = None,
    ) -> Participant:
        """Change what is given: "" leaves name and metadata as they are, and takes an attribute away.

        ``permission``: fields of ``Permission``. LiveKit replaces permissions as a whole, so they are read, changed and written.
        """
        ...

    async def mute_track(self, room: str, identity: str, track: str, *, muted: bool) -> None:
        """Mute one published track by sid, or unmute it where the server lets others do so (code remote-unmute-off)."""
        ...

    async def update_subscriptions(
        self, room: str, identity: str, tracks: Sequence[str], *, subscribe: bool
    ) -> None:
        """Make a participant receive these tracks, by sid, or stop receiving them. Unknown tracks are no error."""
        ...

    async def move_participant(self, room: str, identity: str, destination: str) -> None:
        """Take a participant into another room. LiveKit Cloud alone can do it."""
        ...

    async def send_data(
        self,
        room: str,
        payload: bytes,
        *,
        topic: str = "",
        identities: Sequence[str] = (),
        reliable: bool = True,
    ) -> None:
        """Send data to everybody in the room, or to some. Identities that are not there are no error."""
        ...


class Dispatch(Protocol):
    """LiveKit: AgentDispatchService. Every method raises ``ServerError`` or ``PreconditionFailed`` (code not-found)."""

    async def create_dispatch(self, room: str, agent_name: str, metadata: str) -> AgentDispatch:
        """Ask an agent into a room; the room is made if need be."""
        ...

    async def list_dispatches(self, room: str) -> tuple[AgentDispatch, ...]:
        """Who was asked into an existing room, by name and id."""
        ...

    async def delete_dispatch(self, room: str, dispatch: str) -> None:
        """Take it back; an agent that came leaves."""
        ...


class Tokens(Protocol):
    """Makes and reads access tokens. LiveKit: auth/grants.go; RFC 7519 with HS256."""

    api_key: str

    def mint(self, claims: Mapping[str, Any]) -> str:
        """Sign claims (with sub, nbf, exp and video set by the caller); ``iss`` is added."""
        ...

    def verify(self, token: str) -> Mapping[str, Any]:
        """Claims of a token signed with this key, its times not judged. Raises InvalidRequest otherwise."""
        ...

    def decode(self, token: str) -> Mapping[str, Any]:
        """Claims without checking the signature. Raises InvalidRequest when it is no JWT."""
        ...

    def room_configuration(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """The claim ``roomConfig`` (LiveKit: message RoomConfiguration) in LiveKit's spelling.

        Raises InvalidRequest for what that message does not have.
        """
        ...

    @property
    def secret_length(self) -> int:
        """Characters of the API secret; LiveKit wants 32 or more."""
        ...


class LocalKeys(Protocol):
    """API keys of the LiveKit server that Greenroom runs on this machine. Raises ``ConfigurationError``."""

    def pairs(self) -> tuple[ApiKeyPair, ...]:
        """Newest first; two during a rotation, none where there has never been a server."""
        ...

    def url(self) -> str:
        """Where that server is up; "" where it is not."""
        ...

    async def inside(self) -> Mapping[str, Sequence[str]]:
        """Room → identities of the people whom a restart would disconnect."""
        ...

    async def add(self) -> tuple[ApiKeyPair, ...]:
        """A new key in front of the others; the server starts again with both. Raises rotation-open for a third."""
        ...

    async def finish(self) -> tuple[ApiKeyPair, ...]:
        """The newest key alone; the server starts again. Raises rotation-not-open where it is alone already."""
        ...


class Probe(Protocol):
    """Looks at a server from outside, without credentials."""

    async def server_time(self) -> float | None:
        """The server's clock (seconds since the epoch, from its Date header), None when it says none."""
        ...


class Clock(Protocol):
    """The only source of time."""

    def now(self) -> float:
        """Seconds since the epoch."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Let time pass."""
        ...


class Secrets(Protocol):
    """Keeps secret arguments of plans that wait, so that no plan is stored with one in it."""

    def keep(self, value: str, *, until: float) -> str:
        """Store (0600) and return a reference ``file:…``. ``until`` (seconds since the epoch) it is needed at most."""
        ...

    def resolve(self, reference: str) -> str:
        """The value behind a reference made by ``keep``."""
        ...

    def forget(self, reference: str) -> None:
        """Delete what ``keep`` stored. Never raises."""
        ...

    def forget_expired(self, *, at: float) -> None:
        """Delete all that nobody needs any more. Never raises."""
        ...


class ChatModel(Protocol):
    """A planner: words in, calls or a question out. The offline one and every LLM implement it."""

    async def reply(self, brief: Brief) -> Reply:
        """Plan; may run reads through ``brief.names``, never writes."""
        ...


class CatalogueView(Protocol):
    """What exists, read-only."""

    def summaries(self, mode: str | None = None) -> CapabilityList:
        """Capabilities of one mode or all, in order of id."""
        ...


class Settings(Hashable, Protocol):
    """The settings that hold, read-only; equal to nothing but themselves. Every method raises ``ConfigurationError`` for what is wrong in them."""

    @property
    def environment(self) -> str:
        """development, staging, production …"""
        ...

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is not wrong and should be known, as sentences."""
        ...

    def chosen(self, key: str) -> Any | None:
        """What somebody set, by dotted key; None where only LiveKit's own default holds."""
        ...

    def said_by(self, key: str) -> tuple[SettingSource, ...]:
        """Who says something about a setting or a table, highest layer first."""
        ...

    def secret(self, key: str) -> str:
        """What the reference under a key stands for (secret-unresolved where it leads nowhere); "" where nothing is set."""
        ...

    def now(self) -> Settings:
        """The settings of this moment: several looks at them cost one look at the files, and agree."""
        ...


Place = Literal["project", "user", "environment"]


class ConfigStore(Protocol):
    """Changes settings where people write them. Every method raises ``ConfigurationError``.

    ``place`` None: the project's mode files if there is a project, else those in the user's folder.
    """

    def written(self, keys: Sequence[str], place: Place | None = None) -> SettingsState:
        """What the files that a change goes to say now."""
        ...

    def change(self, changes: Mapping[str, Any], place: Place | None = None) -> SettingsChange:
        """Write by dotted key; None removes. Comments stay, nobody's change is lost."""
        ...

    def key_sets(self) -> tuple[KnownKey, ...]:
        """The servers that are named here, each by one source; highest first. No secret is followed."""
        ...

    def keep_secret(self, name: str, value: str) -> str:
        """Store a secret (0600) below the user's folder and return a reference to it."""
        ...

    def tree(
        self, environment: str | None = None, domain: str | None = None, *, mask: bool = False
    ) -> Mapping[str, Any]:
        """``{"livekit": …}`` for an export: secrets as ``${NAME}``, or ``***`` with ``mask``."""
        ...

    def write_file(self, path: str, content: bytes) -> str:
        """Write a file as a whole or not at all, its folders made. Returns the absolute path."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Which server, and which source named it (arguments, environment, configuration). Never holds the secret.

    All "" where none is configured: what needs a server raises then.
    """

    url: str
    api_key: str
    source: str


@dataclass(slots=True, kw_only=True)
class Context:
    """What a capability and a rule may use. They never build a client, read the environment or print."""

    rooms: Rooms
    dispatch: Dispatch
    egress: Egress
    tokens: Tokens
    probe: Probe
    journal: Journal
    catalogue: CatalogueView
    clock: Clock
    target: Target
    settings: Settings
    configuration: ConfigStore
    objects: ObjectStore
    files: Files
    local_keys: LocalKeys
    try_credentials: Callable[[str, str, str], Awaitable[None]]
    """``(url, api_key, api_secret)``: asks that server whether it accepts them. Raises ``ServerError``."""
    before: Any = None
    """What the capability's ``before`` found."""
    configured: frozenset[str] = frozenset()
    """Arguments that nobody gave and the configuration filled."""
    report: Callable[[str, int, int], None] = field(default=lambda _what, _done, _total: None)
    """Progress: ``report(what, done, total)``."""
