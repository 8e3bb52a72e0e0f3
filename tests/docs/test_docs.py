"""The documentation is held against the code: commands parse, programs run, pages do not drift."""

from __future__ import annotations

import ast
import importlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from click.testing import CliRunner

import greenroom.modes
import greenroom.modes.room
import greenroom.rules
from greenroom.domain.errors import CODES
from greenroom.domain.outcome import Outcome, Status, StepStatus
from greenroom.domain.ports import Rooms
from greenroom.hub.catalogue import Catalogue
from greenroom.hub.compiled import load_catalogue
from greenroom.interfaces.cli import chat, keys, processes, run
from greenroom.interfaces.cli.main import root
from greenroom.interfaces.cli.reference import ROOT, pages
from tests.doubles import MemoryRooms, a_crew

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
TUTORIAL = ROOT / "docs" / "tutorials" / "first-room.md"
FENCE = re.compile(
    r"(?:<!-- (?P<mark>[^>]*) -->\n)?```(?P<language>\w+)\n(?P<text>.*?)\n```", re.DOTALL
)


def blocks(page: Path, language: str) -> Iterator[tuple[str, str]]:
    """``(mark, text)`` of each block in that language."""
    for found in FENCE.finditer(page.read_text(encoding="utf-8")):
        if found["language"] == language:
            yield found["mark"] or "", found["text"]


def commands(page: Path) -> list[tuple[str, list[str]]]:
    """Each line that calls greenroom, and its arguments, as a shell would cut them."""
    found = []
    for _, text in blocks(page, "bash"):
        for line in text.replace("\\\n", " ").splitlines():
            if line.startswith("greenroom "):
                cut = shlex.shlex(line, posix=True, punctuation_chars="|<>")
                cut.whitespace_split = True
                words = list(cut)[1:]
                stops = [words.index(stop) for stop in ("|", "<", ">") if stop in words]
                found.append((line, words[: min(stops, default=len(words))]))
    return found


def python_programs() -> list[Any]:
    """Every Python block, named by page and number."""
    return [
        pytest.param(mark, text, id=f"{page.relative_to(ROOT)}-{number}")
        for page in PAGES
        for number, (mark, text) in enumerate(blocks(page, "python"))
    ]


RUNNABLE = [program for program in python_programs() if program.values[0] == "runnable"]


def test_reference_pages_and_readme_table_are_what_the_code_says() -> None:
    stale = [
        str(file.relative_to(ROOT))
        for file, text in pages()
        if not file.exists() or file.read_text(encoding="utf-8") != text
    ]
    assert not stale, "run: python -m greenroom.interfaces.cli.reference"


def test_readme_is_short_and_decisions_fit_a_page() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 150
    for page in (ROOT / "docs" / "decisions").glob("*.md"):
        assert len(page.read_text(encoding="utf-8").splitlines()) <= 40, page.name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_command_in_the_documentation_parses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "requests.txt").write_text("list all rooms\n")
    for module in (run, processes, keys):
        for name in [name for name in vars(module) if name.startswith("run_")]:
            monkeypatch.setattr(module, name, lambda *_, **__: 0)
    monkeypatch.setattr(chat, "run_chat", lambda *_: 0)
    seen = 0
    for page in PAGES:
        for line, arguments in commands(page):
            seen += 1
            result = CliRunner().invoke(root, arguments, input="a.b.c")
            assert result.exit_code == 0, f"{page.name}: {line}\n{result.output}"
    assert seen > 40


@pytest.mark.parametrize(("mark", "text"), python_programs())
def test_python_in_the_documentation_compiles(mark: str, text: str) -> None:
    del mark
    compile(text, "<documentation>", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)


@pytest.fixture
def environment(livekit_server: Any, tmp_path: Path) -> dict[str, str]:
    """A real server and a home of its own, with no room left over from another test."""
    return os.environ | {
        "LIVEKIT_URL": livekit_server.url,
        "LIVEKIT_API_KEY": livekit_server.api_key,
        "LIVEKIT_API_SECRET": livekit_server.api_secret,
        "GREENROOM_HOME": str(tmp_path),
    }


