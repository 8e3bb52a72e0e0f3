"""Which LiveKit server: URL and credentials as one set, never mixed from two sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from greenroom.config import lk
from greenroom.config.layers import merged
from greenroom.config.reading import Unusable
from greenroom.config.references import resolve, variable_of
from greenroom.domain.access import KnownKey
from greenroom.domain.errors import ConfigurationError
from greenroom.domain.urls import split_url

if TYPE_CHECKING:
    from greenroom.config.configuration import Configuration
    from greenroom.config.store import FileConfiguration

VARIABLES = {"url": "LIVEKIT_URL", "api_key": "LIVEKIT_API_KEY", "api_secret": "LIVEKIT_API_SECRET"}
SETTINGS = {"url": "api.url", "api_key": "api.key", "api_secret": "api.secret"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """A server and the right to use it."""

    url: str
    api_key: str
    api_secret: str = field(repr=False)
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Configured:
    """The ``api`` table of the highest layer that has one: references, not yet followed."""

    layer: str
    values: Mapping[str, str]
    folder: str


def choose_credentials(
    given: Mapping[str, str | None],
    environ: Mapping[str, str],
    configuration: FileConfiguration | None = None,
) -> Credentials | None:
    """Arguments, else the set of an environment that somebody named, else ``LIVEKIT_*``, else the configuration.

    The lowest layer of the configuration is the default project of ``lk``.

    None when none of them names anything. Raises ConfigurationError (credentials-incomplete, invalid-url,
    secret-unresolved, invalid-config) rather than complete one set from another.
    """
    if any(given.values()):
        return complete("arguments", given, dict(zip(VARIABLES, VARIABLES, strict=True)))
    if configuration is not None and configuration.sources.explicit:
        found = configured(configuration)
        if found is not None and found.layer == "environment":
            return from_configuration(found, environ)
    named = {name: environ.get(variable) for name, variable in VARIABLES.items()}
    if all(named.values()) or configuration is None:
        return complete("environment", named, VARIABLES) if any(named.values()) else None
    found = configured(configuration)
    if any(named.values()) and not (found and refers_to(found, named)):
        return complete("environment", named, VARIABLES)
    return from_configuration(found, environ) if found is not None else None


def configured(configuration: FileConfiguration) -> Configured | None:
    """The highest layer with an ``api`` table. Raises ConfigurationError (invalid-config)."""
    now = configuration.current()
    now.check()
    return highest(now)


def highest(now: Configuration) -> Configured | None:
    """The highest layer with an ``api`` table, whatever mistakes there are."""
    by_layer: dict[str, Any] = {}
    for layer in now.layers:
        if layer.tree.get("api"):
            by_layer[layer.name] = merged(by_layer.pop(layer.name, {}), layer.tree["api"])
    if not by_layer:
        return None
    name, api = list(by_layer.items())[-1]
    values = {field: str(api.get(key[4:], "")) for field, key in SETTINGS.items()}
    return Configured(layer=name, values=values, folder=now.folder_of(name))


def variables_in_use(now: Configuration) -> dict[str, str]:
    """Key of ``api`` → variable, where ``LIVEKIT_*`` name the server and the configuration does not."""
    named = {name: now.sources.environ.get(variable) for name, variable in VARIABLES.items()}
    found = highest(now)
    by_name = found is not None and found.layer == "environment" and now.sources.explicit
    taken = found is not None and not all(named.values()) and refers_to(found, named)
    if by_name or taken:
        return {}
    return {SETTINGS[name]: VARIABLES[name] for name, value in named.items() if value}


def key_sets(environ: Mapping[str, str], now: Configuration) -> tuple[KnownKey, ...]:
    """Every server that is named, by ``LIVEKIT_*`` first and then by the layers, highest first; secrets are not followed.

    Of ``lk`` all projects are told, the default one and the others.
    """
    found = []
    named = {name: environ.get(variable, "") for name, variable in VARIABLES.items()}
    if any(named.values()):
        found.append(known_key("LIVEKIT_*", named, environ))
    for layer in reversed(now.layers):
        if layer.name == lk.LAYER:
            found += lk_keys(environ)
        elif api := layer.tree.get("api"):
            values = {name: str(api.get(key[4:], "")) for name, key in SETTINGS.items()}
            source = "environment file" if layer.name == "environment" else layer.name
            found.append(known_key(source, values, environ))
    return tuple(found)


def lk_keys(environ: Mapping[str, str]) -> list[KnownKey]:
    """Every project of ``lk``; none where its file cannot be used, which is a warning of the configuration."""
    try:
        projects = lk.read_projects(environ)
    except Unusable:
        return []
    found = []
    for each in projects.all if projects else ():
        known = known_key(
            f"lk project {each.name}", each.shown(), environ, {f: f for f in lk.FIELDS}
        )
        default = projects is not None and each.name == projects.default and not known.note
        found.append(replace(known, note="lk's default project") if default else known)
    return found


def known_key(
    source: str,
    values: Mapping[str, str],
    environ: Mapping[str, str],
    names: Mapping[str, str] = VARIABLES,
) -> KnownKey:
    """One set as it may be shown: a reference to a variable is followed, for URL and key alone."""
    plain = {n: environ.get(variable_of(v), v) if variable_of(v) else v for n, v in values.items()}
    missing = [names[name] for name in VARIABLES if not values.get(name)]
    note = f"not complete: no {' and no '.join(missing)}" if missing else ""
    return KnownKey(key=plain["api_key"], url=plain["url"], source=source, in_use=False, note=note)


def refers_to(found: Configured, named: Mapping[str, str | None]) -> bool:
    """Whether the configuration itself takes every ``LIVEKIT_*`` that is set: then it is one set, the configuration's."""
    taken = {variable_of(value) for value in found.values.values()}
    return all(VARIABLES[name] in taken for name, value in named.items() if value)


def from_configuration(found: Configured, environ: Mapping[str, str]) -> Credentials:
    """The set, references followed. Raises ConfigurationError."""
    source = "environment file" if found.layer == "environment" else "configuration"
    if project := lk.project_of(found.values["api_secret"]):
        source = f"lk project {project}"
    values = {
        name: resolve(value, environ, found.folder, SETTINGS[name])
        for name, value in found.values.items()
    }
    return complete(source, values, SETTINGS, layer=found.layer)


def complete(
    source: str, values: Mapping[str, str | None], names: Mapping[str, str], layer: str = ""
) -> Credentials:
    """One source's set. Raises ConfigurationError (credentials-incomplete, invalid-url)."""
    missing = [names[name] for name in VARIABLES if not values.get(name)]
    if missing:
        named = "environment variables" if source == "environment" else source
        who = f"{source} (layer: {layer})" if layer else named
        verb = "names" if layer else "name"
        msg = f"The {who} {verb} a LiveKit server, but not {' and '.join(missing)}."
        hint = "Give URL, API key and API secret together: a set is never completed from another source."
        raise ConfigurationError(msg, code="credentials-incomplete", hint=hint)
    url = str(values["url"]).strip()
    check_url(url, names["url"])
    return Credentials(
        url=url,
        api_key=str(values["api_key"]),
        api_secret=str(values["api_secret"]),
        source=source,
    )


def check_url(url: str, name: str) -> None:
    """Raises ConfigurationError (invalid-url) unless it is ws, wss, http or https with a host and no user."""
    parts = split_url(url, {"ws", "wss", "http", "https"})
    if parts is None or parts.username is not None:
        msg = f"{name} is no URL of a LiveKit server."
        hint = "It looks like wss://livekit.example.com, or ws://localhost:7880."
        raise ConfigurationError(msg, code="invalid-url", hint=hint)
