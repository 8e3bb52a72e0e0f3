"""Files of recordings over the recorder's port: those of that recording, to who may have them, whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from livekit import api

from greenroom.adapters.livekit.egress import LiveKitEgress
from greenroom.domain.errors import GreenroomError
from greenroom.domain.recordings import StoredFile
from greenroom.local.recorder import serving
from greenroom.local.recorder.serving import open_plain
from greenroom.local.twirp.refusals import Refusal
from tests.local.recorder.conftest import Studio

RECORD = api.VideoGrants(room_record=True)


@pytest_asyncio.fixture
async def recorded(studio: Studio) -> api.EgressInfo:
    """A recording that has ended, with a name that URLs must quote."""
    await studio.person("anna", shade=60, tone=440)
    return await studio.record(1, "talks/one & zwölf")


async def get(
    studio: Studio, path: str, grants: api.VideoGrants | None = RECORD
) -> tuple[int, bytes]:
    headers = studio.livekit.egress._auth_header(grants) if grants is not None else {}
    url = f"{studio.recorder.url}/files/{path}"
    async with aiohttp.ClientSession(headers=headers) as session, session.get(url) as answer:
        return answer.status, await answer.read()


async def test_a_file_of_a_recording_comes_whole(
    studio: Studio, recorded: api.EgressInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "PIECE", 1000)
    file = studio.path(recorded)
    status, body = await get(studio, f"{recorded.egress_id}/talks/one & zwölf.mp4")
    assert (status, body) == (200, file.read_bytes())


@pytest.mark.parametrize("grants", [None, api.VideoGrants(room_admin=True, room="x")])
async def test_it_is_given_to_nobody_who_may_not_record(
    studio: Studio, recorded: api.EgressInfo, grants: api.VideoGrants | None
) -> None:
    status, body = await get(studio, f"{recorded.egress_id}/talks/one & zwölf.mp4", grants)
    assert status in {401, 403}
    assert len(body) < 200


@pytest.mark.parametrize(
    "name", ["", "other.mp4", "../state/retention.json", "%2e%2e/other.mp4", "/etc/passwd", "talks"]
)
async def test_only_files_of_that_recording_are_given(
    studio: Studio, recorded: api.EgressInfo, name: str
) -> None:
    (studio.folder / "other.mp4").write_bytes(b"somebody else's")
    status, body = await get(studio, f"{recorded.egress_id}/{name}")
    assert status == 404, body
    assert (await get(studio, f"EG_nothing/{name}"))[0] == 404


async def test_one_that_runs_has_none_yet(studio: Studio) -> None:
    await studio.person("anna", tone=440)
    info = await studio.active((await studio.start("now", audio_only=True)).egress_id)
    assert (await get(studio, f"{info.egress_id}/now.ogg"))[0] == 412
    await studio.finish(info.egress_id)


async def test_another_size_than_was_said_is_an_error(
    studio: Studio, recorded: api.EgressInfo, tmp_path: Path
) -> None:
    async with studio.crew(tmp_path / "home") as crew:
        egress = crew._egress
        assert isinstance(egress, LiveKitEgress)
        (file,) = await egress.files(recorded.egress_id)
        larger = StoredFile(path=file.path, size=file.size + 1, folder=file.folder)
        with pytest.raises(
            GreenroomError, match=f"{file.size} bytes came, and not {file.size + 1}"
        ):
            async for _ in egress.pieces(recorded.egress_id, larger):
                pass


@pytest.mark.parametrize("way", ["link", "folder-link", "pipe"])
def test_only_plain_files_below_the_folder_are_read(tmp_path: Path, way: str) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    inside.mkdir()
    outside.mkdir()
    (outside / "secret").write_bytes(b"secret")
    path = inside / "secret"
    match way:
        case "link":
            path.symlink_to(outside / "secret")
        case "folder-link":
            (inside / "sub").symlink_to(outside)
            path = inside / "sub" / "secret"
        case "pipe":
            os.mkfifo(path)
    with pytest.raises(Refusal) as caught:
        open_plain(path, inside)
    assert caught.value.code == "failed_precondition"


def test_a_file_is_read_below_a_folder_that_is_itself_a_link(tmp_path: Path) -> None:
    (tmp_path / "disk" / "talks").mkdir(parents=True)
    (tmp_path / "disk" / "talks" / "a").write_bytes(b"sound")
    (tmp_path / "recordings").symlink_to(tmp_path / "disk")
    folder = tmp_path / "recordings"
    with open_plain(folder / "talks" / "a", folder) as file:
        assert file.read() == b"sound"
