"""The table of faults is complete, usable and keeps secrets."""

from __future__ import annotations

import subprocess
import sys

import pytest
from livekit.api import ServerError as TwirpError
from livekit.api import ServerErrorCode

from greenroom.adapters.livekit.errors import FAULTS, translate
from greenroom.adapters.livekit.wire import NotTwirpError
from greenroom.adapters.tokens import HmacTokens
from greenroom.domain.errors import CODES, GreenroomError, PreconditionFailed, ServerError
from tests.doubles import SECRET

URL = "wss://user:pass@live.example/base?access_token=hidden"
NOW = 1_800_000_000.0
TWIRP_CODES = sorted(
    value for name, value in vars(ServerErrorCode).items() if not name.startswith("_")
)


def twirp(code: str, message: str = "because") -> GreenroomError:
    return translate(TwirpError(code, message, status=500), doing="looking", url=URL)


def test_the_table_has_every_code_that_livekit_api_knows_and_no_other() -> None:
    rows = {key.removeprefix("twirp:") for key in FAULTS if key.startswith("twirp:")}
    assert rows == {*TWIRP_CODES, "other"}


@pytest.mark.parametrize("key", sorted(FAULTS))
def test_every_row_has_a_known_code_one_sentence_and_a_hint(key: str) -> None:
    fault = FAULTS[key]
    assert fault.code in CODES
    assert fault.sentence.endswith(".")
    assert ". " not in fault.sentence
    assert fault.hint.endswith(".")
    assert fault.sentence.format(server="s", said="x", status=1, clocks="c")


@pytest.mark.parametrize("code", TWIRP_CODES)
def test_every_twirp_code_becomes_its_own_row(code: str) -> None:
    error = twirp(code)
    fault = FAULTS[f"twirp:{code}"]
    assert (error.code, error.hint, error.retryable) == (fault.code, fault.hint, fault.retryable)
    assert type(error) is fault.error
    assert error.message.startswith("While looking: ")


def test_what_is_not_there_is_a_precondition_and_a_refused_value_is_the_servers() -> None:
    assert type(twirp("not_found")) is PreconditionFailed
    assert type(twirp("invalid_argument")) is ServerError


def test_a_server_that_forbids_unmuting_is_told_from_other_preconditions() -> None:
    error = twirp("failed_precondition", "twirp error unknown: remote unmute not enabled")
    assert (type(error), error.code) == (PreconditionFailed, "remote-unmute-off")
    assert "enable_remote_unmute: true" in error.hint
    assert twirp("failed_precondition", "no").code == "failed-precondition"


def test_the_servers_reason_is_passed_on_without_its_wrapping() -> None:
    error = twirp("not_found", "twirp error unknown: requested room does not exist")
    assert (
        error.message == "While looking: LiveKit does not find it: requested room does not exist."
    )


@pytest.mark.parametrize(
    "text",
    [
        f"invalid token: {HmacTokens('k', SECRET).mint({'sub': 'a'})}, error: x",
        f"half a token {HmacTokens('k', SECRET).mint({'sub': 'a'})[:30]}",
        f"the secret {SECRET} itself",
    ],
)
@pytest.mark.parametrize("shape", ["twirp", "answer"])
def test_no_token_and_no_secret_ever_appears(text: str, shape: str) -> None:
    raised: Exception
    if shape == "twirp":
        raised = TwirpError("internal", text, status=500)
    else:
        raised = NotTwirpError(401, text=f"invalid thing: {text}", location=text)
        assert "eyJ" not in f"{raised!r} {raised} {vars(raised)}"
    error = translate(raised, doing="looking", url=URL, hide=HmacTokens("k", SECRET).hide)
    shown = f"{error} {error.as_dict()} {error.args}"
    assert "eyJ" not in shown
    assert SECRET not in shown
    for hidden in ("pass", "hidden", "access_token"):
        assert hidden not in shown


def test_only_what_may_have_happened_sends_people_to_look() -> None:
    look = "Look at the rooms before you repeat a change"
    write = translate(TimeoutError(), doing="creating the room", url=URL)
    read = translate(TimeoutError(), doing="listing rooms", url=URL, changes=False)
    assert look in write.hint
    assert read.hint == "Check that it is alive and that no firewall swallows packets."


def test_text_of_others_cannot_move_the_cursor_or_fill_the_screen() -> None:
    error = twirp("internal", "a\x1b[2Jb\r\nc\u202ed " + "x" * 10_000)
    assert error.message.isprintable()
    assert len(error.message) < 400


CLOCKS = [
    (3600.0, "ours is 3600 s ahead", "clock-skew"),
    (-3600.0, "the server's is 3600 s ahead", "clock-skew"),
    (61.0, "ours is 61 s ahead", "clock-skew"),
    (59.0, "refuses our token", "unauthenticated"),
]


@pytest.mark.parametrize(("ahead", "words", "code"), CLOCKS)
def test_a_refused_token_and_clocks_a_minute_apart_are_a_clock_fault(
    ahead: float, words: str, code: str
) -> None:
    answer = NotTwirpError(401, text="invalid token: x, error: token not valid yet", date=NOW)
    error = translate(answer, doing="looking", url=URL, now=NOW + ahead)
    assert error.code == code
    assert words in error.message
    if code == "clock-skew":
        assert "2027-01-15 08:00:00 UTC" in error.message


def test_an_unknown_key_is_told_from_a_wrong_secret_even_when_clocks_differ() -> None:
    unknown = NotTwirpError(401, text="invalid API key: k", date=NOW)
    wrong = NotTwirpError(
        401, text="invalid token: x, error: error in cryptographic primitive", date=NOW
    )
    errors = [translate(e, doing="looking", url=URL, now=NOW + 999) for e in (unknown, wrong)]
    assert [error.code for error in errors] == ["unauthenticated"] * 2
    assert "does not know this API key" in errors[0].message
    assert "secret does not belong" in errors[1].message


@pytest.mark.parametrize(
    "raised",
    [RuntimeError("x"), KeyError("x"), OSError(5, "x"), Exception(), ValueError("eyJabcd.e.f")],
)
def test_what_nobody_foresaw_is_still_a_greenroom_error(raised: Exception) -> None:
    error = translate(raised, doing="looking", url="no url at all")
    assert error.code in {"connection-failed", "not-livekit"}
    assert "eyJ" not in str(error)


def test_a_greenroom_error_passes_through() -> None:
    error = PreconditionFailed("x")
    assert translate(error, doing="looking", url=URL) is error


def test_importing_the_adapters_loads_neither_livekit_nor_aiohttp_nor_jwt() -> None:
    code = (
        "import sys, greenroom.adapters.livekit.rooms, greenroom.adapters.livekit.probe, "
        "greenroom.adapters.tokens; "
        "print({'livekit', 'aiohttp', 'jwt', 'google.protobuf'} & sys.modules.keys())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "set()"
