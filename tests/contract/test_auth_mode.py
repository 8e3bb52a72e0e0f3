"""Tokens of the auth mode on both servers: they mean there what they say here, and the debugger agrees with the server."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from greenroom.crew import Greenroom
from tests.contract.calls import jwt
from tests.contract.conftest import Server, person, rooms, until
from tests.contract.test_validate import validate

ROLES = [
    "presenter", "viewer", "moderator", "teacher", "student", "assistant", "recorder", "agent", "speaker", "host",
    "guest", "audience", "listener",
]  # fmt: skip
SOURCES = ("CAMERA", "MICROPHONE", "SCREEN_SHARE", "SCREEN_SHARE_AUDIO")


@pytest.fixture
async def crew(server: Server, tmp_path: Path) -> AsyncIterator[Greenroom]:
    keys = {"api_key": server.api_key, "api_secret": server.api_secret}
    async with Greenroom(url=server.url, home=tmp_path / "home", **keys) as crew:
        yield crew


async def enter(server: Server, token: str, identity: str, grants: dict[str, Any]) -> None:
    """Let somebody in with this very token."""
    guest = await server.enter(server, token, identity, grants)
    server.joined.push_async_callback(guest.leave)


@pytest.mark.parametrize("role", ROLES)
async def test_who_joins_with_a_role_has_its_permissions_there(
    server: Server, crew: Greenroom, name: str, role: str
) -> None:
    call = {"identities": ["ana"], "room": name, "role": role, "attributes": {"team": "red"}}
    made = (await crew.call("auth.create_token", **call)).unwrap()
    await enter(server, made.tokens[0].token, "ana", made.grants)
    there = await person(server, name, "ana")
    permission = there["permission"]
    assert permission["can_publish"] is made.grants["canPublish"]
    assert permission["can_subscribe"] is made.grants["canSubscribe"]
    assert permission["can_publish_data"] is made.grants["canPublishData"]
    sources = [source.upper() for source in made.grants.get("canPublishSources", [])]
    assert permission["can_publish_sources"] == sources
    assert permission["hidden"] is made.grants.get("hidden", False)
    assert permission["can_update_metadata"] is made.grants.get("canUpdateOwnMetadata", False)
    assert there["kind"] == made.claims.get("kind", "standard").upper()
    assert there["attributes"]["team"] == "red"


async def test_a_room_configuration_in_a_token_makes_the_room(
    server: Server, crew: Greenroom, name: str
) -> None:
    config = {"maxParticipants": 5, "emptyTimeout": 77, "departureTimeout": 33, "metadata": "hello"}
    call = {"identities": ["ana"], "room": name, "room_config": config}
    made = (await crew.call("auth.create_token", **call)).unwrap()
    await enter(server, made.tokens[0].token, "ana", made.grants)

    async def there() -> Any:
        return await rooms(server, name)

    (room,) = await until(there)
    assert (room["max_participants"], room["empty_timeout"]) == (5, 77)
    assert (room["departure_timeout"], room["metadata"]) == (33, "hello")


async def test_a_room_admin_may_act_in_the_room_of_the_token_and_in_no_other(
    server: Server, crew: Greenroom, name: str
) -> None:
    call = {"identities": ["ana"], "room": name, "role": "moderator"}
    made = (await crew.call("auth.create_token", **call)).unwrap()
    await server.room("CreateRoom", {"name": name})
    await server.room("CreateRoom", {"name": f"{name}-other"})
    path = "/twirp/livekit.RoomService/ListParticipants"
    token = made.tokens[0].token
    own = await server.send(path, f'{{"room": "{name}"}}'.encode(), token=token)
    other = await server.send(path, f'{{"room": "{name}-other"}}'.encode(), token=token)
    assert (own.status, other.status) == (200, 401)


JOIN = {"roomJoin": True, "room": "r"}
VERDICTS: list[tuple[str, Any, dict[str, Any]]] = [
    ("good", JOIN, {}),
    ("no identity", JOIN, {"sub": None}),
    ("no room", {"roomJoin": True}, {}),
    ("roomName", {"roomJoin": True, "roomName": "r"}, {}),
    ("no roomJoin", {"room": "r"}, {}),
    ("no grant", None, {}),
    ("text for true", {**JOIN, "canPublish": "true"}, {}),
    ("text for a list", {**JOIN, "canPublishSources": "camera"}, {}),
    ("expired", JOIN, {"exp": -3600}),
    ("expired within the leeway", JOIN, {"exp": -30}),
    ("not yet", JOIN, {"nbf": 3600, "exp": 7200}),
    ("unknown key", JOIN, {"iss": "APInobody"}),
    ("no key", JOIN, {"iss": None}),
    ("an empty list of sources", {**JOIN, "canPublishSources": []}, {}),
    ("hidden", {**JOIN, "hidden": True}, {}),
    ("no expiry", JOIN, {"exp": None}),
]


@pytest.mark.parametrize(("case", "video", "claims"), VERDICTS, ids=[case for case, *_ in VERDICTS])
async def test_the_debugger_says_works_where_the_server_lets_in(
    server: Server, crew: Greenroom, case: str, video: Any, claims: dict[str, Any]
) -> None:
    del case
    now = int(time.time())
    moved = {n: now + v if n in {"exp", "nbf"} and v is not None else v for n, v in claims.items()}
    token = server.token(video, **moved)
    status, _, _ = await validate(server, token)
    report = (await crew.call("auth.inspect_token", token=token)).unwrap()
    assert report.valid == (status == 200), report.findings


async def test_the_debugger_and_the_server_refuse_another_secret(
    server: Server, crew: Greenroom
) -> None:
    token = jwt(server.claims(JOIN), "x" * 40)
    assert (await validate(server, token))[0] == 401
    assert not (await crew.call("auth.inspect_token", token=token)).unwrap().valid


async def test_where_a_policy_forbids_screens_the_server_knows_of_no_screen_source(
    server: Server, crew: Greenroom, name: str
) -> None:
    key = f"room.policies.{name}.screenSharing"
    await crew.call("coordinator.change_settings", settings={key: False}, place="user")
    outcome = await crew.ask(f"token for ana in room {name} with the role presenter")
    made = outcome.unwrap()
    await enter(server, made.tokens[0].token, "ana", made.grants)
    sources = (await person(server, name, "ana"))["permission"]["can_publish_sources"]
    assert sources == [source for source in SOURCES if "SCREEN" not in source]


async def test_a_numbered_token_opens_the_room(server: Server, crew: Greenroom, name: str) -> None:
    made = (await crew.ask(f"make 3 viewer tokens for room {name}")).unwrap()
    for token in made.tokens:
        await enter(server, token.token, token.identity, made.grants)
    listed = (await crew.call("room.list_participants", room=name)).unwrap()
    assert [p.identity for p in listed.participants] == ["viewer-1", "viewer-2", "viewer-3"]
    assert {p.can_publish for p in listed.participants} == {False}
