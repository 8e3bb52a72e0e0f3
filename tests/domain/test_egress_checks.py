"""Which outputs go together: everything impossible is refused in words that hold no secret."""

from __future__ import annotations

import pytest

from greenroom.domain.egress import (
    LAYOUTS,
    EgressOutput,
    EgressRequest,
    EgressSource,
    Encoding,
    Storage,
)
from greenroom.domain.egress_checks import require_possible
from greenroom.domain.errors import InvalidRequest

KEY = "planted-stream-key"
RTMP = f"rtmp://live.example.com/app/{KEY}"
ROOM = EgressSource(kind="room")
SOUND = EgressSource(kind="room", audio_only=True)
PERSON = EgressSource(kind="participant", identity="anna")
TRACK = EgressSource(kind="track", track="TR_1")
FILE = EgressOutput(kind="file")
HLS = EgressOutput(kind="segments", path="live/{room_name}")
IMAGES = EgressOutput(kind="images", path="shots")


def a_file(form: str = "", path: str = "") -> EgressOutput:
    return EgressOutput(kind="file", format=form, path=path)


def a_stream(*urls: str) -> EgressOutput:
    return EgressOutput(kind="stream", urls=urls)


def asked(*outputs: EgressOutput, source: EgressSource = ROOM, **more: object) -> EgressRequest:
    return EgressRequest(room="lecture", source=source, outputs=outputs, **more)  # type: ignore[arg-type]


POSSIBLE = {
    "a file": asked(FILE),
    "mp4, hls, a stream and images at once": asked(a_file("mp4"), HLS, a_stream(RTMP), IMAGES),
    "mp3 of sound": asked(a_file("mp3"), source=SOUND),
    "ogg of a person's sound": asked(
        a_file("ogg"), source=EgressSource(kind="participant", identity="a", audio_only=True)
    ),
    "mp3 of an audio track": asked(
        a_file("mp3"), source=EgressSource(kind="tracks", audio_track="TR_a")
    ),
    "hls of sound": asked(HLS, source=SOUND),
    "two files of two names": asked(a_file("mp4", "a"), a_file("mp4", "b")),
    "two destinations": asked(a_stream(RTMP, "rtmps://example.com/app/key")),
    "an srt stream": asked(a_stream("srt://example.com:9000?streamid=x")),
    "a name with dots": asked(a_file("mp4", "v1..2/{room_name}-{time}.final")),
    "one track": asked(a_file("", "{track_id}"), source=TRACK),
    "a web page without a room": EgressRequest(
        room="", source=EgressSource(kind="web", url="https://example.com/"), outputs=(FILE,)
    ),
    "a size of no preset": asked(FILE, encoding=Encoding(width=640, height=360)),
    "a bucket": asked(
        FILE, storage=Storage(type="s3", bucket="b", credentials={"access_key": "a", "secret": "s"})
    ),
}


@pytest.mark.parametrize("request_", POSSIBLE.values(), ids=POSSIBLE.keys())
def test_what_can_be_is_let_through(request_: EgressRequest) -> None:
    require_possible(request_)


@pytest.mark.parametrize("layout", sorted(LAYOUTS))
def test_every_layout_of_livekits_templates_is_one(layout: str) -> None:
    require_possible(asked(FILE, source=EgressSource(kind="room", layout=layout)))


