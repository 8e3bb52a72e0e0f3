"""``make demo`` on a machine that has neither livekit-server nor Go."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from greenroom.interfaces.cli import demo
from greenroom.local import livekit_server
from tests.local.supervisor.conftest import processes_of


def test_without_go_the_tour_runs_on_the_sandbox_and_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(livekit_server, "GO_PLACES", ())
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(livekit_server.shutil, "which", lambda _: None)
    with pytest.raises(SystemExit) as end:
        demo.main()
    said = capsys.readouterr()
    assert end.value.code == 0, said.out + said.err
    assert "The tour runs on the sandbox: media is simulated." in said.out
    assert "dana joined with that token. Simulated: no media flows." in said.out
    assert "1 person in green-demo: dana." in said.out
    assert processes_of(tmp_path) == []
