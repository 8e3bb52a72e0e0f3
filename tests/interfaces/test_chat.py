"""The chat: through a pipe, on a terminal that prompt_toolkit drives, and on a real pty."""

from __future__ import annotations

import asyncio
import os
import pty
import re
import select
import signal
import stat
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, ClassVar

import pytest
from click.testing import CliRunner, Result
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import DummyOutput

from greenroom.domain.outcome import Question
from greenroom.domain.plan import Call
from greenroom.domain.planning import Ask, Brief, Calls, Refuse, Reply
from greenroom.hub.shape import Redactor
from greenroom.interfaces.cli import chat as chat_module
from greenroom.interfaces.cli import chat_names
from greenroom.interfaces.cli.chat import Chat
from greenroom.interfaces.cli.chat_commands import offered
from greenroom.interfaces.cli.chat_history import MOST_LINES, HistoryFile
from greenroom.interfaces.cli.chat_names import CompletionNames
from greenroom.interfaces.cli.chat_terminal import ChatCompleter, Terminal, words_of
from greenroom.interfaces.cli.main import root
from greenroom.interfaces.cli.options import Settings
from tests.doubles import MemoryRooms, a_crew

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln"
DOWN = "\x1b[B"
CTRL_C, CTRL_D, ENTER, TAB = "\x03", "\x04", "\r", "\t"


class ByHeart:
    """A planner that knows a few sentences, so that these tests do not depend on what words mean."""

    SENTENCES: ClassVar = {
        "create standup": Call(capability="room.create", arguments={"name": "standup"}),
        "delete lobby": Call(capability="room.delete", arguments={"room": "lobby"}),
        "list rooms": Call(capability="room.list"),
    }

    def __init__(self) -> None:
        self.briefs: list[Brief] = []

    async def reply(self, brief: Brief) -> Reply:
        self.briefs.append(brief)
        pending = brief.conversation.pending
        if pending is not None and brief.text == "lobby":
            return Calls(calls=(Call(capability="room.delete", arguments={"room": "lobby"}),))
        if brief.text == "delete a room":
            question = Question(field="room", question="Which room?", choices=("lobby", "attic"))
            return Ask(question=question, draft=(Call(capability="room.delete"),))
        if brief.text == "look at a token":
            return Ask(question=Question(field="token", question="Which token?"))
        if brief.text in {"hm", "never mind"}:
            code = "not-understood" if brief.text == "hm" else "not-a-command"
            return Refuse(code=code, message="No.")
        if brief.text == "think long":
            await asyncio.sleep(30)
        return Calls(calls=(self.SENTENCES[brief.text],))


@pytest.fixture
def rooms() -> MemoryRooms:
    return MemoryRooms({"lobby": ["dana"], "attic": []})


def piped(
    lines: str, rooms: MemoryRooms, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *options: str
) -> Result:
    """What a pipe into the chat gives."""
    monkeypatch.setattr(
        chat_module, "crew_for", lambda _: a_crew(tmp_path, rooms, planner=ByHeart())
    )
    return CliRunner().invoke(root, ["chat", *options], input=lines)


