"""Where finished recordings go: S3 and what speaks it, Google Cloud Storage, Azure. LiveKit: S3Upload, GCPUpload, AzureBlobUpload."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from greenroom.domain.recordings import media_type
from greenroom.local.twirp.refusals import Refusal

if TYPE_CHECKING:
    from obstore.store import ObjectStore

SECONDS = 60
"""A request that takes longer is given up, and tried again."""


@dataclass(frozen=True, slots=True)
class Storage:
    """A bucket. ``base``: the URL that objects are found below. Holds secrets."""

    store: ObjectStore = field(repr=False)
    base: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)

    def location(self, key: str) -> str:
        """The URL of an object."""
        return f"{self.base}/{quote(key)}"

    async def put(self, path: Path, key: str) -> dict[str, Any]:
        """Upload, and see that it is there as a whole: what ``delete`` knows it by. Raises OSError and obstore's errors."""
        import obstore

        attributes = {"Content-Type": media_type(path.name)}
        await obstore.put_async(
            self.store,
            key,
            path,
            attributes={**attributes, **self.attributes},
            tags=dict(self.tags),
        )
        there = await obstore.head_async(self.store, key)
        here = await asyncio.to_thread(os.path.getsize, path)
        if there["size"] != here:
            raise OSError(f"the object has {there['size']} bytes, the file {here}")
        return {"base": self.base, "key": key, "size": here, "tag": there["e_tag"] or ""}

    async def delete(self, uploaded: Mapping[str, Any]) -> bool:
        """Whether it is gone now: another object that has its name by now is left alone. Raises obstore's errors."""
        import obstore

        try:
            there = await obstore.head_async(self.store, uploaded["key"])
        except FileNotFoundError:
            return False
        if not uploaded["tag"] or there["e_tag"] != uploaded["tag"]:
            return False
        await obstore.delete_async(self.store, uploaded["key"])
        return True


def storage_of(message: Any) -> Storage:
    """From a request's message. Raises Refusal (invalid_argument, unimplemented); nothing is asked of the server."""
    makers = {"S3Upload": _s3, "GCPUpload": _gcp, "AzureBlobUpload": _azure}
    kind = type(message).__name__
    if kind not in makers:
        words = (
            "The recorder does not speak AliOSS's own API. Use its S3-compatible endpoint, as s3."
        )
        raise Refusal("unimplemented", words)
    try:
        return makers[kind](message)
    except Refusal:
        raise
    except Exception as error:
        # obstore's errors of construction name settings, not their values.
        raise Refusal("invalid_argument", f"The storage cannot be used: {error}") from error


def _s3(given: Any) -> Storage:
    from obstore.store import S3Store

    _require(given.bucket, "bucket")
    if given.assume_role_arn:
        words = "The recorder does not assume roles: give it keys of the role (session_token)."
        raise Refusal("unimplemented", words)
    endpoint = given.endpoint.rstrip("/")
    settings: dict[str, Any] = {
        "access_key_id": given.access_key,
        "secret_access_key": given.secret,
        "session_token": given.session_token,
        "region": given.region or "us-east-1",
        "endpoint": endpoint,
        # A server of one's own is rarely found below a name for each bucket.
        "virtual_hosted_style_request": not (given.force_path_style or endpoint),
    }
    store = S3Store(
        given.bucket,
        config={name: value for name, value in settings.items() if value not in {"", None}},  # type: ignore[arg-type]
        client_options=_client(given, endpoint),
        retry_config=_ONCE,
    )
    attributes = dict(given.metadata)
    if given.content_disposition:
        attributes["Content-Disposition"] = given.content_disposition
    tags = dict(pair.partition("=")[::2] for pair in given.tagging.split("&") if pair)
    base = f"{endpoint}/{given.bucket}" if endpoint else f"https://{given.bucket}.s3.amazonaws.com"
    return Storage(store, base, attributes, tags)


def _gcp(given: Any) -> Storage:
    from obstore.store import GCSStore

    _require(given.bucket, "bucket")
    store = GCSStore(
        given.bucket,
        config={"service_account_key": given.credentials} if given.credentials else None,
        client_options=_client(given, ""),
        retry_config=_ONCE,
    )
    return Storage(store, f"https://storage.googleapis.com/{given.bucket}")


def _azure(given: Any) -> Storage:
    from obstore.store import AzureStore

    _require(given.container_name, "container_name")
    store = AzureStore(
        given.container_name,
        config={"account_name": given.account_name, "account_key": given.account_key},
        client_options={"timeout": f"{SECONDS}s"},
        retry_config=_ONCE,
    )
    base = f"https://{given.account_name}.blob.core.windows.net/{given.container_name}"
    return Storage(store, base)


_ONCE: Any = {"max_retries": 0}
"""Tries are counted in one place: see uploads."""


def _client(given: Any, endpoint: str) -> Any:
    options: dict[str, Any] = {"timeout": f"{SECONDS}s", "connect_timeout": "10s"}
    if urlsplit(endpoint).scheme == "http":
        options["allow_http"] = True
    if given.proxy.url:
        options["proxy_url"] = given.proxy.url
    return options


def _require(value: str, name: str) -> None:
    if not value:
        raise Refusal("invalid_argument", f"The storage's {name} is missing.")
