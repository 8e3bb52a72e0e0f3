"""From an EgressRequest to LiveKit's messages: which call, and what stands in it."""

from __future__ import annotations

from typing import Any

import pytest
from livekit.protocol import egress, models

from greenroom.adapters.livekit.egress_requests import (
    PRESETS,
    StartCall,
    needs_second,
    second_call,
    start_call,
)
from greenroom.domain.egress import (
    EgressOutput,
    EgressRequest,
    EgressSource,
    Encoding,
    Storage,
)
from greenroom.domain.errors import InvalidRequest
from greenroom.local.recorder.encoding import PRESETS as RECORDERS

KEY = "planted-stream-key"
RTMP = f"rtmp://live.example.com/app/{KEY}"
FILE = EgressOutput(kind="file", format="mp4", path="talks/{room_name}")
PERSON = EgressSource(kind="participant", identity="anna")


def call(*outputs: EgressOutput, source: EgressSource | None = None, **more: Any) -> StartCall:
    found = start_call(asked(*outputs, source=source, **more))
    assert found is not None
    return found


def asked(*outputs: EgressOutput, source: EgressSource | None = None, **more: Any) -> EgressRequest:
    return EgressRequest(
        room="lecture",
        source=source or EgressSource(kind="room", layout="speaker"),
        outputs=outputs,
        **more,
    )


SOURCES = {
    "room": (
        EgressSource(kind="room", layout="grid", audio_only=True),
        "StartRoomCompositeEgress",
        {"room_name": "lecture", "layout": "grid", "audio_only": True},
    ),
    "participant": (
        EgressSource(kind="participant", identity="anna", screen_share=True),
        "StartParticipantEgress",
        {"room_name": "lecture", "identity": "anna", "screen_share": True},
    ),
    "tracks": (
        EgressSource(kind="tracks", audio_track="TR_a", video_track="TR_v"),
        "StartTrackCompositeEgress",
        {"audio_track_id": "TR_a", "video_track_id": "TR_v"},
    ),
    "track": (EgressSource(kind="track", track="TR_v"), "StartTrackEgress", {"track_id": "TR_v"}),
    "web": (
        EgressSource(kind="web", url="https://example.com/", video_only=True),
        "StartWebEgress",
        {"url": "https://example.com/", "video_only": True},
    ),
}


@pytest.mark.parametrize(("source", "method", "fields"), SOURCES.values(), ids=SOURCES.keys())
def test_each_source_has_its_call(
    source: EgressSource, method: str, fields: dict[str, Any]
) -> None:
    made = call(FILE, source=source)
    assert made.method == method
    assert {name: getattr(made.request, name) for name in fields} == fields


def test_each_output_stands_in_its_list() -> None:
    made: Any = call(
        FILE,
        EgressOutput(kind="stream", urls=(RTMP,)),
        EgressOutput(kind="segments", path="live/{room_name}"),
        EgressOutput(kind="images", path="shots/a", interval=7),
    ).request
    assert made.file_outputs == [
        egress.EncodedFileOutput(file_type=egress.MP4, filepath="talks/{room_name}.mp4")
    ]
    assert made.stream_outputs == [egress.StreamOutput(protocol=egress.RTMP, urls=[RTMP])]
    assert made.segment_outputs == [
        egress.SegmentedFileOutput(
            filename_prefix="live/{room_name}", playlist_name="{room_name}.m3u8"
        )
    ]
    assert made.image_outputs == [egress.ImageOutput(filename_prefix="shots/a", capture_interval=7)]


def test_srt_is_said_by_its_protocol() -> None:
    made: Any = call(EgressOutput(kind="stream", urls=("srt://example.com:9000",))).request
    assert made.stream_outputs[0].protocol == egress.SRT


