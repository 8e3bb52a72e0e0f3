"""References are followed when they are used, and what goes wrong is said without the secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from greenroom.config.references import is_reference, resolve
from greenroom.domain.errors import ConfigurationError

ENVIRON = {"HOME": "/nowhere", "NAME": "planted", "EMPTY": ""}


@pytest.mark.parametrize("reference", ["env:NAME", "${NAME}"])
def test_a_variable_is_followed(reference: str, tmp_path: Path) -> None:
    assert resolve(reference, ENVIRON, str(tmp_path), "api.secret") == "planted"


def test_a_file_is_followed_from_its_folder_and_from_home(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("planted\n")
    environ = {"HOME": str(tmp_path)}
    assert resolve("file:secret", {}, str(tmp_path), "api.secret") == "planted"
    assert resolve("file:~/secret", environ, "/nowhere", "api.secret") == "planted"
    assert resolve(f"file:{tmp_path}/secret", {}, "/nowhere", "api.secret") == "planted"


@pytest.mark.parametrize(
    "value", ["wss://x", "plain", "env:", "env:A B", "${A", "file:", "keyring:a/b"]
)
def test_anything_else_is_itself(value: str) -> None:
    assert not is_reference(value)
    assert resolve(value, {}, "/", "api.key") == value


@pytest.mark.parametrize(
    ("reference", "says"),
    [
        ("env:MISSING", "MISSING, which is not set"),
        ("${EMPTY}", "EMPTY, which is empty"),
        ("file:nosuch", "cannot be read: No such file"),
        ("file:.", "cannot be read: Is a directory"),
        ("file:blank", "which is empty"),
        ("file:huge", "which is too large"),
        ("file:bytes", "it is not text"),
        ("file:nul\0", "cannot be read"),
    ],
)
def test_a_reference_that_leads_nowhere_names_the_key(
    tmp_path: Path, reference: str, says: str
) -> None:
    (tmp_path / "blank").write_text("\n")
    (tmp_path / "huge").write_text("x" * 100_000)
    (tmp_path / "bytes").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigurationError) as refused:
        resolve(reference, ENVIRON, str(tmp_path), "api.secret")
    assert refused.value.code == "secret-unresolved"
    assert refused.value.message.startswith("api.secret refers to ")
    assert says in refused.value.message
    assert refused.value.hint
