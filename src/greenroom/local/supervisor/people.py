"""Who is in the rooms of the local server, and which are recorded: asked of the APIs, with a token for a minute."""

from __future__ import annotations

import base64
import hmac
import json
import time
from typing import Any
from urllib.parse import urlsplit

from greenroom.local.keys import ApiKey
from greenroom.local.wire import call


def room_names(url: str, key: ApiKey, *, timeout: float = 2.0) -> list[str]:
    """Names of the rooms. Raises OSError and ValueError when the server does not answer as it should."""
    answer = _ask(url, key, "RoomService/ListRooms", {}, timeout)
    return [str(room.get("name", "")) for room in answer.get("rooms", [])]


def people_inside(url: str, key: ApiKey, *, timeout: float = 2.0) -> dict[str, list[str]]:
    """Identities by room, rooms without people left out; a recorder is none. Raises OSError and ValueError.

    LiveKit: RoomService.ListRooms, RoomService.ListParticipants.
    """
    found = {}
    for room in room_names(url, key, timeout=timeout):
        answer = _ask(url, key, "RoomService/ListParticipants", {"room": room}, timeout)
        listed = [each for each in answer.get("participants", []) if each.get("kind") != "EGRESS"]
        people = [str(each.get("identity", "")) for each in listed]
        if people:
            found[room] = people
    return found


def recorded_rooms(url: str, key: ApiKey, *, timeout: float = 2.0) -> list[str]:
    """Rooms that the recorder at ``url`` records or waits to record, one name a recording. Raises OSError and ValueError.

    LiveKit: Egress.ListEgress.
    """
    answer = _ask(url, key, "Egress/ListEgress", {"active": True}, timeout)
    return [str(each.get("room_name", "")) for each in answer.get("items", [])]


def _ask(url: str, key: ApiKey, method: str, body: dict[str, Any], timeout: float) -> Any:
    parts = urlsplit(url)
    headers = {"Authorization": f"Bearer {_token(key, body.get('room', ''))}"}
    path = f"/twirp/livekit.{method}"
    address = (parts.hostname or "", parts.port or 80)
    status, answer = call(address, "POST", path, body=body, headers=headers, timeout=timeout)
    if status != 200 or not isinstance(answer, dict):
        msg = f"{method} answered {status}"
        raise ValueError(msg)
    return answer


def _token(key: ApiKey, room: str) -> str:
    """HS256, RFC 7519. By hand, because PyJWT would be half of an idle supervisor's memory."""
    now = int(time.time())
    grant = {"roomList": True, "roomAdmin": True, "roomRecord": True, "room": room}
    claims = {"iss": key.key, "nbf": now - 10, "exp": now + 60, "video": grant}
    parts = [_base64(json.dumps(part).encode()) for part in ({"alg": "HS256"}, claims)]
    signed = ".".join(parts)
    digest = hmac.digest(key.secret.encode(), signed.encode(), "sha256")
    return f"{signed}.{_base64(digest)}"


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