IMPOSSIBLE = {
    "no output": (asked(), "no output"),
    "mp3 with video": (asked(a_file("mp3")), "sound only"),
    "ogg with video, by its ending": (asked(a_file("", "talk.ogg")), "sound only"),
    "mp3 of a person who is seen": (asked(a_file("mp3"), source=PERSON), "sound only"),
    "mp3 of video only": (
        asked(a_file("mp3"), source=EgressSource(kind="room", video_only=True)),
        "sound only",
    ),
    "mp3 of a video track": (
        asked(a_file("mp3"), source=EgressSource(kind="tracks", video_track="TR_v")),
        "sound only",
    ),
    "audio only and video only": (
        asked(FILE, source=EgressSource(kind="room", audio_only=True, video_only=True)),
        "exclude",
    ),
    "rtmp with vp8": (asked(a_file("webm"), a_stream(RTMP)), "VP8"),
    "hls with vp8": (asked(a_file("webm"), HLS), "encodes once"),
    "hls with mp3": (asked(a_file("mp3"), HLS, source=SOUND), "MP3"),
    "hls made of mp3": (asked(EgressOutput(kind="segments", format="mp3"), source=SOUND), "HLS"),
    "a stream with mp3": (asked(a_file("mp3"), a_stream(RTMP), source=SOUND), "encodes once"),
    "mp4 and webm": (asked(a_file("mp4"), a_file("webm")), "encodes once"),
    "images of sound": (asked(IMAGES, source=SOUND), "need video"),
    "images of an audio track": (
        asked(IMAGES, source=EgressSource(kind="tracks", audio_track="TR_a")),
        "need video",
    ),
    "a track as a stream": (asked(a_stream(RTMP), source=TRACK), "into one file"),
    "a track as two files": (asked(a_file("", "a"), a_file("", "b"), source=TRACK), "one file"),
    "a track as mp3": (asked(a_file("mp3"), source=TRACK), "no track is MP3"),
    "a track of another size": (
        asked(FILE, source=TRACK, encoding=Encoding(width=640, height=360)),
        "unchanged",
    ),
    "two files of one name": (asked(a_file("mp4", "a"), a_file("", "a.mp4")), "same name"),
    "two files without a name": (asked(FILE, FILE), "same name"),
    "a name that climbs": (asked(a_file("mp4", "../out")), "not allowed"),
    "a name that climbs inside": (asked(a_file("mp4", "a/../../out")), "not allowed"),
    "an absolute name": (asked(a_file("mp4", "/etc/out")), "not allowed"),
    "a home folder": (asked(a_file("mp4", "~/out")), "not allowed"),
    "a backslash": (asked(a_file("mp4", "a\\b")), "not allowed"),
    "a nul byte": (asked(a_file("mp4", "a\0b")), "not allowed"),
    "a prefix that climbs": (asked(EgressOutput(kind="segments", path="../live")), "not allowed"),
    "an unknown format": (asked(a_file("avi")), "avi"),
    "http as a stream": (asked(a_stream("https://example.com/live")), "cannot take a stream"),
    "a stream without a key": (asked(a_stream("rtmp://example.com")), "cannot take a stream"),
    "a stream to nowhere": (asked(a_stream()), "no destination"),
    "a stream url with a blank": (asked(a_stream(f"{RTMP} x")), "cannot take a stream"),
    "rtmp and srt": (asked(a_stream(RTMP, "srt://example.com:9000")), "RTMP and SRT"),
    "an unknown layout": (
        asked(FILE, source=EgressSource(kind="room", layout="mosaic")),
        "no layout 'mosaic'",
    ),
    "a layout of one person": (
        asked(FILE, source=EgressSource(kind="participant", identity="a", layout="grid")),
        "whole room",
    ),
    "nobody": (asked(FILE, source=EgressSource(kind="participant")), "identity"),
    "no track": (asked(FILE, source=EgressSource(kind="track")), "sid"),
    "no tracks": (asked(FILE, source=EgressSource(kind="tracks")), "Neither track"),
    "a page that is none": (
        asked(FILE, source=EgressSource(kind="web", url="javascript:alert(1)")),
        "http or https",
    ),
    "no room": (EgressRequest(room="", source=ROOM, outputs=(FILE,)), "no room"),
    "width alone": (asked(FILE, encoding=Encoding(width=640)), "go together"),
    "an odd height": (asked(FILE, encoding=Encoding(width=640, height=361)), "even"),
    "a bitrate in kbps": (asked(FILE, encoding=Encoding(video_bitrate=800)), "bits per second"),
    "a negative size": (asked(FILE, encoding=Encoding(frame_rate=-1)), "not negative"),
    "a storage of nobody": (asked(FILE, storage=Storage(type="ftp", bucket="b")), "ftp"),
    "no bucket": (asked(FILE, storage=Storage(type="s3")), "bucket is missing"),
    "an unknown credential": (
        asked(FILE, storage=Storage(type="gcp", bucket="b", credentials={"secret": "planted"})),
        "no credential secret",
    ),
    "a local folder outside": (
        asked(FILE, storage=Storage(type="local", bucket="/srv/out")),
        "not allowed",
    ),
    "a webhook that is no url": (asked(FILE, webhooks=("example.com",)), "webhook"),
}


@pytest.mark.parametrize(("request_", "said"), IMPOSSIBLE.values(), ids=IMPOSSIBLE.keys())
def test_what_cannot_be_is_refused_with_a_way_out(request_: EgressRequest, said: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        require_possible(request_)
    assert caught.value.code == "invalid-argument"
    assert said in caught.value.message
    assert caught.value.hint
    assert caught.value.message.endswith(".")


@pytest.mark.parametrize(
    "url",
    [
        f"rtmp://user:{KEY}@example.com/app/key with blank",
        f"http://example.com/{KEY}",
        f"rtmp://example.com:99999/app/{KEY}",
        f"rtmp://[{KEY}/app/x",
        KEY,
    ],
)
def test_no_stream_key_is_in_a_refusal(url: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        require_possible(asked(a_stream(url)))
    assert KEY not in caught.value.message + caught.value.hint
