"""Names for places to stream to: kept with a reference to the key, used, listed, changed and taken back."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest

from greenroom.crew import Greenroom
from greenroom.domain.outcome import Outcome
from tests.modes.egress.conftest import KEY, Service, everything_kept, shown

APP = "rtmp://live.example.com/app"


async def define(crew: Greenroom, **arguments: Any) -> Outcome:
    return await crew.call("egress.define_destination", **arguments)


def kept(crew: Greenroom, name: str) -> dict[str, Any]:
    found: dict[str, Any] = crew._configuration.chosen(f"egress.destinations.{name}")
    return found


async def test_a_key_is_kept_in_a_file_that_only_its_owner_reads_and_is_nowhere_else(
    crew: Greenroom, tmp_path: Path
) -> None:
    done = await define(crew, name="main-site", url=APP, key=KEY)
    assert done.status == "done", done.message
    about = kept(crew, "main-site")
    assert about["url"] == APP and about["key"].startswith("file:")
    file = Path(about["key"][5:].replace("~", str(tmp_path)))
    assert file.read_text() == KEY
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    listed = await crew.call("egress.list_destinations")
    assert KEY not in shown(done) + shown(listed) + everything_kept(tmp_path)
    assert done.message.startswith("Destination main-site is rtmp://live.example.com/app; its key")


async def test_a_url_with_its_key_inside_is_taken_apart(crew: Greenroom, tmp_path: Path) -> None:
    done = await define(crew, name="a", url=f"{APP}/{KEY}?bitrate=auto")
    assert kept(crew, "a")["url"] == APP
    assert crew._configuration.secret("egress.destinations.a.key") == f"{KEY}?bitrate=auto"
    srt = await define(crew, name="b", url=f"srt://media.example.com:9000?streamid={KEY}")
    assert kept(crew, "b")["url"] == "srt://media.example.com:9000"
    assert KEY not in shown(done) + shown(srt) + everything_kept(tmp_path)


async def test_a_stream_goes_to_where_the_destination_is_with_its_key(
    crew: Greenroom, egress: Service
) -> None:
    await define(crew, name="tube", platform="youtube", key=KEY)
    await define(crew, name="srt", url="srt://media.example.com:9000", key=KEY)
    started = await crew.call("egress.start_stream", room="stage", destination="tube")
    assert started.status == "done", started.message
    assert egress.url == f"rtmp://a.rtmp.youtube.com/live2/{KEY}"
    await crew.call("egress.start_stream", room="lobby", destination="srt")
    assert egress.url == f"srt://media.example.com:9000?streamid={KEY}"


async def test_a_platform_alone_is_enough_where_one_destination_is_on_it(
    crew: Greenroom, egress: Service
) -> None:
    call = {"room": "stage", "platform": "twitch"}
    asked = await crew.call("egress.start_stream", **call)
    assert (asked.status, asked.message) == ("failed", "Which stream key does twitch want?")
    await define(crew, name="ours", platform="twitch", key=KEY)
    assert (await crew.call("egress.start_stream", **call)).status == "done"
    assert egress.url == f"rtmp://live.twitch.tv/app/{KEY}"
    await define(crew, name="other", platform="twitch", key="another-key")
    again = await crew.call("egress.start_stream", **call)
    assert again.error is not None
    assert again.error.hint == "Give the key, or one of the destinations other and ours."


async def test_a_key_may_be_a_reference_that_somebody_keeps_elsewhere(
    crew: Greenroom, egress: Service, tmp_path: Path
) -> None:
    (tmp_path / "key.txt").write_text(f"{KEY}\n")
    await define(crew, name="tube", platform="youtube", key=f"file:{tmp_path}/key.txt")
    await crew.call("egress.start_stream", room="stage", destination="tube")
    assert egress.url.endswith(f"/{KEY}")
    (tmp_path / "key.txt").unlink()
    gone = await crew.call("egress.start_stream", room="lobby", destination="tube")
    assert gone.error is not None and gone.error.code == "secret-unresolved"


async def test_another_place_under_an_old_name_does_not_get_the_old_key(crew: Greenroom) -> None:
    await define(crew, name="a", url=APP, key=KEY)
    await define(crew, name="a", url=APP, protocol="rtmp")
    assert kept(crew, "a")["key"].startswith("file:")
    await define(crew, name="a", url="rtmp://elsewhere.example.com/app")
    assert "key" not in kept(crew, "a")
    await define(crew, name="a", platform="youtube", key=KEY)
    assert "url" not in kept(crew, "a")


async def test_a_definition_is_taken_back_unless_somebody_changed_it_since(
    crew: Greenroom,
) -> None:
    first = await define(crew, name="a", url=APP, key=KEY)
    before = kept(crew, "a")
    changed = await define(crew, name="a", platform="twitch", key="other-key")
    assert (await crew.call("coordinator.undo", plan=changed.id)).status == "done"
    assert kept(crew, "a") == before
    await define(crew, name="a", url="rtmp://elsewhere.example.com/app")
    refused = await crew.call("coordinator.undo", plan=first.id)
    assert refused.error is not None and refused.error.code == "changed-since"


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        ({"url": "https://example.com/live"}, "blocked", "https:// is for web pages"),
        ({"url": "live.example.com/app"}, "blocked", "has no scheme"),
        ({"url": f"rtmp://user:{KEY}@example.com/app"}, "failed", "holds a user or password"),
        ({"url": "rtmp://169.254.169.254/app/x"}, "blocked", "a machine's own services"),
        ({"platform": "vimeo", "key": "k"}, "failed", "There is no platform vimeo."),
        ({"platform": "youtub", "key": "k"}, "failed", "There is no platform youtub."),
        ({}, "failed", "say where it is: url, or platform"),
        ({"url": APP, "protocol": "srt"}, "failed", "takes rtmp here, not srt"),
    ],
)
async def test_what_is_no_place_to_stream_to_is_refused_with_why(
    crew: Greenroom, arguments: dict[str, Any], status: str, says: str
) -> None:
    refused = await define(crew, name="a", **arguments)
    assert (refused.status, says in refused.message) == (status, True), refused.message
    assert KEY not in shown(refused)
    assert crew._configuration.chosen("egress.destinations") is None


async def test_a_list_names_each_place_and_the_platforms_and_no_key(crew: Greenroom) -> None:
    none = await crew.call("egress.list_destinations")
    assert none.message.startswith("No destination is defined. With a key, youtube and twitch")
    await define(crew, name="ours", platform="twitch", key=KEY)
    await define(crew, name="main", url=f"{APP}/{KEY}")
    listed = await crew.call("egress.list_destinations")
    assert listed.message.startswith(f"2 destinations: main ({APP}), ours (twitch).")
    main, ours = listed.unwrap().destinations
    assert (main.url, ours.url) == (APP, "rtmp://live.twitch.tv/app")
    assert main.defined_in[0].startswith("project, ")
