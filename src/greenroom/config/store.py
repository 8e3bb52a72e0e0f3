"""The configuration of one crew: read again when a file changed, and changed by capabilities."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from greenroom.config import lk
from greenroom.config.configuration import Configuration
from greenroom.config.files import locked, write_atomically
from greenroom.config.layers import Sources, find_sources, merged, nested
from greenroom.config.places import MODES, PROJECT_MARK, environment_file, mode_file
from greenroom.config.schema import find_key
from greenroom.config.target import key_sets
from greenroom.config.tree import exported
from greenroom.config.writing import apply_changes, file_for, written_value
from greenroom.domain.access import KnownKey, SettingSource
from greenroom.domain.nouns import SettingsChange, SettingsState
from greenroom.domain.ports import Place


class FileConfiguration:
    """ports.Settings and ports.ConfigStore on mode files and environment files."""

    def __init__(
        self,
        environ: Mapping[str, str],
        folder: str,
        environment: str | None = None,
        arguments: Mapping[str, Any] | None = None,
    ) -> None:
        self._environ, self._folder = environ, folder
        self._named, self._arguments = environment, arguments
        self._read: Configuration | None = None
        self._stamps: tuple[Any, ...] = ()

    @cached_property
    def sources(self) -> Sources:
        """Where to look. Raises ConfigurationError (unknown-environment)."""
        return find_sources(self._environ, self._folder, self._named, self._arguments)

    @property
    def environment(self) -> str:
        """development, staging, production …"""
        return self.sources.environment

    @cached_property
    def _files(self) -> tuple[str, ...]:
        roots = [self.sources.user]
        files = [lk.file_of(self._environ)]
        if self.sources.project is not None:
            roots.append(os.path.join(self.sources.project, PROJECT_MARK))
            files.append(environment_file(self.sources.project, self.environment))
        return (*files, *(mode_file(root, mode) for root in roots for mode in MODES))

    def current(self) -> Configuration:
        """All layers, as the files are now. Raises ConfigurationError (unknown-environment)."""
        stamps = tuple(map(stamp, self._files))
        if self._read is None or stamps != self._stamps:
            self._read, self._stamps = Configuration(self.sources), stamps
        return self._read

    def now(self) -> Configuration:
        """The settings of this moment, for several questions."""
        return self.current()

    def said_by(self, key: str) -> tuple[SettingSource, ...]:
        """Who says something about a setting or a table, highest layer first. Raises ConfigurationError."""
        return self.current().said_by(key)

    def chosen(self, key: str) -> Any | None:
        """What somebody set; None where only LiveKit's own default holds. Raises ConfigurationError."""
        return self.current().chosen(key)

    def secret(self, key: str) -> str:
        """What the reference under a key stands for; "" where nothing is set. Raises ConfigurationError."""
        return self.current().secret(key)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is not wrong and should be known. Raises ConfigurationError for what is wrong."""
        now = self.current()
        now.check()
        return now.warnings

    def written(self, keys: Sequence[str], place: Place | None = None) -> SettingsState:
        """What the files that a change of these keys goes to say now. Raises ConfigurationError."""
        files: list[str] = []
        values: dict[str, Any] = {}
        for key in keys:
            file, value = written_value(self.sources, key, place)
            files.append(file)
            values = merged(values, nested(find_key(key)[0], value))
        return SettingsState(files=tuple(dict.fromkeys(files)), values=values)

    def change(self, changes: Mapping[str, Any], place: Place | None = None) -> SettingsChange:
        """Write; None removes. ``overridden``: what a higher layer sets otherwise. Raises ConfigurationError."""
        apply_changes(self.sources, changes, place)
        now, overridden = self.current(), []
        files = []
        for key, value in changes.items():
            path, _ = find_key(key)
            file = file_for(self.sources, path[0], place)
            files.append(file)
            source = next(iter(now.explain(key)), None)
            over = source.source if source is not None else None
            if over is not None and over.value != value and value is not None:
                overridden.append(f"{over.place()} sets {key} to {over.value}.")
        values = {key: value for key, value in changes.items() if value is not None}
        removed = tuple(key for key, value in changes.items() if value is None)
        return SettingsChange(
            files=tuple(dict.fromkeys(files)),
            values=values,
            removed=removed,
            overridden=tuple(overridden),
        )

    def keep_secret(self, name: str, value: str) -> str:
        """Store a secret below the user's folder (folder 0700, file 0600). Returns a reference ``file:…``.

        The word "secret" is kept out of the path: what follows it is masked in the journal, and undo needs the path.

        Raises ConfigurationError (config-not-writable, disk-full).
        """
        folder = os.path.join(self.sources.user, "keys")
        file = os.path.join(folder, f"{name}-{secrets.token_hex(4)}")
        with locked(self.sources.user):
            write_atomically(file, value.encode(), private=True)
        home = self._environ.get("HOME", "")
        if home and file.startswith(f"{home}/"):
            return f"file:~{file[len(home) :]}"
        return f"file:{file}"

    def tree(
        self, environment: str | None = None, domain: str | None = None, *, mask: bool = False
    ) -> dict[str, Any]:
        """The tree for an export: secrets as ``${NAME}``, or ``***`` with ``mask``. Raises ConfigurationError."""
        now = self.current()
        if environment is not None and environment != self.environment:
            named = find_sources(self._environ, self._folder, environment, self._arguments)
            now = Configuration(named)
        now.check()
        return exported(now.kept, domain, mask=mask)

    def key_sets(self) -> tuple[KnownKey, ...]:
        """The servers that ``LIVEKIT_*`` and the layers name, highest first. Raises ConfigurationError."""
        return key_sets(self._environ, self.current())

    def write_file(self, path: str, content: bytes) -> str:
        """Write a file as a whole or not at all, its folders made. Returns the absolute path.

        Raises ConfigurationError (config-not-writable, disk-full).
        """
        file = os.path.abspath(os.path.join(self._folder, os.path.expanduser(path)))
        write_atomically(file, content)
        return file


def stamp(file: str) -> tuple[int, int, int] | None:
    """Tells versions of a file apart; None when it is not there."""
    try:
        found = os.stat(file)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
