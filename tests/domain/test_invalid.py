"""What is wrong with an argument is said in words that people use, and no secret is repeated."""

from __future__ import annotations

from typing import Annotated, Literal, Self

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from greenroom.domain.invalid import in_words


class Wish(BaseModel):
    """Everything that can be wrong."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=5)] = "x"
    count: Annotated[int, Field(ge=0, le=9)] = 0
    people: Annotated[list[str], Field(min_length=1, max_length=2)] = Field(default=["a"])
    code: Annotated[str, Field(pattern="^a")] = "a"
    layout: Literal["grid", "speaker"] = "grid"
    text: str = ""
    sure: bool = False

    @field_validator("text")
    @classmethod
    def written(cls, text: str) -> str:
        if text == "wrong":
            msg = "write name=value"
            raise ValueError(msg)
        return text

    @model_validator(mode="after")
    def together(self) -> Self:
        if self.count == 7:
            msg = "say how many, or what the last one is called"
            raise ValueError(msg)
        return self


def said(*, secret: bool = False, **given: object) -> str:
    with pytest.raises(ValidationError) as refused:
        Wish.model_validate(given)
    return in_words(dict(refused.value.errors(include_url=False)[0]), "it", secret=secret)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"name": ""}, "name must not be empty"),
        ({"name": "123456"}, "name has 6 characters; 5 are the most"),
        ({"name": 3}, "name must be text, not 3"),
        ({"count": -3}, "count must be at least 0, not -3"),
        ({"count": 12}, "count must be at most 9, not 12"),
        ({"count": "many"}, "count must be a whole number, not 'many'"),
        ({"count": 1.5}, "count must be a whole number, not 1.5"),
        ({"people": []}, "people must have at least 1"),
        ({"people": ["a", "b", "c"]}, "people has 3; 2 are the most"),
        ({"people": ["a", 2]}, "people.1 must be text, not 2"),
        ({"code": "b" * 90}, f"code must be of another form, not '{'b' * 60}…'"),
        ({"layout": "cinema"}, "layout should be 'grid' or 'speaker', not 'cinema'"),
        ({"sure": "perhaps"}, "sure must be true or false, not 'perhaps'"),
        ({"text": "wrong"}, "text: write name=value, not 'wrong'"),
        ({"count": 7}, "say how many, or what the last one is called"),
        ({"nosuch": 1}, "nosuch is no argument of it"),
    ],
)
def test_each_mistake_has_its_words(given: dict[str, object], says: str) -> None:
    assert said(**given) == f"it: {says}."


def test_what_is_missing_is_needed() -> None:
    class Needs(BaseModel):
        name: str

    with pytest.raises(ValidationError) as refused:
        Needs.model_validate({})
    error = dict(refused.value.errors(include_url=False)[0])
    assert in_words(error, "it", secret=False) == "it needs name."


def test_a_secret_is_not_repeated_nor_a_request_that_holds_one() -> None:
    assert said(secret=True, code="planted") == "it: code must be of another form."
    assert "planted" not in said(count=7, code="aplanted")
