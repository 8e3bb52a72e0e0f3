"""Fields that say which of many are meant."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from greenroom.domain.capability import Kind, Words

Pattern = Annotated[
    str,
    Kind.PATTERN,
    Words("named like", "names like"),
    Field(max_length=256, description='Names that fit, with * for anything: "test-*".'),
]
