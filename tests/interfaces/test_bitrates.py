"""Bitrates on the command line: a number, or with a unit."""

from __future__ import annotations

import click
import pytest

from greenroom.interfaces.cli.capabilities import Bitrate


@pytest.mark.parametrize(
    ("said", "bits"),
    [
        ("400000", 400_000),
        ("400k", 400_000),
        ("400 kbps", 400_000),
        ("1.7M", 1_700_000),
        ("1.7Mbps", 1_700_000),
        ("64kbit/s", 64_000),
    ],
)
def test_a_bitrate_is_read_as_people_write_it(said: str, bits: int) -> None:
    assert Bitrate().convert(said, None, None) == bits


@pytest.mark.parametrize("said", ["", "k", "fast", "1.2.3M", "-5k", "5G"])
def test_what_is_no_bitrate_is_refused(said: str) -> None:
    with pytest.raises(click.BadParameter, match="is no bitrate"):
        Bitrate().convert(said, None, None)
