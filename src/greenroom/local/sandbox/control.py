"""Commands over HTTP below ``/sandbox/``: people join, publish, mute and leave; faults are ordered.

``GET /sandbox`` says what this is and lists the commands; it needs no token. A command is a POST with a
JSON object; its token needs ``roomAdmin`` for the room it names, and ``roomRecord`` for egresses, and
``roomCreate`` for faults. Errors are Twirp's. What a command takes:

    join        room, identity, [name, metadata, attributes, kind, grant]   or   token: a join token
    leave       room, identity, [reason: a DisconnectReason]
    publish     room, identity, source, [name, muted, width, height]        gives {"sid"}
    mute        room, identity, track_sid, [muted]
    unpublish   room, identity, track_sid
    update      room, identity, [name, metadata, attributes]
    send        room, identity, data (base64), [topic, to: identities]
    received    room, identity                                              gives {"received"}
    egresses    [room]                                  gives {"egresses"}, as ListEgress, but all of them
    fault       method, kind, [times, seconds, code, message]
    clear       forgets all faults
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from typing import Any

from greenroom.local.http import Request, Response
from greenroom.local.sandbox.faults import Fault, Faults
from greenroom.local.sandbox.joining import join_with
from greenroom.local.sandbox.people import Person
from greenroom.local.sandbox.world import World
from greenroom.local.twirp.calls import error_response, json_response
from greenroom.local.twirp.codec import to_json
from greenroom.local.twirp.refusals import Refusal, no_participant
from greenroom.local.twirp.tokens import Claims, require, require_admin

PATH = "/sandbox"
Fields = Mapping[str, Any]
_TYPES: dict[str, type | tuple[type, ...]] = {
    **dict.fromkeys(("room", "identity", "name", "metadata", "kind", "source", "topic"), str),
    **dict.fromkeys(("token", "reason", "track_sid", "method", "code", "message", "data"), str),
    **dict.fromkeys(("width", "height", "times"), int),
    **dict.fromkeys(("attributes", "grant"), dict),
    "muted": bool,
    "to": list,
    "seconds": (int, float),
}


class Control:
    """Answers below ``/sandbox``."""

    def __init__(self, world: World, faults: Faults, keys: Mapping[str, str]) -> None:
        self._world = world
        self._faults = faults
        self._keys = keys
        self._commands: dict[str, Callable[[Claims, Fields], Any]] = {
            "join": self._join,
            "leave": self._leave,
            "publish": self._publish,
            "mute": self._mute,
            "unpublish": self._unpublish,
            "update": self._update,
            "send": self._send,
            "received": self._received,
            "egresses": self._egresses,
            "fault": self._fault,
            "clear": self._clear,
        }

    def answer(self, request: Request, claims: Claims) -> Response:
        """Run a command, or say what this is."""
        name = request.path.removeprefix(PATH).strip("/")
        try:
            if not name:
                return json_response(self._about())
            command = self._commands.get(name)
            if command is None or request.method != "POST":
                raise Refusal("bad_route", f"no such command: {request.method} {name}")
            done = command(claims, _fields(request.body))
        except Refusal as refusal:
            return error_response(refusal)
        except UnicodeEncodeError:
            return error_response(Refusal("invalid_argument", "half a surrogate is no text"))
        except KeyError as missing:
            return error_response(Refusal("invalid_argument", f"missing: {missing.args[0]}"))
        return json_response(done or {})

    def _about(self) -> dict[str, Any]:
        has_egress = self._world.egresses is not None
        return {
            "sandbox": True,
            "media": False,
            "egress": has_egress,
            "behaves_like": f"livekit-server 1.11.0 {'with egress' if has_egress else 'without Redis'}",
            "commands": sorted(self._commands),
        }

    def _person(self, claims: Claims, fields: Fields) -> Person:
        require_admin(claims, fields["room"])
        person = self._world.person(fields["room"], fields["identity"])
        if person is None:
            raise no_participant()
        return person

    def _join(self, claims: Claims, fields: Fields) -> dict[str, Any]:
        if "token" in fields:
            return to_json(join_with(self._world, fields["token"], self._keys).live)
        require_admin(claims, fields["room"])
        wanted = _some(fields, "name", "metadata", "attributes", "kind", "grant")
        return to_json(self._world.join(fields["room"], fields["identity"], **wanted).live)

    def _leave(self, claims: Claims, fields: Fields) -> None:
        try:
            self._person(claims, fields).leave(**_some(fields, "reason"))
        except ValueError:
            raise Refusal("invalid_argument", "reason is no DisconnectReason") from None

    def _publish(self, claims: Claims, fields: Fields) -> dict[str, Any]:
        wanted = _some(fields, "name", "muted", "width", "height")
        return {"sid": self._person(claims, fields).publish(fields["source"], **wanted)}

    def _mute(self, claims: Claims, fields: Fields) -> None:
        track = self._person(claims, fields).mute(fields["track_sid"], fields.get("muted", True))
        if track is None:
            raise Refusal("not_found", f"no track {fields['track_sid']}")

    def _unpublish(self, claims: Claims, fields: Fields) -> None:
        self._person(claims, fields).unpublish(fields["track_sid"])

    def _update(self, claims: Claims, fields: Fields) -> None:
        wanted = _some(fields, "name", "metadata", "attributes")
        self._person(claims, fields).update(**wanted)

    def _send(self, claims: Claims, fields: Fields) -> None:
        try:
            payload = base64.b64decode(fields["data"], validate=True)
        except binascii.Error:
            raise Refusal("invalid_argument", "data is not base64") from None
        self._person(claims, fields).send(payload, **_some(fields, "topic", "to"))

    def _received(self, claims: Claims, fields: Fields) -> dict[str, Any]:
        return {
            "received": [
                {
                    "data": base64.b64encode(data.payload).decode(),
                    "topic": data.topic,
                    "sender": data.sender,
                    "reliable": data.reliable,
                }
                for data in self._person(claims, fields).received
            ]
        }

    def _egresses(self, claims: Claims, fields: Fields) -> dict[str, Any]:
        require(claims, "roomRecord")
        known = self._world.egresses.infos() if self._world.egresses else []
        room = fields.get("room", "")
        return {"egresses": [to_json(info) for info in known if room in {"", info.room_name}]}

    def _fault(self, claims: Claims, fields: Fields) -> None:
        require(claims, "roomCreate")
        wanted = _some(fields, "times", "seconds", "code", "message")
        self._faults.add(Fault(method=fields["method"], kind=fields["kind"], **wanted))

    def _clear(self, claims: Claims, fields: Fields) -> None:
        del fields
        require(claims, "roomCreate")
        self._faults.clear()


def _fields(body: bytes) -> Fields:
    try:
        given = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        raise Refusal("malformed", "the json request could not be decoded")
    for name, value in given.items():
        fits = _TYPES.get(name)
        if fits is None:
            raise Refusal("invalid_argument", f"unknown: {name}")
        # A bool is an int in Python, not in JSON.
        if not isinstance(value, fits) or (isinstance(value, bool) and fits is not bool):
            raise Refusal("invalid_argument", f"{name} has the wrong type")
    for word in given.get("to", ()):
        if not isinstance(word, str):
            raise Refusal("invalid_argument", "to holds identities")
    if not all(isinstance(value, str) for value in given.get("attributes", {}).values()):
        raise Refusal("invalid_argument", "attributes hold text")
    return given


def _some(fields: Fields, *names: str) -> dict[str, Any]:
    return {name: fields[name] for name in names if name in fields}
