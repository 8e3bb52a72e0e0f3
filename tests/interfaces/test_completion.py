"""Completion: what each shell is given, and names of rooms where that is cheap."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from greenroom.local.supervisor.background import Running
from tests.local.supervisor.conftest import greenroom, home, up
from tests.local.supervisor.test_idle import join

__all__ = ("home", "up")
BIN = Path(sys.executable).parent


def complete(home: Path, words: str, **environ: str) -> list[str]:
    """What bash would offer for the last word."""
    asked = {"_GREENROOM_COMPLETE": "bash_complete", "COMP_WORDS": words}
    count = {"COMP_CWORD": str(len(words.split(" ")) - 1)}
    done = greenroom(home, **asked, **count, **environ)
    return [line.partition(",")[2] for line in done.stdout.splitlines()]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_is_given_a_script_that_it_accepts(home: Path, shell: str) -> None:
    done = greenroom(home, "completion", shell)
    assert done.returncode == 0, done.stderr
    assert f"_GREENROOM_COMPLETE={shell}_complete" in done.stdout
    if (program := shutil.which(shell)) is not None:
        read = subprocess.run(
            [program, "-n"], input=done.stdout, capture_output=True, text=True, check=False
        )
        assert read.returncode == 0, read.stderr


def test_bash_completes_with_the_script(home: Path) -> None:
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("no bash")
    script = (
        'eval "$(greenroom completion bash)"; COMP_WORDS=(greenroom room list-p); COMP_CWORD=2;'
        '_greenroom_completion greenroom; echo "${COMPREPLY[@]}"'
    )
    environ = os.environ | {"PATH": f"{BIN}:{os.environ['PATH']}", "GREENROOM_HOME": str(home)}
    done = subprocess.run(
        [bash, "-c", script], env=environ, capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == ["list-participants"], done.stderr


def test_commands_modes_and_options_are_completed(home: Path) -> None:
    assert {"up", "undo"} == set(complete(home, "greenroom u"))
    assert "create-token" in complete(home, "greenroom auth create")
    assert "--max-participants" in complete(home, "greenroom room create x --max")


def test_rooms_of_the_local_server_are_completed(home: Path, up: Callable[..., Running]) -> None:
    running = up()
    for name in ("standup", "stage", "stand by", "lobby"):
        join(running, name, "anna")
    assert sorted(complete(home, "greenroom room show st")) == ["stage", "standup"]
    named = {"LIVEKIT_URL": "wss://elsewhere.example"}
    assert complete(home, "greenroom room show st", **named) == [""]


def test_without_a_server_nothing_is_offered_started_or_said(home: Path) -> None:
    # One empty answer is how click says that there is none.
    assert complete(home, "greenroom room show st", GREENROOM_AUTOSTART="") == [""]
    assert not (home / "run").exists()


def test_names_of_rooms_load_nothing_that_is_slow(home: Path, up: Callable[..., Running]) -> None:
    up()
    code = (
        "import sys; from greenroom.interfaces.cli.nearby import local_room_names; local_room_names();"
        "print(*sys.modules)"
    )
    environ = os.environ | {"GREENROOM_HOME": str(home)}
    loaded = subprocess.check_output([sys.executable, "-c", code], text=True, env=environ).split()
    slow = {"asyncio", "pydantic", "aiohttp", "http.client", "ctypes", "subprocess", "ssl", "jwt"}
    assert not slow & set(loaded)


def test_settings_are_completed_by_their_key(home: Path) -> None:
    assert complete(home, "greenroom config explain room.defaultSettings.max") == [
        "room.defaultSettings.maxParticipants"
    ]
    offered = complete(home, "greenroom config set auth.")
    assert "auth.defaultTtl" in offered
    assert not [key for key in offered if "<" in key]
