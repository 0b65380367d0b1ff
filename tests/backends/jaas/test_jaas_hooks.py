"""Which webhooks of 8x8 are believed, and what they are read as."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from bot.backends.jaas import Jaas
from bot.capabilities import HookRefused, ParticipantJoined, SettingsAsked
from bot.errors import BadInput
from tests.fakes.jaas import APP_ID, NOON, envelope, jaas, sign, told

# 8x8's own example of a signed webhook: secret, moment, body and signature.
VECTOR_APP = "vpaas-magic-cookie-96f0941768964ab380ed0fbada7a502f"
VECTOR_AT = datetime.fromtimestamp(1632490060, UTC)
VECTOR_MAC = "xlzqEojlh4qb21sQpXYsWgyK8x9HVpz+RQldsv18rV0="
VECTOR = (
    b'{"eventType":"PARTICIPANT_JOINED","sessionId":"9a441d60-ceaf-4eba-b0a8-a7d940a76e1b","timestamp":1632490058278,'
    b'"fqn":"vpaas-magic-cookie-96f0941768964ab380ed0fbada7a502f/sampleappromanticshiftsstripas",'
    b'"idempotencyKey":"9e9e7420-562d-4659-8e22-44b9b22aaa49","customerId":"96f0941768964ab380ed0fbada7a502f",'
    b'"appId":"vpaas-magic-cookie-96f0941768964ab380ed0fbada7a502f","data":{"avatar":"","name":"Test User",'
    b'"id":"auth0|5f903d7a77f3b4006eb8e67d","participantJid":"fc1ea14a-9bca-4218-a563-8c627e803d56@8x8.vc",'
    b'"moderator":true,"email":"test.user@company.com"}}'
)
SIGNED = f"t=1632490060,v1={VECTOR_MAC}"


@pytest.fixture
def vector(session: aiohttp.ClientSession) -> Jaas:
    return jaas(session, "https://8x8.vc", app_id=VECTOR_APP)


@pytest.fixture
def ours(session: aiohttp.ClientSession) -> Jaas:
    return jaas(session, "https://8x8.vc")


# --- the signature --------------------------------------------------------------------------------------------------


def test_the_vendors_own_example_verifies_bit_for_bit(vector: Jaas) -> None:
    (event,) = vector.read_hook({"X-Jaas-Signature": SIGNED}, VECTOR, VECTOR_AT)  # type: ignore[misc]
    assert isinstance(event, ParticipantJoined)
    assert event.vendor_id == "sampleappromanticshiftsstripas"
    assert event.participant.id == "fc1ea14a"  # derived: this older payload has no participantId
    assert event.participant.user_id == "auth0|5f903d7a77f3b4006eb8e67d"


@pytest.mark.parametrize(
    "header",
    [
        f"t=1632490060,v1=AAAA,v1={VECTOR_MAC}",
        f"t=1632490060,v0=x,v1={VECTOR_MAC},v1=zz",
        f"v1={VECTOR_MAC}, t=1632490060",
    ],
)
def test_one_right_signature_among_several_is_enough(vector: Jaas, header: str) -> None:
    assert vector.read_hook({"x-jaas-signature": header}, VECTOR, VECTOR_AT)


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (f"t=1632490061,v1={VECTOR_MAC}", "wrong signature"),
        (SIGNED.replace("x", "y", 1), "wrong signature"),
        (SIGNED.rstrip("="), "wrong signature"),
        (f"t=1632490060,v1={VECTOR_MAC}é\udcff", "wrong signature"),
        (f"t=1632490060,v2={VECTOR_MAC}", "unreadable signature header"),
        (f"t=1632490060,t=1632490060,v1={VECTOR_MAC}", "unreadable signature header"),
        (f"t=-1,v1={VECTOR_MAC}", "unreadable signature header"),
        (f"t=１６３２４９００６０,v1={VECTOR_MAC}", "unreadable signature header"),
        ("t=1632490060", "unreadable signature header"),
        ("", "unreadable signature header"),
        ("v1", "unreadable signature header"),
    ],
)
def test_a_wrong_signature_is_refused(vector: Jaas, header: str, reason: str) -> None:
    with pytest.raises(HookRefused, match=f"^{reason}$"):
        vector.read_hook({"X-Jaas-Signature": header}, VECTOR, VECTOR_AT)


@pytest.mark.parametrize("place", [0, 57, len(VECTOR) - 1])
def test_one_changed_byte_is_refused(vector: Jaas, place: int) -> None:
    tampered = VECTOR[:place] + bytes([VECTOR[place] ^ 1]) + VECTOR[place + 1 :]
    with pytest.raises(HookRefused):
        vector.read_hook({"X-Jaas-Signature": SIGNED}, tampered, VECTOR_AT)


def test_the_raw_bytes_count_not_the_json_they_mean(vector: Jaas) -> None:
    with pytest.raises(HookRefused):
        vector.read_hook({"X-Jaas-Signature": SIGNED}, json.dumps(json.loads(VECTOR)).encode(), VECTOR_AT)


def test_no_header_is_refused(vector: Jaas) -> None:
    with pytest.raises(HookRefused, match="no signature"):
        vector.read_hook({}, VECTOR, VECTOR_AT)


@pytest.mark.parametrize("secrets", [(), ("",)])
def test_without_a_secret_nothing_is_believed(session: aiohttp.ClientSession, secrets: tuple[str, ...]) -> None:
    back_end = jaas(session, "https://8x8.vc", webhook_secrets=secrets)
    raw = json.dumps(envelope("ROOM_CREATED", {})).encode()
    with pytest.raises(HookRefused, match="no webhook secret"):
        back_end.read_hook(sign(raw, secret=""), raw, NOON)


def test_any_of_several_secrets_may_have_signed(session: aiohttp.ClientSession) -> None:
    back_end = jaas(session, "https://8x8.vc", webhook_secrets=("whsec_old", "whsec_new"))
    raw = json.dumps(envelope("ROOM_CREATED", {})).encode()
    for secret in ("whsec_old", "whsec_new"):
        assert back_end.read_hook(sign(raw, secret), raw, NOON)
    with pytest.raises(HookRefused):
        back_end.read_hook(sign(raw, "whsec_third"), raw, NOON)


@pytest.mark.parametrize(("seconds", "believed"), [(0, True), (300, True), (-300, True), (301, False), (-301, False)])
def test_a_signature_counts_for_five_minutes(vector: Jaas, seconds: int, believed: bool) -> None:
    now = VECTOR_AT + timedelta(seconds=seconds)
    if believed:
        assert vector.read_hook({"X-Jaas-Signature": SIGNED}, VECTOR, now)
        return
    with pytest.raises(HookRefused, match="timestamp outside tolerance"):
        vector.read_hook({"X-Jaas-Signature": SIGNED}, VECTOR, now)


def test_how_long_a_signature_counts_can_be_set(session: aiohttp.ClientSession) -> None:
    patient = jaas(session, "https://8x8.vc", app_id=VECTOR_APP, webhook_tolerance=timedelta(hours=1))
    headers = {"X-Jaas-Signature": SIGNED}
    assert patient.read_hook(headers, VECTOR, VECTOR_AT + timedelta(hours=1))
    with pytest.raises(HookRefused, match="timestamp outside tolerance"):
        patient.read_hook(headers, VECTOR, VECTOR_AT + timedelta(hours=1, seconds=1))


# --- the static Authorization header, the AppID, the form -----------------------------------------------------------


def test_settings_are_told_to_whoever_knows_the_static_header(session: aiohttp.ClientSession) -> None:
    back_end = jaas(session, "https://8x8.vc", webhook_authorization="Bearer s3cret")
    raw = json.dumps({"fqn": f"{APP_ID}/testroom2"}).encode()
    assert back_end.read_hook({"authorization": "Bearer s3cret"}, raw, NOON) == SettingsAsked("testroom2")
    assert back_end.read_hook(sign(raw), raw, NOON) == SettingsAsked("testroom2")
    for headers in ({}, {"Authorization": "Bearer guess"}, {"Authorization": ""}):
        with pytest.raises(HookRefused):
            back_end.read_hook(headers, raw, NOON)


def test_the_static_header_alone_proves_no_event(session: aiohttp.ClientSession) -> None:
    back_end = jaas(session, "https://8x8.vc", webhook_authorization="Bearer s3cret")
    raw = json.dumps(envelope("ROOM_DESTROYED", {})).encode()
    with pytest.raises(HookRefused, match="no signature"):
        back_end.read_hook({"Authorization": "Bearer s3cret"}, raw, NOON)


def test_a_wrong_static_header_spoils_a_right_signature(session: aiohttp.ClientSession) -> None:
    back_end = jaas(session, "https://8x8.vc", webhook_authorization="Bearer s3cret")
    raw = json.dumps(envelope("ROOM_CREATED", {})).encode()
    assert back_end.read_hook(sign(raw), raw, NOON)
    assert back_end.read_hook(sign(raw) | {"Authorization": "Bearer s3cret"}, raw, NOON)
    with pytest.raises(HookRefused, match="wrong Authorization header"):
        back_end.read_hook(sign(raw) | {"Authorization": "Bearer other"}, raw, NOON)


def test_an_unset_static_header_never_matches(ours: Jaas) -> None:
    raw = json.dumps({"fqn": f"{APP_ID}/testroom2"}).encode()
    for value in ("", "None"):
        with pytest.raises(HookRefused):
            ours.read_hook({"Authorization": value}, raw, NOON)


def test_events_of_another_app_are_refused(ours: Jaas) -> None:
    with pytest.raises(HookRefused, match="another AppID"):
        told(ours, envelope("ROOM_CREATED", {}, fqn="vpaas-magic-cookie-other/testroom2"))
    with pytest.raises(HookRefused, match="another AppID"):
        told(ours, envelope("USAGE", [], appId="vpaas-magic-cookie-other", fqn=""))


def test_app_and_room_are_read_without_regard_to_case(ours: Jaas) -> None:
    assert told(ours, envelope("ROOM_CREATED", {}, fqn=f"{APP_ID.upper()}/TestRoom2"))[0].vendor_id == "testroom2"


@pytest.mark.parametrize("raw", [b"", b"[]", b"null", b"{", b"\xff", b"[" * 100_000, b'{"fqn":""}', b"{}"])
def test_a_signed_body_of_another_form_is_bad_input(ours: Jaas, raw: bytes) -> None:
    with pytest.raises(BadInput):
        ours.read_hook(sign(raw), raw, NOON)
