"""What each claim of a token means, and what people most often get wrong in it. LiveKit: auth/grants.go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from greenroom.domain.nouns import Finding
from greenroom.domain.rights import SOURCES
from greenroom.modes.auth._grants import VIDEO
from greenroom.modes.auth._roles import sources_in_words
from greenroom.rules.token_sources import meant

KNOWN = frozenset({"roomJoin", "room", *VIDEO.values()})
TYPES: Mapping[str, tuple[type[Any], str]] = {
    "canPublishSources": (list, "a list"),
    "room": (str, "text"),
    "destinationRoom": (str, "text"),
}
"""Grants that are not yes or no."""
SERVER_RIGHTS = {
    "roomCreate": "create and delete any room",
    "roomList": "list all rooms",
    "roomRecord": "record and stream any room",
    "ingressAdmin": "manage ingress of any room",
    "agent": "register as a worker for agents of any room",
}
TRISTATE = {
    "canPublish": (
        "May send audio and video.",
        "May send no audio or video, whatever canPublishSources lists.",
    ),
    "canSubscribe": (
        "May receive audio and video of the others.",
        "Sees and hears nobody; an administrator's subscriptions do not change that.",
    ),
    "canPublishData": ("May send data: chat, reactions.", "May send no data: no chat."),
    "canUpdateOwnMetadata": (
        "May change their own name, metadata and attributes.",
        "May not change their own name, metadata and attributes.",
    ),
}
"""Grant → what yes and no mean."""
CAN_BE_SAID_LATER = "An administrator can change it for somebody who is inside (UpdateParticipant)."


def error(subject: str, message: str, remedy: str) -> Finding:
    """What keeps the token from working."""
    return Finding(severity="error", subject=subject, message=message, remedy=remedy)


def warning(subject: str, message: str, remedy: str) -> Finding:
    """What works and is most likely not wanted."""
    return Finding(severity="warning", subject=subject, message=message, remedy=remedy)


def ok(subject: str, message: str) -> Finding:
    """What a claim means."""
    return Finding(severity="ok", subject=subject, message=message)


def grant_findings(claims: Mapping[str, Any]) -> Iterator[Finding]:
    """Everything about the claim ``video``: mistakes of spelling and type first, then each grant explained."""
    video = claims.get("video")
    if not isinstance(video, Mapping):
        misplaced = sorted(KNOWN & claims.keys())
        yield error(
            "video",
            f"{', '.join(misplaced)} stand outside the claim video."
            if misplaced
            else "It has no video grant, so it opens nothing.",
            "Put them into the claim video."
            if misplaced
            else "Create a join token for a room: greenroom auth create-token.",
        )
        return
    yield from misspelt(video)
    yield from wrong_types(video)
    yield from joining(claims, video)
    yield from flags(video)
    yield from sources(video)
    yield from administration(video)
    yield from unseen(video)
    yield from server_rights(video)


def misspelt(video: Mapping[str, Any]) -> Iterator[Finding]:
    """Names that LiveKit does not read: it ignores them, and says nothing."""
    for name in video:
        if name in KNOWN:
            continue
        camel = name[:1] + "".join(w.capitalize() for w in name.split("_"))[1:]
        near = camel if camel in KNOWN else next(iter(get_close_matches(name, KNOWN, n=1)), "")
        near = "room" if name.casefold() in {"roomname", "room_name"} else near
        yield error(
            f"video.{name}",
            f"LiveKit does not know {name} and ignores it{f'; it reads {near}' if near else ''}.",
            f"Rename the claim to {near}." if near else "Leave it out.",
        )


def wrong_types(video: Mapping[str, Any]) -> Iterator[Finding]:
    """A value of another type makes LiveKit refuse the whole token."""
    for name in KNOWN & video.keys():
        value = video[name]
        kind, word = TYPES.get(name, (bool, "true or false"))
        if not isinstance(value, kind) and value is not None:
            yield error(
                f"video.{name}",
                f"{name} is not {word}; LiveKit refuses the whole token.",
                f"Write {word}, without quotation marks around it."
                if kind is bool
                else f"Write {word}.",
            )


def joining(claims: Mapping[str, Any], video: Mapping[str, Any]) -> Iterator[Finding]:
    """``roomJoin`` needs ``room``, and ``sub``."""
    joins, room = video.get("roomJoin"), video.get("room")
    if joins and not room:
        yield error(
            "video.roomJoin",
            "roomJoin is there and no room: it would put people into a room without a name.",
            "Name the one room that it opens in video.room.",
        )
    elif joins:
        yield ok("video.roomJoin", f"Opens room {room} and no other.")
    elif room and not video.get("roomAdmin"):
        yield error(
            "video.roomJoin",
            f"It names room {room} without roomJoin, so nobody can join with it.",
            "Set video.roomJoin to true.",
        )
    if joins and not claims.get("sub"):
        named = " It has identity, which LiveKit does not read." if claims.get("identity") else ""
        yield error("sub", f"It names no identity.{named}", "Name the person in sub.")


def flags(video: Mapping[str, Any]) -> Iterator[Finding]:
    """Yes, no, or not said: then LiveKit's default holds."""
    if not video.get("roomJoin"):
        return
    publishes = video.get("canPublish") is not False
    for name, (yes, no) in TRISTATE.items():
        value = video.get(name)
        if value is None:
            default = {"canPublishData": publishes, "canUpdateOwnMetadata": False}.get(name, True)
            why = " (as canPublish)" if name == "canPublishData" else ""
            yield ok(f"video.{name}", f"Not said; LiveKit's default{why}: {yes if default else no}")
        elif isinstance(value, bool):
            yield ok(f"video.{name}", yes if value else no)


