"""Which service is used, and how it is found out: bytes on real sockets."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio

from greenroom.adapters.livekit.egress_services import NEGATIVE_SECONDS, EgressServices
from greenroom.domain.errors import ConfigurationError, GreenroomError
from tests.adapters.livekit.conftest import MakeRooms
from tests.adapters.livekit.egress_settings import Chosen
from tests.adapters.livekit.servers import PROTOBUF, answer, saying, serve, twirp
from tests.doubles import FakeClock

MakeServices = Callable[..., EgressServices]
YES = answer("200 OK", Content_Type=PROTOBUF)
NO_REDIS = twirp("500 No", "internal", "egress not connected (redis required)")
UNKNOWN_PATH = answer("404 No", b"404 page not found\n", Content_Type="text/plain")


@pytest_asyncio.fixture
async def make_services(make_rooms: MakeRooms) -> AsyncIterator[MakeServices]:
    """``make_services(url, settings, recorder, clock)``."""
    made: list[EgressServices] = []

    def make(
        url: str,
        settings: Chosen | None = None,
        recorder: str = "",
        clock: FakeClock | None = None,
    ) -> EgressServices:
        rooms, clock = make_rooms(url), clock or FakeClock()
        made.append(EgressServices(rooms, settings or Chosen(), lambda: recorder, clock))
        return made[-1]

    yield make
    for services in made:
        await services.close()


@pytest.mark.parametrize(
    ("said", "connected"),
    [
        (YES, True),
        (NO_REDIS, False),
        (twirp("501 No", "unimplemented", "no such service"), False),
    ],
)
async def test_the_servers_own_is_there_where_list_egress_answers(
    make_services: MakeServices, said: bytes, connected: bool
) -> None:
    async with serve(saying(said)) as server:
        assert await make_services(server.url).connected() is connected


async def test_one_that_cannot_be_asked_is_no_answer(make_services: MakeServices) -> None:
    async with serve(saying(twirp("401 No", "unauthenticated"))) as server:
        with pytest.raises(GreenroomError) as caught:
            await make_services(server.url, recorder="http://127.0.0.1:9").connected()
        assert caught.value.code == "unauthenticated"


async def test_a_yes_is_asked_for_once_and_a_no_again_after_some_seconds(
    make_services: MakeServices,
) -> None:
    clock = FakeClock()
    async with serve(saying(NO_REDIS, YES)) as server:
        services = make_services(server.url, clock=clock)
        assert not await services.connected()
        assert not await services.connected()
        assert len(server.requests) == 1
        clock.time += NEGATIVE_SECONDS + 0.1
        assert await services.connected()
        clock.time += 10_000
        assert await services.connected()
        assert (await services.choose()).name == "livekit"
        assert len(server.requests) == 2


async def test_the_recorder_is_used_where_the_server_has_none(make_services: MakeServices) -> None:
    async with serve(saying(NO_REDIS)) as server, serve(saying(YES)) as recorder:
        services = make_services(server.url, recorder=recorder.url)
        assert (await services.choose()).name == "greenroom"
        assert await services.connected()
        assert len(recorder.requests) == 1


async def test_the_servers_own_comes_before_the_recorder(make_services: MakeServices) -> None:
    async with serve(saying(YES)) as server:
        services = make_services(server.url, recorder="http://127.0.0.1:9")
        assert (await services.choose()).name == "livekit"


@pytest.mark.parametrize("settings", [Chosen(), Chosen(service="greenroom")])
async def test_without_any_it_is_said_what_to_do(
    make_services: MakeServices, settings: Chosen
) -> None:
    async with serve(saying(NO_REDIS)) as server:
        services = make_services(server.url, settings)
        with pytest.raises(ConfigurationError) as caught:
            await services.choose()
        assert not await services.connected()
    assert caught.value.code == "egress-missing"
    for way in ("greenroom up", "greenroom recorder", "Redis"):
        assert way in caught.value.hint


async def test_a_setting_decides_without_a_question(make_services: MakeServices) -> None:
    async with serve(saying(YES)) as server:
        services = make_services(server.url, Chosen(service="greenroom"), recorder="http://a:1")
        assert (await services.choose()).name == "greenroom"
        services = make_services(server.url, Chosen(service="livekit"), recorder="http://a:1")
        assert (await services.choose()).name == "livekit"
        assert server.requests == []


async def test_a_setting_that_changes_is_followed(make_services: MakeServices) -> None:
    settings = Chosen(service="livekit")
    async with serve(saying(NO_REDIS)) as server:
        services = make_services(server.url, settings, recorder="http://127.0.0.1:9")
        assert (await services.choose()).name == "livekit"
        settings.values["egress.service"] = "greenroom"
        assert (await services.choose()).name == "greenroom"


@pytest.mark.parametrize(
    ("said", "name"),
    [
        (twirp("404 No", "not_found", "egress does not exist"), "greenroom"),
        (UNKNOWN_PATH, "livekit"),
        (twirp("404 No", "bad_route", "no handler"), "livekit"),
    ],
)
async def test_a_url_alone_is_asked_once_whose_it_is(
    make_services: MakeServices, said: bytes, name: str
) -> None:
    async with serve(saying(said)) as other:
        services = make_services("ws://127.0.0.1:9", Chosen(url=other.url))
        assert [(await services.choose()).name for _ in range(3)] == [name] * 3
        assert len(other.requests) == 1
        assert b"/twirp/greenroom.Egress/" in other.requests[0]


async def test_a_url_where_nothing_listens_is_no_guess(make_services: MakeServices) -> None:
    services = make_services("ws://127.0.0.1:9", Chosen(url="http://127.0.0.1:9"))
    with pytest.raises(GreenroomError) as caught:
        await services.choose()
    assert caught.value.code == "connection-refused"
    assert "egress.url" in caught.value.hint
