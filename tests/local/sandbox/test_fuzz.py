"""Whatever is sent, the sandbox answers, and never with a fault of its own."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from google.protobuf.json_format import MessageToDict
from hypothesis import given, settings
from hypothesis import strategies as st
from livekit.protocol import egress, models
from livekit.protocol import room as proto

from greenroom.local.http import MalformedError, Request, read_request
from greenroom.local.sandbox.server import Sandbox
from greenroom.local.system_time import SystemTime
from greenroom.local.twirp.codec import NEWER, to_json
from tests.contract.calls import JSON, PROTOBUF, Wire, admin
from tests.local.sandbox.conftest import KEYS

METHODS = [method.name for method in proto.DESCRIPTOR.services_by_name["RoomService"].methods]
EGRESS = egress.DESCRIPTOR.services_by_name["Egress"].methods
FIELDS = ["room", "name", "identity", "names", "metadata", "attributes", "permission", "muted", "data",
          "track_sid", "participant_tracks", "agents", "egress", "empty_timeout", "nonce", "kind", "grant",
          "source", "token", "to", "times", "seconds", "tags", "destination_identities"]  # fmt: skip
anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["r", "anna"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text() | st.sampled_from(FIELDS), inner)
    ),
    max_leaves=6,
)
bodies = st.dictionaries(st.sampled_from(FIELDS), anything, max_size=5)


def ask(path: str, body: bytes, media: str = JSON, token: str | None = None) -> Any:
    """Ask a fresh sandbox in which anna is in room r; gives its answer."""
    sandbox = Sandbox(
        KEYS, webhook_urls=(), webhook_key=None, clock=SystemTime(), remote_unmute=False
    )
    sandbox.world.join("r", "anna", grant={"canUpdateOwnMetadata": True}).publish("camera")
    wire = Wire(url="", api_key="APIfirst", api_secret=KEYS["APIfirst"])
    given_token = wire.token(admin("r")) if token is None else token
    headers = {"authorization": f"Bearer {given_token}", "content-type": media}
    request = Request(method="POST", path=path, query={}, headers=headers, body=body)
    return asyncio.run(sandbox.answer(request))


@settings(max_examples=100, deadline=None)
@given(method=st.sampled_from(METHODS), body=bodies)
def test_any_json_is_answered(method: str, body: dict[str, Any]) -> None:
    answer = ask(f"/twirp/livekit.RoomService/{method}", json.dumps(body).encode())
    said = json.loads(answer.body)
    assert answer.status < 500 or said["code"] in {"unavailable", "unknown"}, said
    assert "panic" not in said.get("msg", "")


FILE = {"file_outputs": [{"filepath": "a"}], "room_name": "r", "identity": "anna"}
choices = st.integers(-1, 9)


@settings(max_examples=100, deadline=None)
@given(method=st.sampled_from([method.name for method in EGRESS]), data=st.data())
def test_any_request_for_egress_is_answered(method: str, data: st.DataObject) -> None:
    fields = {method.name: list(method.input_type.fields_by_name) for method in EGRESS}[method]
    some = data.draw(st.dictionaries(st.sampled_from(fields), anything | choices, max_size=3))
    answer = ask(f"/twirp/livekit.Egress/{method}", json.dumps({**FILE, **some}).encode())
    said = json.loads(answer.body)
    assert answer.status in {200, 400, 404, 412, 501}, said


@settings(max_examples=100, deadline=None)
@given(method=st.sampled_from([method.name for method in EGRESS]), body=st.binary(max_size=80))
def test_any_bytes_for_egress_are_answered(method: str, body: bytes) -> None:
    answer = ask(f"/twirp/livekit.Egress/{method}", body, PROTOBUF)
    assert b"panic" not in answer.body


@settings(max_examples=100, deadline=None)
@given(method=st.sampled_from(METHODS), body=st.binary(max_size=60))
def test_any_bytes_are_answered(method: str, body: bytes) -> None:
    for media in (JSON, PROTOBUF):
        answer = ask(f"/twirp/livekit.RoomService/{method}", body, media)
        assert b"panic" not in answer.body


@settings(max_examples=100, deadline=None)
@given(
    word=st.sampled_from(
        ["join", "leave", "publish", "mute", "update", "send", "received", "fault"]
    ),
    body=bodies,
)
def test_any_command_is_answered(word: str, body: dict[str, Any]) -> None:
    answer = ask(f"/sandbox/{word}", json.dumps({"room": "r", "identity": "anna", **body}).encode())
    assert answer.status < 500, answer.body


@settings(max_examples=100, deadline=None)
@given(token=st.text() | st.from_regex(r"[\w-]{0,9}\.[\w-]{0,9}\.[\w-]{0,9}"))
def test_any_token_is_refused(token: str) -> None:
    answer = ask("/twirp/livekit.RoomService/ListRooms", b"{}", token=token)
    assert answer.status == 401


@settings(max_examples=100, deadline=None)
@given(
    raw=st.binary(max_size=80) | st.binary(max_size=60).map(lambda b: b"POST / HTTP/1.1\r\n" + b)
)
def test_any_bytes_are_a_request_or_refused(raw: bytes) -> None:
    async def read() -> None:
        reader = asyncio.StreamReader()
        reader.feed_data(raw + b"\r\n\r\n")
        reader.feed_eof()
        try:
            request = await read_request(reader, None)  # type: ignore[arg-type]
        except (MalformedError, EOFError):
            return
        assert request.path.startswith("/") or request.path == "*"

    asyncio.run(read())


@settings(max_examples=100, deadline=None)
@given(raw=st.binary(max_size=120))
def test_json_is_what_protobufs_own_writer_says_and_unset_messages_besides(raw: bytes) -> None:
    info = models.ParticipantInfo()
    try:
        info.ParseFromString(raw)
    except Exception:  # noqa: BLE001 - most bytes are no message
        return
    theirs = MessageToDict(
        info, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
    )
    assert without(to_json(info)) == without(theirs)


def without(value: Any) -> Any:
    """Without unset messages and fields that livekit-server 1.11.0 does not know."""
    newer = {name.rpartition(".")[2] for name in NEWER} - {"attributes"}
    if isinstance(value, dict):
        return {k: without(v) for k, v in value.items() if v is not None and k not in newer}
    return [without(one) for one in value] if isinstance(value, list) else value
