"""Examples to learn from: corpus sentences, phrases of capabilities and seen gold requests, as tokens with their labels."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from greenroom.understanding.build import expand
from greenroom.understanding.fields import PERSON_KINDS, ROOM_KINDS
from greenroom.understanding.learned import NOTHING, role_of
from greenroom.understanding.live import marked_kept, marked_live
from greenroom.understanding.marks import FieldWords, stems_of, tag
from greenroom.understanding.mentions import Token
from greenroom.understanding.pronouns import KEPT_THINGS
from greenroom.understanding.reader import Reader
from greenroom.understanding.score import Scorer, features

HERE = Path(__file__).parent
GOLD = HERE.parent / "tests" / "data" / "gold" / "seen"
MARK = re.compile(r"\{(\w+)(?:=([^:{}]*))?:([^{}]*)\}")
PEOPLE, ROOMS = {"person", "identity", "publisher"}, {"room", "recording", "egress"}
"""Marks of what exists on the server."""
UNNAMED = {"other", "new", "person"}
"""Marks of names that no argument is read from."""
CHOSEN = {
    "domain", "format", "environment", "mode", "place", "role", "layout", "sources", "source", "storage", "platform", "language",
    "condition", "device", "use", "facing_mode", "protocol",
}  # fmt: skip
"""Arguments of which the marked word is itself one of the values."""
MOST_VARIANTS = 3
WEIGHTS = {"gold": 2.0, "phrases": 1.0, "corpus": 1.0}
UNLIVE = 0.3
"""Weight of the same request as it reads where nothing of that name exists."""
JOINTS = (" and ", ", then ", "; ", " and then ", ". ", ", and ", " && ", ". After that ")
VALUES = {
    "count": ["5", "12", "thirty", "8", "200"],
    "duration": ["2 hours", "30 minutes", "ten minutes", "90s", "1h", "a day", "45 min"],
    "jwt": ["eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln"],
    "plan-id": ["01ARZ3NDEKTSV4RRFFQ69G5FAV"],
    "prefix": ["guest", "viewer", "seat", "bot"],
    "role": ["scribe", "night-shift", "judge", "guide"],
    "role-to-be": ["scribe", "night-shift", "judge", "guide"],
    "text": ["moderator", "tier=gold", "presenter", "night-shift"],
    "reason": ["the festival lasts three days"],
    "secret": ["env:LIVEKIT_API_SECRET", "xxxx-yyyy-zzzz", "live_84a1f", "abcd-1234-efgh"],
    "choice": ["json"],
    "settings": ["room.defaultSettings.maxParticipants", "auth.defaultTtl", "auth.roles.guest.ttl"],
    "destination": ["main-site", "sat-uplink", "salesfox", "parish-tv"],
    "preset": ["torchlight", "h180", "h720", "hd-slides"],
    "name-to-be": ["mobile", "presenter", "hd-slides", "main-site", "cursors", "sat-uplink"],
    "region": ["eu-west-1", "us-east-2", "europe-west4"],
    "path": ["final-take", "standup.mp4", "talks/keynote"],
    "track": ["TR_VCx8Kq2pLm", "TR_AMp3nD9w"],
    "ordinal": ["second", "2nd", "third", "first"],
    "resolution": ["1080p", "720p", "1280x720", "4k", "full hd"],
    "frame-rate": ["30fps", "24 frames per second", "60 fps"],
    "bitrate": ["2 Mbps", "500 kbps", "64 kbit/s"],
    "url": ["https://example.com/exports", "https://ops.acme.dev/hook"],
    "stream-url": [
        "rtmp://live.example.com/app/abc",
        "rtmps://in.acme.tv:443/live/k1",
        "srt://cast.example:9000",
    ],
    "pattern": ["test-*", "demo-*", "*-old", "tmp_*", "bot-*"],
    "": ["5"],
}
"""Values of fields that are no names, by kind."""
ASKED_FOR = {
    "token": "auth.inspect_token",
    "identities": "auth.create_token",
    "identity": "room.remove_participant",
    "name": "room.create",
    "api_secret": "coordinator.configure_credentials",
    "url": "egress.start_stream",
    "recording": "recording.stop",
    "egress": "egress.stop",
}
"""Field that a gold request's question asks for → the capability that alone asks for it."""


@dataclass(frozen=True, slots=True)
class Example:
    """A request: what it wants, and the role of each of its tokens (``NOTHING`` for no value)."""

    source: str
    tokens: Sequence[Token]
    wants: Sequence[str]
    roles: Sequence[str] | None
    weight: float
    means: Sequence[Sequence[str]] = ()
    """All ``field=value`` that each token means; of a list each value."""
    before: str = ""
    """The capability of the conversation's last call, where there was one."""


