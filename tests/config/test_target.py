"""Which server: one set, from one source, in the order of the design."""

from __future__ import annotations

import os

import pytest

from greenroom.config.store import FileConfiguration
from greenroom.config.target import Credentials, choose_credentials
from greenroom.domain.errors import ConfigurationError
from tests.config.conftest import Project

NOTHING = {"url": None, "api_key": None, "api_secret": None}
API = '[api]\nurl = "ws://{0}"\nkey = "{0}"\nsecret = "env:SECRET_OF_{0}"'
JSON = '{{"api": {{"url": "ws://{0}", "key": "{0}", "secret": "env:SECRET_OF_{0}"}}}}'


@pytest.fixture(autouse=True)
def _secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("user", "project", "development", "production"):
        monkeypatch.setenv(f"SECRET_OF_{name}", f"secret-of-{name}")


def chosen(environment: str | None = None, **given: str) -> Credentials | None:
    configuration = FileConfiguration(os.environ, os.getcwd(), environment)
    return choose_credentials({**NOTHING, **given}, os.environ, configuration)


def livekit_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVEKIT_URL", "ws://variables")
    monkeypatch.setenv("LIVEKIT_API_KEY", "variables")
    monkeypatch.setenv("LIVEKIT_API_SECRET", "secret-of-variables")


def test_nothing_named_is_no_server(project: Project) -> None:
    del project
    assert chosen() is None


def test_the_highest_layer_with_an_api_table_is_the_set(project: Project) -> None:
    project.write_user("auth", API.format("user"))
    found = chosen()
    assert found is not None
    assert (found.url, found.api_secret, found.source) == (
        "ws://user",
        "secret-of-user",
        "configuration",
    )
    project.write("auth", API.format("project"))
    assert (found := chosen()) is not None
    assert found.api_secret == "secret-of-project"


def test_livekit_variables_come_before_the_configuration(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write("auth", API.format("project"))
    project.write_environment("development", JSON.format("development"))
    livekit_variables(monkeypatch)
    assert (found := chosen()) is not None
    assert found.url == "ws://variables"


@pytest.mark.parametrize("by_variable", [True, False])
def test_an_environment_that_somebody_named_comes_before_livekit_variables(
    project: Project, monkeypatch: pytest.MonkeyPatch, by_variable: bool
) -> None:
    project.write_environment("production", JSON.format("production"))
    livekit_variables(monkeypatch)
    if by_variable:
        monkeypatch.setenv("GREENROOM_ENV", "production")
    found = chosen(None if by_variable else "production")
    assert found is not None
    assert (found.url, found.source) == ("ws://production", "environment file")


def test_a_named_environment_without_a_set_leaves_livekit_variables(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write_environment("production", "{}")
    project.write("auth", API.format("project"))
    livekit_variables(monkeypatch)
    assert (found := chosen("production")) is not None
    assert found.url == "ws://variables"


def test_arguments_come_first(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.write_environment("production", JSON.format("production"))
    livekit_variables(monkeypatch)
    found = chosen("production", url="ws://given", api_key="k", api_secret="s")
    assert found is not None
    assert (found.url, found.source) == ("ws://given", "arguments")


@pytest.mark.parametrize("missing", ["url", "key", "secret"])
def test_a_set_is_never_completed_from_a_lower_layer(project: Project, missing: str) -> None:
    project.write_user("auth", API.format("user"))
    lines = [line for line in API.format("project").splitlines() if not line.startswith(missing)]
    project.write("auth", "\n".join(lines))
    with pytest.raises(ConfigurationError) as refused:
        chosen()
    assert refused.value.code == "credentials-incomplete"
    assert f"not api.{missing}" in refused.value.message


def test_a_url_in_a_file_with_keys_in_the_usual_variables_is_one_set(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write(
        "auth",
        '[api]\nurl = "ws://project"\nkey = "${LIVEKIT_API_KEY}"\nsecret = "env:LIVEKIT_API_SECRET"',
    )
    monkeypatch.setenv("LIVEKIT_API_KEY", "k")
    monkeypatch.setenv("LIVEKIT_API_SECRET", "s")
    assert (found := chosen()) is not None
    assert (found.url, found.api_key, found.api_secret) == ("ws://project", "k", "s")


def test_half_a_set_in_variables_that_nobody_refers_to_is_refused(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write("auth", API.format("project"))
    monkeypatch.setenv("LIVEKIT_API_KEY", "k")
    with pytest.raises(ConfigurationError) as refused:
        chosen()
    assert refused.value.code == "credentials-incomplete"


def test_three_variables_of_the_configuration_are_one_set(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    del project
    monkeypatch.setenv("GREENROOM__API__URL", "ws://variables")
    monkeypatch.setenv("GREENROOM__API__KEY", "k")
    monkeypatch.setenv("GREENROOM__API__SECRET", "s")
    assert (found := chosen()) is not None
    assert (found.url, found.api_key, found.api_secret) == ("ws://variables", "k", "s")


def test_a_configured_url_that_is_none_is_refused(project: Project) -> None:
    file = project.write("auth", API.format("project").replace("ws://project", "nonsense"))
    with pytest.raises(ConfigurationError) as refused:
        chosen()
    assert (refused.value.code, refused.value.message) == (
        "invalid-url",
        f"{file}:3: api.url is no URL of a LiveKit server.",
    )


def test_half_a_set_of_variables_is_told_as_variables(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    del project
    monkeypatch.setenv("LIVEKIT_URL", "ws://x")
    with pytest.raises(ConfigurationError) as refused:
        chosen()
    assert refused.value.message.startswith(
        "The environment variables name a LiveKit server, but not "
    )
