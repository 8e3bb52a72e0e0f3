"""Storage and notifications: kept in the settings, checked, taken back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from greenroom.crew import Greenroom
from tests.modes.egress.conftest import everything_kept, shown

SECRET = "storage-secret-nobody-may-see"
JSON = f'{{"access_key": "AK", "secret": "{SECRET}"}}'
S3 = {"storage": "s3", "bucket": "acme-exports", "region": "us-east-1"}


def kept(crew: Greenroom, key: str = "egress.storage") -> Any:
    return crew._configuration.chosen(key)


async def test_credentials_are_kept_as_a_reference_and_shown_to_nobody(
    crew: Greenroom, tmp_path: Path
) -> None:
    done = await crew.call("egress.configure_storage", credentials=JSON, **S3)
    assert done.status == "done", done.message
    about = kept(crew)
    assert about["credentials"].startswith("file:")
    assert crew._configuration.secret("egress.storage.credentials") == JSON
    assert SECRET not in shown(done) + everything_kept(tmp_path)
    assert done.steps[0].arguments["credentials"] == "***"


@pytest.mark.parametrize(
    "reference", ["env:ACME_STORAGE", "${ACME_STORAGE}", "file:/etc/acme.json"]
)
async def test_a_reference_is_kept_as_it_is(crew: Greenroom, reference: str) -> None:
    await crew.call("egress.configure_storage", credentials=reference, **S3)
    assert kept(crew)["credentials"] == reference


async def test_a_secret_in_no_known_form_is_refused_and_shown_to_nobody(
    crew: Greenroom, tmp_path: Path
) -> None:
    refused = await crew.call("egress.configure_storage", credentials=SECRET, **S3)
    assert refused.error is not None and refused.error.code == "invalid-argument"
    assert '{"access_key": …, "secret": …}' in refused.error.hint
    assert SECRET not in shown(refused) + everything_kept(tmp_path)
    assert kept(crew) is None


async def test_what_is_given_is_set_and_the_rest_stays(crew: Greenroom) -> None:
    await crew.call("egress.configure_storage", credentials="env:KEYS", **S3)
    await crew.call("egress.configure_storage", bucket="other")
    assert kept(crew) == {
        "type": "s3",
        "bucket": "other",
        "region": "us-east-1",
        "credentials": "env:KEYS",
    }


@pytest.mark.parametrize(
    "elsewhere",
    [{"storage": "gcp", "bucket": "b"}, {"endpoint": "https://minio.example.com", "bucket": "b"}],
)
async def test_another_storage_does_not_get_the_keys_of_the_former(
    crew: Greenroom, elsewhere: dict[str, str]
) -> None:
    first = {**S3, "endpoint": "https://a.example.com", "credentials": "env:KEYS"}
    await crew.call("egress.configure_storage", **first)
    moved = await crew.call("egress.configure_storage", **elsewhere)
    assert moved.status == "done", moved.message
    assert "credentials" not in kept(crew)
    assert (await crew.call("coordinator.undo")).status == "done"
    assert kept(crew)["credentials"] == "env:KEYS"


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        ({"bucket": "b"}, "blocked", "Whose storage is it?"),
        ({"storage": "s3"}, "blocked", "A storage of s3 needs a bucket."),
        ({"storage": "azure", "endpoint": "http://169.254.169.254", "bucket": "b"}, "blocked", "machine's own services"),
        ({**S3, "endpoint": "http://files.example.com"}, "blocked", "is not encrypted"),
        ({**S3, "endpoint": "ftp://files.example.com"}, "failed", "endpoint"),
        ({**S3, "endpoint": f"https://user:{SECRET}@files.example.com"}, "failed", "endpoint"),
        ({}, "failed", "say what"),
    ],
)  # fmt: skip
async def test_what_is_no_storage_is_refused_with_why(
    crew: Greenroom, arguments: dict[str, str], status: str, says: str
) -> None:
    refused = await crew.call("egress.configure_storage", **arguments)
    assert (refused.status, says in refused.message) == (status, True), refused.message
    assert kept(crew) is None


async def test_a_url_is_told_once_and_no_more_when_it_is_taken_off(crew: Greenroom) -> None:
    url = "https://example.com/exports"
    await crew.call("egress.notify", url=url)
    again = await crew.call("egress.notify", url=url)
    assert again.message == f"{url} is told already; nothing was changed."
    await crew.call("egress.notify", url="http://127.0.0.1:8080/hook")
    assert kept(crew, "egress.notifications") == [url, "http://127.0.0.1:8080/hook"]
    await crew.call("egress.notify", url=url, remove=True)
    assert kept(crew, "egress.notifications") == ["http://127.0.0.1:8080/hook"]
    assert (await crew.call("coordinator.undo")).status == "done"
    assert kept(crew, "egress.notifications") == [url, "http://127.0.0.1:8080/hook"]


async def test_a_list_that_becomes_empty_leaves_no_setting(crew: Greenroom) -> None:
    await crew.call("egress.notify", url="https://example.com/a")
    await crew.call("egress.notify", url="https://example.com/a", remove=True)
    assert kept(crew, "egress.notifications") is None


async def test_a_destination_is_forgotten_after_a_yes_and_comes_back(
    crew: Greenroom,
) -> None:
    call = {"name": "main", "url": "rtmp://live.example.com/app", "key": "a-key-to-keep"}
    await crew.call("egress.define_destination", **call)
    before = kept(crew, "egress.destinations.main")
    waits = await crew.call("egress.remove_destination", name="main")
    assert waits.status == "needs_approval" and waits.approval is not None
    done = await crew.approve(waits.approval.id)
    assert done.status == "done", done.message
    assert kept(crew, "egress.destinations") is None
    assert (await crew.call("coordinator.undo", plan=done.id)).status == "done"
    assert kept(crew, "egress.destinations.main") == before
    unknown = await crew.call("egress.remove_destination", name="mian")
    assert unknown.error is not None and unknown.error.hint == "Did you mean main?"
