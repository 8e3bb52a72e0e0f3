"""Projects of LiveKit's own command line are read as it reads them, and never written."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from greenroom.config.store import FileConfiguration
from greenroom.config.target import Credentials, choose_credentials
from greenroom.crew import Greenroom
from greenroom.domain.errors import ConfigurationError
from greenroom.interfaces.cli import settings
from greenroom.local.sandbox import Sandbox
from tests.config.conftest import Project

SECRET = "planted-secret-planted-secret-planted"
NOTHING = {"url": None, "api_key": None, "api_secret": None}
# What `lk project add` and `lk cloud auth` leave behind.
FILE = f"""\
default_project: staging
default_user: ""
projects:
    - name: staging
      project_id: p_1a2b3c
      url: wss://staging.livekit.cloud
      api_key: APIstaging
      api_secret: {SECRET}
    - name: at home
      project_id: ""
      url: ws://192.168.1.20:7880
      api_key: 4711
      api_secret: {SECRET}-2
users:
    - id: u_1
      session_token: another-secret
device_name: laptop
theme: ""
"""


@pytest.fixture
def lk(tmp_path: Path) -> Path:
    file = tmp_path / "user" / ".livekit" / "cli-config.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(FILE)
    return file


def chosen(**given: str) -> Credentials | None:
    configuration = FileConfiguration(os.environ, os.getcwd())
    return choose_credentials({**NOTHING, **given}, os.environ, configuration)


def test_the_default_project_is_used_where_nothing_else_names_a_server(
    lk: Path, project: Project
) -> None:
    del lk, project
    found = chosen()
    assert found is not None
    assert (found.url, found.api_key) == ("wss://staging.livekit.cloud", "APIstaging")
    assert (found.api_secret, found.source) == (SECRET, "lk project staging")
    assert SECRET not in repr(found)


def test_whatever_else_names_a_server_comes_before_it(
    lk: Path, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    del lk
    project.write_user("auth", '[api]\nurl = "ws://user"\nkey = "user"\nsecret = "env:MINE"')
    monkeypatch.setenv("MINE", "mine")
    assert (found := chosen()) is not None
    assert (found.url, found.api_key, found.source) == ("ws://user", "user", "configuration")
    for name in ("URL", "API_KEY", "API_SECRET"):
        monkeypatch.setenv(f"LIVEKIT_{name}", "ws://variables")
    assert (found := chosen()) is not None
    assert found.source == "environment"


def test_half_a_set_is_never_completed_from_it(
    lk: Path, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    del lk
    project.write_user("auth", '[api]\nurl = "ws://user"')
    with pytest.raises(ConfigurationError) as refused:
        chosen()
    assert refused.value.code == "credentials-incomplete"
    project.write_user("auth", "")
    monkeypatch.setenv("LIVEKIT_URL", "ws://variables")
    with pytest.raises(ConfigurationError) as refused:
        chosen()
    assert refused.value.code == "credentials-incomplete"


def test_another_project_is_named_by_its_reference(lk: Path, project: Project) -> None:
    del lk
    project.write(
        "auth", '[api]\nurl = "ws://192.168.1.20:7880"\nkey = "4711"\nsecret = "lk:at home"'
    )
    assert (found := chosen()) is not None
    assert (found.api_secret, found.source) == (f"{SECRET}-2", "lk project at home")
    project.write("auth", '[api]\nurl = "ws://x"\nkey = "x"\nsecret = "lk:nosuch"')
    with pytest.raises(ConfigurationError) as refused:
        chosen()
    assert refused.value.code == "secret-unresolved"
    assert "lk project nosuch" in refused.value.message


def test_every_project_is_listed_and_no_secret_is(lk: Path, project: Project) -> None:
    del lk, project
    keys = FileConfiguration(os.environ, os.getcwd()).key_sets()
    assert [(key.key, key.url, key.source, key.note) for key in keys] == [
        ("APIstaging", "wss://staging.livekit.cloud", "lk project staging", "lk's default project"),
        ("4711", "ws://192.168.1.20:7880", "lk project at home", ""),
    ]


def test_show_and_explain_name_the_file_and_the_line(
    lk: Path, project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    assert settings.show("api", None, as_json=False) == 0
    assert settings.explain("api.secret", None, as_json=False) == 0
    shown = capsys.readouterr().out
    assert f"# lk, {lk}:4" in shown
    assert 'api.secret = "lk:staging"' in shown
    project.write_user("auth", '[api]\nurl = "ws://user"\nkey = "u"\nsecret = "env:MINE"')
    settings.explain("api.url", None, as_json=False)
    shown += capsys.readouterr().out
    assert 'overrides "wss://staging.livekit.cloud" from lk' in shown
    assert SECRET not in shown


def test_an_export_holds_nothing_of_it(lk: Path, project: Project) -> None:
    del lk, project
    tree = FileConfiguration(os.environ, os.getcwd()).tree()
    assert tree["livekit"]["api"]["url"] == "${LIVEKIT_URL}"


def test_a_change_of_the_file_is_seen(lk: Path, project: Project) -> None:
    del project
    configuration = FileConfiguration(os.environ, os.getcwd())
    assert configuration.chosen("api.key") == "APIstaging"
    lk.write_text(FILE.replace("default_project: staging", "default_project: at home"))
    assert configuration.chosen("api.key") == "4711"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f"projects:\n  - api_secret: *{SECRET}\n", "cli-config.yaml:2: is no YAML"),
        (f"projects: [{{api_secret: {SECRET}", "is no YAML"),
        ("a" * 1_000_001, "is larger than 1,000,000 bytes"),
        ("[" * 5000, "is nested too deeply"),
        (SECRET, "cli-config.yaml:1: is not what lk writes"),
        (f"projects:\n  a: {SECRET}\n", "cli-config.yaml:2: projects is no list"),
        (f"projects:\n  - {SECRET}\n", "cli-config.yaml:2: is not what lk writes"),
        (FILE.replace("default_project: staging", "default_project: gone"), "no project of that name"),
        (FILE.replace(f"api_secret: {SECRET}\n", "api_secret:\n"), ":4: the default project staging has no api_secret"),
        (FILE.replace("wss://staging", "staging"), "the default project staging is no URL"),
    ],
)  # fmt: skip
async def test_a_file_that_cannot_be_used_is_one_warning_with_a_code(
    lk: Path, project: Project, text: str, says: str
) -> None:
    del project
    lk.write_text(text)
    configuration = FileConfiguration(os.environ, os.getcwd()).current()
    (problem,) = configuration.problems
    assert (problem.severity, problem.code) == ("warning", "lk-projects-unusable")
    assert says in problem.text()
    assert chosen() is None
    async with Greenroom() as crew:
        outcome = await crew.call("room.list")
    assert outcome.error is not None
    assert outcome.error.code == "no-server"
    (warning,) = outcome.warnings
    assert says in warning
    assert warning.endswith("(lk-projects-unusable)")
    assert SECRET not in json.dumps(outcome.as_dict())


def test_bytes_a_folder_and_a_pipe_in_its_place_are_warnings(lk: Path, project: Project) -> None:
    del project
    lk.write_bytes(b"\xff\xfe")
    assert len(FileConfiguration(os.environ, os.getcwd()).warnings) == 1
    lk.unlink()
    lk.mkdir()
    assert len(FileConfiguration(os.environ, os.getcwd()).warnings) == 1
    lk.rmdir()
    os.mkfifo(lk)
    assert len(FileConfiguration(os.environ, os.getcwd()).warnings) == 1


@pytest.mark.parametrize("text", ["", "theme: dark\n", "projects: []\n", "projects: null\n"])
def test_a_file_without_a_default_project_names_no_server(
    lk: Path, project: Project, text: str
) -> None:
    del project
    lk.write_text(text)
    assert chosen() is None
    assert FileConfiguration(os.environ, os.getcwd()).warnings == ()


async def test_what_a_server_is_named_by_is_said_and_the_file_stays_as_it_is(
    lk: Path, project: Project
) -> None:
    del project
    async with Sandbox.start(keys={"APIlk": SECRET}) as sandbox:
        text = (
            f"default_project: mine\nprojects:\n- name: mine\n  url: {sandbox.url}\n"
            f"  api_key: APIlk\n  api_secret: {SECRET}\n"
        )
        lk.write_text(text)
        before = lk.stat().st_mtime_ns
        async with Greenroom() as crew:
            verified = await crew.call("coordinator.verify")
            listed = await crew.call("auth.list_keys")
            created = await crew.call("room.create", name="standup")
    assert created.status == "done"
    said = [finding.message for finding in verified.unwrap().findings]
    assert "Server and key come from: lk project mine." in said
    assert f"is in use, from lk project mine, for {sandbox.url}" in listed.message
    assert (lk.read_text(), lk.stat().st_mtime_ns) == (text, before)
