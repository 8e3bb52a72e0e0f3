"""URLs that services give for uploaded files, and the objects they stand for."""

from __future__ import annotations

import pytest

from greenroom.domain.egress import Storage
from greenroom.modes.recording._places import object_at

S3 = Storage(type="s3", bucket="films", region="eu-west-1")
OWN = Storage(type="s3", bucket="films", endpoint="http://minio:9000/")
GCP = Storage(type="gcp", bucket="films")
AZURE = Storage(type="azure", bucket="films", credentials={"account_name": "acme"})


@pytest.mark.parametrize(
    ("storage", "url", "name"),
    [
        (S3, "https://films.s3.amazonaws.com/rec/a.mp4", "rec/a.mp4"),
        (S3, "https://films.s3.eu-west-1.amazonaws.com/a.mp4", "a.mp4"),
        (S3, "https://s3.eu-west-1.amazonaws.com/films/a.mp4", "a.mp4"),
        (S3, "https://other.s3.amazonaws.com/a.mp4", ""),
        (S3, "https://films-2.s3.amazonaws.com/a.mp4", ""),
        (S3, "http://minio:9000/films/a.mp4", ""),
        (S3, "https://films.s3.amazonaws.com/rec/../a.mp4", ""),
        (S3, "https://films.s3.amazonaws.com/rec/%2e%2e/a.mp4", ""),
        (S3, "https://films.s3.amazonaws.com/", ""),
        (S3, "/out/films/a.mp4", ""),
        (OWN, "http://minio:9000/films/one%20talk.mp4", "one talk.mp4"),
        (OWN, "https://films.minio:9000/a.mp4", "a.mp4"),
        (OWN, "https://films.s3.amazonaws.com/a.mp4", ""),
        (GCP, "https://storage.googleapis.com/films/a.mp4", "a.mp4"),
        (GCP, "https://films.storage.googleapis.com/a.mp4", "a.mp4"),
        (AZURE, "https://acme.blob.core.windows.net/films/a.mp4", "a.mp4"),
        (AZURE, "https://other.blob.core.windows.net/films/a.mp4", ""),
    ],
)
def test_a_url_stands_for_an_object_of_this_storage_or_for_none(
    storage: Storage, url: str, name: str
) -> None:
    assert object_at(storage, url, quoted=True) == name


def test_a_service_that_does_not_quote_is_taken_by_its_word() -> None:
    url = "https://films.s3.amazonaws.com/100%25.mp4"
    assert object_at(S3, url, quoted=False) == "100%25.mp4"
