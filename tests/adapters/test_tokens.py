"""Access tokens: signed so that LiveKit accepts them, read so that nothing forged passes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import warnings
from typing import Any

import jwt
import pytest
from livekit.api import AccessToken, TokenVerifier, VideoGrants

from greenroom.adapters.tokens import HmacTokens
from greenroom.domain.errors import ConfigurationError, InvalidRequest
from tests.doubles import SECRET

KEY = "APIkey"
TOKENS = HmacTokens(KEY, SECRET)
CLAIMS = {"sub": "ann", "nbf": 1, "exp": 4_000_000_000, "video": {"roomJoin": True, "room": "a"}}


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def signed(header: Any, payload: Any, secret: str = SECRET) -> str:
    """A token signed by hand (RFC 7515 section 5.1): any header, any payload, the right MAC."""
    parts = [
        part if isinstance(part, bytes) else json.dumps(part).encode() for part in (header, payload)
    ]
    text = ".".join(map(b64, parts))
    return f"{text}.{b64(hmac.digest(secret.encode(), text.encode(), hashlib.sha256))}"


HS256 = {"alg": "HS256", "typ": "JWT"}
OURS = {"iss": KEY, "sub": "ann"}
GOOD = signed(HS256, OURS)
HEAD, BODY, MAC = GOOD.split(".")


def last_letter_changed(text: str) -> str:
    """Other low bits: the same bytes to a careless decoder."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return text[:-1] + letters[letters.index(text[-1]) ^ 1]


NO_JWT = {
    "empty": "",
    "one part": "abc",
    "two parts": f"{HEAD}.{BODY}",
    "four parts": f"{GOOD}.x",
    "empty signature": f"{HEAD}.{BODY}.",
    "empty header": f".{BODY}.{MAC}",
    "padding": f"{HEAD}.{BODY}.{MAC}=",
    "space": f" {GOOD}",
    "newline at the end": f"{GOOD}\n",
    "standard alphabet": f"{HEAD}.{BODY}.+/{MAC[2:]}",
    "unicode digits": f"{HEAD}.{BODY}.\u0661{MAC[1:]}",
    "lone surrogate": f"{HEAD}.\ud800{BODY}.{MAC}",
    "impossible length": f"{HEAD}.{BODY}.A",
    "stray bits": f"{HEAD}.{BODY}.{last_letter_changed(MAC)}",
    "header no JSON": signed(b"{", OURS),
    "payload no JSON": signed(HS256, b"nonsense"),
    "payload not UTF-8": signed(HS256, b'{"sub":"\xff"}'),
    "payload a list": signed(HS256, [1]),
    "payload null": signed(HS256, None),
    "header a string": signed("HS256", OURS),
    "claim named twice": signed(HS256, b'{"iss":"APIkey","iss":"other"}'),
    "NaN": signed(HS256, b'{"iss":"APIkey","exp":NaN}'),
    "endless number": signed(HS256, b'{"iss":"APIkey","exp":1e999}'),
    "number of 5000 digits": signed(HS256, b'{"exp":' + b"9" * 5000 + b"}"),
    "deep nesting": signed(HS256, b'{"a":' + b"[" * 200_000 + b"]" * 200_000 + b"}"),
}
FORGED = {
    "another secret": signed(HS256, OURS, "x" * 40),
    "signature of other claims": f"{HEAD}.{b64(json.dumps({**OURS, 'sub': 'eve'}).encode())}.{MAC}",
    "short signature": f"{HEAD}.{BODY}.{b64(b'x')}",
    "another issuer": signed(HS256, {**OURS, "iss": "other"}),
    "issuer in a list": signed(HS256, {**OURS, "iss": [KEY]}),
    "no issuer": signed(HS256, {"sub": "ann"}),
    "alg none": signed({"alg": "none"}, OURS),
    "alg None": signed({"alg": "None", "typ": "JWT"}, OURS),
    "alg RS256": signed({"alg": "RS256", "typ": "JWT"}, OURS),
    "alg HS512": signed({"alg": "HS512", "typ": "JWT"}, OURS),
    "alg hs256": signed({"alg": "hs256", "typ": "JWT"}, OURS),
    "alg a list": signed({"alg": ["HS256"], "typ": "JWT"}, OURS),
    "no alg": signed({"typ": "JWT"}, OURS),
    "another typ": signed({"alg": "HS256", "typ": "at+jwt"}, OURS),
    "typ null": signed({"alg": "HS256", "typ": None}, OURS),
    "critical extension": signed({**HS256, "crit": ["exp"]}, OURS),
    "unencoded payload": signed({**HS256, "b64": False}, OURS),
}


