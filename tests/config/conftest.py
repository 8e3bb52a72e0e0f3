"""A project to configure, and short ways to write its files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from greenroom.config.configuration import Configuration
from greenroom.config.layers import find_sources


class Project:
    """A folder with ``.ruru``, which is the current one."""

    def __init__(self, root: Path, user: Path) -> None:
        self.root, self.user = root, user

    def mode_file(self, mode: str, root: Path | None = None) -> Path:
        name = f"livekit-{mode}"
        return (root or self.root / ".ruru") / "modes" / name / f"{name}.mode.md"

    def write(self, mode: str, toml: str, root: Path | None = None) -> Path:
        file = self.mode_file(mode, root)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"+++\n{toml}\n+++\n\n# Text\n", encoding="utf-8")
        return file

    def write_user(self, mode: str, toml: str) -> Path:
        return self.write(mode, toml, self.user)

    def write_environment(self, name: str, text: str) -> Path:
        file = self.root / ".ruru" / "config" / f"livekit.{name}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def read(self, environment: str | None = None, **arguments: object) -> Configuration:
        return Configuration(find_sources(os.environ, os.getcwd(), environment, arguments))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    root = tmp_path / "project"
    (root / ".ruru").mkdir(parents=True)
    monkeypatch.chdir(root)
    return Project(root, tmp_path / "user" / ".config" / "greenroom")
