"""Many tokens from a terminal: names from a file, a bar on stderr, and Ctrl-C that loses nothing."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner

from greenroom.interfaces.cli.main import root

SERVER = {
    "LIVEKIT_URL": "ws://127.0.0.1:1",
    "LIVEKIT_API_KEY": "APIkey",
    "LIVEKIT_API_SECRET": "s" * 40,
}
TOO_MANY = 100_000


def test_names_are_read_from_a_file_one_a_line() -> None:
    arguments = ["auth", "create-token", "-", "--room", "x"]
    made = CliRunner().invoke(root, arguments, input="ana\n\n  bob \n", env=SERVER)
    assert made.exit_code == 0, made.output
    assert len(re.findall(r"^eyJ", made.stdout, re.MULTILINE)) == 2
    assert "Tokens for 2 people" in made.stderr


def test_ctrl_c_prints_what_is_made_and_says_how_many(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    tokens = tmp_path / "tokens.txt"
    command = [sys.executable, "-m", "greenroom.interfaces.cli.main", "auth", "create-tokens"]
    with tokens.open("wb") as out:
        process = subprocess.Popen(
            [*command, str(TOO_MANY), "--room", "x"],
            env=os.environ | SERVER,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=theirs,
        )
    os.close(theirs)
    said = b""
    while f"of {TOO_MANY:,} tokens".encode() not in said:
        said += os.read(ours, 4096)
    process.send_signal(signal.SIGINT)
    try:
        while piece := os.read(ours, 4096):
            said += piece
    except OSError:
        pass  # A terminal whose other end is closed.
    os.close(ours)
    assert process.wait(30) == 130, said.decode()
    lines = tokens.read_text().splitlines()
    assert 0 < len(lines) < TOO_MANY
    assert f"\r\x1b[K✗ Interrupted: {len(lines):,} of {TOO_MANY:,} tokens are made" in plain(said)
    assert "█".encode() in said or "·".encode() in said


def plain(said: bytes) -> str:
    """Without colours; how the cursor moves stays."""
    return re.sub(r"\x1b\[[0-9;]*m", "", said.decode())


def test_without_a_terminal_there_is_no_bar() -> None:
    made = CliRunner().invoke(root, ["auth", "create-tokens", "600", "--room", "x"], env=SERVER)
    assert made.exit_code == 0, made.output
    assert "\r" not in made.output
