"""The page about the sandbox is run: its tests by pytest, its commands over HTTP, its table against the code."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import get_args

from greenroom.local.sandbox.__main__ import arguments
from greenroom.local.sandbox.faults import Kind
from greenroom.testing import sandbox
from tests.contract.calls import Wire, admin
from tests.docs.test_docs import ROOT, blocks

PAGE = ROOT / "docs" / "how-to" / "test-with-the-sandbox.md"


def test_the_tests_on_the_page_pass(tmp_path: Path) -> None:
    files = {mark.removeprefix("pytest: "): text for mark, text in blocks(PAGE, "python")}
    assert len(files) == 5
    for name, text in files.items():
        (tmp_path / name).write_text(f"{text}\n")
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\nasyncio_mode = auto\nfilterwarnings = error\n"
        "asyncio_default_fixture_loop_scope = function\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)],
        cwd=tmp_path,
        env=os.environ | {"GREENROOM_HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "7 passed" in done.stdout


async def test_the_commands_on_the_page_work() -> None:
    ((_, text),) = [found for found in blocks(PAGE, "json") if found[0] == "http"]
    async with sandbox() as server:
        at = Wire(url=server.url, api_key=server.api_key, api_secret=server.api_secret)
        for step in json.loads(text):
            body = json.dumps(step["body"]).encode()
            answer = await at.send(step["post"], body, token=at.token(admin("standup")))
            assert answer.status == 200, answer.text
        assert server.person("standup", "anna") is None
        refused = await at.room("DeleteRoom", {"room": "standup"})
        assert refused.json["code"] == "unavailable"


def test_the_command_line_on_the_page_parses() -> None:
    lines = [line for _, text in blocks(PAGE, "bash") for line in text.splitlines()]
    (line,) = [line for line in lines if line.startswith("python -m greenroom.local.sandbox ")]
    read = arguments(line.split()[3:])
    assert (read.port, read.key, read.state) == (7880, ["APIkey"], Path("rooms.json"))


def test_the_page_names_every_fault() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert tuple(rows) == get_args(Kind)
