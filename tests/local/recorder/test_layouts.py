"""Where tiles stand, for every layout and any number of people. Pure, so nothing is recorded here."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.local.egress.layouts import KINDS, Layout, read_layout
from greenroom.local.recorder.layouts import MOST, STRIP, Box, Place, Seat, arrange

SIZES = [(1280, 720), (1920, 1080), (720, 1280), (1080, 1920), (640, 480)]
people = st.integers(1, 60)


def seats(count: int, screens: int = 0) -> list[Seat]:
    shown = [Seat(f"screen-{number}", screen=True) for number in range(screens)]
    return [*(Seat(f"person-{number}") for number in range(count)), *shown]


def overlap(one: Box, other: Box) -> bool:
    return (
        one.x < other.x + other.width
        and other.x < one.x + one.width
        and one.y < other.y + other.height
        and other.y < one.y + one.height
    )


@given(
    kind=st.sampled_from(KINDS),
    size=st.sampled_from(SIZES),
    count=people,
    screens=st.integers(0, 2),
    speaker=st.integers(0, 60),
)
def test_tiles_lie_in_the_picture_apart_from_each_other_and_on_even_pixels(
    kind: str, size: tuple[int, int], count: int, screens: int, speaker: int
) -> None:
    places = arrange(Layout(kind), *size, seats(count, screens), f"person-{speaker}")
    assert places
    assert len({place.key for place in places}) == len(places)
    for place in places:
        box = place.box
        assert box.x >= 0 and box.y >= 0
        assert box.x + box.width <= size[0] and box.y + box.height <= size[1]
        assert all(side % 2 == 0 for side in (box.x, box.y, box.width, box.height))
        assert box.width >= 16 and box.height >= 16
    for one, other in itertools.combinations(places, 2):
        assert not overlap(one.box, other.box)


@pytest.mark.parametrize(
    ("count", "rows"),
    [(1, [1]), (2, [2]), (3, [2, 1]), (4, [2, 2]), (5, [3, 2]), (9, [3, 3, 3]), (12, [4, 4, 4])],
)
def test_a_wide_grid_has_the_rows_that_people_expect(count: int, rows: list[int]) -> None:
    places = arrange(Layout("grid"), 1280, 720, seats(count), None)
    found = [len(list(row)) for _, row in itertools.groupby(places, key=lambda place: place.box.y)]
    assert found == rows


def test_a_tall_grid_stacks_two_people() -> None:
    first, second = arrange(Layout("grid"), 720, 1280, seats(2), None)
    assert first.box.x == second.box.x
    assert first.box.y < second.box.y


def test_all_tiles_of_a_grid_have_one_size() -> None:
    for count in range(1, 41):
        places = arrange(Layout("grid"), 1280, 720, seats(count), None)
        assert len({(place.box.width, place.box.height) for place in places}) == 1


def test_forty_people_are_all_in_the_grid_and_who_comes_after_the_last_place_is_not() -> None:
    assert len(arrange(Layout("grid"), 1280, 720, seats(40), None)) == 40
    assert len(arrange(Layout("grid"), 1280, 720, seats(60), None)) == MOST


def test_who_speaks_has_the_stage_and_the_others_the_strip() -> None:
    places = arrange(Layout("speaker"), 1280, 720, seats(4), "person-2")
    assert largest(places).key == "person-2"
    assert [place.key for place in places[1:]] == ["person-0", "person-1", "person-3"]


def test_before_anybody_spoke_the_first_has_the_stage() -> None:
    assert largest(arrange(Layout("speaker"), 1280, 720, seats(3), None)).key == "person-0"


def test_a_single_speaker_fills_the_picture() -> None:
    (place,) = arrange(Layout("single-speaker"), 1280, 720, seats(5), "person-3")
    assert place == Place("person-3", Box(0, 0, 1280, 720))


def test_a_screen_share_takes_the_stage_whole_in_every_layout() -> None:
    for kind in KINDS:
        places = arrange(Layout(kind), 1280, 720, seats(3, screens=1), "person-1")
        assert largest(places).key == "screen-0"
        assert largest(places).whole
        assert len(places) == (1 if kind == "single-speaker" else 4)


def test_of_two_screens_the_later_one_has_the_stage() -> None:
    assert largest(arrange(Layout("grid"), 1280, 720, seats(2, screens=2), None)).key == "screen-1"


def test_who_speaks_is_seen_beside_a_screen_even_where_the_strip_is_full() -> None:
    places = arrange(Layout("grid"), 1280, 720, seats(20, screens=1), "person-15")
    assert len(places) == 1 + STRIP
    assert "person-15" in {place.key for place in places}
    assert [place.key for place in places[1:3]] == ["person-0", "person-1"]


def test_nobody_is_an_empty_picture() -> None:
    assert arrange(Layout("grid"), 1280, 720, [], None) == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_layout_can_be_named_with_and_without_a_shade(kind: str) -> None:
    assert read_layout(kind) == Layout(kind)
    assert read_layout(f"{kind}-dark") == Layout(kind)
    assert read_layout(f"{kind}-light") == Layout(kind, light=True)


@pytest.mark.parametrize("name", ["pyramid", "light", "grid-pink", "Grid", "speaker-light-dark"])
def test_a_name_of_no_layout_is_none(name: str) -> None:
    assert read_layout(name) is None


def test_no_name_is_the_grid() -> None:
    assert read_layout("") == Layout("grid")


def largest(places: list[Place]) -> Place:
    return max(places, key=lambda place: place.box.width * place.box.height)