def sources(video: Mapping[str, Any]) -> Iterator[Finding]:
    """``canPublishSources``: a list restricts, an empty one does not."""
    listed = video.get("canPublishSources")
    if not isinstance(listed, list):
        return
    subject = "video.canPublishSources"
    unknown = [str(source) for source in listed if source not in SOURCES]
    if unknown:
        named = ", ".join(dict.fromkeys(word for s in unknown if (word := meant(s))))
        yield error(
            subject,
            f"No client sends {', '.join(unknown)}.",
            f"Write {named}." if named else f"Sources are {', '.join(SOURCES)}.",
        )
    elif not listed:
        yield warning(
            subject,
            "The list is empty, which means all sources, not none.",
            "Forbid publishing with canPublish false.",
        )
    elif video.get("canPublish") is False:
        yield warning(
            subject, "It has no effect, because canPublish is false.", "Set canPublish to true."
        )
    else:
        left = [source for source in SOURCES if source not in listed]
        without = f", not {sources_in_words(left)}" if left else ""
        yield ok(subject, f"May send {sources_in_words(listed)}{without}.")


def administration(video: Mapping[str, Any]) -> Iterator[Finding]:
    """``roomAdmin`` is for the one room of the same grant."""
    if not video.get("roomAdmin"):
        return
    room = video.get("room")
    if not room:
        yield error(
            "video.roomAdmin",
            "roomAdmin without a room: it administers nothing.",
            "Name the room in video.room: it holds for that one alone.",
        )
        return
    yield ok(
        "video.roomAdmin",
        f"May mute, change and remove people of {room}, of no other room; not create, list or delete rooms.",
    )
    if video.get("canPublish") is False:
        yield warning(
            "video.roomAdmin",
            "Somebody who may only watch can mute and remove people.",
            "Leave out roomAdmin unless this is a moderator who is not seen.",
        )


def unseen(video: Mapping[str, Any]) -> Iterator[Finding]:
    """``hidden`` hides what they send, too."""
    if not video.get("hidden"):
        return
    if video.get("canPublish") is False:
        yield ok("video.hidden", "Others do not see them in the room.")
        return
    yield warning(
        "video.hidden",
        "Others do not see them, and get nothing that they send.",
        "Leave out hidden for somebody who is to be seen or heard; else set canPublish to false.",
    )


def server_rights(video: Mapping[str, Any]) -> Iterator[Finding]:
    """Rights that reach beyond one room."""
    over = [words for name, words in SERVER_RIGHTS.items() if video.get(name)]
    if over:
        yield warning(
            "video",
            f"It carries rights over all rooms of the server: {', '.join(over)}.",
            "Give such a token to servers only, never to a person's client.",
        )