def test_a_pipe_is_read_line_by_line_and_answered(
    rooms: MemoryRooms, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    done = piped("list rooms\n\ncreate standup\n", rooms, monkeypatch, tmp_path)
    assert done.exit_code == 0, done.output
    assert "lobby" in done.stdout and "✓ Room standup created" in done.stdout
    assert ">" not in done.stdout
    assert "/undo takes it back: room.delete" in done.stderr


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ("list rooms\ndelete a room\nlist rooms\n", 4),
        ("delete lobby\ndelete a room\n", 3),
        ("/nosuch\ndelete lobby\n", 2),
        ("/journal x\n", 2),
        ("/switch_mode livekit-nosuch\n", 2),
        ("/undo\nlist rooms\n", 1),
        ("list rooms\n/quit\n/nosuch\n", 0),
        ("", 0),
    ],
)
def test_a_pipe_ends_with_the_worst_code(
    lines: str, code: int, rooms: MemoryRooms, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert piped(lines, rooms, monkeypatch, tmp_path).exit_code == code


def test_nothing_in_a_pipe_says_yes_for_a_person(
    rooms: MemoryRooms, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    done = piped("delete lobby\nlist rooms\n", rooms, monkeypatch, tmp_path)
    assert done.exit_code == 3
    assert "greenroom approve " in done.stderr
    assert "lobby" in rooms.rooms
    assert piped("delete lobby\n", rooms, monkeypatch, tmp_path, "--yes").exit_code == 0
    assert "lobby" not in rooms.rooms


def test_json_lines_come_out_of_a_pipe(
    rooms: MemoryRooms, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    done = piped("list rooms\ncreate standup\n", rooms, monkeypatch, tmp_path, "--jsonl")
    assert done.stdout.count('"schema": "greenroom.outcome/1"') == len(done.stdout.splitlines())


def test_the_guides_first_line_works(
    rooms: MemoryRooms, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    done = piped("/switch_mode livekit-coordinator\n", rooms, monkeypatch, tmp_path)
    assert done.exit_code == 0
    assert "livekit-coordinator: sentences reach every mode." in done.stderr


def test_bytes_that_are_no_text_are_refused_and_the_chat_goes_on(
    rooms: MemoryRooms, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(
        chat_module, "crew_for", lambda _: a_crew(tmp_path, rooms, planner=ByHeart())
    )
    done = CliRunner().invoke(root, ["chat"], input=b"\xff\xfe\nlist rooms\n")
    assert done.exit_code == 2
    assert "request-not-text" in done.stderr and "lobby" in done.stdout


class Seat:
    """Somebody at a terminal: keys go in, lines are handled, and what was printed can be read."""

    def __init__(self, chat: Chat, keys: PipeInput, planner: ByHeart) -> None:
        self.chat, self.keys, self.planner = chat, keys, planner

    async def types(self, *keys: str) -> int:
        """Type and leave."""
        self.keys.send_text("".join(keys) + CTRL_D)
        return await asyncio.wait_for(self.chat.run(), 20)


@asynccontextmanager
async def a_seat(home: Path, rooms: MemoryRooms, *, yes: bool = False) -> AsyncIterator[Seat]:
    planner, settings = ByHeart(), Settings()
    settings.yes = yes
    async with a_crew(home, rooms, planner=planner) as crew:
        names = CompletionNames(crew)
        chat = Chat(crew, settings, names, "seat")
        completer = ChatCompleter(
            commands=lambda line: offered(line, crew.catalogue.modes()),
            words=lambda: words_of(crew.catalogue.narrowed(chat.mode)["capabilities"]),
            names=names,
        )
        with create_pipe_input() as keys:
            history = HistoryFile(home, Redactor([]))
            chat.input = Terminal(history, completer, keys, DummyOutput())
            yield Seat(chat, keys, planner)
        await names.close()


async def test_a_safe_write_runs_and_says_how_it_is_taken_back(
    tmp_path: Path, rooms: MemoryRooms, capsys: pytest.CaptureFixture[str]
) -> None:
    async with a_seat(tmp_path, rooms) as seat:
        assert await seat.types("create standup", ENTER, "/undo", ENTER, "y", ENTER) == 0
    shown = capsys.readouterr()
    assert "✓ Room standup created" in shown.out
    assert "  plan: room.create name=standup\n" in shown.err
    assert "/undo takes it back: room.delete room=standup" in shown.err
    assert "standup" not in rooms.rooms


@pytest.mark.parametrize(
    ("answer", "there"),
    [
        ("y\r", False),
        ("YES\r", False),
        ("\r", True),
        ("no\r", True),
        ("\x03", True),
        ("\x04", True),
    ],
)
async def test_what_destroys_is_shown_and_waits_for_a_yes(
    tmp_path: Path,
    rooms: MemoryRooms,
    capsys: pytest.CaptureFixture[str],
    answer: str,
    there: bool,
) -> None:
    async with a_seat(tmp_path, rooms) as seat:
        assert await seat.types("delete lobby", ENTER, answer, "list rooms", ENTER) == 0
    shown = capsys.readouterr()
    assert "planned: room.delete room=lobby" in shown.err
    assert ("lobby" in rooms.rooms) is there
    assert ("Nothing was done." in shown.err) is there
    assert "attic" in shown.out, "the chat goes on"


async def test_a_question_is_answered_by_the_next_line(tmp_path: Path, rooms: MemoryRooms) -> None:
    async with a_seat(tmp_path, rooms) as seat:
        await seat.types("delete a room", ENTER, "lobby", ENTER, "y", ENTER)
    assert set(rooms.rooms) == {"attic"}


async def test_ctrl_c_leaves_a_question(
    tmp_path: Path, rooms: MemoryRooms, capsys: pytest.CaptureFixture[str]
) -> None:
    async with a_seat(tmp_path, rooms) as seat:
        await seat.types("delete a room", ENTER, CTRL_C, "list rooms", ENTER)
        assert seat.planner.briefs[-1].conversation.pending is None
    assert "The question is dropped" in capsys.readouterr().err


async def test_plan_shows_what_a_sentence_would_do_and_does_nothing(
    tmp_path: Path, rooms: MemoryRooms, capsys: pytest.CaptureFixture[str]
) -> None:
    async with a_seat(tmp_path, rooms) as seat:
        await seat.types("/plan delete lobby", ENTER)
        assert "planned: room.delete room=lobby" in capsys.readouterr().err
        await seat.types("/plan", ENTER, "create standup", ENTER, "list rooms", ENTER)
    assert set(rooms.rooms) == {"lobby", "attic", "standup"}


async def test_the_answer_to_a_question_about_a_plan_is_only_planned(
    tmp_path: Path, rooms: MemoryRooms
) -> None:
    async with a_seat(tmp_path, rooms, yes=True) as seat:
        await seat.types("/plan delete a room", ENTER, "lobby", ENTER)
        assert "lobby" in rooms.rooms
        await seat.types("delete lobby", ENTER)
        assert "lobby" not in rooms.rooms


async def test_a_question_that_was_not_answered_waits_on_until_it_is_dismissed(
    tmp_path: Path, rooms: MemoryRooms
) -> None:
    async with a_seat(tmp_path, rooms, yes=True) as seat:
        await seat.types("/plan delete a room", ENTER, "hm", ENTER, "lobby", ENTER)
        assert "lobby" in rooms.rooms, "still only a plan"
        await seat.types("delete a room", ENTER, "never mind", ENTER, "list rooms", ENTER)
        assert seat.planner.briefs[-1].conversation.pending is None


async def test_plan_without_a_sentence_plans_the_last_or_else_the_next(
    tmp_path: Path, rooms: MemoryRooms, capsys: pytest.CaptureFixture[str]
) -> None:
    async with a_seat(tmp_path, rooms) as seat:
        await seat.types("/plan", ENTER, "create standup", ENTER)
        assert "standup" not in rooms.rooms
        await seat.types("create standup", ENTER, "/plan", ENTER)
        assert "standup" in rooms.rooms
    assert capsys.readouterr().err.count("planned: room.create") == 2


async def test_switch_mode_narrows_and_widens(
    tmp_path: Path, rooms: MemoryRooms, capsys: pytest.CaptureFixture[str]
) -> None:
    async with a_seat(tmp_path, rooms) as seat:
        await seat.types(
            *("/switch_mode livekit-auth", ENTER, "list rooms", ENTER),
            *("/switch_mode room", ENTER, "list rooms", ENTER),
            *("/switch_mode nosuch", ENTER, "list rooms", ENTER),
            *("/switch_mode livekit-coordinator", ENTER, "list rooms", ENTER),
        )
        assert [b.mode for b in seat.planner.briefs] == ["auth", "room", "room", ""]
    shown = capsys.readouterr()
    assert "livekit-auth does not do that: room.list is livekit-room's." in shown.err
    assert (
        "There are: livekit-auth, livekit-coordinator, livekit-egress, livekit-recording,"
        in shown.err
    )
    assert shown.out.count("✓ 2 rooms: attic, lobby.") == 3


async def test_help_and_journal(
    tmp_path: Path, rooms: MemoryRooms, capsys: pytest.CaptureFixture[str]
) -> None:
    async with a_seat(tmp_path, rooms) as seat:
        await seat.types(
            "create standup", ENTER, "/journal 5", ENTER, "/help", ENTER, "/quit", ENTER
        )
    shown = capsys.readouterr().out
    assert "/switch_mode [MODE]" in shown and "delete room standup" in shown
    assert re.search(r"01[0-9A-Z]{24} +done", shown)


async def test_ctrl_c_stops_a_request_and_not_the_chat(
    tmp_path: Path, rooms: MemoryRooms, capsys: pytest.CaptureFixture[str]
) -> None:
    async with a_seat(tmp_path, rooms) as seat:
        before = signal.getsignal(signal.SIGINT)
        try:
            asyncio.get_running_loop().call_later(1.0, os.kill, os.getpid(), signal.SIGINT)
            assert await seat.types("think long", ENTER, "list rooms", ENTER) == 0
        finally:
            signal.signal(signal.SIGINT, before)
    shown = capsys.readouterr()
    assert "Interrupted." in shown.err and "attic" in shown.out


async def completed(seat: Seat, line: str) -> list[str]:
    """What Tab offers after this."""
    completer = seat.chat.input._lines.completer
    event = CompleteEvent(completion_requested=True)
    return [c.text async for c in completer.get_completions_async(Document(line), event)]


async def test_tab_offers_commands_words_and_live_names(tmp_path: Path, rooms: MemoryRooms) -> None:
    rooms._add("big hall")
    async with a_seat(tmp_path, rooms) as seat:
        assert await completed(seat, "/pl") == ["/plan"]
        assert await completed(seat, "/switch_mode livekit-ro") == ["/switch_mode livekit-room"]
        assert "delete" in await completed(seat, "del")
        assert "kick" in await completed(seat, "kic")
        asked = list(rooms.calls)
        assert "lobby" in await completed(seat, "delete lo")
        assert {"lobby", "dana"} < set(await completed(seat, "delete "))
        assert await completed(seat, "") == []
        assert "dana" in await completed(seat, "remove da")
        assert '"big hall"' in await completed(seat, "delete big")
        assert rooms.calls == asked, "asked once for some seconds"
        seat.chat.mode = "auth"
        assert "token" in await completed(seat, "tok")
        assert "kick" not in await completed(seat, "kic")


async def test_names_are_asked_again_after_some_seconds_and_never_waited_for_long(
    tmp_path: Path, rooms: MemoryRooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    # A busy machine is slow without being asked to.
    monkeypatch.setattr(chat_names, "PATIENCE", 30.0)
    async with a_crew(tmp_path, rooms) as crew:
        names = CompletionNames(crew, clock=lambda: now[0])
        assert set(await names.all()) == {"lobby", "attic", "dana"}
        rooms._add("cellar")
        assert "cellar" not in await names.all()
        now[0] = 6.0
        assert "cellar" in await names.all()
        now[0] = 12.0

        async def slow(*_: Any) -> Any:
            await asyncio.sleep(30)

        rooms.list_rooms = slow  # type: ignore[method-assign]
        monkeypatch.setattr(chat_names, "PATIENCE", 0.1)
        started = time.monotonic()
        assert "cellar" in await names.all(), "what was known before"
        assert time.monotonic() - started < 5
        await names.close()


def test_history_is_private_and_keeps_no_secret(tmp_path: Path) -> None:
    home = tmp_path / "home"
    history = HistoryFile(home, Redactor(["planted-phrase"]))
    kept = [
        "create a room called standup-2026-11-26",
        "undo 01K0ABCDEFGHJKMNPQRSTVWXYZ",
        "Configure LiveKit API credentials",
        "list  rooms",
    ]
    for line in (
        *kept,
        f"inspect {JWT}",
        "inspect eyJhbGciOi",
        "my password is hunter22",
        "the passphrase is correct horse battery staple",
        "use key Abc123Def456Ghi789",
        "the secret: abcdef123456",
        "say planted-phrase",
        'stream to youtube with stream key "abcd-efgh-ijkl"',
        "go live with abcd-1234-efgh-5678",
        "push to rtmp://live.example.com/app/k3y",
        "send it to https://user:pass@example.com",
        "upload to https://s3.example.com/x?X-Amz-Signature=abc",
        "use key APIdeadbeef0123456789abcdef",
        "   ",
    ):
        history.keep(line)
    assert history.lines() == [*kept[:-1], "list rooms"]
    assert stat.S_IMODE((home / "chat_history").stat().st_mode) == 0o600
    (home / "chat_history").chmod(0o644)
    history.keep("status")
    assert stat.S_IMODE((home / "chat_history").stat().st_mode) == 0o600


def test_history_stays_small_and_survives_a_bad_home(tmp_path: Path) -> None:
    history = HistoryFile(tmp_path, Redactor([]))
    history._write([f"line {n}" for n in range(3 * MOST_LINES)], os.O_APPEND)
    assert history.lines()[-1] == f"line {3 * MOST_LINES - 1}"
    assert len((tmp_path / "chat_history").read_text().splitlines()) == MOST_LINES
    file = tmp_path / "file"
    file.write_text("")
    bad = HistoryFile(file / "home", Redactor([]))
    bad.keep("list rooms")
    assert bad.lines() == []
    target = tmp_path / "target"
    target.write_text("")
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked" / "chat_history").symlink_to(target)
    HistoryFile(tmp_path / "linked", Redactor([])).keep("list rooms")
    assert target.read_text() == ""


async def test_answers_and_secrets_do_not_get_into_the_history(
    tmp_path: Path, rooms: MemoryRooms
) -> None:
    async with a_seat(tmp_path, rooms) as seat:
        await seat.types("delete lobby", ENTER, "yes", ENTER, "look at a token", ENTER, CTRL_C)
        await seat.types("look at a token", ENTER, "hush hush", CTRL_C)
    kept = (tmp_path / "chat_history").read_text(encoding="utf-8").splitlines()
    assert kept == ["delete lobby", "look at a token"]


PROGRAM = """
import os
import sys
from pathlib import Path
from greenroom.interfaces.cli import chat
from greenroom.interfaces.cli.main import main
from tests.doubles import MemoryRooms, a_crew
from tests.interfaces.test_chat import ByHeart
os.close(os.open(os.ttyname(0), os.O_RDWR))  # makes it the terminal whose Ctrl-C reaches us
rooms = MemoryRooms({"lobby": ["dana"], "attic": []})
home = Path(sys.argv.pop())
chat.crew_for = lambda _: a_crew(home, rooms, planner=ByHeart())
main()
"""


class Pty:
    """A process on a terminal of its own."""

    def __init__(self, home: Path, term: str) -> None:
        self.master, slave = pty.openpty()
        environ = {**os.environ, "TERM": term, "PROMPT_TOOLKIT_NO_CPR": "1", "COLUMNS": "100"}
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, "chat", str(home)],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=environ,
            start_new_session=True,
        )
        os.close(slave)
        self.seen = ""

    def until(self, text: str, *, seconds: float = 60) -> str:
        """Read until this is on the screen."""
        end = time.monotonic() + seconds
        while text not in self.seen:
            ready, _, _ = select.select([self.master], [], [], max(0, end - time.monotonic()))
            assert ready, f"{text!r} did not come, but {self.seen!r}"
            try:
                self.seen += os.read(self.master, 65536).decode(errors="replace")
            except OSError:
                assert text in self.seen, f"ended without {text!r}: {self.seen!r}"
        before, _, self.seen = self.seen.partition(text)
        return before

    def type(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def end(self) -> int:
        try:
            return self.process.wait(30)
        finally:
            self.process.kill()
            self.process.wait()
            os.close(self.master)


@pytest.fixture(params=["xterm", "dumb"])
def terminal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Pty]:
    made = Pty(tmp_path, request.param)
    yield made
    made.process.kill()
    made.process.wait()


def test_it_works_on_a_real_terminal_and_on_a_dumb_one(terminal: Pty) -> None:
    terminal.until("greenroom>")
    terminal.type("delete a room\r")
    terminal.until("2. attic")
    terminal.until("?")
    terminal.type(CTRL_C)
    terminal.until("The question is dropped")
    terminal.until("greenroom>")
    terminal.type("delete lobby\r")
    terminal.until("[y/N]")
    terminal.type("yes\r")
    terminal.until("deleted")
    terminal.until("greenroom>")
    terminal.type("think long\r")
    time.sleep(1.5)
    terminal.type(CTRL_C)
    terminal.until("Interrupted.")
    terminal.until("greenroom>")
    terminal.type("list rooms\r")
    terminal.until("attic")
    terminal.until("greenroom>")
    terminal.type(CTRL_D)
    assert terminal.end() == 0
