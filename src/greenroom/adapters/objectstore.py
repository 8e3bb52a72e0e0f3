"""Objects in S3 and what speaks it, Google Cloud Storage and Azure, by obstore."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from greenroom.domain.egress import Storage
from greenroom.domain.errors import ConfigurationError, GreenroomError, InvalidRequest, ServerError

if TYPE_CHECKING:
    from obstore.store import ObjectStore

SECONDS = 10.0
"""Until a storage has to answer."""
PIECE = 2 * 1024 * 1024
"""Bytes of a large object that are asked for at once."""
AT_ONCE = 16
"""Requests about single objects."""
NEEDED = {
    "s3": ("access_key", "secret"),
    "gcp": ("the JSON key file of a service account",),
    "azure": ("account_name", "account_key"),
}
"""Type of storage → what its credentials are."""
SAYS = (
    (r"InvalidAccessKeyId", "unauthenticated", "The storage does not know the access key."),
    (r"SignatureDoesNotMatch", "unauthenticated", "The secret does not fit the access key."),
    (r"NoSuchBucket|ContainerNotFound", "not-found", "There is no such bucket."),
    (r"status code: 401", "unauthenticated", "The storage does not accept the credentials."),
    (r"status code: 403", "permission-denied", "The credentials may not do that in this bucket."),
    (r"status code: 404", "not-found", "There is no such bucket, or no such object in it."),
    (r"configured region|status code: 301", "invalid-for-server", "It is in another region."),
    (r"status code: 503", "unavailable", "The storage cannot serve requests just now."),
    (r"status code: 5\d\d", "server-error", "The storage failed inside."),
    (r"TimedOut|kind: Timeout", "timeout", "The storage did not answer in time."),
    (r"dns error|failed to lookup", "name-resolution-failed", "Its host has no address."),
    (r"ConnectionRefused", "connection-refused", "Nothing listens at the storage's address."),
    (r"error sending request", "connection-failed", "The storage cannot be reached."),
)
"""What is in obstore's text, as a pattern → code, and what happened. First that fits."""
HINTS = {
    "unauthenticated": "Look at what egress.storage.credentials refers to.",
    "permission-denied": "Allow the key to put, get and delete objects there.",
    "not-found": "Look at egress.storage.bucket.",
    "invalid-for-server": "Set egress.storage.region to the bucket's.",
}


class ObstoreObjects:
    """media_ports.ObjectStore. ``seconds``: until an answer has to be there."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds

    async def write(self, storage: Storage, name: str, content: bytes) -> None:
        """Put an object."""
        store = self._store(storage)
        import obstore

        await self._tried(storage, lambda: obstore.put_async(store, name, content))

    async def read(self, storage: Storage, name: str) -> bytes:
        """Get an object, all of it."""
        store = self._store(storage)
        import obstore

        async def get() -> bytes:
            found = await obstore.get_async(store, name)
            return bytes(await found.bytes_async())

        content: bytes = await self._tried(storage, get)
        return content

    async def sizes(self, storage: Storage, names: Sequence[str]) -> dict[str, int]:
        """By HEAD, some at once."""
        store = self._store(storage)
        import obstore

        at_once = asyncio.Semaphore(AT_ONCE)

        async def size(name: str) -> int | None:
            async with at_once:
                try:
                    found = await self._tried(storage, lambda: obstore.head_async(store, name))
                except ServerError as error:
                    if error.code == "not-found":
                        return None
                    raise
            return int(found["size"])

        known = await asyncio.gather(*map(size, names))
        return {name: it for name, it in zip(names, known, strict=True) if it is not None}

    async def pieces(self, storage: Storage, name: str, size: int) -> AsyncIterator[bytes]:
        """By ranges: each has the time that an answer may take, so a large object over a slow line arrives."""
        store = self._store(storage)
        import obstore

        for start in range(0, size, PIECE):
            end = min(size, start + PIECE)
            yield bytes(
                await self._tried(
                    storage,
                    lambda start=start, end=end: obstore.get_range_async(
                        store, name, start=start, end=end
                    ),
                )
            )

    async def delete(self, storage: Storage, *names: str) -> None:
        """Delete objects; one that is not there is no error."""
        store = self._store(storage)
        import obstore

        await self._tried(storage, lambda: obstore.delete_async(store, list(names)))

    def _store(self, storage: Storage) -> ObjectStore:
        """Nothing is asked of the server yet. Raises ConfigurationError, InvalidRequest, ServerError (unimplemented)."""
        try:
            import obstore.store as stores
        except ImportError as error:
            msg = "obstore, which speaks to storages, is not installed."
            hint = "Install it: pip install 'greenroom[recorder]'"
            raise ConfigurationError(msg, code="recorder-missing", hint=hint) from error
        if storage.type not in NEEDED:
            msg = f"A storage of type {storage.type} cannot be looked at from here."
            hint = "Alibaba's OSS speaks S3, too: set type s3 and its S3 endpoint."
            raise ServerError(msg, code="unimplemented", hint=hint)
        options: dict[str, Any] = {"timeout": f"{self._seconds}s", "connect_timeout": "5s"}
        if urlsplit(storage.endpoint).scheme == "http":
            options["allow_http"] = True
        shared = {"client_options": options, "retry_config": {"max_retries": 0}}
        try:
            return _made(stores, storage, shared)
        except Exception as error:
            raise InvalidRequest(
                "The credentials of the storage are of another form.",
                hint=f"For {storage.type}: {', '.join(NEEDED[storage.type])}.",
            ) from error

    async def _tried(self, storage: Storage, act: Any) -> Any:
        """Raises ServerError, in words without secrets."""
        try:
            return await act()
        except Exception as error:
            raise said(error, storage) from error


def _made(stores: Any, storage: Storage, shared: dict[str, Any]) -> ObjectStore:
    known = storage.credentials
    store: ObjectStore
    if storage.type == "s3":
        endpoint = storage.endpoint.rstrip("/")
        config = {
            "access_key_id": known.get("access_key", ""),
            "secret_access_key": known.get("secret", ""),
            "session_token": known.get("session_token", ""),
            "region": storage.region or "us-east-1",
            "endpoint": endpoint,
            # A server of one's own is rarely found below a name for each bucket.
            "virtual_hosted_style_request": not endpoint,
        }
        given = {name: value for name, value in config.items() if value != ""}
        store = stores.S3Store(storage.bucket, config=given, **shared)
    elif storage.type == "gcp":
        key = known.get("credentials", "")
        config = {"service_account_key": key} if key else {}
        store = stores.GCSStore(storage.bucket, config=config, **shared)
    else:
        config = {name: known[name] for name in ("account_name", "account_key") if name in known}
        store = stores.AzureStore(storage.bucket, config=config, **shared)
    return store


def said(error: Exception, storage: Storage) -> GreenroomError:
    """Obstore's error in our words. Its text is searched, and shown only in a piece without secrets."""
    text = str(error)
    for secret in storage.credentials.values():
        text = text.replace(secret, "***") if secret else text
    where = f"{storage.type} bucket {storage.bucket}"
    for sign, code, words in SAYS:
        if re.search(sign, text):
            hint = HINTS.get(code, "Look at egress.storage, and at this machine's network.")
            return ServerError(f"{where}: {words}", code=code, hint=hint)
    first = text.strip().partition("\n")[0][:200].rstrip(".") or type(error).__name__
    return ServerError(f"{where}: {first}.", code="server-error", hint="Look at egress.storage.")
