"""What recordings that have ended have left: files below the recorder's folder, and objects that it uploaded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from greenroom.domain.egress import FILES_DELETED
from greenroom.local.egress.results import SECOND
from greenroom.local.recorder.left import files_left, name_of
from greenroom.local.recorder.names import cannot_write, take_away
from greenroom.local.recorder.passed_time import PassedTime
from greenroom.local.recorder.storage import Storage
from greenroom.local.recorder.store import Record, Store

Claims = dict[str, list[Record]]
"""Name of an output → the recordings that had it: several, where somebody moved a file away in between."""


class Archive:
    """``records``: all of them by id, the oldest first; shared with ``Egresses``, which adds to them."""

    def __init__(
        self, records: dict[str, Record], folder: Path, store: Store, passed: PassedTime
    ) -> None:
        self._records, self._folder = records, folder
        self._store, self._passed = store, passed
        self._storages: dict[str, Storage] = {}

    def know(self, storages: Iterable[Storage | None]) -> None:
        """Storages whose keys somebody gave: in memory, as long as the recorder runs."""
        self._storages.update({each.base: each for each in storages if each is not None})

    def ended(self) -> list[Record]:
        """Those that have, the oldest first."""
        return [record for record in self._records.values() if record.ended]

    def claims(self) -> Claims:
        """As it is now."""
        found: Claims = {}
        for record in self._records.values():
            for name in filter(None, map(name_of, record.outputs)):
                found.setdefault(name, []).append(record)
        return found

    def files(self, record: Record, claims: Claims | None = None) -> list[Path]:
        """Those that are there, and are still its own. Raises Refusal for what is no plain file below the folder."""
        began = record.info.started_at
        claims = self.claims() if claims is None else claims

        def is_own(output: Mapping[str, Any]) -> bool:
            others = [each for each in claims.get(name_of(output), ()) if each is not record]
            return all(0 < each.info.started_at <= began for each in others)

        return files_left([each for each in record.outputs if is_own(each)], self._folder)

    def take_away(self, files: Iterable[Path]) -> None:
        """Files of recordings, and the folders made for them. Raises Refusal."""
        try:
            take_away(files, self._folder)
        except OSError as error:
            raise cannot_write(self._folder, error) from error

    def reaches(self, uploaded: Mapping[str, Any]) -> bool:
        """Whether keys of an object's storage are known."""
        return uploaded["base"] in self._storages

    async def take_away_objects(self, record: Record) -> list[str]:
        """URLs of those that were there, and were still its own. Raises obstore's errors."""
        gone = []
        for uploaded in record.uploaded:
            storage = self._storages[uploaded["base"]]
            if await storage.delete(uploaded):
                gone.append(storage.location(uploaded["key"]))
        return gone

    def say_deleted(self, record: Record) -> None:
        """From now on."""
        if record.deleted:
            return
        record.info.details = f"{record.info.details}. {FILES_DELETED}".removeprefix(". ")
        record.kept_since = self._passed.now()
        record.info.updated_at = int(self._passed.clock_at(record.kept_since) * SECOND)
        self._store.write(record)

    def forget(self, record: Record) -> None:
        """It is listed no more."""
        self._records.pop(record.info.egress_id, None)
        self._store.remove(record.info.egress_id)
