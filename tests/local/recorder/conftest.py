"""A recorder beside a real livekit-server, and people who leave with the test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import psutil
import pytest
import pytest_asyncio
from livekit import api

from greenroom.crew import Greenroom
from greenroom.local.livekit_server import LocalServer
from greenroom.local.recorder import Recorder
from tests.local.recorder.people import Person, enter

PATIENCE = 20.0


@dataclass(slots=True, kw_only=True)
class Studio:
    """What a test has: a room of its own, people, the recorder by the official SDK."""

    server: LocalServer
    recorder: Recorder
    folder: Path
    state: Path
    room: str
    livekit: api.LiveKitAPI
    """Speaks to the recorder."""
    stack: AsyncExitStack = field(repr=False)

    async def person(self, identity: str, shade: int = 0, tone: int = 0, **more: Any) -> Person:
        """Let somebody in, with a camera of that shade and a voice of that tone, where they are not 0."""
        person = await enter(self.server, self.room, identity, **more)
        self.stack.push_async_callback(person.leave)
        if shade:
            await person.show(shade)
        if tone:
            await person.speak(tone)
        return person

    def crew(self, home: Path, **settings: Any) -> Greenroom:
        """A crew whose server and recorder these are; ``settings`` beside those that say so."""
        server = self.server
        return Greenroom(
            url=server.url,
            api_key=server.api_key,
            api_secret=server.api_secret,
            home=home,
            settings={
                "egress.service": "greenroom",
                "egress.url": self.recorder.url,
                **settings,
            },
        )

    async def start(self, name: str = "", **more: Any) -> api.EgressInfo:
        """Record the room into a file."""
        output = api.EncodedFileOutput(filepath=name)
        request = api.RoomCompositeEgressRequest(room_name=self.room, file_outputs=[output], **more)
        return await self.livekit.egress.start_room_composite_egress(request)

    async def active(self, egress_id: str) -> api.EgressInfo:
        """Wait until it records."""
        return await self.until(egress_id, api.EgressStatus.EGRESS_ACTIVE)

    async def record(self, seconds: float, name: str = "", **more: Any) -> api.EgressInfo:
        """Record the room for so long; the info of the end."""
        info = await self.active((await self.start(name, **more)).egress_id)
        await asyncio.sleep(seconds)
        return await self.finish(info.egress_id)

    async def finish(self, egress_id: str) -> api.EgressInfo:
        """Stop, and wait for the end."""
        await self.livekit.egress.stop_egress(api.StopEgressRequest(egress_id=egress_id))
        return await self.ended(egress_id)

    async def ended(self, egress_id: str, patience: float = PATIENCE) -> api.EgressInfo:
        """Wait for the end, whichever."""
        return await self.until(egress_id, *ENDS, patience=patience)

    async def info(self, egress_id: str) -> api.EgressInfo:
        """As it is now."""
        asked = api.ListEgressRequest(egress_id=egress_id)
        return (await self.livekit.egress.list_egress(asked)).items[0]

    async def until(
        self, egress_id: str, *statuses: int, patience: float = PATIENCE
    ) -> api.EgressInfo:
        """Wait for one of these statuses; any other end fails the test."""
        async with asyncio.timeout(patience):
            while True:
                info = await self.info(egress_id)
                if info.status in statuses:
                    return info
                assert info.status not in ENDS, info
                await asyncio.sleep(0.05)

    async def own(self, method: str, egress_id: str) -> Any:
        """A call that LiveKit does not have."""
        token = self.livekit.egress._auth_header(api.VideoGrants(room_record=True))
        url = f"{self.recorder.url}/twirp/greenroom.Egress/{method}"
        session = self.livekit._session
        async with session.post(url, json={"egress_id": egress_id}, headers=token) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    def path(self, info: api.EgressInfo) -> Path:
        """Of its first file."""
        return Path(info.file_results[0].location)

    def worker(self) -> psutil.Process:
        """The one process that records."""
        (found,) = workers()
        return found


ENDS = (
    api.EgressStatus.EGRESS_COMPLETE,
    api.EgressStatus.EGRESS_FAILED,
    api.EgressStatus.EGRESS_ABORTED,
)


def workers(of: int | None = None) -> list[psutil.Process]:
    """Processes that record below this one, or another; not the spare one, which has nothing to record."""
    return [each for each in spare_and_workers(of) if _records(each)]


def spare_and_workers(of: int | None = None) -> list[psutil.Process]:
    """Processes that record, or wait for something to record."""
    return [each for each in psutil.Process(of).children(recursive=True) if _can_record(each)]


def _can_record(process: psutil.Process) -> bool:
    try:
        return "greenroom.local.recorder.worker" in process.cmdline()
    except psutil.Error:
        return False


def _records(process: psutil.Process) -> bool:
    """A process that has something to record writes the log of that."""
    try:
        return any(Path(file.path).name.startswith("EG_") for file in process.open_files())
    except psutil.Error:
        return False


def left_behind(folder: Path) -> list[str]:
    """Files in a folder of recordings that are none: half-written ones, hidden ones, empty ones."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [str(path) for path in files if path.name.startswith(".") or not path.stat().st_size]


@pytest.fixture
def room() -> str:
    """A name that no other test uses: the server is shared."""
    return f"recorder-{uuid4().hex[:10]}"


@pytest_asyncio.fixture
async def studio(livekit_server: LocalServer, tmp_path: Path, room: str) -> AsyncIterator[Studio]:
    """At the end nothing is left: no process, no half-written file."""
    folder, state = tmp_path / "recordings", tmp_path / "state"
    async with AsyncExitStack() as stack:
        made = await open_studio(livekit_server, folder, state, room, stack)
        people = await stack.enter_async_context(AsyncExitStack())
        made.stack = people
        yield made
    assert spare_and_workers() == []
    assert left_behind(folder) == []


async def open_studio(
    server: LocalServer,
    folder: Path,
    state: Path,
    room: str,
    stack: AsyncExitStack,
    **more: Any,
) -> Studio:
    """A recorder and the SDK's client for it, closed by ``stack``."""
    keys = {server.api_key: server.api_secret}
    recorder = await stack.enter_async_context(
        Recorder.start(url=server.url, keys=keys, folder=folder, state=state, **more)
    )
    livekit = await stack.enter_async_context(
        api.LiveKitAPI(recorder.url, server.api_key, server.api_secret)
    )
    return Studio(
        server=server,
        recorder=recorder,
        folder=folder,
        state=state,
        room=room,
        livekit=livekit,
        stack=stack,
    )


async def eventually(fact: Callable[[], Any], patience: float = PATIENCE) -> Any:
    """Wait for what becomes true a little later; gives it."""
    async with asyncio.timeout(patience):
        while True:
            if found := fact():
                return found
            await asyncio.sleep(0.05)
