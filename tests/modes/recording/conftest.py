"""Rooms with people, and a service that records."""

from __future__ import annotations

import pytest

from tests.doubles import MemoryRooms
from tests.egress_double import MemoryEgress


@pytest.fixture
def rooms() -> MemoryRooms:
    return MemoryRooms({"lobby": ["dana", "ben"], "stage": ["ana"], "empty": []})


@pytest.fixture
def egress() -> MemoryEgress:
    return MemoryEgress()