@pytest.mark.parametrize(
    ("form", "path", "name", "kind"),
    [
        ("mp4", "a", "a.mp4", egress.MP4),
        ("mp4", "a.MP4", "a.MP4", egress.MP4),
        ("", "a.mp4", "a.mp4", egress.MP4),
        ("", "", "", egress.DEFAULT_FILETYPE),
        ("mp4", "", "", egress.MP4),
        ("mp4", "folder/", "folder/", egress.MP4),
        ("webm", "a", "a.webm", egress.DEFAULT_FILETYPE),
    ],
)
def test_a_format_and_a_name_agree(form: str, path: str, name: str, kind: int) -> None:
    made: Any = call(EgressOutput(kind="file", format=form, path=path)).request
    assert (made.file_outputs[0].filepath, made.file_outputs[0].file_type) == (name, kind)


@pytest.mark.parametrize(("form", "kind"), [("ogg", egress.OGG), ("mp3", egress.MP3)])
def test_sound_has_its_own_files(form: str, kind: int) -> None:
    made: Any = call(
        EgressOutput(kind="file", format=form), source=EgressSource(kind="room", audio_only=True)
    ).request
    assert made.file_outputs[0].file_type == kind


def test_presets_are_those_of_livekit_and_of_the_recorder() -> None:
    mine = {
        egress.EncodingOptionsPreset.Value(name): (*size, kbps)
        for size, (name, kbps) in PRESETS.items()
    }
    assert mine == RECORDERS


@pytest.mark.parametrize("size", PRESETS)
def test_a_size_of_a_preset_is_that_preset(size: tuple[int, int, int]) -> None:
    width, height, rate = size
    name, kbps = PRESETS[size]
    for encoding in (
        Encoding(width=width, height=height, frame_rate=rate),
        Encoding(width=width, height=height, frame_rate=rate, video_bitrate=kbps * 1000),
    ):
        made: Any = call(FILE, encoding=encoding).request
        assert made.WhichOneof("options") == "preset"
        assert egress.EncodingOptionsPreset.Name(made.preset) == name


def test_another_size_or_bitrate_is_advanced() -> None:
    odd = Encoding(
        width=640, height=360, frame_rate=25, video_bitrate=800_000, audio_bitrate=96_000
    )
    made: Any = call(FILE, encoding=odd).request
    assert made.advanced == egress.EncodingOptions(
        width=640, height=360, framerate=25, video_bitrate=800, audio_bitrate=96
    )
    other = Encoding(width=1280, height=720, frame_rate=30, video_bitrate=2_000_000)
    again: Any = call(FILE, encoding=other).request
    assert again.WhichOneof("options") == "advanced"


def test_nothing_said_of_the_encoding_leaves_it_to_the_service() -> None:
    for encoding in (None, Encoding()):
        made: Any = call(FILE, encoding=encoding).request
        assert made.WhichOneof("options") is None


def test_webm_is_vp8_with_opus() -> None:
    made: Any = call(EgressOutput(kind="file", format="webm")).request
    assert made.advanced.video_codec == models.VP8
    assert made.advanced.audio_codec == models.OPUS


STORAGES = {
    "s3": (
        Storage(
            type="s3",
            bucket="b",
            region="r",
            endpoint="https://s3.example.com",
            credentials={"access_key": "planted-key", "secret": "planted-secret"},
        ),
        egress.S3Upload(
            bucket="b",
            region="r",
            endpoint="https://s3.example.com",
            access_key="planted-key",
            secret="planted-secret",
            force_path_style=True,
        ),
    ),
    "gcp": (
        Storage(type="gcp", bucket="b", credentials={"credentials": "{}"}),
        egress.GCPUpload(bucket="b", credentials="{}"),
    ),
    "azure": (
        Storage(
            type="azure", bucket="c", credentials={"account_name": "a", "account_key": "planted"}
        ),
        egress.AzureBlobUpload(container_name="c", account_name="a", account_key="planted"),
    ),
    "aliOSS": (
        Storage(type="alioss", bucket="b", region="r", credentials={"secret": "planted"}),
        egress.AliOSSUpload(bucket="b", region="r", secret="planted"),
    ),
}


