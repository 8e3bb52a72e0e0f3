"""The command line, as a process, against a real server: what it prints where, and how it exits."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

import pytest

from greenroom.domain.errors import CODES
from greenroom.interfaces.errors import EXIT_BY_CODE
from greenroom.local.livekit_server import LocalServer

MAIN = [sys.executable, "-m", "greenroom.interfaces.cli.main"]
Done = subprocess.CompletedProcess[str]


def greenroom(*arguments: str | bytes, server: LocalServer | None = None, **environ: str) -> Done:
    named = {}
    if server is not None:
        named = {
            "LIVEKIT_URL": server.url,
            "LIVEKIT_API_KEY": server.api_key,
            "LIVEKIT_API_SECRET": server.api_secret,
        }
    return subprocess.run(
        [*MAIN, *arguments],
        env={**os.environ, **named, **environ},
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        timeout=60,
    )


@pytest.fixture
def name() -> str:
    return f"cli-{uuid.uuid4().hex[:8]}"


def test_a_room_is_made_shown_deleted_and_made_again(
    livekit_server: LocalServer, name: str
) -> None:
    made = greenroom("ask", f"create a room called {name} for ten people", server=livekit_server)
    assert made.returncode == 0, made.stderr
    assert made.stdout == f"✓ Room {name} created for 10 people.\n"
    shown = greenroom("room", "show", name, "--json", server=livekit_server)
    assert json.loads(shown.stdout)["steps"][0]["result"]["room"]["max_participants"] == 10
    waits = greenroom("ask", f"delete room {name}", "--json", server=livekit_server)
    assert waits.returncode == 3
    approval = json.loads(waits.stdout)["approval"]
    assert greenroom("approve", approval["id"], server=livekit_server).returncode == 0
    again = greenroom("approve", approval["id"], server=livekit_server)
    assert again.returncode == 1
    assert "(approval-used)" in again.stderr
    assert greenroom("undo", server=livekit_server).returncode == 0
    assert greenroom("room", "delete", name, "--yes", server=livekit_server).returncode == 0


def test_json_is_one_document_on_stdout_and_nothing_else(livekit_server: LocalServer) -> None:
    done = greenroom("room", "list", "--json", server=livekit_server)
    assert done.stderr == ""
    envelope = json.loads(done.stdout)
    assert envelope["schema"] == "greenroom.outcome/1"
    assert set(envelope) >= {
        "id",
        "status",
        "message",
        "mode",
        "target",
        "steps",
        "questions",
        "left",
    }


def test_options_work_before_and_after_the_command(livekit_server: LocalServer) -> None:
    before = greenroom("--json", "room", "list", server=livekit_server)
    after = greenroom("room", "list", "--json", server=livekit_server)
    assert json.loads(before.stdout)["steps"][0]["capability"] == "room.list"
    assert json.loads(after.stdout)["steps"][0]["capability"] == "room.list"


def test_a_token_alone_is_on_stdout(livekit_server: LocalServer) -> None:
    done = greenroom(
        "auth", "create-token", "ana", "--room", "x", "--ttl", "2h", server=livekit_server
    )
    assert done.stdout.count("\n") == 1
    assert done.stdout.startswith("eyJ")
    assert "2 hours" in done.stderr
    looked = greenroom("auth", "inspect-token", done.stdout.strip(), server=livekit_server)
    assert "The token is good: ana may join x." in looked.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["ask", ""], 2, "empty-request"),
        (["ask", "x" * 100_000], 2, "request-too-long"),
        (["ask", b"\xff\xfe"], 2, "request-not-text"),
        (["ask", "token for alice"], 4, "Which room?"),
        (["ask", "order a pizza"], 1, "out-of-scope"),
        (["room", "show", "nosuch-room"], 1, "not-found"),
        (["room", "create", "x" * 257], 2, "name has 257 characters; 256 are the most."),
        (["room", "create", "x", "--max-participants", "-3"], 2, "must be at least 0, not -3."),
        (["auth", "create-token", "a", "--room", "r", "--ttl", "30d"], 6, "token-lifetime"),
        (["room", "list", "--waive", "nosuch=x"], 2, "invalid-waiver"),
        (["approve", "nosuch"], 1, "approval-unknown"),
        (["room", "create"], 2, "Missing argument"),
        (["nosuch"], 2, "No such command"),
    ],
)
def test_mistakes_exit_with_their_code_and_say_what_to_do(
    livekit_server: LocalServer, arguments: list[Any], code: int, says: str
) -> None:
    done = greenroom(*arguments, server=livekit_server)
    assert done.returncode == code, done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["room", "create"], "Missing argument 'NAME'."),
        (["nosuch"], "No such command 'nosuch'."),
        (["room", "nosuch"], "No such command 'nosuch'."),
        (["room", "list", "--nosuch"], "No such option '--nosuch'."),
        (["room", "set-layout", "x", "cinema"], "Invalid value for 'LAYOUT': 'cinema'"),
        (["auth", "set-default-lifetime", "ever"], "'ever' is no duration"),
    ],
)
@pytest.mark.parametrize("form", ["--json", "--jsonl"])
def test_a_command_line_that_cannot_be_read_is_json_where_json_is_wanted(
    arguments: list[str], says: str, form: str
) -> None:
    done = greenroom(*arguments, form)
    assert done.returncode == 2
    shape = json.loads(done.stdout)
    assert (shape["status"], shape["error"]["code"]) == ("failed", "usage")
    assert says in shape["message"]
    assert shape["error"]["hint"].startswith("See: greenroom")
    assert done.stderr == ""


def test_choices_may_stand_with_commas(livekit_server: LocalServer) -> None:
    given = ["--can-publish-sources", "camera, microphone", "--can-publish-sources", "screen_share"]
    done = greenroom(
        "auth", "create-token", "a", "--room", "r", *given, "--json", server=livekit_server
    )
    grants = json.loads(done.stdout)["steps"][0]["result"]["grants"]
    assert grants["canPublishSources"] == ["camera", "microphone", "screen_share"]
    wrong = greenroom("auth", "create-token", "a", "--room", "r", *given[:1], "camera,hologram")
    assert "'hologram' is not one of" in wrong.stderr


@pytest.mark.parametrize("command", [[], ["server", "env"], ["completion"], ["config", "set"]])
def test_examples_in_help_keep_their_lines(command: list[str]) -> None:
    shown = greenroom(*command, "--help").stdout
    assert "\\b" not in shown
    assert "\n    " in shown.partition("Options:")[0]


def test_a_request_without_words_starts_no_server() -> None:
    done = greenroom("ask", " ", GREENROOM_AUTOSTART="")
    assert "starting" not in done.stderr
    assert "empty-request" in done.stderr


@pytest.mark.parametrize(
    ("environ", "code", "says"),
    [
        ({}, 5, "no-server"),
        ({"LIVEKIT_URL": "ws://127.0.0.1:1"}, 5, "credentials-incomplete"),
        (
            {"LIVEKIT_URL": "nonsense", "LIVEKIT_API_KEY": "k", "LIVEKIT_API_SECRET": "s"},
            5,
            "invalid-url",
        ),
        (
            {"LIVEKIT_URL": "ws://127.0.0.1:1", "LIVEKIT_API_KEY": "k", "LIVEKIT_API_SECRET": "s"},
            1,
            "connection-refused",
        ),
    ],
)
def test_a_server_that_is_not_there_is_explained(
    environ: dict[str, str], code: int, says: str
) -> None:
    done = greenroom("room", "list", **environ)
    assert done.returncode == code
    assert says in done.stderr


def test_a_wrong_secret_is_a_matter_of_configuration(livekit_server: LocalServer) -> None:
    secret = "another-secret-another-secret-another"
    done = greenroom(
        "verify",
        LIVEKIT_URL=livekit_server.url,
        LIVEKIT_API_KEY=livekit_server.api_key,
        LIVEKIT_API_SECRET=secret,
    )
    assert done.returncode == 5, done.stdout
    assert "unauthenticated" in done.stderr
    assert secret not in done.stdout + done.stderr


def test_help_imports_no_vendor_and_no_pydantic() -> None:
    code = (
        "import sys; sys.argv = ['greenroom', '--help']\n"
        "from greenroom.interfaces.cli.main import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'pydantic', 'aiohttp', 'livekit', 'rich', 'asyncio', 'apsw', 'jwt', 'prompt_toolkit'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    greenroom("--help")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_importing_greenroom_costs_nothing() -> None:
    code = "import greenroom, sys; assert 'greenroom.crew' not in sys.modules; greenroom.Greenroom"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_many_requests_come_from_a_file(
    livekit_server: LocalServer, tmp_path: Path, name: str
) -> None:
    file = tmp_path / "requests.txt"
    file.write_text(
        f"create a room called {name}\n\nshow room {name}\norder a pizza\n", encoding="utf-8"
    )
    done = greenroom("ask", "--from", str(file), "--jsonl", server=livekit_server)
    outcomes = [json.loads(line) for line in done.stdout.splitlines()]
    assert [outcome["status"] for outcome in outcomes] == ["done", "done", "failed"]
    assert done.returncode == 1
    greenroom("room", "delete", name, "--yes", server=livekit_server)


def test_every_code_with_an_exit_of_its_own_exists() -> None:
    assert set(EXIT_BY_CODE) <= set(CODES)


def test_a_home_that_cannot_be_read_is_no_mistake_in_the_command(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It has an error with a code of its own; click's own look at the folder would come before that."""
    from click.testing import CliRunner

    from greenroom.interfaces.cli.main import root

    monkeypatch.setattr("click.types.os.access", lambda *_: False)
    done = CliRunner().invoke(root, ["down", "--home", str(tmp_path)])
    assert (done.exit_code, done.stdout) == (0, "✓ No local server was up.\n")
