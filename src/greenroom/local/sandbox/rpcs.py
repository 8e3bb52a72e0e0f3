"""RoomService and AgentDispatchService: checks and effects in livekit-server's order.

livekit-server pkg/service/roomservice.go, roommanager.go, agent_dispatch_service.go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from livekit.protocol import agent_dispatch, models
from livekit.protocol import room as proto

from greenroom.local.sandbox.people import Data, Person
from greenroom.local.sandbox.world import Room, World
from greenroom.local.twirp.refusals import (
    Refusal,
    bad_argument,
    from_inside,
    no_participant,
    no_room,
    nobody_answers,
)
from greenroom.local.twirp.service import Service
from greenroom.local.twirp.tokens import Claims, require, require_admin, require_destination

if TYPE_CHECKING:
    from google.protobuf.message import Message

LONGEST_NAME = 256
"""Bytes of a room's, a participant's name or an identity."""
LARGEST_METADATA = 64_000
"""Bytes of metadata, and of all attributes together."""
NONCE = 16


def too_long(name: str) -> bool:
    """Whether a name is longer than livekit-server allows; it counts bytes."""
    return len(name.encode()) > LONGEST_NAME


class RoomService(Service):
    """Methods are the RPCs. Each takes claims and request, and raises Refusal."""

    def __init__(self, world: World, *, remote_unmute: bool = True) -> None:
        super().__init__(proto.DESCRIPTOR, "RoomService")
        self._world = world
        self._remote_unmute = remote_unmute

    def text(self, method: str, request: Any, answer: Message) -> str:
        """As JSON. People who did not change are not written anew: a thousand of them take 40 ms."""
        room = self._world.rooms.get(request.room) if method == "ListParticipants" else None
        if room is None:
            return super().text(method, request, answer)
        return f'{{"participants":[{",".join(person.text for person in room.people.values())}]}}'

    def _reach_room(self, name: str) -> Room:
        room = self._world.rooms.get(name)
        if room is None:
            raise nobody_answers()
        return room

    def _reach(self, room: str, identity: str) -> Person:
        person = self._world.person(room, identity)
        if person is None:
            raise nobody_answers()
        return person

    def _find(self, room: str, identity: str) -> Person:
        person = self._world.person(room, identity)
        if person is None:
            raise no_participant()
        return person

    def CreateRoom(self, claims: Claims, request: proto.CreateRoomRequest) -> models.Room:
        """Needs roomCreate. An existing room is returned as it is."""
        require(claims, "roomCreate")
        if too_long(request.name):
            words = f"room name length exceeds limits: max length {LONGEST_NAME}"
            raise from_inside("invalid_argument", words)
        return self._world.room(request).info

    def ListRooms(self, claims: Claims, request: proto.ListRoomsRequest) -> proto.ListRoomsResponse:
        """Needs roomList. By exact names, or all."""
        require(claims, "roomList")
        names = set(request.names)
        rooms = self._world.rooms.values()
        return proto.ListRoomsResponse(
            rooms=[room.info for room in rooms if not names or room.name in names]
        )

    def DeleteRoom(
        self, claims: Claims, request: proto.DeleteRoomRequest
    ) -> proto.DeleteRoomResponse:
        """Needs roomCreate. Everybody inside is put out."""
        require(claims, "roomCreate")
        if request.room not in self._world.rooms:
            raise no_room()
        self._world.close_room(request.room)
        return proto.DeleteRoomResponse()

    def UpdateRoomMetadata(
        self, claims: Claims, request: proto.UpdateRoomMetadataRequest
    ) -> models.Room:
        """Needs roomAdmin. The size is judged before the grant, as livekit-server does."""
        if len(request.metadata.encode()) > LARGEST_METADATA:
            raise bad_argument("metadata size exceeds limits", str(LARGEST_METADATA))
        require_admin(claims, request.room)
        room = self._world.rooms.get(request.room)
        if room is None:
            raise no_room()
        room.info.metadata = request.metadata
        self._world.changed()
        return room.info

    def ListParticipants(
        self, claims: Claims, request: proto.ListParticipantsRequest
    ) -> proto.ListParticipantsResponse:
        """Needs roomAdmin. Empty for a room that does not exist."""
        require_admin(claims, request.room)
        room = self._world.rooms.get(request.room)
        people = room.people.values() if room else ()
        return proto.ListParticipantsResponse(participants=[person.live for person in people])

    def GetParticipant(
        self, claims: Claims, request: proto.RoomParticipantIdentity
    ) -> models.ParticipantInfo:
        """Needs roomAdmin."""
        require_admin(claims, request.room)
        return self._find(request.room, request.identity).live

    def RemoveParticipant(
        self, claims: Claims, request: proto.RoomParticipantIdentity
    ) -> proto.RemoveParticipantResponse:
        """Needs roomAdmin. Tokens are not revoked: livekit-server 1.11.0 does not do it either."""
        require_admin(claims, request.room)
        self._find(request.room, request.identity).leave("PARTICIPANT_REMOVED")
        return proto.RemoveParticipantResponse()

    def MutePublishedTrack(
        self, claims: Claims, request: proto.MuteRoomTrackRequest
    ) -> proto.MuteRoomTrackResponse:
        """Needs roomAdmin. An unknown track gives an empty answer, no error."""
        require_admin(claims, request.room)
        person = self._reach(request.room, request.identity)
        if not request.muted and not self._remote_unmute:
            raise from_inside("failed_precondition", "remote unmute not enabled")
        return proto.MuteRoomTrackResponse(track=person.mute(request.track_sid, request.muted))

    def UpdateParticipant(
        self, claims: Claims, request: proto.UpdateParticipantRequest
    ) -> models.ParticipantInfo:
        """Needs roomAdmin. Sizes are judged first; permissions are replaced as a whole."""
        attributes = dict(request.attributes)
        size = sum(len(key.encode()) + len(value.encode()) for key, value in attributes.items())
        if too_long(request.name):
            raise bad_argument("name length exceeds limits", str(LONGEST_NAME))
        if len(request.metadata.encode()) > LARGEST_METADATA:
            raise bad_argument("metadata size exceeds limits", str(LARGEST_METADATA))
        if size > LARGEST_METADATA:
            raise bad_argument("attribute size exceeds limits", str(LARGEST_METADATA))
        require_admin(claims, request.room)
        person = self._find(request.room, request.identity)
        person.change(request.name, request.metadata, attributes)
        if request.HasField("permission"):
            person.allow(request.permission)
        return person.live

    def UpdateSubscriptions(
        self, claims: Claims, request: proto.UpdateSubscriptionsRequest
    ) -> proto.UpdateSubscriptionsResponse:
        """Needs roomAdmin. Unknown tracks are no error."""
        require_admin(claims, request.room)
        person = self._reach(request.room, request.identity)
        asked = [
            *request.track_sids,
            *(s for p in request.participant_tracks for s in p.track_sids),
        ]
        person.subscriptions.update(dict.fromkeys(asked, request.subscribe))
        return proto.UpdateSubscriptionsResponse()

    def SendData(self, claims: Claims, request: proto.SendDataRequest) -> proto.SendDataResponse:
        """Needs roomAdmin. Receivers that do not exist are no error."""
        require_admin(claims, request.room)
        if len(request.nonce) not in {0, NONCE}:
            words = f"nonce should be 16-bytes or not present, got: {len(request.nonce)} bytes"
            raise Refusal("invalid_argument", words)
        data = Data(
            payload=request.data,
            topic=request.topic,
            reliable=request.kind == models.DataPacket.RELIABLE,
        )
        self._reach_room(request.room).deliver(
            data,
            identities=request.destination_identities,
            sids=request.destination_sids,
            nonce=request.nonce,
        )
        return proto.SendDataResponse()

    def ForwardParticipant(
        self, claims: Claims, request: proto.ForwardParticipantRequest
    ) -> proto.ForwardParticipantResponse:
        """LiveKit Cloud alone can do it."""
        self._elsewhere(claims, request.room, request.identity, request.destination_room)
        return proto.ForwardParticipantResponse()

    def MoveParticipant(
        self, claims: Claims, request: proto.MoveParticipantRequest
    ) -> proto.MoveParticipantResponse:
        """LiveKit Cloud alone can do it."""
        self._elsewhere(claims, request.room, request.identity, request.destination_room)
        return proto.MoveParticipantResponse()

    def _elsewhere(self, claims: Claims, room: str, identity: str, destination: str) -> None:
        require_destination(claims, room, destination)
        if room == destination:
            raise bad_argument("destination room cannot be the same as source room", "")
        self._reach(room, identity)
        raise from_inside("unknown", "not implemented")

    def PerformRpc(
        self, claims: Claims, request: proto.PerformRpcRequest
    ) -> proto.PerformRpcResponse:
        """Needs roomAdmin. Simulated people know no methods."""
        require_admin(claims, request.room)
        if not request.destination_identity:
            raise from_inside("invalid_argument", "destination identity is required")
        self._reach(request.room, request.destination_identity)
        raise from_inside("invalid_argument", "RpcError 1400: Method not supported at destination")


class AgentDispatchService(Service):
    """Methods are the RPCs. Dispatches are kept; no agent ever comes."""

    def __init__(self, world: World) -> None:
        super().__init__(agent_dispatch.DESCRIPTOR, "AgentDispatchService")
        self._world = world

    def _room(self, claims: Claims, name: str) -> Room:
        require_admin(claims, name)
        room = self._world.rooms.get(name)
        if room is None:
            raise nobody_answers()
        return room

    def CreateDispatch(
        self, claims: Claims, request: agent_dispatch.CreateAgentDispatchRequest
    ) -> agent_dispatch.AgentDispatch:
        """Needs roomAdmin. Makes the room if need be, whatever the length of its name."""
        require_admin(claims, request.room)
        room = self._world.room(proto.CreateRoomRequest(name=request.room))
        return room.dispatch(request.agent_name, request.metadata, request.restart_policy)

    def ListDispatch(
        self, claims: Claims, request: agent_dispatch.ListAgentDispatchRequest
    ) -> agent_dispatch.ListAgentDispatchResponse:
        """Needs roomAdmin. An unknown id gives an empty list."""
        known = self._room(claims, request.room).dispatches.values()
        wanted = request.dispatch_id
        return agent_dispatch.ListAgentDispatchResponse(
            agent_dispatches=[one for one in known if not wanted or one.id == wanted]
        )

    def DeleteDispatch(
        self, claims: Claims, request: agent_dispatch.DeleteAgentDispatchRequest
    ) -> agent_dispatch.AgentDispatch:
        """Needs roomAdmin."""
        gone = self._room(claims, request.room).dispatches.pop(request.dispatch_id, None)
        if gone is None:
            raise from_inside("not_found", "dispatch ID not found")
        self._world.changed()
        return gone
