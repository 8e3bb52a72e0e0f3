"""Deletes what is older than it is to be kept: files that the recorder wrote itself, and nothing else.

A wrong deletion is the worst that can happen here, so whatever is in doubt stays, and the log says why: a file that
was changed after its recording, one whose name another recording had, too, one behind a link, an object that is not the
one that was uploaded, or one in a storage whose keys are not known (keys are never on disk). Age is counted in time
that has passed (``passed_time``), from the end of a recording on.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from greenroom.local.files import replace_private
from greenroom.local.recorder.archive import Archive, Claims
from greenroom.local.recorder.left import name_of
from greenroom.local.recorder.passed_time import PassedTime
from greenroom.local.recorder.store import Record, Store
from greenroom.local.twirp.refusals import Refusal

DAY, HOUR = 86_400.0, 3_600.0
LONGEST_AWAY = DAY
"""After a longer absence the first look waits for an hour, in which a clock that is wrong may be set right."""
CHANGED_AFTER = HOUR
"""Seconds after the end of a recording from which on a change of its file is somebody else's."""
GONE_DAYS, UPLOADED_DAYS = 30, 365
"""Records are kept so long after their files were deleted, or after the end where there are none; where they were
uploaded so long after the end, and longer than the files."""
MOST_DAYS = 36_500
log = logging.getLogger("greenroom.recorder")


@dataclass(frozen=True, slots=True)
class Aged:
    """What of a recording is to go: files of the folder with their bytes in all. ``beyond``: something lies out of reach."""

    files: tuple[Path, ...]
    size: int
    objects: int
    beyond: bool


