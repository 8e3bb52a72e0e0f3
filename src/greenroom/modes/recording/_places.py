"""From the URL at which a service says that a file lies to the name of an object in a bucket."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from greenroom.domain.egress import Storage


def object_at(storage: Storage, url: str, *, quoted: bool) -> str:
    """The name; "" where the URL leads elsewhere. ``quoted``: whether the service quotes names in its URLs (RFC 3986)."""
    _, scheme, rest = url.partition("://")
    for base in bases(storage) if scheme else ():
        if rest.startswith(f"{base}/"):
            name = rest.removeprefix(f"{base}/")
            name = unquote(name) if quoted else name
            parts = name.split("/")
            return "" if {"", ".", ".."} & set(parts) else name
    return ""


def bases(storage: Storage) -> list[str]:
    """Host, and path to the bucket, of all the ways in which services write it: bucket in the path, or before the host."""
    bucket = storage.bucket
    if storage.type == "gcp":
        return [f"storage.googleapis.com/{bucket}", f"{bucket}.storage.googleapis.com"]
    if storage.type == "azure":
        return [f"{storage.credentials.get('account_name', '')}.blob.core.windows.net/{bucket}"]
    if storage.endpoint:
        host = urlsplit(storage.endpoint).netloc or storage.endpoint.strip("/")
        hosts = [host]
    else:
        hosts = ["s3.amazonaws.com"]
        hosts += [f"s3.{storage.region}.amazonaws.com"] if storage.region else []
    return [base for host in hosts for base in (f"{host}/{bucket}", f"{bucket}.{host}")]
