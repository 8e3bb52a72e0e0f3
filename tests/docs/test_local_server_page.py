"""The page about the local server is run: its blocks in order, on the sandbox, and its tables against the code."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from greenroom.domain.errors import CODES
from greenroom.interfaces.cli.local import OWN_OPTIONS, up
from greenroom.local.supervisor import background
from tests.docs.test_docs import ROOT, blocks
from tests.local.supervisor.conftest import greenroom, home

__all__ = ("home",)
PAGE = ROOT / "docs" / "how-to" / "run-a-local-server.md"
FOREGROUND = ("serve", "server", "sandbox")
PORTS = ("--port-base", "--control-port")
BUILDS = "greenroom server install"


def lines(text: str) -> list[str]:
    return [line.partition("   ")[0].strip() for line in text.splitlines()]


def days() -> list[list[str]]:
    """The commands of the page, in their order, cut where a server is started."""
    found: list[list[str]] = []
    for mark, text in blocks(PAGE, "bash"):
        for line in lines(text):
            words = shlex.split(line)[1:]
            if mark or line == BUILDS or (words[0] in FOREGROUND and len(words) == 1):
                continue
            if words[0] == "up":
                found.append([])
            found[-1].append(line)
    return found


@pytest.mark.parametrize("number", [0, 1, 2])
def test_the_commands_on_the_page_work_in_their_order(home: Path, number: int) -> None:
    assert [len(day) for day in days()] == [4, 3, 5]
    for line in days()[number]:
        words = shlex.split(line)[1:]
        # The ports of the page may be taken here.
        ports = {words.index(option) + 1 for option in PORTS if option in words}
        given = ["0" if place in ports else word for place, word in enumerate(words)]
        done = greenroom(home, *given)
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"


@pytest.mark.parametrize("number", [0, 1])
def test_the_shell_on_the_page_works(home: Path, number: int) -> None:
    bash, curl = shutil.which("bash"), shutil.which("curl")
    if bash is None or (number == 1 and curl is None):
        pytest.skip("no bash or curl")
    text = [text for mark, text in blocks(PAGE, "bash") if mark == "shell"][number]
    assert greenroom(home, "up", "--control-port", "0").returncode == 0
    token = greenroom(home, "access", "add", "probe").stdout.strip()
    shape = background.RunFolder(home).read()
    environ = {
        **os.environ,
        "GREENROOM_HOME": str(home),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "TOKEN": token,
        "CONTROL": shape["control_url"],
    }
    done = subprocess.run(
        [bash, "-euc", text], env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert shape["url"] in done.stdout


def test_the_page_names_every_option_and_only_codes_that_exist() -> None:
    text = PAGE.read_text(encoding="utf-8")
    own = {option for parameter in up.params[: len(OWN_OPTIONS) + 1] for option in parameter.opts}
    own |= {option for parameter in up.params for option in parameter.secondary_opts}
    shown = set(re.findall(r"^\| `(--[a-z-]+)", text, re.MULTILINE))
    assert own - {"--sandbox", "--remote-unmute"} == shown
    codes = re.findall(r"^\| (`[a-z][a-z-]+`(?:, `[a-z-]+`)*) \| ", text, re.MULTILINE)
    named = {code.strip("`") for row in codes for code in row.split(", ")}
    assert named <= set(CODES)
    assert len(named) == 7
