"""``journal.db``: opening it, its tables, and what can go wrong with a file."""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw

from greenroom.domain.errors import ConfigurationError, JournalError

BUSY_MILLISECONDS = 5000


def m001_plans(db: apsw.Connection) -> None:
    """One row a plan, one row a step."""
    db.execute(
        """
        CREATE TABLE plans (
            id TEXT PRIMARY KEY, at REAL NOT NULL, status TEXT NOT NULL, text TEXT NOT NULL,
            message TEXT NOT NULL DEFAULT '', target TEXT NOT NULL, left TEXT NOT NULL DEFAULT '[]',
            waive TEXT NOT NULL DEFAULT '{}', undoes TEXT, undone_by TEXT, owner TEXT NOT NULL, ended REAL
        ) STRICT;
        CREATE INDEX plans_running ON plans (owner) WHERE ended IS NULL;
        CREATE TABLE steps (
            plan TEXT NOT NULL REFERENCES plans (id), number INTEGER NOT NULL, capability TEXT NOT NULL,
            arguments TEXT NOT NULL, status TEXT NOT NULL, outcome TEXT, begun REAL, ended REAL,
            PRIMARY KEY (plan, number)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX steps_by_capability ON steps (capability, plan);
        """
    )


def m002_approvals(db: apsw.Connection) -> None:
    """Plans that wait for a yes."""
    db.execute(
        """
        CREATE TABLE approvals (
            id TEXT PRIMARY KEY, hash TEXT NOT NULL, expires_at REAL NOT NULL, plan TEXT NOT NULL, used_at REAL
        ) STRICT;
        """
    )


def m003_conversations(db: apsw.Connection) -> None:
    """What a session remembers."""
    db.execute(
        "CREATE TABLE conversations (session TEXT PRIMARY KEY, at REAL NOT NULL, state TEXT NOT NULL) STRICT;"
    )


def m004_steps_by_time(db: apsw.Connection) -> None:
    """Which steps of one capability began lately."""
    db.execute(
        "DROP INDEX steps_by_capability; CREATE INDEX steps_lately ON steps (capability, begun);"
    )


MIGRATIONS: tuple[Callable[[apsw.Connection], None], ...] = (
    m001_plans,
    m002_approvals,
    m003_conversations,
    m004_steps_by_time,
)
"""In order; ``PRAGMA user_version`` counts those that have run."""


