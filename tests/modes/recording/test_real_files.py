"""Files of recordings from end to end: a real livekit-server, Greenroom's recorder, a real S3, copies and deletions."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import av
import pytest
import pytest_asyncio

from greenroom.adapters.objectstore import ObstoreObjects
from greenroom.crew import Greenroom
from greenroom.domain.egress import Storage
from greenroom.domain.outcome import Outcome
from greenroom.domain.playlists import names_in
from tests.local.recorder.conftest import Studio, room, studio
from tests.s3 import KEYS, bucket, endpoint

__all__ = ["bucket", "endpoint", "room", "studio"]
pytestmark = pytest.mark.timeout(90)


@pytest_asyncio.fixture
async def crew(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Greenroom]:
    """In a folder of its own."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    async with studio.crew(tmp_path / "home") as crew:
        yield crew


async def recorded(crew: Greenroom, studio: Studio, seconds: float = 2, **how: Any) -> str:
    """The id of a recording that has ended."""
    started = await crew.call("recording.start", room=studio.room, **how)
    assert started.status == "done", started.message
    await asyncio.sleep(seconds)
    done = await crew.call("recording.stop", recording=started.value.egress_id, approve=True)
    assert done.value.status == "complete", done.message
    return str(started.value.egress_id)


async def deleted(crew: Greenroom, recording: str) -> tuple[Outcome, Outcome]:
    """What was asked before the yes, and what became of it."""
    waiting = await crew.call("recording.delete", recording=recording)
    assert waiting.approval is not None, waiting.message
    return waiting, await crew.approve(waiting.approval.id)


async def test_a_recording_is_copied_here_and_deleted_after_a_yes_that_saw_its_file(
    crew: Greenroom, studio: Studio, tmp_path: Path
) -> None:
    await studio.person("anna", shade=60, tone=440)
    started = await crew.call("recording.start", room=studio.room, resolution="320x180")
    for capability in ("recording.download", "recording.delete"):
        refused = await crew.call(capability, recording=studio.room, approve=True)
        assert refused.status == "blocked"
        assert f"greenroom recording stop {started.value.egress_id}" in refused.error.hint
    await crew.call("recording.stop", recording=studio.room, approve=True)
    kept = await crew.call("recording.show", recording=studio.room)
    source = Path(kept.value.egress.results[0].location)

    copied = await crew.call("recording.download", recording=studio.room)
    assert copied.status == "done", copied.message
    (artifact,) = copied.value.artifacts
    assert artifact.path == str(tmp_path / "here" / source.name)
    assert artifact.media_type == "video/mp4"
    assert Path(artifact.path).read_bytes() == source.read_bytes()
    assert artifact.sha256 == hashlib.sha256(source.read_bytes()).hexdigest()
    again = await crew.call("recording.download", recording=studio.room)
    assert again.status == "blocked"
    assert "is there already" in again.message
    named = await crew.call("recording.download", recording=studio.room, path="talks/one.mp4")
    assert named.value.artifacts[0].path == str(tmp_path / "here" / "talks" / "one.mp4")

    other = studio.folder / "not-ours.mp4"
    other.write_bytes(b"somebody else's")
    waiting, done = await deleted(crew, studio.room)
    assert str(source) in waiting.message
    assert done.status == "done", done.message
    assert [path for path in studio.folder.rglob("*") if path.is_file()] == [other]
    listed = await crew.call("recording.list", room=studio.room)
    assert "files deleted" in listed.message
    gone = await crew.call("recording.download", recording=started.value.egress_id)
    assert "were deleted already" in gone.message
    with av.open(artifact.path) as container:
        assert sum(1 for _ in container.decode(container.streams.video[0])) > 0


async def test_segments_are_copied_and_deleted_with_their_playlist(
    crew: Greenroom, studio: Studio, tmp_path: Path
) -> None:
    await studio.person("anna", shade=60, tone=440)
    made = await recorded(crew, studio, format="hls", path="talks/one")
    other = studio.folder / "talks" / "one-more_00000.ts"
    other.write_bytes(b"of another recording")
    copied = await crew.call("recording.download", recording=made, path="copy")
    assert copied.status == "done", copied.message
    playlist = tmp_path / "here" / "copy" / "one.m3u8"
    names = {Path(artifact.path).name for artifact in copied.value.artifacts}
    assert names == {*names_in(playlist.read_text()), "one.m3u8"}
    with av.open(str(playlist)) as container:
        assert sum(1 for _ in container.decode(container.streams.video[0])) > 10
    _, done = await deleted(crew, made)
    assert done.status == "done", done.message
    assert [path for path in studio.folder.rglob("*") if path.is_file()] == [other]