def refused(error: InvalidRequest, token: str) -> None:
    """A clear text, and nothing of the token in it."""
    assert error.code == "invalid-argument"
    assert error.message.endswith(".")
    shown = f"{error.message} {error.hint}"
    assert SECRET not in shown
    assert "eyJ" not in shown
    assert not any(len(part) > 4 and part in shown for part in token.split("."))
    assert error.__cause__ is None


@pytest.mark.parametrize("name", NO_JWT)
def test_what_is_no_jwt_is_refused_by_both_readers(name: str) -> None:
    for read in (TOKENS.decode, TOKENS.verify):
        with pytest.raises(InvalidRequest) as caught:
            read(NO_JWT[name])
        refused(caught.value, NO_JWT[name])


@pytest.mark.parametrize("name", FORGED)
def test_what_is_not_signed_right_is_read_but_never_verified(name: str) -> None:
    assert TOKENS.decode(FORGED[name])["sub"]
    with pytest.raises(InvalidRequest) as caught:
        TOKENS.verify(FORGED[name])
    refused(caught.value, FORGED[name])


@pytest.mark.parametrize("value", [None, 7, b"a.b.c", ["a"]])
def test_what_is_not_text_is_refused(value: Any) -> None:
    for read in (TOKENS.decode, TOKENS.verify):
        with pytest.raises(InvalidRequest):
            read(value)


def test_the_reason_names_what_is_wrong() -> None:
    words = {
        "two parts": "2 part",
        "padding": "base64url",
        "payload no JSON": "payload is not JSON",
        "alg none": "none",
        "alg RS256": "RS256",
        "another secret": "secret",
        "another issuer": "issuer",
    }
    for name, word in words.items():
        with pytest.raises(InvalidRequest) as caught:
            TOKENS.verify({**NO_JWT, **FORGED}[name])
        assert word in caught.value.message


def test_a_minted_token_is_verified_by_us_by_pyjwt_and_by_livekit() -> None:
    token = TOKENS.mint(CLAIMS)
    assert TOKENS.verify(token) == {**CLAIMS, "iss": KEY}
    assert jwt.decode(token, SECRET, algorithms=["HS256"]) == {**CLAIMS, "iss": KEY}
    assert jwt.get_unverified_header(token) == HS256
    claims = TokenVerifier(KEY, SECRET).verify(token)
    assert claims.video is not None
    assert (claims.identity, claims.video.room, claims.video.room_join) == ("ann", "a", True)


def test_tokens_of_livekits_own_sdks_are_verified() -> None:
    grants = VideoGrants(room_join=True, room="a")
    python = AccessToken(KEY, SECRET).with_identity("ann").with_grants(grants).to_jwt()
    javascript = signed({"alg": "HS256"}, OURS)
    assert TOKENS.verify(python)["video"]["room"] == "a"
    assert TOKENS.verify(javascript)["sub"] == "ann"


def test_the_issuer_is_always_ours_and_the_claims_are_left_alone() -> None:
    claims = {"sub": "ann", "iss": "other"}
    assert TOKENS.verify(TOKENS.mint(claims))["iss"] == KEY
    assert claims["iss"] == "other"


def test_times_are_not_judged() -> None:
    for times in ({"exp": 1}, {"nbf": 4_000_000_000}, {"exp": "soon", "nbf": None, "iat": "x"}, {}):
        assert TOKENS.verify(TOKENS.mint({"sub": "ann", **times}))["sub"] == "ann"


@pytest.mark.parametrize("text", ["🎭", "a\nb", '"', "\u202e", "x" * 60_000, "\x00"])
def test_any_text_survives(text: str) -> None:
    assert TOKENS.verify(TOKENS.mint({"sub": text, "metadata": text}))["metadata"] == text


@pytest.mark.parametrize(
    ("key", "secret"), [("", SECRET), (KEY, ""), (KEY, "\udcff"), ("\ud800", "x")]
)
def test_credentials_that_would_let_anybody_in_are_refused(key: str, secret: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        HmacTokens(key, secret)
    assert caught.value.code == "credentials-incomplete"


@pytest.mark.parametrize("secret", ["secret", "ü" * 10, " x ", "=" * 32])
def test_a_short_or_strange_secret_works_without_noise(secret: str) -> None:
    tokens = HmacTokens("devkey", secret)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert tokens.verify(tokens.mint({"sub": "ann"}))["sub"] == "ann"
    assert tokens.secret_length == len(secret)


@pytest.mark.parametrize("secret", ["s", "secret"])
def test_a_secret_that_is_part_of_plain_words_tears_none(secret: str) -> None:
    said = "While listing rooms: the API secret is wrong."
    assert HmacTokens("devkey", secret).hide(said) == said


def test_the_secret_is_in_no_repr_and_can_be_hidden_in_text() -> None:
    assert SECRET not in repr(TOKENS)
    assert SECRET not in TOKENS.hide(f"it is {SECRET}!")
