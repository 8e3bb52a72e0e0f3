"""LiveKit's RoomService. LiveKit: livekit_room.proto."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from greenroom.adapters.livekit.client import LiveKitClient, request_of
from greenroom.adapters.livekit.mapping import changed_permission, to_participant, to_room
from greenroom.domain.errors import ServerError
from greenroom.domain.nouns import Participant, Room

NONCE = 16
"""Bytes by which the server drops a message that comes twice. LiveKit: SendDataRequest.nonce."""


class LiveKitRooms(LiveKitClient):
    """ports.Rooms on one server."""

    async def list_rooms(self, names: Sequence[str] = ()) -> tuple[Room, ...]:
        """Rooms by exact name, or all. Sorted by name. LiveKit: ListRooms, grant roomList."""
        from livekit.protocol import room as proto

        request = request_of(proto.ListRoomsRequest, names=list(names))
        answer = await self.read(
            "RoomService/ListRooms",
            request,
            {"roomList": True},
            proto.ListRoomsResponse,
            "listing rooms",
        )
        return tuple(sorted((to_room(found) for found in answer.rooms), key=lambda room: room.name))

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

        A timeout of 0 cannot be sent (proto3 leaves zero out): it means the server's default, as None. ``record``: RoomEgress,
        one MP4 of all people, where the egress service stores its files.
        LiveKit: CreateRoom, grant roomCreate.
        """
        from livekit.protocol import egress, models
        from livekit.protocol import room as proto

        file = egress.EncodedFileOutput(filepath="{room_name}-{time}.mp4")
        composite = egress.RoomCompositeEgressRequest(file_outputs=[file])
        request = request_of(
            proto.CreateRoomRequest,
            name=name,
            max_participants=max_participants,
            empty_timeout=empty_timeout or 0,
            departure_timeout=departure_timeout or 0,
            metadata=metadata,
            egress=proto.RoomEgress(room=composite) if record else None,
        )
        made = await self.call(
            "RoomService/CreateRoom",
            request,
            {"roomCreate": True},
            models.Room,
            "creating the room",
        )
        if not made.sid or made.name != name:
            msg = "While creating the room: the server agreed, but what it sent is not that room."
            hint = "Check LIVEKIT_URL: something answers in LiveKit's place."
            raise ServerError(msg, code="not-livekit", hint=hint)
        return to_room(made)

    async def delete_room(self, name: str) -> None:
        """Close a room and disconnect everybody in it. LiveKit: DeleteRoom, grant roomCreate."""
        from livekit.protocol import room as proto

        request = request_of(proto.DeleteRoomRequest, room=name)
        await self.call(
            "RoomService/DeleteRoom",
            request,
            {"roomCreate": True},
            proto.DeleteRoomResponse,
            "deleting the room",
        )

    async def list_participants(self, room: str) -> tuple[Participant, ...]:
        """Who is in the room; empty for a room that does not exist. Sorted by identity.

        LiveKit: ListParticipants, grant roomAdmin for that room.
        """
        from livekit.protocol import room as proto

        request = request_of(proto.ListParticipantsRequest, room=room)
        answer = await self.read(
            "RoomService/ListParticipants",
            request,
            {"roomAdmin": True, "room": room},
            proto.ListParticipantsResponse,
            "listing participants",
        )
        people = (to_participant(found) for found in answer.participants)
        return tuple(sorted(people, key=lambda person: person.identity))

    async def update_room_metadata(self, name: str, metadata: str) -> Room:
        """Replace a room's metadata. LiveKit: UpdateRoomMetadata, grant roomAdmin for that room."""
        from livekit.protocol import models
        from livekit.protocol import room as proto

        answer = await self.call(
            "RoomService/UpdateRoomMetadata",
            request_of(proto.UpdateRoomMetadataRequest, room=name, metadata=metadata),
            {"roomAdmin": True, "room": name},
            models.Room,
            "changing the metadata",
        )
        return to_room(answer)

    async def remove_participant(self, room: str, identity: str) -> None:
        """Disconnect one participant. LiveKit: RemoveParticipant, grant roomAdmin for that room."""
        from livekit.protocol import room as proto

        request = request_of(proto.RoomParticipantIdentity, room=room, identity=identity)
        await self.call(
            "RoomService/RemoveParticipant",
            request,
            {"roomAdmin": True, "room": room},
            proto.RemoveParticipantResponse,
            "removing the participant",
        )

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
        """Change what is given; permissions are read, changed and written as a whole.

        LiveKit: GetParticipant, UpdateParticipant, grant roomAdmin for that room.
        """
        from livekit.protocol import models
        from livekit.protocol import room as proto

        grants: dict[str, str | bool] = {"roomAdmin": True, "room": room}
        whole = None
        if permission:
            asked = request_of(proto.RoomParticipantIdentity, room=room, identity=identity)
            path, doing = "RoomService/GetParticipant", "reading the participant's permissions"
            found = await self.read(path, asked, grants, models.ParticipantInfo, doing)
            whole = changed_permission(found.permission, permission)
        request = request_of(
            proto.UpdateParticipantRequest,
            room=room,
            identity=identity,
            name=name,
            metadata=metadata,
            attributes=dict(attributes or {}),
            permission=whole,
        )
        answer = await self.call(
            "RoomService/UpdateParticipant",
            request,
            grants,
            models.ParticipantInfo,
            "changing the participant",
        )
        return to_participant(answer)

    async def mute_track(self, room: str, identity: str, track: str, *, muted: bool) -> None:
        """Mute or unmute one track. LiveKit: MutePublishedTrack, grant roomAdmin for that room."""
        from livekit.protocol import room as proto

        request = request_of(
            proto.MuteRoomTrackRequest, room=room, identity=identity, track_sid=track, muted=muted
        )
        await self.call(
            "RoomService/MutePublishedTrack",
            request,
            {"roomAdmin": True, "room": room},
            proto.MuteRoomTrackResponse,
            "muting the track" if muted else "unmuting the track",
        )

    async def update_subscriptions(
        self, room: str, identity: str, tracks: Sequence[str], *, subscribe: bool
    ) -> None:
        """Who receives what. LiveKit: UpdateSubscriptions, grant roomAdmin for that room."""
        from livekit.protocol import room as proto

        request = request_of(
            proto.UpdateSubscriptionsRequest,
            room=room,
            identity=identity,
            track_sids=list(tracks),
            subscribe=subscribe,
        )
        await self.call(
            "RoomService/UpdateSubscriptions",
            request,
            {"roomAdmin": True, "room": room},
            proto.UpdateSubscriptionsResponse,
            "changing what the participant receives",
        )

    async def move_participant(self, room: str, identity: str, destination: str) -> None:
        """Take a participant into another room. LiveKit: MoveParticipant, grants roomAdmin and destinationRoom; Cloud only."""
        from livekit.protocol import room as proto

        request = request_of(
            proto.MoveParticipantRequest,
            room=room,
            identity=identity,
            destination_room=destination,
        )
        await self.call(
            "RoomService/MoveParticipant",
            request,
            {"roomAdmin": True, "room": room, "destinationRoom": destination},
            proto.MoveParticipantResponse,
            "moving the participant",
        )

    async def send_data(
        self,
        room: str,
        payload: bytes,
        *,
        topic: str = "",
        identities: Sequence[str] = (),
        reliable: bool = True,
    ) -> None:
        """Send data to everybody in the room, or to some. LiveKit: SendData, grant roomAdmin for that room."""
        from livekit.protocol import models
        from livekit.protocol import room as proto

        kind = models.DataPacket.RELIABLE if reliable else models.DataPacket.LOSSY
        request = request_of(
            proto.SendDataRequest,
            room=room,
            data=payload,
            kind=kind,
            topic=topic,
            destination_identities=list(identities),
            nonce=os.urandom(NONCE),
        )
        await self.call(
            "RoomService/SendData",
            request,
            {"roomAdmin": True, "room": room},
            proto.SendDataResponse,
            "sending the message",
        )
