"""The whole crew on a real livekit-server, with a second client that interferes."""

from __future__ import annotations

import uuid
from pathlib import Path

from livekit import api

from greenroom import Greenroom
from greenroom.local.livekit_server import LocalServer


def crew_on(server: LocalServer, home: Path) -> Greenroom:
    return Greenroom(
        url=server.url, api_key=server.api_key, api_secret=server.api_secret, home=home
    )


async def test_a_second_client_changes_the_room_and_the_undo_refuses(
    livekit_server: LocalServer, tmp_path: Path
) -> None:
    name = f"undo-{uuid.uuid4().hex[:8]}"
    keys = (livekit_server.url, livekit_server.api_key, livekit_server.api_secret)
    async with crew_on(livekit_server, tmp_path) as crew, api.LiveKitAPI(*keys) as other:
        assert (await crew.ask(f"create a room called {name}")).status == "done"
        await other.room.update_room_metadata(
            api.UpdateRoomMetadataRequest(room=name, metadata="theirs")
        )
        refused = await crew.ask("undo that", approve=True)
        assert refused.error is not None
        assert refused.error.code == "changed-since"
        still = await crew.call("room.show", room=name)
        assert still.value.room.metadata == "theirs"
        await crew.call("room.delete", room=name, approve=True)


async def test_creating_an_existing_room_says_so_and_leaves_it(
    livekit_server: LocalServer, tmp_path: Path
) -> None:
    name = f"twice-{uuid.uuid4().hex[:8]}"
    async with crew_on(livekit_server, tmp_path) as crew:
        first = await crew.call("room.create", name=name, max_participants=5)
        again = await crew.ask(f"create a room called {name}")
        assert "exists already" in again.message
        assert again.steps[0].undo is None
        assert again.value.sid == first.value.sid
        other = await crew.call("room.create", name=name, max_participants=6)
        assert other.status == "blocked"
        await crew.call("room.delete", room=name, approve=True)


async def test_an_unchanged_room_is_undone_and_a_deleted_one_comes_back(
    livekit_server: LocalServer, tmp_path: Path
) -> None:
    name = f"back-{uuid.uuid4().hex[:8]}"
    async with crew_on(livekit_server, tmp_path) as crew:
        await crew.ask(f"create a room called {name} for 7 people")
        await crew.ask(f"delete room {name}", approve=True)
        assert (await crew.ask("undo that")).status == "done"
        assert (await crew.call("room.show", room=name)).value.room.max_participants == 7
        await crew.call("room.create", name=f"{name}-2")
        assert (await crew.ask("undo that", approve=True)).status == "done"
        gone = await crew.call("room.show", room=f"{name}-2")
        assert gone.error is not None
        assert gone.error.code == "not-found"
        await crew.call("room.delete", room=name, approve=True)
