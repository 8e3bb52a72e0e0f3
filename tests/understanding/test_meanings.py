"""Words that mean a value, and settings by their own name, in requests."""

from __future__ import annotations

from typing import Any

import pytest

from greenroom.hub.compiled import load_catalogue
from greenroom.understanding.marking import Mark
from greenroom.understanding.marks import FieldWords, stems_of, tag
from greenroom.understanding.meanings import denied, phrases, turned, values_of
from greenroom.understanding.reader import Reader
from greenroom.understanding.search import Search

CATALOGUE = load_catalogue()
READER = Reader(CATALOGUE)
SEARCH = Search(CATALOGUE, READER.lexicon)


def filled(sentence: str, capability: str) -> dict[str, Any]:
    """What a capability's fields get from a sentence."""
    return SEARCH.fill(READER.tokens(sentence), capability).values


def mark(*, value: Any) -> Mark:
    return Mark(0, 2, "hidden", 2, means=True, value=value)


def test_tokens_that_mean_the_same_are_one_phrase_with_few_words_between() -> None:
    tags = [["a"], [], ["a"], [], [], [], ["a"], ["b"]]
    assert sorted(phrases(tags)) == [(0, 3, "a"), (6, 7, "a"), (7, 8, "b")]


def test_words_of_a_field_are_found_in_all_their_forms_wherever_they_stand() -> None:
    fields = {
        "max": {"words": ["at most"], "means": []},
        "hidden": {"words": [], "means": [[True, ["unseen", "not seen"]]]},
    }
    words = FieldWords({"room.x": {"fields": fields}, "room.y": {"fields": {}}}, READER.lexicon)
    stems = stems_of(READER.tokens("at most 5, not seen, unseen"))
    found = [(m.field, m.start, m.end, m.value) for m in words.of(stems, "room.x")]
    assert found == [("max", 0, 2, None), ("hidden", 4, 6, True), ("hidden", 7, 8, True)]
    assert words.of(stems, "room.y") == []
    assert words.tags(stems) == {4: {"hidden=true"}, 5: {"hidden=true"}, 7: {"hidden=true"}}


def test_a_denial_holds_up_to_the_end_of_its_part_of_the_sentence() -> None:
    tokens = READER.tokens("no camera, microphone")
    assert denied(tokens, READER.lexicon) == [False, True, True, False]


def test_a_listed_yes_becomes_a_no_only_where_the_no_is_likelier_and_likely() -> None:
    yes = mark(value=True)
    assert tag(yes.field, yes.value) == "hidden=true"
    assert turned(yes, [{"hidden=true": 1.0, "hidden=false": 2.0}, {}]).value is False
    assert turned(yes, [{"hidden=true": 2.0, "hidden=false": 1.0}, {}]).value is True
    assert turned(yes, [{"hidden=true": -4.0, "hidden=false": -3.0}, {}]).value is True


def test_yes_and_no_are_both_meant_by_words_where_a_field_lists_one() -> None:
    fields = {"hidden": {"means": [[True, ["unseen"]]]}, "name": {"means": []}}
    assert values_of(fields) == {"hidden": {True, False}}


@pytest.mark.parametrize(
    ("sentence", "settings"),
    [
        ("put room.defaultSettings.maxParticipants on 40", 40),
        ("room.defaultSettings.maxParticipants=12", 12),
        ("unset room.defaultSettings.maxParticipants", None),
    ],
)
def test_a_setting_is_changed_by_its_own_name(sentence: str, settings: Any) -> None:
    found = filled(sentence, "coordinator.change_settings")
    assert found["settings"] == {"room.defaultSettings.maxParticipants": settings}


def test_a_setting_of_which_nothing_is_said_is_not_changed() -> None:
    assert "settings" not in filled("look at auth.defaultTtl", "coordinator.change_settings")


def test_what_stands_behind_because_is_a_reason_where_a_token_lives_over_a_day() -> None:
    long = filled(
        "token for ana in standup for 3 days because the fair is long", "auth.create_token"
    )
    assert long["reason"] == "the fair is long"
    short = filled(
        "token for ana in standup for 2 hours because the fair is long", "auth.create_token"
    )
    assert "reason" not in short
