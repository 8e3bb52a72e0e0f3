"""File names: what templates make of them, and which files belong to whom."""

from __future__ import annotations

from pathlib import Path

import pytest

from greenroom.domain.urls import redacted_url
from greenroom.local.egress.names import below, fill, with_extension
from greenroom.local.recorder.names import numbered, reserve
from greenroom.local.recorder.uploads import files_of
from greenroom.local.twirp.refusals import Refusal

NOON = 1_795_694_400.123


def test_templates_know_the_room_and_the_moment() -> None:
    facts = {"room_name": "stand up", "publisher_identity": "a/b"}
    name = fill("{room_name}/{publisher_identity}-{time}-{utc}", facts, NOON)
    assert name == "stand up/a_b-2026-11-26T120000-20261126120000123"


@pytest.mark.parametrize(
    ("given", "made"),
    [
        ("film", "film.mp4"),
        ("film.mp4", "film.mp4"),
        ("film.OGG", "film.mp4"),
        ("talk 1.5", "talk 1.5.mp4"),
        ("a.b/film", "a.b/film.mp4"),
    ],
)
def test_the_extension_is_that_of_the_container(given: str, made: str) -> None:
    assert with_extension(given, ".mp4") == made


def test_a_name_is_reserved_once(tmp_path: Path) -> None:
    assert reserve(tmp_path / "a" / "film.mp4")
    assert not reserve(tmp_path / "a" / "film.mp4")


@pytest.mark.parametrize("name", ["", ".", "a/..", "..", "/a", "a\0"])
def test_a_name_that_is_no_file_below_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(Refusal):
        below(tmp_path, name)


def test_files_of_one_prefix_are_not_those_of_another(tmp_path: Path) -> None:
    ours = ["room_00000.ts", "room_00001.ts"]
    others = ["room-2_00000.ts", "room_2_00000.ts", "room.ts", "rooms_00000.ts", "room_00000.jpeg"]
    for name in [*ours, *others]:
        (tmp_path / name).touch()
    assert [path.name for path in numbered(tmp_path / "room", ".ts")] == ours


def test_what_is_uploaded_and_then_removed_is_the_recordings_own(tmp_path: Path) -> None:
    for name in ("room_00000.ts", "room-2_00000.ts", "room.m3u8", "room-2.m3u8"):
        (tmp_path / name).touch()
    output = {
        "kind": "segments",
        "prefix": str(tmp_path / "room"),
        "playlist": str(tmp_path / "room.m3u8"),
        "live_playlist": "",
    }
    assert [path.name for path in files_of(output)] == ["room_00000.ts", "room.m3u8"]


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("rtmp://a.example/live/abcdefghijkl", "rtmp://a.example/live/{abc...jkl}"),
        ("rtmps://a.example:443/app/x/abcdef", "rtmps://a.example:443/app/x/{ab...ef}"),
        ("rtmp://a.example/live/ab", "rtmp://a.example/live/{...}"),
        ("srt://user:secret@a.example:1?passphrase=x", "srt://a.example:1"),
    ],
)
def test_stream_keys_are_shown_as_livekit_shows_them(url: str, shown: str) -> None:
    assert redacted_url(url) == shown
