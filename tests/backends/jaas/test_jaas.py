"""Rooms, links, telephone and health of the JaaS back end."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import aiohttp
import jwt
import pytest

from bot.backends.jaas import Jaas
from bot.capabilities import RoomWish
from bot.clock import MovableClock
from bot.errors import BackendError, BadInput, ConfigurationError
from bot.model import Outcome, Participant, PhoneNumber
from tests.fakes.jaas import APP_ID, NOON, guest, jaas, key, public_pem, room

NOBODY = "http://127.0.0.1:9"  # nothing may be sent in these tests
ANY_TIME: Any = {"verify_exp": False, "verify_nbf": False, "verify_aud": False}


@pytest.fixture
def local(session: aiohttp.ClientSession) -> Jaas:
    return jaas(session, NOBODY, base_url="https://8x8.vc")


def wish(handle: str = "standup", **options: str) -> RoomWish:
    return RoomWish(handle, "u-1", options)


def claims_in(url: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(url.partition("?jwt=")[2], public_pem(), algorithms=["RS256"], options=ANY_TIME)
    return claims


# --- rooms ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("handle", "slug"),
    [("standup", "standup"), ("Café Zoë", "cafe-zoe"), ("a  b__c", "a-b-c"), ("日本", "room"), ("-- x --", "x")],
)
async def test_a_created_room_has_a_readable_and_unguessable_name(local: Jaas, handle: str, slug: str) -> None:
    names = {(await local.create_room(wish(handle))).vendor_id for _ in range(20)}
    assert len(names) == 20
    assert all(re.fullmatch(slug + "-[0-9a-f]{16}", name) for name in names)
    assert all(re.fullmatch("[a-z0-9][a-z0-9-]{2,}", name) for name in names)


async def test_a_long_handle_is_cut(local: Jaas) -> None:
    assert len((await local.create_room(wish("x" * 500))).vendor_id) == 57


async def test_the_policy_of_a_room_is_kept_and_told_in_the_vendors_words(local: Jaas) -> None:
    made = await local.create_room(wish(pin="0042", lobby="Approval", max=" 12 "))
    assert made.settings == {"pin": "0042", "lobby": "approval", "max": "12"}
    assert made.secrets == {"PIN": "0042"}
    assert "0042" not in str(made.facts)
    assert local.settings_answer(made.settings) == {
        "lobbyEnabled": True,
        "lobbyType": "WAIT_FOR_APPROVAL",
        "passcode": "0042",
        "maxOccupants": 12,
    }


async def test_a_change_keeps_what_it_does_not_name(local: Jaas) -> None:
    before = room(pin="0042", lobby="moderator", max="12")
    assert (await local.change_room(before, {"max": "20"})).settings == {
        "pin": "0042",
        "lobby": "moderator",
        "max": "20",
    }
    opened = await local.change_room(before, {"pin": "off", "lobby": "off", "max": "off"})
    assert opened.settings == {"lobby": "off"}
    assert opened.vendor_id == before.vendor_id
    assert local.settings_answer(opened.settings) == {"lobbyEnabled": False}


def test_nothing_is_told_of_a_room_without_policy_or_unknown(local: Jaas) -> None:
    assert local.settings_answer({}) == {} == local.settings_answer(None)
    assert local.settings_answer({"lobby": "moderator"})["lobbyType"] == "WAIT_FOR_MODERATOR"


@pytest.mark.parametrize(
    ("option", "value"),
    [("pin", "12a4"), ("pin", "123"), ("pin", "١٢٣٤"), ("lobby", "yes"), ("max", "1"), ("max", "501"), ("max", "many")],
)
async def test_an_option_that_8x8_would_not_take_is_refused(local: Jaas, option: str, value: str) -> None:
    with pytest.raises(BadInput, match=f"^{option}= "):
        await local.create_room(wish(**{option: value}))
    with pytest.raises(BadInput):
        await local.change_room(room(), {option: value})


async def test_an_unknown_option_is_refused_with_those_there_are(local: Jaas) -> None:
    with pytest.raises(BadInput, match="pin=, lobby= and max="):
        await local.create_room(wish(colour="red"))


async def test_deleting_a_room_needs_nothing_at_8x8(local: Jaas) -> None:
    assert await local.delete_room(room()) is Outcome.DONE


@pytest.mark.parametrize(
    "words",
    [
        f"https://8x8.vc/{APP_ID}/standup-7f3c",
        f"https://8x8.vc/{APP_ID}/Standup-7F3C?jwt=eyJ#config.x=1",
        f"https://frankfurt.8x8.vc/{APP_ID}/standup-7f3c/",
        f"{APP_ID.upper()}/standup-7f3c",
        f"standup-7f3c@conference.{APP_ID}.8x8.vc",
        f"standup-7f3c@conference.{APP_ID}.stage.8x8.vc",
        " standup-7f3c ",
    ],
)
def test_a_room_is_known_by_all_its_names(local: Jaas, words: str) -> None:
    assert local.room_in(words) == "standup-7f3c"


@pytest.mark.parametrize(
    "words",
    [
        "https://8x8.vc/vpaas-magic-cookie-other/standup",
        f"https://evil8x8.vc/{APP_ID}/standup",
        f"https://8x8.vc.evil.test/{APP_ID}/standup",
        f"https://8x8.vc/static/{APP_ID}/standup",
        "https://8x8.vc/standup",
        "https://[/x",
        "standup@conference.other.8x8.vc",
        "ann@example.org",
        "other/standup",
        "Team Sync",
        "a%20b",
        "",
    ],
)
def test_other_words_name_no_room_of_ours(local: Jaas, words: str) -> None:
    assert local.room_in(words) is None


@pytest.mark.parametrize("name", ["testRoom", "team%20sync", "", "x", "../x", "a@b", "a/b"])
async def test_a_name_that_8x8_would_fold_is_never_used(local: Jaas, name: str) -> None:
    for act in (local.end_meeting, local.dial_in):
        with pytest.raises(BadInput):
            await act(room(name))
    with pytest.raises(BadInput):
        await local.join_link(room(name), guest())


# --- links ----------------------------------------------------------------------------------------------------------


async def test_a_join_token_names_one_person_one_room_and_no_paid_feature(local: Jaas) -> None:
    link = await local.join_link(room("standup-7f3c"), guest("Ann Lee", email="ann@x.test"))
    assert link.reveal().startswith(f"https://8x8.vc/{APP_ID}/standup-7f3c?jwt=eyJ")
    claims = claims_in(link.reveal())
    assert claims.pop("jti")
    assert claims == {
        "aud": "jitsi",
        "iss": "chat",
        "sub": APP_ID,
        "room": "standup-7f3c",
        "nbf": int(NOON.timestamp()) - 60,
        "exp": int(NOON.timestamp()) + 7200,
        "context": {
            "user": {
                "id": "u-1",
                "name": "Ann Lee",
                "email": "ann@x.test",
                "moderator": "false",
                "hidden-from-recorder": "false",
            },
            "features": dict.fromkeys(
                [
                    "livestreaming",
                    "recording",
                    "transcription",
                    "outbound-call",
                    "sip-outbound-call",
                    "inbound-call",
                    "sip-inbound-call",
                    "file-upload",
                    "list-visitors",
                ],
                "false",
            ),
            "room": {"regex": False},
        },
    }
    assert (link.expires_at, link.personal) == (NOON + timedelta(hours=2), True)


HOSTILE_NAMES = {
    "long": "x" * 5000,
    "emoji": "\U0001f469\u200d\U0001f4bb" * 200,
    "quoted": '","moderator":"true","x":"' * 40,
    "half a surrogate": "Ann\ud83d",
    "turned round": "Ann\u202egnp.exe\x00\n",
    "empty": "",
}


@pytest.mark.parametrize("name", HOSTILE_NAMES.values(), ids=list(HOSTILE_NAMES))
async def test_a_link_fits_into_a_button_whatever_the_name(local: Jaas, name: str) -> None:
    link = await local.join_link(room("x" * 57), guest(name, user_id="u" * 32, email=name))
    longer_key = (4096 - 2048) // 8 * 4 // 3
    assert len(link.reveal()) + longer_key <= 3000  # of characters that Slack takes
    user = claims_in(link.reveal())["context"]["user"]
    assert user["moderator"] == "false"
    assert not [one for one in user["name"] if one in "\u202e\x00\n\ud83d"]
    assert user["name"].startswith(name[:3])
    assert "email" not in user or user["email"] == user["name"]


@pytest.mark.parametrize("host", [True, False])
async def test_only_a_host_is_moderator_and_nobody_is_admin(local: Jaas, host: bool) -> None:
    claims = claims_in((await local.join_link(room(), guest(host=host))).reveal())
    assert claims["context"]["user"]["moderator"] == str(host).lower()
    assert "admin" not in json.dumps(claims)


async def test_each_link_is_another_token(local: Jaas) -> None:
    assert len({(await local.join_link(room(), guest())).reveal() for _ in range(3)}) == 3


async def test_the_lifetime_of_links_can_be_set(session: aiohttp.ClientSession) -> None:
    back_end = jaas(session, NOBODY, link_lifetime=timedelta(minutes=5))
    link = await back_end.join_link(room(), guest())
    assert claims_in(link.reveal())["exp"] == int(NOON.timestamp()) + 300


async def test_a_link_shows_itself_to_nobody_by_accident(local: Jaas) -> None:
    link = await local.join_link(room(), guest())
    assert "eyJ" not in f"{link} {link!r} {link.claims}"


async def test_an_expired_link_need_not_be_revoked(session: aiohttp.ClientSession) -> None:
    clock = MovableClock(NOON)
    back_end = jaas(session, NOBODY, clock=clock)
    link = await back_end.join_link(room(), guest())
    clock.advance(timedelta(hours=2))
    assert await back_end.revoke_link(room(), link.claims or "") is Outcome.ALREADY_SO


async def test_a_link_of_a_former_key_is_not_revoked_by_banning_another_token(session: aiohttp.ClientSession) -> None:
    link = await jaas(session, NOBODY, key_id="aaaaaa", private_key=key(which=1)).join_link(room(), guest())
    with pytest.raises(BackendError, match="key"):
        await jaas(session, NOBODY).revoke_link(room(), link.claims or "")


@pytest.mark.parametrize("participant_id", ["focus", "", "F0AA9E1E", "f0aa9e1", "f0aa9e1e0", "uniqueUserIdentifier"])
async def test_only_an_id_of_a_presence_is_kicked(local: Jaas, participant_id: str) -> None:
    with pytest.raises(BadInput):
        await local.kick(room(), Participant(participant_id, "Ann"))


@pytest.mark.parametrize("number", ["", "+1555", "+", "0747777777", "+40747777777 "])
async def test_only_a_full_number_is_dialled_or_hung_up(local: Jaas, number: str) -> None:
    for act in (local.hang_up(room(), PhoneNumber(number)), local.dial_out(room(), PhoneNumber(number), None)):
        with pytest.raises(BadInput):
            await act


# --- configuration ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key_id", ["ed85b6", f"{APP_ID}/ed85b6", f"{APP_ID}/ed85b6-SAMPLE_APP"])
async def test_the_key_id_may_be_short_or_whole(session: aiohttp.ClientSession, key_id: str) -> None:
    link = await jaas(session, NOBODY, key_id=key_id).join_link(room(), guest())
    kid = jwt.get_unverified_header(link.reveal().partition("?jwt=")[2])["kid"]
    assert kid == f"{APP_ID}/{key_id.rpartition('/')[2]}"


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("app_id", "vpaas-magic-cookie-x"),
        ("app_id", ""),
        ("key_id", "vpaas-magic-cookie-c2824d584eac4489a1e32e4e164d5a3c/ed85b6"),
        ("key_id", ""),
        ("key_id", "a b"),
    ],
)
def test_a_wrong_setting_stops_the_start_and_is_named(session: aiohttp.ClientSession, setting: str, value: str) -> None:
    wrong: dict[str, Any] = {setting: value}
    with pytest.raises(ConfigurationError, match=f"^{setting}: "):
        jaas(session, NOBODY, **wrong)


def test_a_wrong_key_names_its_file(session: aiohttp.ClientSession) -> None:
    with pytest.raises(ConfigurationError, match=r"^jaas\.pem: "):
        jaas(session, NOBODY, private_key="", key_source="jaas.pem")
