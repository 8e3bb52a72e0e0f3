"""Files of recordings are found, copied and deleted, or left alone: the egress service in memory, files on a real disk."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from greenroom.adapters import files as local_files
from greenroom.adapters.files import LocalFiles
from greenroom.crew import Greenroom
from greenroom.domain.errors import GreenroomError
from greenroom.domain.outcome import Outcome
from greenroom.domain.recordings import StoredFile
from tests.egress_double import MemoryEgress


def verdict(outcome: Outcome, rule: str) -> str:
    """What a rule said of the last step."""
    return {check.rule: check.verdict for check in outcome.steps[-1].checks}[rule]


def code(outcome: Outcome) -> str:
    assert outcome.error is not None, outcome.message
    return outcome.error.code


async def ended(crew: Greenroom, egress: MemoryEgress, folder: Path, *names: str) -> str:
    """A recording of lobby that has ended and left these files; its id."""
    made = (await crew.call("recording.start", room="lobby")).value.egress_id
    await crew.call("recording.stop", recording=made, approve=True)
    left = []
    for name in names:
        path = folder / made / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(f"{made} {name}".encode())
        left.append(StoredFile(path=str(path), size=path.stat().st_size, folder=str(folder)))
    egress.left[made] = tuple(left)
    first = replace(egress.egresses[made].results[0], location=left[0].path)
    egress.egresses[made] = replace(egress.egresses[made], results=(first,))
    return str(made)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The recorder's; commands run in another one, ``here``."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "recordings"


@pytest.mark.parametrize(
    ("path", "copy"),
    [
        ("", "a.mp4"),
        ("talks", "talks/a.mp4"),
        ("talks/", "talks/a.mp4"),
        ("b.mp4", "b.mp4"),
        ("talks/b.mp4", "talks/b.mp4"),
        ("v1.0/", "v1.0/a.mp4"),
    ],
)
async def test_a_path_is_a_folder_unless_it_has_an_ending(
    crew: Greenroom, egress: MemoryEgress, folder: Path, path: str, copy: str
) -> None:
    await ended(crew, egress, folder, "a.mp4")
    outcome = await crew.call("recording.download", recording="lobby", path=path)
    assert outcome.status == "done", outcome.message
    assert [artifact.path for artifact in outcome.value.artifacts] == [str(Path.cwd() / copy)]
    assert Path(copy).read_bytes() == b"EG_1 a.mp4"
    assert verdict(outcome, "download-whole") == "pass"


async def test_of_several_recordings_the_newest_is_copied_and_none_is_deleted_until_one_is_named(
    crew: Greenroom, egress: MemoryEgress, folder: Path
) -> None:
    await ended(crew, egress, folder, "a.mp4")
    newest = await ended(crew, egress, folder, "b.mp4")
    copied = await crew.call("recording.download", recording="lobby")
    assert copied.value.egress.egress_id == newest
    refused = await crew.call("recording.delete", recording="lobby", approve=True)
    assert code(refused) == "several-fit"
    assert refused.error is not None
    assert "EG_1" in refused.error.hint
    done = await crew.call("recording.delete", recording="EG_1", approve=True)
    assert (done.status, list(egress.left)) == ("done", [newest])


async def test_a_yes_to_one_recording_never_deletes_a_later_one(
    crew: Greenroom, egress: MemoryEgress, folder: Path
) -> None:
    await ended(crew, egress, folder, "a.mp4")
    waiting = await crew.call("recording.delete", recording="lobby")
    assert waiting.approval is not None
    await crew.call("recording.delete", recording="EG_1", approve=True)
    later = await ended(crew, egress, folder, "b.mp4")
    assert code(await crew.approve(waiting.approval.id)) == "several-fit"
    assert list(egress.left) == [later]


async def test_one_that_runs_is_neither_copied_nor_deleted(crew: Greenroom) -> None:
    await crew.call("recording.start", room="lobby")
    for capability in ("recording.download", "recording.delete"):
        for named in ("lobby", "EG_1"):
            outcome = await crew.call(capability, recording=named, approve=True)
            assert (outcome.status, verdict(outcome, "recording-over")) == ("blocked", "block")
    await crew.call("recording.stop", recording="EG_1", approve=True)
    outcome = await crew.call("recording.download", recording="lobby")
    assert verdict(outcome, "recording-over") == "pass"
    assert verdict(outcome, "recording-has-files") == "block"


async def test_what_livekit_s_own_service_keeps_on_its_disk_is_said_to_be_there(
    crew: Greenroom, egress: MemoryEgress, folder: Path
) -> None:
    await ended(crew, egress, folder, "a.mp4")
    egress.egresses["EG_1"] = replace(egress.egresses["EG_1"], service="livekit")
    for capability in ("recording.download", "recording.delete"):
        outcome = await crew.call(capability, recording="lobby", approve=True)
        assert verdict(outcome, "recording-files-reachable") == "block"
        assert str(folder / "EG_1" / "a.mp4") in outcome.message
        assert "on the machine where it runs" in outcome.message
    assert egress.left


async def test_nothing_is_written_over_and_two_files_of_one_name_are_not_mixed_up(
    crew: Greenroom, egress: MemoryEgress, folder: Path
) -> None:
    made = await ended(crew, egress, folder, "a.mp4")
    Path("a.mp4").write_bytes(b"precious")
    outcome = await crew.call("recording.download", recording="lobby")
    assert (outcome.status, verdict(outcome, "download-name-free")) == ("blocked", "block")
    assert Path("a.mp4").read_bytes() == b"precious"
    egress.left[made] *= 2
    outcome = await crew.call("recording.download", recording="lobby", path="twice")
    assert verdict(outcome, "download-name-free") == "block"
    assert not Path("twice").exists()


async def test_a_copy_that_breaks_off_leaves_nothing(
    crew: Greenroom, egress: MemoryEgress, folder: Path
) -> None:
    made = await ended(crew, egress, folder, "a.ts", "b.ts", "a.m3u8")
    Path(egress.left[made][1].path).unlink()
    outcome = await crew.call("recording.download", recording="lobby", path="copy")
    assert code(outcome) == "not-found"
    assert list(Path("copy").iterdir()) == []


async def test_a_copy_that_is_shorter_than_the_recorder_said_is_found_out(
    crew: Greenroom, egress: MemoryEgress, folder: Path
) -> None:
    made = await ended(crew, egress, folder, "a.mp4")
    egress.left[made] = (replace(egress.left[made][0], size=999),)
    outcome = await crew.call("recording.download", recording="lobby")
    assert (code(outcome), verdict(outcome, "download-whole")) == ("not-as-asked", "block")


async def test_a_deletion_shows_what_and_when_and_a_service_that_lies_is_found_out(
    crew: Greenroom, egress: MemoryEgress, folder: Path
) -> None:
    await ended(crew, egress, folder, "a.mp4")
    waiting = await crew.call("recording.delete", recording="lobby")
    assert f"lobby (EG_1) from 2027-01-15 08:00 UTC will be deleted: {folder}" in waiting.message
    assert waiting.approval is not None
    egress.lies = True
    outcome = await crew.approve(waiting.approval.id)
    assert (code(outcome), verdict(outcome, "recording-files-gone")) == ("not-as-asked", "block")


async def test_what_is_deleted_says_so_and_is_not_deleted_twice(
    crew: Greenroom, egress: MemoryEgress, folder: Path
) -> None:
    await ended(crew, egress, folder, "a.mp4")
    done = await crew.call("recording.delete", recording="lobby", approve=True)
    assert (done.status, done.steps[0].undo) == ("done", None)
    shown = await crew.call("recording.show", recording="lobby")
    assert shown.message.endswith("Its files were deleted.")
    assert "files deleted" in (await crew.call("recording.list")).message
    again = await crew.call("recording.delete", recording="lobby", approve=True)
    assert "were deleted already" in again.message


# The disk of this machine.


async def some(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


@pytest.mark.parametrize("links", [True, False])
async def test_a_file_that_came_meanwhile_is_not_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    if not links:

        def no_links(*_: object) -> None:
            raise PermissionError(1, "Operation not permitted")

        monkeypatch.setattr(local_files.os, "link", no_links)
    path = tmp_path / "new" / "a"
    made = await LocalFiles().save(str(path), some(b"one", b"two"), "video/mp4")
    assert (path.read_bytes(), made.size) == (b"onetwo", 6)
    with pytest.raises(GreenroomError) as caught:
        await LocalFiles().save(str(path), some(b"three"), "video/mp4")
    assert caught.value.code == "already-exists"
    assert path.read_bytes() == b"onetwo"
    assert list(path.parent.iterdir()) == [path]


async def test_what_breaks_off_leaves_no_draft(tmp_path: Path) -> None:
    async def breaking() -> AsyncIterator[bytes]:
        yield b"one"
        msg = "the line broke"
        raise ConnectionError(msg)

    with pytest.raises(GreenroomError):
        await LocalFiles().save(str(tmp_path / "a"), breaking(), "video/mp4")
    assert list(tmp_path.iterdir()) == []