class Retention:
    """``days`` 0: everything is kept."""

    def __init__(self, archive: Archive, store: Store, passed: PassedTime) -> None:
        self._archive, self._store, self._passed = archive, store, passed
        self._path = store.path("retention.json")
        self.days, self._begins = 0, 0.0
        self._said: set[str] = set()
        with suppress(OSError, ValueError, KeyError, TypeError):
            shape = json.loads(self._path.read_text("utf-8"))
            self.days, self._begins = int(shape["days"]), float(shape["begins"])

    # What is asked for.

    def set(self, days: float) -> dict[str, Any]:
        """Keep so many days. Fewer than before hold from the next hour on, so that a mistake can be taken back.

        Gives what that will delete: ``days``, ``begins`` (by the machine's clock), ``recordings``, ``files``, ``bytes``,
        ``beyond`` (recordings of which something lies out of reach). Raises Refusal (invalid_argument, failed_precondition).
        """
        if not 0 <= days <= MOST_DAYS or days != int(days):
            raise Refusal("invalid_argument", f"days is a whole number from 0 to {MOST_DAYS}.")
        now = self._passed.now()
        is_less = days and (not self.days or days < self.days)
        begins = now + HOUR if is_less else self._begins
        try:
            replace_private(self._path, json.dumps({"days": int(days), "begins": begins}, indent=1))
        except OSError as error:
            words = f"It cannot be written down: {error.strerror}."
            raise Refusal("failed_precondition", words) from error
        self.days, self._begins = int(days), begins
        log.warning("recordings are kept %s", f"for {self.days} days" if days else "for ever")
        return self._told(max(now, self._begins))

    def _told(self, moment: float) -> dict[str, Any]:
        claims = self._archive.claims()
        aged = [self._aged(record, claims) for record in self._due(moment)]
        going = [each for each in aged if each.files or each.objects]
        return {
            "days": self.days,
            "begins": self._passed.clock_at(moment),
            "recordings": len(going),
            "files": sum(len(each.files) + each.objects for each in going),
            "bytes": sum(each.size for each in going),
            "beyond": sum(each.beyond for each in aged),
        }

    # The work.

    async def run(self) -> None:
        """Look now, and every hour. Until it is cancelled."""
        if self._passed.away > LONGEST_AWAY:
            if self.days:
                log.warning(
                    "the recorder was away for more than a day: nothing is deleted for an hour"
                )
            await asyncio.sleep(HOUR)
        while True:
            try:
                await self.look()
            except Exception:
                log.exception("a look for old recordings failed")
            await asyncio.sleep(HOUR)

    async def look(self) -> None:
        """Delete what is too old, then forget records of what is gone."""
        now = self._passed.now()
        self._passed.keep()
        claims = self._archive.claims()
        if now >= self._begins:
            for record in self._due(now):
                await self._delete(record, claims)
        claims = self._archive.claims()
        for record in self._archive.ended():
            if self._is_past(record, now, claims):
                self._archive.forget(record)

    def _due(self, moment: float) -> list[Record]:
        """Those that are too old then, and not deleted."""
        if not self.days:
            return []
        return [
            record
            for record in self._archive.ended()
            if not record.deleted
            and record.kept_since
            and moment - record.kept_since > self.days * DAY
        ]

    def _aged(self, record: Record, claims: Claims) -> Aged:
        try:
            files = tuple(self._archive.files(record, claims))
            if changed := [path for path in files if _changed(path, record)]:
                return self._left(record, f"{changed[0]} was changed after it")
            names = map(name_of, record.outputs)
            shared = [name for name in names if len(claims.get(name, ())) > 1]
            if files and shared:
                return self._left(record, f"{shared[0]} was another recording's name, too")
            size = sum(path.stat().st_size for path in files)
        except (OSError, Refusal) as error:
            return self._left(record, str(error))
        if unknown := [each for each in record.uploaded if not self._archive.reaches(each)]:
            self._left(
                record, f"{unknown[0]['key']} is in {unknown[0]['base']}, whose keys are not known"
            )
            return Aged(files, size, 0, beyond=True)
        whole = size + sum(each["size"] for each in record.uploaded)
        return Aged(files, whole, len(record.uploaded), beyond=False)

    def _left(self, record: Record, why: str) -> Aged:
        if record.info.egress_id not in self._said:
            self._said.add(record.info.egress_id)
            log.warning(
                "%s is older than %d days, and left: %s", record.info.egress_id, self.days, why
            )
        return Aged((), 0, 0, beyond=True)

    async def _delete(self, record: Record, claims: Claims) -> None:
        aged = self._aged(record, claims)
        whose = f"{record.info.egress_id} of {record.info.room_name}"
        try:
            self._archive.take_away(aged.files)
            _say(whose, self.days, map(str, aged.files))
            if aged.objects:
                _say(whose, self.days, await self._archive.take_away_objects(record))
        except Exception as error:  # noqa: BLE001 - obstore's errors have no common class; the next look tries again
            log.warning("%s could not be deleted: %s", whose, str(error).partition("\n")[0])
            return
        if not aged.beyond and (aged.files or aged.objects):
            self._archive.say_deleted(record)

    def _is_past(self, record: Record, now: float, claims: Claims) -> bool:
        """Whether a record says nothing any more that somebody could use."""
        days = GONE_DAYS
        if record.uploaded and not record.deleted:
            days = max(UPLOADED_DAYS, self.days + GONE_DAYS)
        if not record.kept_since or now - record.kept_since <= days * DAY:
            return False
        names = [name for name in map(name_of, record.outputs) if len(claims.get(name, ())) == 1]
        if any(Path(name).is_file() for name in names):
            # Cheaper than looking for every segment.
            return False
        try:
            return not self._archive.files(record, claims)
        except (OSError, Refusal):
            return False


def _changed(path: Path, record: Record) -> bool:
    # Both by the machine's clock of then.
    return path.stat().st_mtime > record.info.ended_at / 1e9 + CHANGED_AFTER


def _say(whose: str, days: int, gone: Iterable[str]) -> None:
    for each in gone:
        log.warning("%s deleted: %s was older than %d days", each, whose, days)