def examples(catalogue: Mapping[str, Any]) -> Iterator[Example]:
    """All there are; those with live names once more without."""
    reader = Reader(catalogue)
    for example in [
        *corpus(catalogue["capabilities"], reader),
        *phrases(catalogue["capabilities"], reader),
        *gold(catalogue, reader),
    ]:
        yield example
        unlive = [
            replace(token, kind="name", known="")
            if token.known or token.kind in {"room", "person"}
            else token
            for token in example.tokens
        ]
        if unlive != example.tokens:
            yield replace(example, tokens=unlive, weight=example.weight * UNLIVE)


def corpus(capabilities: Mapping[str, Any], reader: Reader) -> Iterator[Example]:
    """Sentences of ``corpus/``."""
    for file in sorted((HERE / "corpus").glob("*.tsv")):
        for line in file.read_text(encoding="utf-8").splitlines():
            label, sentence, *before = line.split("\t")
            known = marked(label, sentence, reader, capabilities)
            yield replace(known, before=before[0]) if before else known


def marked(label: str, sentence: str, reader: Reader, capabilities: Mapping[str, Any]) -> Example:
    """One line of the corpus."""
    wants = [] if label == NOTHING else label.split("+")
    text, spans, meant, rooms, people = "", [], [], [], []
    kept: dict[str, str] = {}
    at = 0
    for mark in MARK.finditer(sentence):
        text += sentence[at : mark.start()]
        start, at = len(text), mark.end()
        text += mark[3]
        rooms += [mark[3].strip('"')] if mark[1] in ROOMS else []
        people += [mark[3]] if mark[1] in PEOPLE else []
        kept |= {mark[3]: kind_in(mark[1], wants, capabilities)}
        if mark[2] is None and mark[1] not in UNNAMED and wants:
            spans.append((start, len(text), role_in(mark[1], wants, capabilities)))
        value = mark[3].casefold() if mark[2] is None and mark[1] in CHOSEN else mark[2]
        if value is not None:
            tags = [f"{mark[1]}={each}" for each in value.split(",")]
            meant.append((start, len(text), tags))
    text += sentence[at:]
    tokens = with_names(reader.tokens(text), rooms, people, kept, reader)
    roles = [
        next((role for start, end, role in spans if start - 1 <= t.start < end), NOTHING)
        for t in tokens
    ]
    means = [
        next((tags for start, end, tags in meant if start - 1 <= t.start < end), []) for t in tokens
    ]
    return Example("corpus", tokens, wants, roles if wants else None, WEIGHTS["corpus"], means)


def with_names(
    tokens: Sequence[Token],
    rooms: Sequence[str],
    people: Sequence[str],
    kept: Mapping[str, str],
    reader: Reader,
) -> Sequence[Token]:
    """The tokens, marked as the planner marks what exists on the server and in the settings; ``kept``: name → kind of its field."""
    known = {name: kind for name, kind in kept.items() if kind in KEPT_THINGS}
    marked = marked_kept(tokens, known, reader.lexicon)
    return marked_live(marked, rooms, people, reader.lexicon)


def role_in(field: str, wants: Sequence[str], capabilities: Mapping[str, Any]) -> str:
    """The role of an argument of this name in a request for these capabilities: of the first that has it."""
    return role_of(field, kind_in(field, wants, capabilities))


def kind_in(field: str, wants: Sequence[str], capabilities: Mapping[str, Any]) -> str:
    """The kind of an argument of this name: of the first of these capabilities that has it; "" where none has."""
    fields = (capabilities[want]["fields"] for want in wants)
    return next((known[field]["kind"] for known in fields if field in known), "")


def phrases(capabilities: Mapping[str, Any], reader: Reader) -> Iterator[Example]:
    """What capabilities say of themselves, with names and values in place; and two such sentences as one request."""
    pool = Pool()
    said = []
    for identifier, about in capabilities.items():
        for phrase in about["says"]:
            variants = list(expand(phrase))[:MOST_VARIANTS]
            for words in variants:
                sentence = pool.filled(words, about["fields"])
                said.append((identifier, sentence))
                weight = WEIGHTS["phrases"] / len(variants)
                known = marked(identifier, sentence, reader, capabilities)
                yield replace(known, source="phrases", weight=weight)
    for at, (first, sentence) in enumerate(said):
        second, other = said[pool.drawn(f"{at} {sentence}", len(said))]
        if first != second:
            joint = JOINTS[pool.drawn(sentence, len(JOINTS))]
            both = f"{sentence}{joint}{other}"
            pair = marked(f"{first}+{second}", both, reader, capabilities)
            yield replace(pair, source="phrases", weight=WEIGHTS["phrases"])


