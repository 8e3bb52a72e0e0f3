"""Keys are generated, kept, and rotated: both are valid for a while, then only the new one."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from livekit import rtc

from greenroom.domain.errors import ConfigurationError
from greenroom.local.keys import ApiKey, KeyFile
from greenroom.local.supervisor import background
from greenroom.local.supervisor.background import Running
from greenroom.local.supervisor.people import room_names
from tests.local.supervisor.conftest import greenroom
from tests.local.supervisor.test_idle import join


def accepts(running: Running, key: ApiKey) -> bool:
    try:
        room_names(running.url, key)
    except ValueError as refused:
        return "401" not in str(refused)
    return True


def test_keys_are_generated_kept_and_differ_between_homes(
    home: Path, up: Callable[..., Running], tmp_path: Path
) -> None:
    first = up().key
    assert re.fullmatch(r"API[0-9a-f]{12}", first.key)
    assert len(first.secret) >= 43
    assert first.secret not in repr(first)
    background.stop(home)
    assert up().key == first
    assert KeyFile(tmp_path).read_or_make()[0] != first


@pytest.mark.parametrize("backend", ["sandbox", "livekit-server"])
def test_both_keys_hold_after_a_rotation_and_the_new_one_alone_after_its_finish(
    home: Path, up: Callable[..., Running], backend: str, request: pytest.FixtureRequest
) -> None:
    if backend == "livekit-server":
        request.getfixturevalue("livekit_found")
    running = up(backend=backend)
    old = running.key
    done = greenroom(home, "auth", "rotate-key")
    assert done.returncode == 0, done.stderr
    new = KeyFile(home).read()[0]
    assert f"accepts both keys: {new.key} and {old.key}." in done.stderr
    assert done.stdout.splitlines() == [
        f"LIVEKIT_API_KEY={new.key}",
        f"LIVEKIT_API_SECRET={new.secret}",
    ]
    assert [accepts(running, key) for key in (old, new)] == [True, True]
    again = greenroom(home, "auth", "rotate-key")
    assert "(rotation-open)" in again.stderr
    assert "greenroom auth finish-rotation" in again.stderr
    assert greenroom(home, "room", "create", "standup").returncode == 0
    assert greenroom(home, "auth", "finish-rotation").returncode == 3
    assert greenroom(home, "auth", "finish-rotation", "--yes").returncode == 0
    assert [accepts(running, key) for key in (old, new)] == [False, True]
    left = [file for file in (home / "server").iterdir() if file.suffix != ".log"]
    assert not [file for file in left if old.secret in file.read_text()]
    assert background.find(home).url == running.url  # type: ignore[union-attr]
    assert "(rotation-not-open)" in greenroom(home, "auth", "finish-rotation", "--yes").stderr


def test_who_would_be_disconnected_is_named_and_holds_a_rotation_back(
    home: Path, up: Callable[..., Running]
) -> None:
    running = up()
    join(running, "standup", "anna")
    waits = greenroom(home, "auth", "rotate-key")
    assert waits.returncode == 6
    assert "which disconnects anna (standup)." in waits.stderr
    assert "--waive rotation-people-inside=REASON" in waits.stderr
    assert KeyFile(home).read() == [running.key]
    done = greenroom(home, "auth", "rotate-key", "--waive", "rotation-people-inside=it leaked")
    assert done.returncode == 0, done.stderr
    assert "The restart disconnected 1 person." in done.stderr


def test_a_key_that_is_named_is_not_ended_and_how_to_take_the_new_one_is_said(
    home: Path, up: Callable[..., Running]
) -> None:
    running = up()
    named = {
        "LIVEKIT_URL": running.url,
        "LIVEKIT_API_KEY": running.key.key,
        "LIVEKIT_API_SECRET": running.key.secret,
    }
    assert greenroom(home, "auth", "rotate-key", **named).returncode == 0
    refused = greenroom(home, "auth", "finish-rotation", "--yes", **named)
    assert refused.returncode == 6
    assert 'eval "$(greenroom server env)"' in refused.stderr
    assert len(KeyFile(home).read()) == 2


@pytest.mark.usefixtures("livekit_found")
async def test_somebody_with_media_on_the_real_server_is_counted_and_may_come_back(
    home: Path, up: Callable[..., Running]
) -> None:
    up(backend="livekit-server")
    token = greenroom(home, "auth", "create-token", "anna", "--room", "standup").stdout.strip()
    running = background.find(home)
    assert running is not None
    room = rtc.Room()
    await room.connect(running.url, token)
    try:
        done = greenroom(home, "auth", "rotate-key", "--waive", "rotation-people-inside=it leaked")
        assert "The restart disconnected 1 person." in done.stderr
    finally:
        await room.disconnect()
    again = rtc.Room()
    await again.connect(running.url, token)
    await again.disconnect()


def test_there_is_one_command_for_it(home: Path) -> None:
    assert "No such command 'rotate-key'" in greenroom(home, "server", "rotate-key").stderr


def test_a_third_key_is_never_made(home: Path) -> None:
    keys = KeyFile(home)
    first = keys.read_or_make()
    assert keys.add()[1:] == first
    with pytest.raises(ConfigurationError) as caught:
        keys.add()
    assert caught.value.code == "rotation-open"
    assert keys.finish() == keys.read()
    assert len(keys.read()) == 1
