"""Words and typed mentions: what stands in a request before anybody guesses what it means."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from greenroom.understanding.lanes import UNJUDGED, Judged
from greenroom.understanding.patterns import with_patterns
from greenroom.understanding.pictures import UNITS

SIGNS = (
    (re.compile(r"(?<=\s)(?:&&)(?=\s)"), " and "),
    (re.compile(r"\s*(?:&&|\|\||\|)\s*"), " ; "),
    (re.compile(r"(?<=\s)as well as(?=\s)", re.IGNORECASE), " and "),
    (re.compile(r"\s*(?:->|=>|→|⇒|>>)\s*"), " to "),
    (re.compile(r"<-+|←"), " , "),
    (re.compile(r"(?<=\w)\.{2,3}(?=\w)"), " to "),
    (re.compile(r"(?:<=|≤|<)\s*(?=\d)"), " at most "),
    (re.compile(r"(?:>=|≥)\s*(?=\d)"), " at least "),
    (re.compile(r"(?<=[\w)])\s*\+\s*(?=[a-z])", re.IGNORECASE), " and "),
    (re.compile(r"(?<=\s)(?:&|'?n'?|\+)(?=\s)"), " and "),
    (re.compile(r"\bw/o\b\s*", re.IGNORECASE), " without "),
    (re.compile(r"\bw/\s*", re.IGNORECASE), " with "),
    (re.compile(r"(?<=\s)@(?=\s)"), " at "),
)
"""What operators type instead of a word, and the word. Never inside quotes."""
SCANNER = re.compile(
    r"""
    (?P<plain>(?!(?:full|ultra)\s?hd\b|[fuq]hd\b)[a-z]+)(?:[ ]+|(?=[\s,]|$))
  | (?P<jwt>eyJ[\w-]{5,}\.[\w-]+\.[\w-]*)
  | (?P<quoted>"(?:[^"]{1,400})"|“[^”]{1,400}”|„[^“”\n]{1,400}[“”]|«[^»\n]{1,400}»|`[^`\n]{1,400}`|(?<![\w'’])['‘](?:[^'’\n]|['’](?=\w)){1,400}['’](?!\w))
  | (?P<json>\{[^{}\n]{0,4000}\})
  | (?P<stream>(?:rtmps?|srt)://[^\s<>"]*[^\s<>".,;:!?)])
  | (?P<url>[a-z][a-z0-9+.-]{1,9}://[^\s<>"]+)
  | (?P<setting>(?<![\w./-])(?:livekit\.)?(?:api|auth|room|track|recording|egress|webhook)(?-i:\.(?:"[^"\n]{1,300}"|[a-z][A-Za-z_]*))(?:\.(?:"[^"\n]{1,300}"|\w[\w-]*))*(?![\w@/]|\.\w))
  | (?P<email>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)
  | (?P<reference>\b(?:env|file):[\w./-]*\w)
  | (?P<region>\b(?:africa|af|ap|asia|australia|ca|cn|eu|europe|il|me|mx|northamerica|sa|southamerica|us)-(?:gov-)?(?:north|south|east|west|central){1,2}-?\d\b)
  | (?P<egress>(?-i:\bEG_)\w+)
  | (?P<track>(?-i:\bTR_)\w{4,})
  | (?P<plan>\b01[0-9A-HJKMNP-TV-Z]{24}\b)
  | (?P<time>\b\d{1,2}[:.]\d\d(?:\s?(?:am|pm|a\.m\.|p\.m\.|uhr|h)\b)?(?![\w:-])|\b\d{1,2}\s?(?:am|pm|a\.m\.|p\.m\.|o['’]?\s?clock|uhr)\b|\b\d{4}-\d\d-\d\d\b)
  | (?P<resolution>\b\d{3,5}\s?[x×]\s?\d{3,5}\b|(?<![\w.-])(?:\d{3,4}p(?=\d{2}(?:fps)?\b|\b(?!-\w))|[48]k\b(?!-\w)|(?:full[\s-]?hd|ultra[\s-]?hd|fhd|uhd|qhd)\b))
  | (?P<framerate>(?<=\dp\sat\s)\d{2}(?:\s?fps)?\b(?!\s?[kmg])|(?<![\w.-])\d{1,3}(?:[.,]\d+)?\s?(?:fps|f/s|hz|(?:frames?|pictures?|images?|bilder)(?:(?:\s(?:per|a|each|every|for|in|the|by)){1,2}\s(?:second|sec|s)\b|/s(?:ec)?\b))|(?<=\dp)\d{2}(?:fps)?\b)
  | (?P<bitrate>(?<![\w.-])\d+(?:[.,]\d+)?\s?(?:[kmg]bps|[kmg]b/s|[kmg]bits?(?:/s|ps|\s(?:per|a)\ssecond)?|(?:kilo|mega|giga)?bits?(?:/s|ps|\s(?:per|a)\ssecond)|(?:kilo|mega)bits?|bps)\b)
  | (?P<phone>\+?\d{10,20}\b)
  | (?P<flag>--?[a-z][a-z_-]*[a-z](?:=|\s+(?=\S))?|\b[a-z][a-z_]+(?:=|:(?=[\w"'“])))
  | (?P<duration>(?<![\w.])(?:\d+(?:[.,]\d+)?\s?(?:hours|hour|hrs|hr|h|minutes|minute|mins|min|m|seconds|second|secs|sec|s|days|day|d|weeks|week|w)(?![a-z_-])\s?)+(?![\w-]))
  | (?P<number>(?<![\w.+-])\d{1,9}(?:[.,]\d+)?(?![\w.-]*[a-z_-]))
  | (?P<word>(?:(?<![\w.~/])(?:~|\.{1,2})?/)?[^\W_][\w.+'’&/#-]*[\w+]|[^\W_])
  | (?P<stop>[.!?;]+(?=\s|$)|\n|;)
  | (?P<comma>[,()\[\]–—…]|:(?=\s|$)|(?<=\s)-(?=\s))
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""``plain`` is a word like ``word``, and the first that is tried: letters up to a blank or a comma are nothing else but a resolution."""
JWT = re.compile(r"eyJ[\w-]{5,}\.[\w-]+\.[\w-]*")
COUNTED = re.compile(r"(\d{1,6})-?([a-zA-Z]+)")
"""As in "50-person room" and "30-minute token"."""
LONGEST_WORD = 300
LENGTHENED = re.compile(r"([^\W\d_])\1{2,}")
"""As in "nooo" and "pleeease"."""
SIGNED = re.compile(r"as well as|\.\.|[|&<>→⇒←≤≥+@]|w/|\sn\s", re.IGNORECASE)
QUOTES = re.compile(r"""("[^"\n]*"|“[^”\n]*”|`[^`\n]*`|'[^'\n]*'|\{[^{}\n]*\}|[\w.+-]+@[\w.-]+)""")
SURELY_VALUE = 2.0
"""Log odds from which a mention is taken for a field's value."""
SHAPED = frozenset({
    "jwt", "plan", "setting", "url", "egress", "track", "stream", "region", "resolution", "framerate", "bitrate", "number", "duration",
})  # fmt: skip
"""Kinds of mention that are told by their shape, and are no names."""
ANDS = {"and", "&", "+", "plus"}
"""Words that join the members of a list."""
MULTIPLIERS = {"dozen", "hundred", "thousand"}


@dataclass(slots=True)
class Token:
    """A word or a typed mention. Nobody changes one; that it could be is five times as fast to make as a frozen one.

    Kinds: word, name, quoted, jwt, json, url, stream, setting, email, plan, egress, track, time, flag, duration, number,
    resolution, framerate, bitrate, region, pattern, room, person, stop, comma.
    """

    kind: str
    text: str
    value: Any
    """The normalised word, or what the mention means (seconds, a number, the text inside quotes)."""
    start: int
    roles: Judged = field(default=UNJUDGED, compare=False)
    """Log odds of being a value of each kind of field, as ``learned`` judges them."""
    known: str = ""
    """What it is called in the settings that this is a name of: destination, preset."""
    is_word: bool = field(init=False, repr=False, compare=False)
    """An ordinary word, of which meaning is made."""

    def __post_init__(self) -> None:
        self.is_word = self.kind == "word"

    def role(self, name: str) -> float:
        """Log odds that it is a value of this kind of field; 0 where nothing was learned."""
        return self.roles.get(name)

    @property
    def is_judged(self) -> bool:
        """Whether anything was learned of it."""
        return self.roles is not UNJUDGED

    @property
    def bare(self) -> str:
        """As it was typed, without the signs of a sentence and without "'s"."""
        return self.text.rstrip(".,!?:").removesuffix("'s").removesuffix("’s")

    @property
    def as_name(self) -> str:
        """As an argument that is a name has it: an existing or quoted one as it is, another as it was typed."""
        return str(self.value) if self.kind in {"quoted", "room", "person"} else self.bare

    @property
    def is_value(self) -> bool:
        """Whether it is surely some field's value."""
        return any(role != "none" for role in self.roles.above(SURELY_VALUE))


@lru_cache(maxsize=8192)
def shortened(word: str) -> str:
    """The word without letters that lengthen it."""
    return LENGTHENED.sub(r"\1", word)


@lru_cache(maxsize=8192)
def fold(word: str) -> str:
    """Lower case, plain apostrophes, no accents or trailing dots."""
    word = unicodedata.normalize("NFKC", word).replace("’", "'").casefold()
    return word.rstrip(".'") or word


def scan(text: str, lexicon: Mapping[str, Any]) -> list[Token]:
    """Tokens of a request in order, number words and durations already put together."""
    tokens = []
    text = spelled_out(text)
    for match in SCANNER.finditer(text):
        kind = str(match.lastgroup)
        said = match[kind]
        kind = "word" if kind == "plain" else kind
        if kind == "quoted" and JWT.fullmatch(said[1:-1].strip()):
            kind, said = "jwt", said[1:-1].strip()
        if kind == "reference":
            tokens.append(Token("quoted", said, said, match.start()))
            continue
        if kind == "setting" and meaning(kind, said, {}).split(".")[1] not in lexicon["settings"]:
            kind = "word"
        counted = COUNTED.fullmatch(said) if kind == "word" else None
        if counted and counts(counted[2].casefold(), lexicon):
            number = Token("number", counted[1], int(counted[1]), match.start())
            noun = Token("word", counted[2], fold(counted[2]), match.start() + counted.start(2))
            tokens += [number, noun]
            continue
        value = meaning(kind, said, lexicon["units"])
        stands_for = lexicon["rewrites"].get(value) if kind == "word" else None
        for word in stands_for or ():
            tokens.append(Token("word", said, word, match.start()))
        if not stands_for:
            tokens.append(Token(kind, said, value, match.start()))
    return with_patterns(text, list(joined(tokens, lexicon)))


def counts(word: str, lexicon: Mapping[str, Any]) -> bool:
    """Whether a word behind a number is what is counted, or a unit: "50-person", "8ppl"."""
    people = "people" in lexicon["objects"].get(word, ())
    return people or word in lexicon["counted"] or word in lexicon["units"]


def spelled_out(text: str) -> str:
    """The text with signs as words, except inside quotes."""
    if not SIGNED.search(text):
        return text
    parts = QUOTES.split(text)
    for at in range(0, len(parts), 2):
        for sign, word in SIGNS:
            parts[at] = sign.sub(word, parts[at])
    return "".join(parts)


def meaning(kind: str, said: str, units: Mapping[str, int]) -> Any:
    """What a mention stands for."""
    if kind in UNITS or kind == "quoted":
        return UNITS[kind](said.casefold()) if kind in UNITS else said[1:-1].strip()
    if kind == "duration":
        parts = re.findall(r"(\d+(?:[.,]\d+)?)\s?([a-z]+)", said.lower())
        return round(sum(float(n.replace(",", ".")) * units[unit] for n, unit in parts))
    if kind == "number":
        plain = (
            said.replace(",", "")
            if re.fullmatch(r"\d{1,3}(,\d{3})+", said)
            else said.replace(",", ".")
        )
        return float(plain) if "." in plain else int(plain)
    if kind == "flag":
        return fold(said.strip("-=: \t\n")).replace("-", "_")
    if kind == "word":
        return shortened(fold(said[:LONGEST_WORD]))
    return said.removeprefix("livekit.") if kind == "setting" else said


EACH = {"every", "each"}
WHOLE = {"whole", "full", "entire", "good", "further", "extra", "more", "another", "solid"}


def joined(tokens: Sequence[Token], lexicon: Mapping[str, Any]) -> Iterable[Token]:
    """Number words become numbers; a number before a unit becomes a duration."""
    numbers, units = lexicon["numbers"], lexicon["units"]
    at = 0
    while at < len(tokens):
        value, used = number_at(tokens, at, numbers)
        if used == 0:
            every = tokens[at].value == "minute" and at and tokens[at - 1].value in EACH
            whole = replace(tokens[at], kind="duration", value=units["minute"])
            yield whole if every else tokens[at]
            at += 1
            continue
        seconds, more = duration_after(tokens, at + used, value, units)
        kind = "duration" if more else "number"
        spelled = (
            used == 1
            and not more
            and tokens[at].is_word
            and tokens[at].value in {"a", "an", "half", "one", *QUARTERS}
        )
        said = " ".join(token.text for token in tokens[at : at + used + more])
        if spelled:
            yield tokens[at]
        else:
            yield replace(tokens[at], kind=kind, text=said, value=seconds if more else value)
        at += used + more


def number_at(tokens: Sequence[Token], at: int, numbers: Mapping[str, int]) -> tuple[float, int]:
    """``(value, tokens used)`` of a number that begins here; ``(0, 0)`` when none does."""
    first = tokens[at]
    if first.kind == "number":
        return first.value, 1
    said = str(first.value)
    if said not in numbers and said not in COUNTING and "-" not in said:
        return 0, 0
    ahead = [str(t.value) for t in tokens[at : at + 2]]
    if len(ahead) == 2 and ahead[0] in {"a", "one", "another"} and ahead[1] in WHOLE:
        return 1, 2
    if first.value == "half":
        return 0.5, 1
    if first.value in QUARTERS:
        return 0.25, 1
    used = 1 if first.value in {"a", "an"} else 0
    value = 0
    for token in tokens[at + used :]:
        if used and value and value % 100 == 0 and token.value == "and":
            used += 1
            continue
        grown = grow(value, token.value.split("-"), numbers) if token.is_word else None
        if grown is None:
            break
        value, used = grown, used + 1
    if used and tokens[at + used - 1].value == "and":
        used -= 1
    return value or min(used, 1), used


def grow(value: int, parts: Sequence[str], numbers: Mapping[str, int]) -> int | None:
    """A number with the next word added: 20 and "five" are 25; None where that word begins another number."""
    for part in parts:
        size = numbers.get(part)
        if size is None:
            return None
        if part in MULTIPLIERS:
            value = max(value, 1) * size
        elif value % 100 and not (value % 10 == 0 and value % 100 >= 20 and size < 10):
            return None
        else:
            value += size
    return value


def duration_after(
    tokens: Sequence[Token], at: int, count: float, units: Mapping[str, int]
) -> tuple[int, int]:
    """``(seconds, tokens used)`` when a unit stands here: "hours", "an hour", "hour and a half", "of an hour"."""
    said = [str(token.value) for token in tokens[at : at + 8]]
    used = 0
    if said[:1] in (["and"], ["&"]) and "half" in said[1:3]:
        # "two and a half hours"
        used = said.index("half") + 1
        count += 0.5
    if said[used : used + 1] and said[used] in QUARTERS:
        count, used = count * 0.25, used + 1
    while (
        (count != int(count) or count == 0.5)
        and said[used : used + 1]
        and said[used] in {"of", "a", "an"}
    ):
        used += 1
    if at + used >= len(tokens) or not tokens[at + used].is_word:
        return 0, 0
    if tokens[at + used].value in WHOLE and at + used + 1 < len(tokens):
        used += 1
    unit = units.get(tokens[at + used].value)
    if unit is None or (len(tokens[at + used].value) == 1 and used):
        return 0, 0
    if len(tokens[at + used].value) == 1:
        return 0, 0
    used += 1
    after = said[used:]
    for words, more in HALVES:
        if after[: len(words)] == list(words):
            return round((count + more) * unit), used + len(words)
    return round(count * unit), used


QUARTERS = {"quarter", "quarters"}
COUNTING = {"a", "an", "one", "another", "half", *QUARTERS}
"""Words that a number may begin with, and are none by themselves."""
HALVES = (
    (("and", "a", "half"), 0.5),
    (("and", "half"), 0.5),
    (("and", "a", "quarter"), 0.25),
    (("and", "one", "half"), 0.5),
)


def near(left: str, right: str) -> bool:
    """Whether two names differ by one slip: a letter more, less, wrong, or two swapped. Short names never do."""
    if left == right:
        return True
    if min(len(left), len(right)) < 4 or abs(len(left) - len(right)) > 1:
        return False
    first = next(
        (i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b),
        min(len(left), len(right)),
    )
    if len(left) == len(right):
        swapped = left[first + 1 : first + 2] + left[first : first + 1] + left[first + 2 :]
        return left[first + 1 :] == right[first + 1 :] or swapped == right[first:]
    longer, shorter = (left, right) if len(left) > len(right) else (right, left)
    return longer[first + 1 :] == shorter[first:]
