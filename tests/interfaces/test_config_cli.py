"""``greenroom config`` as a process: what it prints where, how it exits, and what it does not import."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from greenroom.interfaces.cli import start

LIMIT = "room.defaultSettings.maxParticipants"
Done = subprocess.CompletedProcess[str]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "project"
    (folder / ".ruru").mkdir(parents=True)
    monkeypatch.chdir(folder)
    return folder


def greenroom(*arguments: str, **environ: str) -> Done:
    return subprocess.run(
        [sys.executable, "-m", "greenroom.interfaces.cli.start", *arguments],
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        timeout=60,
    )


def test_set_show_explain_and_unset_agree(project: Path) -> None:
    done = greenroom("config", "set", LIMIT, "30")
    file = ".ruru/modes/livekit-room/livekit-room.mode.md"
    assert (done.returncode, done.stdout) == (0, f"✓ {LIMIT} is set in {file}.\n")
    shown = greenroom("config", "show", LIMIT)
    assert shown.stdout == f"{LIMIT} = 30  # project, {file}:5\n"
    explained = greenroom("config", "explain", "room.default_settings.max_participants")
    assert explained.stdout.splitlines() == [
        f"{LIMIT} = 30",
        "  Most people allowed in at once; 0: no limit.",
        f"  from project, {file}:5",
        "  overrides 0 from LiveKit's defaults",
    ]
    assert greenroom("config", "unset", LIMIT).returncode == 0
    assert greenroom("config", "show", LIMIT).stdout == f"{LIMIT} = 0  # LiveKit's defaults\n"
    again = greenroom("config", "unset", LIMIT)
    assert "was not set there" in again.stdout
    del project


def test_who_sets_how_long_recordings_are_kept_hears_how_the_recorder_is_told(
    project: Path,
) -> None:
    done = greenroom("config", "set", "recording.retentionDays", "30")
    assert done.returncode == 0
    assert "`greenroom recording configure --retention 720h` does." in done.stderr
    undone = greenroom("config", "unset", "recording.retentionDays")
    assert "--retention 0h" in undone.stderr
    assert "recorder" not in greenroom("config", "set", LIMIT, "30").stderr
    del project


def test_set_writes_to_the_user_s_folder_or_an_environment_when_told_to(project: Path) -> None:
    assert greenroom("config", "set", "auth.defaultTtl", "2h", "--user").returncode == 0
    assert greenroom("config", "set", "auth.defaultTtl", "90", "--env", "staging").returncode == 0
    environment = project / ".ruru" / "config" / "livekit.staging.json"
    assert json.loads(environment.read_text()) == {"livekit": {"auth": {"defaultTtl": 90}}}
    assert "= 7200  # user" in greenroom("config", "show", "auth.defaultTtl").stdout
    staging = greenroom("config", "show", "auth.defaultTtl", "--env", "staging")
    assert "= 90  # environment" in staging.stdout


def test_setting_what_a_higher_layer_overrides_says_so(project: Path) -> None:
    greenroom("config", "set", "auth.defaultTtl", "90", "--env", "development")
    done = greenroom("config", "set", "auth.defaultTtl", "60")
    assert done.returncode == 0
    assert (
        "It has no effect here: environment, .ruru/config/livekit.development.json" in done.stderr
    )
    del project


@pytest.mark.parametrize("command", ["show", "explain"])
@pytest.mark.parametrize("by", ["start", "main"])
def test_json_is_one_document_and_the_same_by_both_ways(
    project: Path, command: str, by: str
) -> None:
    greenroom("config", "set", LIMIT, "30")
    module = f"greenroom.interfaces.cli.{by}"
    done = subprocess.run(
        [sys.executable, "-m", module, "config", command, LIMIT, "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout)
    assert (found["schema"], found["status"], found["error"]) == (
        "greenroom.config/1",
        "done",
        None,
    )
    if command == "show":
        assert found["settings"] == {"room": {"defaultSettings": {"maxParticipants": 30}}}
    else:
        (setting,) = found["settings"]
        assert (setting["value"], setting["source"]["line"]) == (30, 5)
        assert [below["value"] for below in setting["overrides"]] == [0]
    assert done.stderr == ""
    del project


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["config", "explain", "room.defaultSettings.maxParticipant"], 2, "unknown-setting"),
        (["config", "show", "zzz"], 2, "unknown-setting"),
        (["config", "set", LIMIT, "many"], 5, "must be a whole number, not 'many'"),
        (["config", "set", LIMIT, "-5"], 5, "must be at least 0, not -5"),
        (["config", "set", "api.secret", "planted"], 5, "secret-in-clear"),
        (["config", "show", "--env", "nosuch"], 5, "unknown-environment"),
        (["config", "show", "a", "b"], 2, "unexpected extra argument"),
        (["config", "show", "--nosuch"], 2, "No such option"),
        (["config", "nosuch"], 2, "No such command"),
    ],
)
def test_mistakes_exit_with_their_code(
    project: Path, arguments: list[str], code: int, says: str
) -> None:
    done = greenroom(*arguments)
    assert done.returncode == code, done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(project.rglob("*.mode.md"))


def test_init_writes_a_set_that_validates_and_touches_nothing_twice(project: Path) -> None:
    made = greenroom("config", "init", "--json")
    assert len(json.loads(made.stdout)["files"]) == 10
    checked = greenroom("config", "validate")
    assert (checked.returncode, checked.stderr) == (0, "")
    file = project / ".ruru" / "modes" / "livekit-room" / "livekit-room.mode.md"
    file.write_text("mine")
    again = json.loads(greenroom("config", "init", "--json").stdout)
    assert (again["files"], len(again["kept"])) == ([], 10)
    assert file.read_text() == "mine"


def test_validate_tells_every_mistake_of_every_file(project: Path) -> None:
    folder = project / ".ruru" / "modes" / "livekit-room"
    folder.mkdir(parents=True)
    (folder / "livekit-room.mode.md").write_text(
        "+++\n[room.defaultSettings]\nmaxParticipants = 'x'\nemptyTimeot = 1\n+++\n"
    )
    (project / ".ruru" / "config").mkdir()
    (project / ".ruru" / "config" / "livekit.production.json").write_text("[]")
    done = greenroom("config", "validate", "--json")
    assert done.returncode == 5
    found = json.loads(done.stdout)
    told = [(item["severity"], item["line"], item["key"]) for item in found["findings"]]
    assert told == [
        ("warning", 4, "room.defaultSettings.emptyTimeot"),
        ("error", 3, LIMIT),
        ("error", 1, ""),
    ]
    text = greenroom("config", "validate")
    assert text.returncode == 5
    assert "Did you mean emptyTimeout?" in text.stderr


def test_explain_answers_for_every_setting(project: Path) -> None:
    greenroom("config", "init")
    done = greenroom("config", "explain", "webhook")
    assert "webhook.retry.maxAttempts is not set.\n  Attempts before" in done.stdout
    del project


def test_show_imports_nothing_that_is_slow(project: Path) -> None:
    greenroom("config", "init")
    code = (
        "import sys; sys.argv = ['greenroom', 'config', 'show', '--json']\n"
        "from greenroom.interfaces.cli.start import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "slow = {'click', 'pydantic', 'dataclasses', 'pathlib', 'asyncio', 'tomlkit', 'rich'} & set(sys.modules)\n"
        "assert not slow, slow\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    del project


@pytest.mark.parametrize(
    "arguments", [["set", "a", "b"], ["show", "-h"], ["show", "a", "b"], ["show", "--env"], []]
)
def test_only_the_plain_forms_are_answered_without_click(arguments: list[str]) -> None:
    assert start.quick(arguments) is None


def test_credentials_without_a_terminal_ask_for_what_is_missing(project: Path) -> None:
    done = greenroom("coordinator", "configure-credentials", "--url", "ws://x", "--api-key", "k")
    assert done.returncode == 2
    assert "coordinator.configure_credentials needs api_secret." in done.stderr
    del project


def test_an_export_alone_is_on_stdout(project: Path) -> None:
    done = greenroom("coordinator", "export-config", "json", "--domain", "room")
    assert done.returncode == 0, done.stderr
    assert set(json.loads(done.stdout)["livekit"]) == {"room"}
    assert "was exported as json" in done.stderr
    del project


def test_one_mistake_is_not_called_mistakes(project: Path) -> None:
    file = project / ".ruru" / "config" / "livekit.development.json"
    file.parent.mkdir()
    file.write_text("[]")
    assert greenroom("config", "validate").stdout.startswith("✗ 1 mistake and 0 warnings in ")


SERVER = {
    "LIVEKIT_URL": "ws://127.0.0.1:9",
    "LIVEKIT_API_KEY": "APIx",
    "LIVEKIT_API_SECRET": "not-for-a-screen",
}


def test_a_server_that_variables_name_is_explained_and_its_secret_is_not_shown(
    project: Path,
) -> None:
    """Else `explain` says "not set" about the server that every command uses."""
    greenroom("config", "set", "api.url", "ws://project:7880")
    explained = greenroom("config", "explain", "api", **SERVER)
    assert 'api.url = "ws://127.0.0.1:9"' in explained.stdout
    assert (
        '  from variables, LIVEKIT_URL\n  overrides "ws://project:7880" from project, '
        in explained.stdout
    )
    assert 'api.secret = "env:LIVEKIT_API_SECRET"' in explained.stdout
    everything = greenroom("config", "explain", "--json", **SERVER)
    sources = {
        each["key"]: each["source"]["file"] for each in json.loads(everything.stdout)["settings"]
    }
    assert sources["api.key"] == "LIVEKIT_API_KEY"
    assert "not-for-a-screen" not in explained.stdout + everything.stdout
    del project


def test_an_environment_that_is_named_comes_before_variables_in_explain_too(project: Path) -> None:
    folder = project / ".ruru" / "config"
    folder.mkdir()
    (folder / "livekit.staging.json").write_text('{"livekit": {"api": {"url": "ws://staging"}}}')
    explained = greenroom("config", "explain", "api.url", "--env", "staging", **SERVER)
    assert "  from environment, .ruru/config/livekit.staging.json:1" in explained.stdout


def test_a_server_that_nothing_names_is_said_to_be_on_this_machine(project: Path) -> None:
    del project
    assert "greenroom status" in greenroom("config", "explain", "api.url").stdout


@pytest.mark.parametrize("said", ["maxParticipants", "max_participants", "room.maxParticipants"])
def test_a_setting_is_found_by_its_own_name_alone(project: Path, said: str) -> None:
    del project
    refused = greenroom("config", "explain", said)
    assert refused.returncode == 2
    assert f"Did you mean {LIMIT}?" in refused.stderr


def test_a_change_that_begins_an_environment_says_so(project: Path) -> None:
    greenroom("config", "init")
    slip = greenroom("config", "set", "auth.defaultTtl", "2h", "--env", "prodction")
    assert slip.returncode == 0
    assert (
        "It begins a new environment, prodction; there were development, production" in slip.stderr
    )
    assert greenroom("config", "set", "auth.defaultTtl", "3h", "--env", "prodction").stderr == ""
    del project


def test_a_variable_that_names_no_environment_of_the_project_is_a_warning(project: Path) -> None:
    shown = greenroom("config", "show", "auth", GREENROOM_ENV="prodution")
    assert (shown.returncode, shown.stderr) == (
        0,
        "",
    )  # a profile's variable, and a project without files
    greenroom("config", "init")
    shown = greenroom("config", "show", "auth", GREENROOM_ENV="prodution")
    assert shown.returncode == 0
    assert "Did you mean production?" in shown.stderr
    del project


def test_a_change_beside_a_mistake_says_that_it_is_not_used_yet(project: Path) -> None:
    greenroom("config", "init")
    (project / ".ruru" / "config" / "livekit.development.json").write_text("[]")
    done = greenroom("config", "set", "auth.defaultTtl", "2h")
    assert done.returncode == 0
    assert "Nothing is used before this is mended: " in done.stderr