@pytest.mark.parametrize(("field", "pair"), STORAGES.items())
def test_each_storage_has_its_message_in_each_output_that_is_a_file(
    field: str, pair: tuple[Storage, Any]
) -> None:
    storage, message = pair
    request = asked(
        FILE,
        EgressOutput(kind="segments", path="live"),
        EgressOutput(kind="images", path="shots"),
        EgressOutput(kind="stream", urls=(RTMP,)),
        storage=storage,
    )
    first = start_call(request)
    assert first is not None
    made: Any = first.request
    for output in (*made.file_outputs, *made.segment_outputs, *made.image_outputs):
        assert output.WhichOneof("output") == field
        assert getattr(output, field) == message
    second: Any = second_call(request).request
    assert getattr(second.storage, field) == message
    track: Any = call(EgressOutput(kind="file"), source=SOURCES["track"][0], storage=storage)
    assert getattr(track.request.file, field) == message


@pytest.mark.parametrize(
    ("storage", "path"),
    [
        (Storage(type="s3", bucket="b", prefix="year/2026/"), "year/2026/talks/{room_name}.mp4"),
        (Storage(type="local", bucket="kept"), "kept/talks/{room_name}.mp4"),
        (Storage(type="local", bucket="kept", prefix="x"), "kept/x/talks/{room_name}.mp4"),
        (Storage(type="local"), "talks/{room_name}.mp4"),
    ],
)
def test_a_prefix_comes_before_the_name(storage: Storage, path: str) -> None:
    made: Any = call(FILE, storage=storage).request
    assert made.file_outputs[0].filepath == path


def test_webhooks_go_along() -> None:
    made: Any = call(FILE, webhooks=("https://example.com/hook",)).request
    assert made.webhooks == [models.WebhookConfig(url="https://example.com/hook")]


def test_only_what_the_first_version_lacks_asks_for_the_second() -> None:
    assert not needs_second(asked(FILE, EgressOutput(kind="stream", urls=(RTMP,))))
    assert needs_second(asked(FILE, EgressOutput(kind="file", format="mp4", path="b")))
    alone = asked(FILE, source=EgressSource(kind="participant", identity="a", video_only=True))
    assert needs_second(alone)
    assert start_call(alone) is None


def test_the_second_version_says_the_same_in_one_list() -> None:
    made: Any = second_call(
        asked(
            FILE,
            EgressOutput(kind="file", format="mp4", path="b"),
            EgressOutput(kind="stream", urls=(RTMP,)),
            EgressOutput(kind="images", path="shots", interval=5),
            encoding=Encoding(width=1280, height=720),
        )
    ).request
    assert made.template.layout == "speaker"
    assert [output.WhichOneof("config") for output in made.outputs] == [
        "file",
        "file",
        "stream",
        "images",
    ]
    assert made.outputs[1].file.filepath == "b.mp4"
    assert made.outputs[2].stream.urls == [RTMP]
    assert made.preset == egress.H264_720P_30


@pytest.mark.parametrize(
    ("alone", "video", "routes"),
    [({}, "anna", 1), ({"audio_only": True}, "", 1), ({"video_only": True}, "anna", 0)],
)
def test_a_person_is_media_in_the_second_version(
    alone: dict[str, bool], video: str, routes: int
) -> None:
    source = EgressSource(kind="participant", identity="anna", **alone)  # type: ignore[arg-type]
    form = "ogg" if "audio_only" in alone else "mp4"
    made: Any = second_call(asked(EgressOutput(kind="file", format=form), source=source)).request
    assert made.media.participant_video.identity == video
    people = [route.participant_identity for route in made.media.audio.routes]
    assert people == ["anna"] * routes


def test_secrets_of_a_call_are_known_and_stay_out_of_its_text() -> None:
    made = call(EgressOutput(kind="stream", urls=(RTMP,)), FILE, storage=STORAGES["s3"][0])
    assert {RTMP, KEY, "planted-key", "planted-secret"} <= set(made.secrets)
    assert "planted" not in repr(made)


@pytest.mark.parametrize("build", [start_call, second_call])
def test_what_cannot_be_is_refused_before_a_message_is_made(build: Any) -> None:
    with pytest.raises(InvalidRequest):
        build(asked(EgressOutput(kind="file", format="mp3")))
    with pytest.raises(InvalidRequest):
        build(asked(EgressOutput(kind="images", path="a", interval=2**40)))
