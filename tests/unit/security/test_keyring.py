"""Sealed parts and signatures: what is refused matters more than what is opened."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from joserfc import jwe, jws
from joserfc.jwk import OctKey, OKPKey

from shared.contracts.addresses import Address
from shared.errors import Broken, Refused, Unreadable
from shared.security.keyring import MOST_SEALED
from tests.unit.security.given import HUB, NAME, OTHER_WINDOW, WINDOW, key_folder, keyring, label

BODY = b'{"id":"0193","data":{"sealed":"x"}}'


def b64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def header_of(token: str) -> dict[str, object]:
    segment = token.partition(".")[0]
    return orjson.loads(urlsafe_b64decode(segment + "=" * (-len(segment) % 4)))


def with_header(token: str, **changed: object) -> str:
    header = {name: value for name, value in (header_of(token) | changed).items() if value is not None}
    return b64(orjson.dumps(header)) + "." + token.partition(".")[2]


def sealing_key(address: Address) -> tuple[str, OKPKey]:
    trust = orjson.loads((key_folder() / "trust.json").read_bytes())["keys"]
    key = next(one for one in trust if one["address"] == address.source and one["use"] == "enc")
    return key["kid"], OKPKey.import_key({name: key[name] for name in ("kty", "crv", "x")})


def sealed_by_hand(plain: bytes, algorithms: list[str], **header: object) -> str:
    kid, key = sealing_key(HUB)
    full = {
        "alg": "ECDH-ES+A256KW", "enc": "A256GCM", "kid": kid,
        "apu": b64(WINDOW.source.encode()), "apv": b64(HUB.source.encode()), **header,
    }
    return jwe.encrypt_compact(full, plain, key, algorithms=algorithms)


ALGORITHMS = ["ECDH-ES+A256KW", "ECDH-ES", "A256GCM", "A128GCM", "A256CBC-HS512", "DEF"]
INSIDE = orjson.dumps(
    {"label": {"id": "0193", "type": "case.registered", "version": 3, "from": WINDOW.source, "to": HUB.source}, "data": {"a": 1}}
)


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=200) | st.integers(-2**53, 2**53) | st.none(), max_size=8))
@settings(max_examples=30, deadline=None)
def test_what_was_sealed_for_me_opens_whole(data: dict[str, object]) -> None:
    token = keyring(WINDOW).seal(data, label())
    assert keyring(HUB).open(token, label()) == data


def test_nothing_of_the_data_can_be_read_from_the_sealed_part() -> None:
    token = keyring(WINDOW).seal({"given_name": NAME}, label())
    assert NAME.split()[0].encode() not in b"".join(urlsafe_b64decode(part + "==") for part in token.split("."))


def test_another_addresses_key_opens_nothing() -> None:
    token = keyring(WINDOW).seal({"a": 1}, label())
    for other in (OTHER_WINDOW, WINDOW):
        with pytest.raises(Unreadable):
            keyring(other).open(token, label())


@pytest.mark.parametrize(
    "changed",
    [{"id": "0194"}, {"type": "case.closed"}, {"version": 4}, {"sender": OTHER_WINDOW}, {"to": OTHER_WINDOW}, {"to": Address.notifications("sv")}],
)
def test_a_sealed_part_does_not_open_on_another_envelope(changed: dict[str, object]) -> None:
    token = keyring(WINDOW).seal({"a": 1}, label())
    with pytest.raises(Unreadable):
        keyring(HUB).open(token, label(**changed))


@given(st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_one_changed_character_anywhere_is_noticed(data: st.DataObject) -> None:
    token = keyring(WINDOW).seal({"given_name": NAME}, label())
    at = data.draw(st.integers(0, 10_000)) % len(token)  # each seal is another text: what is drawn must not depend on it
    letters = data.draw(st.permutations("AZaz09-_."))
    other = letters[0] if letters[0] != token[at] else letters[1]
    forged = token[:at] + other + token[at + 1 :]
    if [bits(part) for part in forged.split(".")] == [bits(part) for part in token.split(".")]:
        return  # the last character of a segment may hold bits that stand for nothing
    with pytest.raises(Unreadable):
        keyring(HUB).open(forged, label())


def bits(part: str) -> bytes:
    try:
        return urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except ValueError:
        return part.encode()


@pytest.mark.parametrize(
    "header",
    [
        {"zip": "DEF"},
        {"crit": ["exp"], "exp": 1},
        {"jwk": {"kty": "OKP"}},
        {"jku": "https://example.org/keys"},
        {"kid": "sv.hub.enc.0000000000000000"},
        {"kid": "../../etc/passwd"},
        {"kid": None},
        {"enc": "A128GCM"},
        {"enc": "A256CBC-HS512"},
        {"alg": "ECDH-ES"},
        {"apu": None},
        {"apv": b64(OTHER_WINDOW.source.encode())},
        {"typ": "JWE"},
    ],
)
def test_a_header_that_is_not_exactly_as_agreed_is_refused(header: dict[str, object]) -> None:
    token = sealed_by_hand(INSIDE, ALGORITHMS)
    assert keyring(HUB).open(token, label()) == {"a": 1}
    with pytest.raises(Unreadable):
        keyring(HUB).open(with_header(token, **header), label())


@pytest.mark.parametrize("header", [{"zip": "DEF"}, {"alg": "ECDH-ES"}, {"enc": "A128GCM"}, {"apu": b64(b"/sv/hub")}])
def test_even_what_was_honestly_sealed_with_other_algorithms_is_refused(header: dict[str, object]) -> None:
    token = sealed_by_hand(INSIDE, ALGORITHMS, **header)
    with pytest.raises(Unreadable):
        keyring(HUB).open(token, label())


def test_a_zip_bomb_is_not_inflated() -> None:
    bomb = sealed_by_hand(b'{"label":' + b" " * 200_000 + b"1}", ALGORITHMS, zip="DEF")
    assert len(bomb) < 2_000
    with pytest.raises(Unreadable):
        keyring(HUB).open(bomb, label())


@pytest.mark.parametrize(
    "token", ["", "a", "....", "a.b.c", "a.b.c.d.e.f", "é.b.c.d.e", "e30.e30.e30.e30.e30", "\x00" * 50, "x" * 400_000]
)
def test_rubbish_is_unreadable_and_nothing_worse(token: str) -> None:
    with pytest.raises(Unreadable):
        keyring(HUB).open(token, label())


@pytest.mark.parametrize("plain", [b"", b"[]", b"null", b"not json", b'{"data":{}}', INSIDE.replace(b'{"a":1}', b"[1]")])
def test_what_holds_no_labelled_data_is_unreadable(plain: bytes) -> None:
    with pytest.raises(Unreadable):
        keyring(HUB).open(sealed_by_hand(plain, ALGORITHMS), label())


def test_what_would_be_sealed_but_never_opened_is_refused_when_sealing() -> None:
    room = MOST_SEALED - 300
    fits = keyring(WINDOW).seal({"notes": "n" * room}, label())
    assert keyring(HUB).open(fits, label()) == {"notes": "n" * room}
    with pytest.raises(Refused) as refusal:
        keyring(WINDOW).seal({"notes": "n" * MOST_SEALED}, label())
    assert refusal.value.code == "too_large"


def test_nobody_seals_in_anothers_name_or_for_somebody_unknown() -> None:
    with pytest.raises(Broken):
        keyring(WINDOW).seal({}, label(sender=OTHER_WINDOW))
    unknown = Address.hub("mx")
    assert not keyring(WINDOW).knows(unknown)
    with pytest.raises(Broken):
        keyring(WINDOW).seal({}, label(to=unknown))


def test_a_signature_names_who_signed() -> None:
    assert keyring(HUB).verify(BODY, keyring(WINDOW).sign(BODY)) == WINDOW
    assert keyring(WINDOW).verify(BODY, keyring(HUB).sign(BODY)) == HUB


@given(st.binary(max_size=400), st.binary(max_size=400))
@settings(max_examples=30, deadline=None)
def test_a_signature_fits_its_own_body_only(body: bytes, other: bytes) -> None:
    signature = keyring(WINDOW).sign(body)
    assert keyring(HUB).verify(body, signature) == WINDOW
    if other != body:
        with pytest.raises(Unreadable):
            keyring(HUB).verify(other, signature)


def test_a_body_larger_than_the_library_allows_inside_a_signature_can_be_signed() -> None:
    body = b"d" * 1_000_000  # the directory, whole
    assert keyring(WINDOW).verify(body, keyring(HUB).sign(body)) == HUB


def test_a_signature_that_carries_its_own_payload_is_refused() -> None:
    """joserfc would verify what is inside and never look at the body."""
    header, _, signature = keyring(WINDOW).sign(BODY).split(".")
    with pytest.raises(Unreadable):
        keyring(HUB).verify(b"something else", f"{header}.{b64(BODY)}.{signature}")


def test_no_other_algorithm_or_key_passes_for_a_signature() -> None:
    real = header_of(keyring(WINDOW).sign(BODY))
    stranger = OKPKey.generate_key("Ed25519")
    forged = [
        detached(jws.serialize_compact(dict(real), BODY, stranger, algorithms=["Ed25519"])),
        detached(b64(orjson.dumps(real | {"alg": "none"})) + "..", keep=True),
        detached(jws.serialize_compact(real | {"alg": "HS256"}, BODY, OctKey.generate_key(256), algorithms=["HS256"])),
        with_header(keyring(WINDOW).sign(BODY), kid="sv.la-union.sig.0000000000000000"),
        with_header(keyring(WINDOW).sign(BODY), crit=["b64"], b64=False),
        with_header(keyring(WINDOW).sign(BODY), jwk=stranger.as_dict(private=False)),
        with_header(keyring(WINDOW).sign(BODY), kid=header_of(keyring(HUB).sign(BODY))["kid"]),
        "", "..", "a..b", "é..x", keyring(WINDOW).sign(BODY) + "A",
    ]
    for signature in forged:
        with pytest.raises(Unreadable):
            keyring(HUB).verify(BODY, signature)


def detached(token: str, *, keep: bool = False) -> str:
    if keep:
        return token
    header, _, signature = token.split(".")
    return f"{header}..{signature}"


def test_a_sealing_key_verifies_no_signature() -> None:
    kid, _ = sealing_key(WINDOW)
    with pytest.raises(Unreadable):
        keyring(HUB).verify(BODY, with_header(keyring(WINDOW).sign(BODY), kid=kid))


def test_reasons_never_quote_what_was_sealed() -> None:
    token = sealed_by_hand(orjson.dumps({"label": {}, "data": {"given_name": NAME}}), ALGORITHMS)
    with pytest.raises(Unreadable) as reason:
        keyring(HUB).open(token, label())
    assert NAME not in str(reason.value)


def test_any_library_opens_and_verifies_what_we_seal_and_sign() -> None:
    """The other direction, joserfc's tokens opened by us, is what ``sealed_by_hand`` is for."""
    private = orjson.loads((key_folder() / HUB.key / "keys.json").read_bytes())["keys"]
    mine = next(key for key in private if key["use"] == "enc")
    token = keyring(WINDOW).seal({"a": 1}, label())
    opened = jwe.decrypt_compact(token, OKPKey.import_key({name: mine[name] for name in ("kty", "crv", "x", "d")}), algorithms=ALGORITHMS)
    assert orjson.loads(opened.plaintext or b"")["data"] == {"a": 1}
    trust = orjson.loads((key_folder() / "trust.json").read_bytes())["keys"]
    theirs = next(key for key in trust if key["address"] == WINDOW.source and key["use"] == "sig")
    signature = keyring(WINDOW).sign(BODY)
    key = OKPKey.import_key({name: theirs[name] for name in ("kty", "crv", "x")})
    assert jws.deserialize_compact(signature, key, algorithms=["Ed25519"], payload=BODY).payload == BODY
