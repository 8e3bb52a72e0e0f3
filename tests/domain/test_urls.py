"""What may be shown of a stream's URL."""

from __future__ import annotations

import pytest

from greenroom.domain.urls import redacted_url, stream_key

SHOWN = {
    "rtmp://a.rtmp.youtube.com/live2/abcd-efgh-ijkl": "rtmp://a.rtmp.youtube.com/live2/{abc...jkl}",
    "rtmps://live.example.com:443/app/in/abcdef live=1": "rtmps://live.example.com:443/app/in/{ab...ef} live=1",
    "rtmp://user:pass@host/app/abcdefghij": "rtmp://host/app/{abc...hij}",
    "rtmp://host/app/ab": "rtmp://host/app/{...}",
    "srt://host:9000?streamid=x&passphrase=secret": "srt://host:9000",
    "wss://user:pass@host/path?token=secret": "wss://host/path",
}


@pytest.mark.parametrize(("url", "shown"), SHOWN.items())
def test_a_key_is_shown_as_livekit_shows_it(url: str, shown: str) -> None:
    assert redacted_url(url) == shown


@pytest.mark.parametrize("url", SHOWN)
def test_what_is_redacted_stays_as_it_is(url: str) -> None:
    once = redacted_url(url)
    assert redacted_url(once) == once


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("rtmp://host/app/key?auth=1", "key?auth=1"),
        ("srt://host:9000?passphrase=secret", "passphrase=secret"),
        ("https://host/path", ""),
    ],
)
def test_the_key_of_a_url_is_known_by_itself(url: str, key: str) -> None:
    assert stream_key(url) == key
