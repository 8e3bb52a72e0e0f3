"""Requests of automatic egress, from what a room was made with. livekit-server pkg/rtc/egress.go; livekit.RoomEgress."""

from __future__ import annotations

from livekit.protocol import egress


def room_request(
    wanted: egress.RoomCompositeEgressRequest, room: str
) -> egress.RoomCompositeEgressRequest:
    """The whole room, whatever name the request bears."""
    request = egress.RoomCompositeEgressRequest()
    request.CopyFrom(wanted)
    request.room_name = room
    return request


def participant_request(
    wanted: egress.AutoParticipantEgress, room: str, identity: str
) -> egress.ParticipantEgressRequest:
    """One who has published something."""
    request = egress.ParticipantEgressRequest(
        room_name=room,
        identity=identity,
        file_outputs=wanted.file_outputs,
        segment_outputs=wanted.segment_outputs,
    )
    match wanted.WhichOneof("options"):
        case "preset":
            request.preset = wanted.preset
        case "advanced":
            request.advanced.CopyFrom(wanted.advanced)
    return request


def track_request(wanted: egress.AutoTrackEgress, room: str, sid: str) -> egress.TrackEgressRequest:
    """One track that was published."""
    request = egress.TrackEgressRequest(room_name=room, track_id=sid)
    request.file.filepath = track_path(wanted.filepath)
    storage = wanted.WhichOneof("output")
    if storage in {"s3", "gcp", "azure"}:
        getattr(request.file, storage).CopyFrom(getattr(wanted, storage))
    return request


def track_path(path: str) -> str:
    """Every track needs a name of its own, so one that would be the same for all gets the track's id."""
    if not path or path.endswith("/") or "{track_id}" in path:
        return path
    stem, dot, rest = path.partition(".")
    return f"{stem}-{{track_id}}{dot}{rest}"