async def test_a_link_in_the_place_of_a_recording_is_neither_read_nor_deleted(
    crew: Greenroom, studio: Studio, tmp_path: Path
) -> None:
    await studio.person("anna", tone=440)
    made = await recorded(crew, studio, seconds=1, format="mp3", path="talks/one")
    precious = tmp_path / "precious.mp3"
    precious.write_bytes(b"not a recording")
    (file,) = (studio.folder / "talks").iterdir()
    file.unlink()
    file.symlink_to(precious)
    for capability in ("recording.download", "recording.delete"):
        refused = await crew.call(capability, recording=made, approve=True)
        assert refused.error is not None
        assert refused.error.code == "failed-precondition"
        assert "not a plain file" in refused.message
    file.unlink()
    (studio.folder / "talks").rmdir()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / file.name).write_bytes(b"not a recording either")
    (studio.folder / "talks").symlink_to(elsewhere)
    refused = await crew.call("recording.delete", recording=made, approve=True)
    assert "not a plain file" in refused.message
    assert precious.exists()
    assert (elsewhere / file.name).exists()


@pytest.mark.parametrize("form", ["mp4", "hls"])
async def test_what_was_uploaded_is_fetched_from_its_bucket_and_deleted_there(
    studio: Studio,
    tmp_path: Path,
    endpoint: str,
    bucket: str,
    monkeypatch: pytest.MonkeyPatch,
    form: str,
) -> None:
    monkeypatch.setenv("STORAGE_ACCESS", json.dumps(KEYS))
    settings = {
        "recording.storage.type": "s3",
        "recording.storage.bucket": bucket,
        "recording.storage.prefix": "rec",
        "egress.storage.endpoint": endpoint,
        "egress.storage.credentials": "env:STORAGE_ACCESS",
    }
    kept = Storage(type="s3", bucket=bucket, endpoint=endpoint, credentials=KEYS)
    objects = ObstoreObjects()
    await studio.person("anna", shade=60, tone=440)
    async with studio.crew(tmp_path / "home", **settings) as crew:
        made = await recorded(crew, studio, format=form, path="one talk")
        await objects.write(kept, "rec/one talk_more.ts", b"of another recording")
        copied = await crew.call("recording.download", recording=made, path=str(tmp_path / "copy"))
        assert copied.status == "done", copied.message
        main = tmp_path / "copy" / f"one talk.{'m3u8' if form == 'hls' else 'mp4'}"
        with av.open(str(main)) as container:
            assert sum(1 for _ in container.decode(container.streams.video[0])) > 10
        names = [f"rec/{Path(artifact.path).name}" for artifact in copied.value.artifacts]
        assert set(await objects.sizes(kept, names)) == set(names)

        waiting, done = await deleted(crew, made)
        assert f"s3 bucket {bucket}: {names[0]}" in waiting.message
        assert done.status == "done", done.message
        assert await objects.sizes(kept, [*names, "rec/one talk_more.ts"]) == {
            "rec/one talk_more.ts": 20
        }
        listed = await crew.call("recording.list")
        assert "files deleted" in listed.message
        for outcome in (copied, waiting, done):
            assert KEYS["secret"] not in str(outcome.as_dict())
    assert KEYS["secret"].encode() not in (tmp_path / "home" / "journal.db").read_bytes()


async def test_what_lies_in_a_storage_that_the_settings_do_not_name_is_left_alone(
    crew: Greenroom,
    studio: Studio,
    tmp_path: Path,
    endpoint: str,
    bucket: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("STORAGE_ACCESS", json.dumps(KEYS))
    await studio.person("anna", tone=440)
    settings = {
        "recording.storage.type": "s3",
        "recording.storage.bucket": bucket,
        "egress.storage.endpoint": endpoint,
        "egress.storage.credentials": "env:STORAGE_ACCESS",
    }
    async with studio.crew(tmp_path / "other", **settings) as uploading:
        made = await recorded(uploading, studio, seconds=1, format="mp3")
    for capability in ("recording.download", "recording.delete"):
        refused = await crew.call(capability, recording=made, approve=True)
        assert refused.status == "blocked"
        assert f"{endpoint}/{bucket}/" in refused.message
        assert "egress.storage" in refused.error.hint


async def test_files_that_are_too_old_are_counted_when_that_is_said_and_not_deleted_yet(
    crew: Greenroom, studio: Studio
) -> None:
    await studio.person("anna", tone=440)
    made = await recorded(crew, studio, seconds=1, format="mp3")
    record = studio.recorder.egresses.find(made)
    record.kept_since -= 8 * 86_400
    (file,) = studio.recorder.egresses.files(made)
    said = await crew.call("recording.configure", retention=7 * 86_400)
    assert said.status == "done", said.message
    assert "now those of 1 (1 files, " in said.message
    assert file.exists()
    taken_back = await crew.call("coordinator.undo")
    assert "deletes nothing by age" in taken_back.message
