"""The room mode through the whole crew: the same answers on the sandbox and on a real livekit-server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from greenroom.crew import Greenroom
from tests.contract.conftest import Server


@pytest.fixture
async def crew(server: Server, tmp_path: Path) -> AsyncIterator[Greenroom]:
    """A crew on the server under test, with a project of its own."""
    (tmp_path / ".ruru").mkdir()
    async with Greenroom(
        url=server.url, api_key=server.api_key, api_secret=server.api_secret, home=tmp_path / "home"
    ) as crew:
        yield crew


async def test_metadata_is_replaced_merged_and_put_back(crew: Greenroom, name: str) -> None:
    await crew.call("room.create", name=name)
    said = await crew.ask(f'change the metadata of room {name} to "daily at nine"')
    assert (said.status, said.value.metadata) == ("done", "daily at nine")
    refused = await crew.call("room.update_metadata", room=name, metadata='{"a": 1}', merge=True)
    assert refused.error is not None
    assert refused.error.code == "failed-precondition"
    undone = await crew.call("coordinator.undo")
    assert undone.status == "done", undone.message
    assert (await crew.call("room.show", room=name)).value.room.metadata == ""
    for patch in ('{"a": 1, "b": {"c": 2}}', '{"a": null, "b": {"d": 3}}'):
        merged = await crew.call("room.update_metadata", room=name, metadata=patch, merge=True)
        assert merged.status == "done", merged.message
    assert merged.value.metadata == '{"b": {"c": 2, "d": 3}}'
