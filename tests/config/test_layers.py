"""Layers: which one wins, how they merge, which environment, which project."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from greenroom.config.configuration import Configuration
from greenroom.config.layers import find_sources
from greenroom.domain.errors import ConfigurationError
from tests.config.conftest import Project

KEY = "room.defaultSettings.emptyTimeout"
VARIABLE = "GREENROOM__ROOM__DEFAULT_SETTINGS__EMPTY_TIMEOUT"


def test_each_layer_overrides_those_below_it(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def holds(**arguments: object) -> tuple[object, str, int]:
        (found,) = project.read(**arguments).explain(KEY)
        assert found.source is not None
        return found.value, found.source.layer, len(found.overrides)

    assert holds() == (300, "LiveKit's defaults", 0)
    project.write_user("room", "[room.defaultSettings]\nemptyTimeout = 1")
    assert holds() == (1, "user", 1)
    project.write("room", "[room.defaultSettings]\nemptyTimeout = 2")
    assert holds() == (2, "project", 2)
    project.write_environment("development", '{"room": {"defaultSettings": {"emptyTimeout": 3}}}')
    assert holds() == (3, "environment", 3)
    monkeypatch.setenv(VARIABLE, "4")
    assert holds() == (4, "variables", 4)
    assert holds(**{KEY: 5}) == (5, "arguments", 5)


def test_tables_merge_and_lists_replace(project: Project) -> None:
    project.write_user("auth", '[auth.roles.visitor]\ncanPublishSources = ["camera", "microphone"]')
    project.write("auth", '[auth.roles.visitor]\nhidden = true\ncanPublishSources = ["microphone"]')
    assert project.read().tree["auth"]["roles"]["visitor"] == {
        "hidden": True,
        "canPublishSources": ["microphone"],
    }


@pytest.mark.parametrize(
    "toml",
    [
        "[room.default_settings]\nempty_timeout = 7",
        "[room.defaultSettings]\nemptyTimeout = 7",
        "[room]\ndefault_settings = { emptyTimeout = 7 }",
        "room.defaultSettings.empty_timeout = 7",
    ],
)
def test_camel_case_and_snake_case_are_the_same_setting(project: Project, toml: str) -> None:
    project.write("room", toml)
    assert project.read().chosen(KEY) == 7
    assert project.read().chosen("room.default_settings.empty_timeout") == 7
    assert project.read().problems == ()


def test_names_that_people_choose_keep_their_spelling(project: Project) -> None:
    project.write("auth", "[auth.roles.screen_sharer]\ncan_publish = true")
    assert project.read().tree["auth"]["roles"]["screen_sharer"] == {"canPublish": True}


@pytest.mark.parametrize(
    ("text", "value"), [("90", 90), ("15m", 900), ("1h30m", 5400), (" 2h ", 7200)]
)
def test_a_variable_may_give_seconds_with_units(
    project: Project, monkeypatch: pytest.MonkeyPatch, text: str, value: int
) -> None:
    monkeypatch.setenv(VARIABLE, text)
    assert project.read().chosen(KEY) == value


@pytest.mark.parametrize(
    ("name", "text", "key", "value"),
    [
        ("AUTH__ROLES__GUEST__CAN_PUBLISH", "no", "auth.roles.guest.canPublish", False),
        ("TRACK__SIMULCAST__LAYERS", "low, high", "track.simulcast.layers", ["low", "high"]),
        ("TRACK__SIMULCAST__LAYERS", '["a,b"]', "track.simulcast.layers", ["a,b"]),
        ("RECORDING__LAYOUT", "grid", "recording.layout", "grid"),
    ],
)
def test_variables_are_read_by_the_type_of_the_setting(
    project: Project, monkeypatch: pytest.MonkeyPatch, name: str, text: str, key: str, value: object
) -> None:
    monkeypatch.setenv(f"GREENROOM__{name}", text)
    assert project.read().chosen(key) == value


def test_a_variable_that_names_nothing_is_a_warning_and_one_with_a_wrong_value_a_mistake(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GREENROOM__ROOM__DEFAULT_SETINGS__EMPTY_TIMEOUT", "4")
    (warning,) = project.read().problems
    assert warning.severity == "warning"
    assert "defaultSettings" in warning.hint
    monkeypatch.setenv(VARIABLE, "soon")
    with pytest.raises(ConfigurationError, match=f"{VARIABLE}.*whole number.*'soon'"):
        project.read().chosen(KEY)


def test_a_secret_in_a_variable_never_enters_the_tree(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GREENROOM__API__SECRET", "planted-secret")
    assert project.read().tree["api"] == {"secret": "env:GREENROOM__API__SECRET"}


def test_the_project_is_the_nearest_folder_with_ruru(project: Project) -> None:
    inner = project.root / "a" / "b"
    inner.mkdir(parents=True)
    assert find_sources(os.environ, str(inner)).project == str(project.root)
    (project.root / "a" / ".ruru").mkdir()
    assert find_sources(os.environ, str(inner)).project == str(project.root / "a")


def test_without_a_project_the_user_s_folder_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    user = Project(tmp_path, tmp_path / "user" / ".config" / "greenroom")
    user.write_user("room", "[room.defaultSettings]\nemptyTimeout = 1")
    assert Configuration(find_sources(os.environ, str(tmp_path))).chosen(KEY) == 1


def test_the_environment_is_the_option_else_the_variable_else_development(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, name in enumerate(("development", "staging", "production"), 1):
        project.write_environment(
            name, f'{{"livekit": {{"room": {{"defaultSettings": {{"emptyTimeout": {number}}}}}}}}}'
        )
    assert project.read().chosen(KEY) == 1
    monkeypatch.setenv("GREENROOM_ENV", "staging")
    assert project.read().chosen(KEY) == 2
    assert project.read("production").chosen(KEY) == 3


def test_an_environment_that_is_no_file_is_refused_with_the_nearest(project: Project) -> None:
    project.write_environment("production", "{}")
    with pytest.raises(ConfigurationError) as refused:
        project.read("prodution")
    assert refused.value.code == "unknown-environment"
    assert refused.value.hint == "Did you mean production?"


@pytest.mark.parametrize("name", ["../../etc/passwd", "a b", ".hidden", "x/y"])
def test_an_environment_cannot_lead_out_of_the_folder(project: Project, name: str) -> None:
    del project
    with pytest.raises(ConfigurationError) as refused:
        find_sources(os.environ, os.getcwd(), name)
    assert refused.value.code == "unknown-environment"


def test_only_what_somebody_set_is_chosen(project: Project) -> None:
    assert project.read().chosen("auth.defaultTtl") is None
    project.write("auth", "[auth]\ndefaultTtl = 60")
    assert project.read().chosen("auth.defaultTtl") == 60