class Pool:
    """Names of rooms and people from the seen gold requests, and values of other kinds; always the same for one phrase."""

    def __init__(self) -> None:
        worlds = [r["world"].get("rooms", {}) for r in gold_requests()]
        rooms = sorted({room for world in worlds for room in world})
        people = sorted({p for world in worlds for inside in world.values() for p in inside})
        self.values = {**VALUES, **dict.fromkeys(ROOM_KINDS, rooms)}
        self.values |= dict.fromkeys(PERSON_KINDS | {"display-name"}, people)

    def filled(self, words: str, fields: Mapping[str, Any]) -> str:
        """A phrase with a marked value for each placeholder."""

        def value(match: re.Match[str]) -> str:
            name = match.group(1)
            known = self.values[fields[name]["kind"]]
            return f"{{{name}:{known[self.drawn(words + name, len(known))]}}}"

        return re.sub(r"\{(\w+)\}", value, words)

    @staticmethod
    def drawn(text: str, count: int) -> int:
        """A number below ``count``, always the same for one text."""
        return zlib.crc32(text.encode()) % count


def gold_requests() -> Iterator[dict[str, Any]]:
    """All seen gold requests."""
    for file in sorted(GOLD.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            yield json.loads(line)


def gold(catalogue: Mapping[str, Any], reader: Reader) -> Iterator[Example]:
    """Seen gold requests, of several turns the last. What waits for an answer counts where its question says what it wants.

    What was done before the last turn is guessed by the phrases alone.
    """
    capabilities = catalogue["capabilities"]
    words = FieldWords(capabilities, reader.lexicon)
    scorer = Scorer(catalogue["planner"]["shares"], capabilities, catalogue["planner"]["sizes"])
    for request in gold_requests():
        expected, rooms = request["expected"], request["world"].get("rooms", {})
        wants = list(dict.fromkeys(call["capability"] for call in expected["calls"]))
        if expected["status"] == "needs_input" and expected.get("field") in ASKED_FOR:
            wants = [ASKED_FOR[expected["field"]]]
        wants = expected.get("wants", wants)
        if not wants and (expected["status"] != "failed" or len(request["turns"]) > 1):
            continue
        people = [person for inside in rooms.values() for person in inside]
        later = len(request["turns"]) > 1
        kept = kept_by(expected["calls"], capabilities) if later else {}
        tokens = with_names(reader.tokens(request["turns"][-1]), [*rooms], people, kept, reader)
        roles = called(tokens, expected["calls"], capabilities) if expected["calls"] else None
        means = listed(tokens, expected["calls"], capabilities, words)
        turn = reader.tokens(request["turns"][-2]) if later else []
        before = scorer.rank(features(turn, reader.lexicon))[0][1] if turn else ""
        yield Example("gold", tokens, wants, roles, WEIGHTS["gold"], means, before)


def kept_by(
    calls: Sequence[Mapping[str, Any]], capabilities: Mapping[str, Any]
) -> Mapping[str, str]:
    """Names of the settings in these calls → the kind of their field."""
    return {
        name: capabilities[call["capability"]]["fields"][field]["kind"]
        for call in calls
        for field, value in call["arguments"].items()
        for name in (value if isinstance(value, list) else [value])
        if isinstance(name, str)
    }


def listed(
    tokens: Sequence[Token],
    calls: Sequence[Mapping[str, Any]],
    capabilities: Mapping[str, Any],
    words: FieldWords,
) -> Sequence[Sequence[str]]:
    """What each token means, by the phrases that fields list; nothing where a call has a value that no such phrase gives."""
    means: list[set[str]] = [set() for _ in tokens]
    stems = stems_of(tokens)
    for call in calls:
        given = {
            tag(name, value)
            for name, argument in call["arguments"].items()
            if capabilities[call["capability"]]["fields"][name]["means"]
            for value in (argument if isinstance(argument, list) else [argument])
        }
        for mark in words.of(stems, call["capability"]):
            meant = tag(mark.field, mark.value)
            if mark.means and meant in given:
                for at in range(mark.start, mark.end):
                    means[at].add(meant)
        if not given <= set().union(*means):
            return ()
    return [sorted(here) for here in means]


def called(
    tokens: Sequence[Token], calls: Sequence[Mapping[str, Any]], capabilities: Mapping[str, Any]
) -> list[str]:
    """The role of each token, by the arguments that have its value."""
    roles = [NOTHING] * len(tokens)
    for call in calls:
        fields = capabilities[call["capability"]]["fields"]
        for name, given in call["arguments"].items():
            role = role_of(name, fields[name]["kind"])
            for value in given if isinstance(given, list) else [given]:
                for at, token in enumerate(tokens):
                    if roles[at] == NOTHING and is_value(token, value):
                        roles[at] = role
    return roles


def is_value(token: Token, value: Any) -> bool:
    """Whether an argument's value was most likely read from this token."""
    if isinstance(value, bool):
        return False
    if isinstance(value, int):
        return token.kind in {"number", "duration"} and bool(token.value == value)
    return bool(value in (token.value, token.text.rstrip(".,!?:")))