class Database:
    """Opens ``home/journal.db`` when first needed. ``warnings`` tells what had to be put aside.

    WAL with ``synchronous=NORMAL``: a process that dies loses nothing that was written; only a power
    failure may take the last transactions, and never breaks the file.
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        self.file = home / "journal.db"
        self.warnings: list[str] = []
        self._lock = threading.RLock()
        self._open: apsw.Connection | None = None
        self._read_only: apsw.Connection | None = None

    def close(self) -> None:
        """Close what is open."""
        with self._lock:
            for connection in (self._open, self._read_only):
                if connection is not None:
                    connection.close()
            self._open = self._read_only = None

    @contextmanager
    def writing(self) -> Iterator[apsw.Connection]:
        """One short transaction, or a part of the one that is open. Raises JournalError or ConfigurationError, and then nothing was written."""
        with self._lock, translated(self.file):
            db = self._open or self._open_for_writing()
            if not db.get_autocommit():
                yield db
                return
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            except BaseException:
                if not db.get_autocommit():
                    db.execute("ROLLBACK")
                raise

    @contextmanager
    def reading(self) -> Iterator[apsw.Connection | None]:
        """A connection that reads; None where nothing was ever written. Creates nothing."""
        with self._lock, translated(self.file):
            if self._open is None and self.file.exists():
                if os.access(self.file, os.W_OK) and os.access(self.home, os.W_OK):
                    self._open_for_writing()
                elif self._read_only is None:
                    self._read_only = open_read_only(self.file)
            yield self._open or self._read_only

    def _open_for_writing(self) -> apsw.Connection:
        try:
            self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            msg = f"The home folder {self.home} cannot be made: {error.strerror}."
            hint = "Choose another one with --home or GREENROOM_HOME."
            raise ConfigurationError(msg, code="home-not-writable", hint=hint) from error
        try:
            self._open = self._prepare()
        except (apsw.NotADBError, apsw.CorruptError):
            self._put_aside()
            self._open = self._prepare()
        return self._open

    def _prepare(self) -> apsw.Connection:
        """Open, check, migrate."""
        old = os.umask(0o077)
        try:
            db = apsw.Connection(str(self.file))
        finally:
            os.umask(old)
        try:
            db.set_busy_timeout(BUSY_MILLISECONDS)
            # One statement each: apsw stops at the first that answers with a row.
            for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
                list(db.execute(f"PRAGMA {pragma}"))
            if value(db, "PRAGMA user_version") != len(MIGRATIONS):
                migrate(db, self.file)
            return db
        except BaseException:
            db.close()
            raise

    def _put_aside(self) -> None:
        """Keep a broken file under another name. A lock lets one of several processes do it."""
        with open(self.home / "journal.lock", "w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            try:
                self._prepare().close()
            except (apsw.NotADBError, apsw.CorruptError):
                stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
                aside = self.home / f"journal.db.corrupt-{stamp}"
                for suffix in ("", "-wal", "-shm"):
                    part = Path(f"{self.file}{suffix}")
                    if part.exists():
                        part.rename(f"{aside}{suffix}")
                self.warnings.append(
                    f"The journal was damaged. It is kept as {aside}, and a new one was begun."
                )


def migrate(db: apsw.Connection, file: Path) -> None:
    """Run what has not run yet; two processes at once do it once."""
    db.execute("BEGIN IMMEDIATE")
    try:
        done = value(db, "PRAGMA user_version")
        if done > len(MIGRATIONS):
            msg = f"{file} was written by a newer Greenroom."
            raise JournalError(msg, hint="Update Greenroom, or choose another home with --home.")
        for migration in MIGRATIONS[done:]:
            migration(db)
        db.execute(f"PRAGMA user_version={len(MIGRATIONS)}")
        db.execute("COMMIT")
    except BaseException:
        if not db.get_autocommit():
            db.execute("ROLLBACK")
        raise


def open_read_only(file: Path) -> apsw.Connection:
    """Read a file in a folder that cannot be written: without WAL's helper files, as of now."""
    wal = Path(f"{file}-wal")
    immutable = not wal.exists() or wal.stat().st_size == 0
    uri = f"file:{file}?mode=ro{'&immutable=1' if immutable else ''}"
    return apsw.Connection(uri, flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI)


def value(db: apsw.Connection, sql: str) -> Any:
    """The one value that a statement gives."""
    return next(iter(db.execute(sql)))[0]


@contextmanager
def translated(file: Path) -> Iterator[None]:
    """SQLite's errors as ours: what happened, and what to do."""
    try:
        yield
    except apsw.FullError as error:
        msg = f"The disk that holds {file} is full."
        hint = "Make room, or choose another home with --home."
        raise JournalError(msg, code="disk-full", hint=hint) from error
    except (apsw.BusyError, apsw.LockedError) as error:
        msg = f"{file} was held by another process for more than {BUSY_MILLISECONDS // 1000} s."
        raise JournalError(msg, hint="Try again.", retryable=True) from error
    except (apsw.ReadOnlyError, apsw.CantOpenError, apsw.PermissionsError, apsw.IOError) as error:
        msg = f"{file} cannot be written: {error}."
        hint = "Make the folder writable, or choose another home with --home or GREENROOM_HOME."
        raise JournalError(msg, hint=hint) from error
    except PermissionError as error:
        msg = f"{file} cannot be read: {error.strerror}."
        hint = (
            "Is this home another account's? Choose one of your own with --home or GREENROOM_HOME."
        )
        raise ConfigurationError(msg, code="home-of-another", hint=hint) from error
    except apsw.Error as error:
        msg = f"{file} cannot be used: {error}."
        raise JournalError(msg, hint="Move the file away; a new one is made.") from error
