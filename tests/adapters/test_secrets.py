"""Secrets of plans that wait: private files that go when they are used or their time is over."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from greenroom.adapters.secrets import FileSecrets
from greenroom.domain.errors import InvalidRequest, JournalError


def files(home: Path) -> list[Path]:
    return sorted((home / "secrets").iterdir())


def test_what_is_kept_is_private_and_can_be_read_back(tmp_path: Path) -> None:
    secrets = FileSecrets(tmp_path)
    reference = secrets.keep("s3cret", until=100)
    assert "s3cret" not in reference
    assert secrets.resolve(reference) == "s3cret"
    (file,) = files(tmp_path)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_what_is_forgotten_is_gone_and_nothing_else(tmp_path: Path) -> None:
    secrets = FileSecrets(tmp_path)
    first, second = secrets.keep("a", until=100), secrets.keep("b", until=100)
    secrets.forget(first)
    secrets.forget(first)
    assert secrets.resolve(second) == "b"
    with pytest.raises(InvalidRequest):
        secrets.resolve(first)


@pytest.mark.parametrize(
    "reference",
    ["file:secrets/../journal.db", "file:secrets/", "file:/etc/passwd", "journal.db", "None", ""],
)
def test_only_what_this_folder_gave_is_read_or_deleted(tmp_path: Path, reference: str) -> None:
    (tmp_path / "journal.db").write_text("mine")
    secrets = FileSecrets(tmp_path)
    secrets.keep("a", until=100)
    secrets.forget(reference)
    with pytest.raises(InvalidRequest):
        secrets.resolve(reference)
    assert (tmp_path / "journal.db").read_text() == "mine"
    assert len(files(tmp_path)) == 1


def test_what_has_expired_or_says_no_time_goes(tmp_path: Path) -> None:
    secrets = FileSecrets(tmp_path)
    secrets.forget_expired(at=0)
    late = secrets.keep("late", until=201)
    secrets.keep("early", until=200)
    (tmp_path / "secrets" / "0123456789abcdef0123456789abcdef").write_text("of an earlier version")
    secrets.forget_expired(at=200)
    assert [file.read_text() for file in files(tmp_path)] == ["late"]
    assert secrets.resolve(late) == "late"


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "secrets").write_text("in the way")
    with pytest.raises(JournalError):
        FileSecrets(tmp_path).keep("a", until=100)
