"""EgressInfos on disk, one file each: what a later start needs to list them, and to repair what was cut off."""

from __future__ import annotations

import fcntl
import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from google.protobuf.json_format import MessageToDict, ParseDict, ParseError
from livekit.protocol import egress

from greenroom.domain.egress import EGRESS_ID, FILES_DELETED
from greenroom.domain.errors import ConfigurationError
from greenroom.local.egress.results import ENDED, SECOND
from greenroom.local.files import not_writable, private_folder, replace_private

PLAUSIBLE = 1_735_689_600.0
"""2025: there was no recorder before."""
log = logging.getLogger("greenroom.recorder")


@dataclass(slots=True)
class Record:
    """One egress. ``outputs``: the plan's, without stream keys, in the order of the request."""

    info: egress.EgressInfo
    outputs: list[dict[str, Any]]
    held: list[str] = field(default_factory=list)
    """Files that were made empty to hold a name."""
    process: dict[str, Any] = field(default_factory=dict)
    """Who records it: see ``local.processes.Process``."""
    waits_for: dict[str, Any] = field(default_factory=dict)
    """The request of one that waits for its room's first participant, until it begins: see ``awaiting``."""
    kept_since: float = 0.0
    """From when on its age counts, in ``passed_time``: its end, or when its files were deleted; 0: it is not counted."""
    uploaded: list[dict[str, Any]] = field(default_factory=list)
    """Of each object: ``base`` (the URL of its bucket), ``key``, ``size``, and ``tag``, which no other of this name has."""

    @property
    def deleted(self) -> bool:
        """Whether its files are, all of them."""
        return FILES_DELETED in self.info.details

    @property
    def ended(self) -> bool:
        """Whether nothing happens any more."""
        return self.info.status in ENDED


class Store:
    """``folder/EG_….json``. What cannot be written is said, and the recording goes on."""

    def __init__(self, folder: Path) -> None:
        """Raises ConfigurationError when the folder cannot be made."""
        self._folder = private_folder(folder)

    @contextmanager
    def held(self) -> Iterator[None]:
        """For one recorder at a time: two would repair each other's living recordings.

        Raises ConfigurationError (already-running, home-not-writable).
        """
        path = self._folder / "lock"
        try:
            lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise not_writable(path, error) from error
        try:
            _lock(lock, self._folder)
            yield
        finally:
            os.close(lock)

    def path(self, name: str) -> Path:
        """Of a file beside the records."""
        return self._folder / name

    def read(self) -> list[Record]:
        """All of them, the oldest first."""
        found = []
        for path in self._folder.glob(f"{EGRESS_ID}*.json"):
            try:
                shape = json.loads(path.read_text("utf-8"))
                info = ParseDict(shape["info"], egress.EgressInfo(), ignore_unknown_fields=True)
                record = Record(info, shape["outputs"], shape["held"], shape["process"])
                record.waits_for = shape.get("waits_for", {})
                record.kept_since = shape.get("kept_since", _end_of(info))
                record.uploaded = shape.get("uploaded", [])
                found.append(record)
            except (OSError, ValueError, KeyError, TypeError, ParseError):
                log.warning("%s cannot be read; it is left out", path)
        return sorted(found, key=lambda record: record.info.started_at)

    def write(self, record: Record) -> None:
        """As it is now."""
        shape = {
            "info": MessageToDict(record.info, preserving_proto_field_name=True),
            "outputs": record.outputs,
            "held": record.held,
            "process": record.process,
            "waits_for": record.waits_for,
            "kept_since": record.kept_since,
            "uploaded": record.uploaded,
        }
        path = self._folder / f"{record.info.egress_id}.json"
        try:
            replace_private(path, json.dumps(shape, indent=1))
        except OSError as error:
            log.warning("%s cannot be written: %s", path, error)

    def remove(self, egress_id: str) -> None:
        """With its log. What cannot be removed is there again at the next start."""
        for path in (
            self._folder / f"{egress_id}.json",
            self.log_of(egress_id),
            self.will_of(egress_id),
        ):
            with suppress(OSError):
                path.unlink()

    def will_of(self, egress_id: str) -> Path:
        """Where a recording's process leaves its last event when its service is gone."""
        return self._folder / f"{egress_id}.ended"

    def take_will(self, egress_id: str) -> dict[str, Any] | None:
        """The last event, once."""
        path = self.will_of(egress_id)
        try:
            event: dict[str, Any] = json.loads(path.read_text("utf-8"))
            path.unlink()
        except (OSError, ValueError):
            return None
        return event

    def log_of(self, egress_id: str) -> Path:
        """Where the recording's process writes what happens to it."""
        return self._folder / f"{egress_id}.log"


def _end_of(info: egress.EgressInfo) -> float:
    """Of a record of an earlier version. A clock that had not been set yet said nothing of its age."""
    seconds = info.ended_at / SECOND
    return seconds if seconds > PLAUSIBLE else 0.0


def _lock(descriptor: int, folder: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        msg = f"Another recorder uses {folder}."
        hint = "End that one, or give this one another home or state folder."
        raise ConfigurationError(msg, code="already-running", hint=hint) from error