def shell(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a script would, with nobody to answer."""
    command = [sys.executable, "-m", "greenroom.interfaces.cli.main", *arguments]
    return subprocess.run(
        command,
        env=environment,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )


@pytest.mark.parametrize(("mark", "text"), RUNNABLE)
def test_programs_marked_runnable_run(mark: str, text: str, environment: dict[str, str]) -> None:
    del mark
    shell(environment, "room", "delete", "standup", "--yes")
    done = subprocess.run(
        [sys.executable, "-c", text], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def test_the_tutorial_works_from_top_to_bottom(environment: dict[str, str]) -> None:
    approval = ""
    for line, arguments in commands(TUTORIAL):
        given = [approval if word == "ID" else word for word in arguments]
        expected = re.search(r"# exit code (\d)", line)
        done = shell(environment, *given)
        said = done.stdout + done.stderr
        assert done.returncode == (int(expected[1]) if expected else 0), f"{line}\n{said}"
        found = re.search(r"greenroom approve (\w+)", said)
        approval = found[1] if found else approval
    assert approval


def test_every_error_code_and_rule_has_a_heading() -> None:
    reference = ROOT / "docs" / "reference"
    errors = (reference / "errors.md").read_text(encoding="utf-8").splitlines()
    rules = (reference / "rules.md").read_text(encoding="utf-8").splitlines()
    files = Path(greenroom.rules.__path__[0]).glob("[!_]*.py")
    assert [code for code in CODES if f"### {code}" not in errors] == []
    assert [f.stem for f in files if f"## {f.stem.replace('_', '-')}" not in rules] == []


def test_the_envelope_page_names_every_field_and_status() -> None:
    page = (ROOT / "docs" / "reference" / "envelope.md").read_text(encoding="utf-8")
    shape = Outcome(id="", status="done", message="").as_dict()
    (_, example), *_ = blocks(ROOT / "docs" / "reference" / "envelope.md", "json")
    assert json.loads(example).keys() == shape.keys()
    for name in (*shape, *get_args(Status), *get_args(StepStatus)):
        assert f"`{name}`" in page, name


def contributing() -> dict[str, str]:
    """The files that CONTRIBUTING.md shows, by name."""
    page = ROOT / "CONTRIBUTING.md"
    return {
        mark.removeprefix("example: "): text + "\n"
        for kind in ("python", "text")
        for mark, text in blocks(page, kind)
        if mark.startswith("example: ")
    }


def test_contributing_shows_the_files_as_they_are() -> None:
    package = Path(greenroom.modes.__path__[0]).parent
    shown = contributing()
    for name in ("update_metadata.py", "update_metadata.says"):
        assert shown[name] == (package / "modes" / "room" / name).read_text(), name
    rule = "room_metadata_as_asked.py"
    assert shown[rule] == (package / "rules" / rule).read_text()


@pytest.fixture
def stranger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], dict[str, Any]]:
    """A copy of modes and rules without the files that CONTRIBUTING.md tells a stranger to write, then with them."""
    shown = contributing()
    for package, folder in (
        (greenroom.modes, tmp_path / "modes"),
        (greenroom.modes.room, tmp_path / "modes" / "room"),
        (greenroom.rules, tmp_path / "rules"),
    ):
        if not folder.exists():
            without = shutil.ignore_patterns("__pycache__", *shown)
            shutil.copytree(package.__path__[0], folder, ignore=without)
        monkeypatch.setattr(package, "__path__", [str(folder)])
    for name in ("modes.room.update_metadata", "rules.room_metadata_as_asked"):
        monkeypatch.delitem(sys.modules, f"greenroom.{name}", raising=False)
    assert "room.update_metadata" not in load_catalogue()["capabilities"]
    for name, text in shown.items():
        folder = tmp_path / ("rules" if name == "room_metadata_as_asked.py" else "modes/room")
        (folder / name).write_text(text)
    importlib.invalidate_caches()
    return load_catalogue


async def test_a_stranger_adds_a_capability_with_the_files_of_contributing(
    stranger: Callable[[], dict[str, Any]], tmp_path: Path
) -> None:
    compiled = stranger()
    assert compiled["broken"] == {}
    about = compiled["capabilities"]["room.update_metadata"]
    assert len(about["says"]) >= 20
    assert about["not_says"]
    rooms = MemoryRooms({"standup": []})
    async with a_crew(tmp_path / "home", rooms) as crew:
        crew.__dict__["catalogue"] = Catalogue(compiled)
        for sentence, arguments in about["examples"]:
            outcome = await crew.ask(sentence)
            assert outcome.status == "done", outcome.message
            assert dict(outcome.steps[0].call.arguments) == arguments
        assert rooms.rooms["standup"].metadata == "daily at nine"
        assert {check.rule for check in outcome.steps[0].checks} >= {"room-metadata-as-asked"}
        undone = await crew.call("coordinator.undo")
        assert undone.status == "done", undone.message
        assert rooms.rooms["standup"].metadata == ""


def test_the_port_has_the_call_that_contributing_relies_on() -> None:
    assert hasattr(Rooms, "update_room_metadata")
