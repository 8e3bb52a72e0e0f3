"""Rules about addresses: where streams and notifications may go, and why not."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from greenroom.domain.rule import StepView, Verdict
from greenroom.hub.catalogue import load_rule

KEY = "a-key-nobody-may-see"


async def judged(rule: str, **request: Any) -> Verdict:
    """What a rule says of a request."""
    given = SimpleNamespace(**{"key": "", "remove": False, **request})
    nothing: Any = None
    return await load_rule(rule).check(StepView(context=nothing, request=given, before=None))


@pytest.mark.parametrize(
    ("url", "verdict", "reason"),
    [
        (f"rtmp://live.example.com/app/{KEY}", "pass", ""),
        (f"rtmps://live.example.com:443/app/{KEY}", "pass", ""),
        (f"RTMP://127.0.0.1:1935/app/{KEY}", "pass", ""),
        (f"srt://10.0.0.7:9000?streamid={KEY}", "pass", ""),
        ("srt://10.0.0.7:9000", "pass", ""),
        ("rtmp://live.example.com/app", "warn", "names no stream key"),
        (f"http://example.com/{KEY}", "block", "http:// is for web pages"),
        (f"ftp://example.com/{KEY}", "block", "ftp:// is no way to send a stream."),
        (f"example.com/app/{KEY}", "block", "has no scheme"),
        (f"rtmp:///app/{KEY}", "block", "has no host"),
        (f"rtmp://[bad/app/{KEY}", "block", "has no host"),
        (f"rtmp://host:99999/app/{KEY}", "block", "a port that cannot be"),
        (f"rtmp://169.254.169.254/app/{KEY}", "block", "a machine's own services"),
        (f"rtmp://0.0.0.0/app/{KEY}", "block", "a machine's own services"),
        (f"srt://239.1.1.1:9000?streamid={KEY}", "block", "a machine's own services"),
        (f"rtmp://Metadata.Google.Internal/app/{KEY}", "block", "a machine's own services"),
    ],
)
async def test_a_stream_goes_to_a_streaming_server_and_its_key_is_never_said(
    url: str, verdict: str, reason: str
) -> None:
    found = await judged("stream-url-fits", url=url)
    assert (found.verdict, reason in found.reason) == (verdict, True), found
    assert KEY not in f"{found.reason}{found.remedy}"


@pytest.mark.parametrize(
    ("url", "verdict"),
    [
        ("https://example.com/hook", "pass"),
        ("http://127.0.0.1:8080/hook", "pass"),
        ("http://localhost/hook", "pass"),
        ("http://[::1]:8080/hook", "pass"),
        ("http://10.0.0.7/hook", "warn"),
        ("http://printer.local/hook", "warn"),
        ("http://example.com/hook", "block"),
        ("http://8.8.8.8/hook", "block"),
        ("https://user:password@example.com/hook", "block"),
        ("http://169.254.169.254/latest", "block"),
        ("https://metadata.google.internal/x", "block"),
        ("https://[bad/hook", "block"),
    ],
)
async def test_notifications_travel_encrypted_unless_whom_they_tell_is_near(
    url: str, verdict: str
) -> None:
    assert (await judged("notification-url", url=url)).verdict == verdict
    assert (await judged("notification-url", url=url, remove=True)).verdict == "pass"
