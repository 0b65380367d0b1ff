"""8x8 Jitsi as a Service.

What it is and its document
    Meetings on 8x8.vc. REST: seeds/000; join tokens, telephony and webhooks: 8x8's public JaaS documentation.

Signing in
    Every REST call carries a token signed with the account's RSA key, claim `admin`, valid for minutes. A refusal
    (401, 403) drops it and tries once more with a fresh one: a refused call was not executed, not even a dial.

What it can and cannot do, and why
    Rooms exist only while somebody is in them: creating one is choosing an unguessable name and keeping its policy
    (PIN, lobby, limit), which 8x8 asks for before each meeting (SETTINGS_PROVISIONING). Who is in is known from
    webhooks alone. There is no list of rooms, no list of people, no mute, no unban. A 2xx says that 8x8 took the
    command, not that it worked; the webhook that follows does. DIAL_OUT_PARTICIPANT into an empty room waits until
    somebody joins. A `name` for a dialled phone cannot be sent. Links carry no paid feature: a token with
    `outbound-call` could dial at the account's cost.

Known doubts
    Statuses and bodies of the REST answers are not documented. A 404 without a page is read as "not there (any
    more)": an open Prosody, from which the commands seem to come, answers an unknown room and a second kick that way
    and a wrong path with a page.
    BAN_USER and BAN_JWT hold back the next attempt to join, and may lag; whether a ban ever ends is not documented.
    Whether SETTINGS_PROVISIONING is signed, and what 8x8 does when it gets no answer, is not documented: the static
    Authorization header (webhook_authorization) proves it as well; without either, PIN, lobby and limit do not hold.
    Whether a webhook that is sent again is signed afresh is not documented; the tolerance is 300 s by itself.
    The list of dial-in numbers is documented at two paths; both are tried. Asking for a PIN makes one at 8x8.
    The id of a SIP endpoint has another form in one sample; only eight hexadecimal digits are removed.
    The join token carries a `jti`, which 8x8 does not mention, so that two links are never the same token.
    No longest lifetime of tokens is documented; links live two hours. The end of a link does not end a meeting.
    Whether a bare address without a token lets anybody in depends on the account; so it is never shown.
    No regional host is documented for REST: base_url is the general one, and staging tenants need muc_domain.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import ClassVar

from bot.backends.jaas.control import Control
from bot.backends.jaas.hooks import Webhooks
from bot.backends.jaas.links import Links
from bot.backends.jaas.names import Tenant, kid, unguessable
from bot.backends.jaas.policy import OPTIONS, changed, provisioning, room_with
from bot.backends.jaas.telephone import Telephone
from bot.capabilities import (
    AdmitsParticipants,
    Backend,
    BansUsers,
    ChangesRooms,
    ConfiguresResources,
    CreatesRooms,
    DeletesRooms,
    DialsIn,
    DialsOut,
    EndsMeetings,
    Event,
    FindsRooms,
    HandlesManyRooms,
    HangsUp,
    KeepsRecordings,
    KeepsRoles,
    KicksEverybody,
    KicksParticipants,
    LocksRooms,
    MovesAliases,
    MutesParticipants,
    PromotesParticipants,
    ReceivesEvents,
    RevokesLinks,
    RoomWish,
    SettingsAsked,
    SharesJoinLinks,
)
from bot.clock import Clock
from bot.errors import BackendError, BadInput
from bot.model import DialIn, Health, JoinAs, JoinLink, Outcome, Participant, PhoneNumber, Risk, Room, VendorRoom
from bot.rest import Rest
from bot.tokens import AdminToken, PrivateKey, Signer

PARTICIPANT_ID = re.compile(r"[0-9a-f]{8}")
E164 = re.compile(r"\+[1-9][0-9]{6,14}")
LARGEST_SKEW = 30  # seconds
LONGEST_USER_ID = 256


class Jaas(
    CreatesRooms,
    ChangesRooms,
    DeletesRooms,
    SharesJoinLinks,
    RevokesLinks,
    EndsMeetings,
    DialsOut,
    HangsUp,
    KicksParticipants,
    BansUsers,
    DialsIn,
    ReceivesEvents,
):
    """One AppID of 8x8 JaaS."""

    kind = "jaas"
    create_options = OPTIONS
    set_options = OPTIONS
    names_phones = False
    lacks: ClassVar[Mapping[type[Backend], str]] = {
        FindsRooms: "8x8 keeps no rooms; one exists while somebody is in it",
        KicksEverybody: "8x8 documents no such call; end closes the meeting for all",
        LocksRooms: "8x8 documents no lock for a running meeting",
        KeepsRecordings: "8x8 documents no list of recordings",
        HandlesManyRooms: "8x8 documents no call for several rooms",
        MovesAliases: "its rooms have no aliases",
        MutesParticipants: "8x8 documents no such call",
        AdmitsParticipants: "8x8 documents no call for the lobby; a moderator inside lets people in",
        PromotesParticipants: "8x8 documents no such call; invite with as=host gives moderator rights",
        ConfiguresResources: "8x8 is set up in its own console alone",
        KeepsRoles: "8x8 knows moderators and guests, no roles",
    }
    ban_warning: ClassVar[str] = (
        "A ban covers the whole 8x8 app, every room of it, and 8x8 documents no way to take it back."
    )

    def __init__(
        self,
        name: str,
        rest: Rest,
        *,
        app_id: str,
        key_id: str,
        private_key: PrivateKey,
        clock: Clock,
        base_url: str = "https://8x8.vc",
        muc_domain: str = "8x8.vc",
        webhook_secrets: tuple[str, ...] = (),
        webhook_authorization: str | None = None,
        webhook_tolerance: timedelta = timedelta(seconds=300),
        link_lifetime: timedelta = timedelta(hours=2),
        key_source: str = "private_key_file",
    ) -> None:
        """`key_id` with or without the AppID; errors name `key_source`, never the key.

        `base_url` is the host people join at. Raises ConfigurationError.
        """
        super().__init__(name)
        self._clock = clock
        self._app_id = app_id
        self._tenant = Tenant(app_id, base_url, muc_domain)
        self._key_id = kid(app_id, key_id)
        signer = Signer(private_key, kid=self._key_id, source=key_source)
        self._links = Links(self._tenant, signer, clock, lifetime=link_lifetime)
        claims = {"aud": "jitsi", "iss": "chat", "admin": True, "sub": app_id}
        self._control = Control(rest, self._tenant, AdminToken(signer, claims, clock), clock)
        self._telephone = Telephone(rest, self._tenant)
        self._webhooks = Webhooks(
            app_id, secrets=webhook_secrets, authorization=webhook_authorization, tolerance=webhook_tolerance
        )

    # --- rooms ---

    async def create_room(self, wish: RoomWish) -> VendorRoom:
        """Choose the name: the handle as a slug and 64 random bits. 8x8 makes the room when somebody joins."""
        return room_with(unguessable(wish.handle), changed({}, wish.options))

    async def change_room(self, room: Room, changes: Mapping[str, str]) -> VendorRoom:
        """Keep another policy; 8x8 asks for it before the next meeting."""
        return room_with(room.vendor_id, changed(room.settings, changes))

    async def delete_room(self, room: Room) -> Outcome:
        """Nothing to remove at 8x8: a room without people does not exist."""
        return Outcome.DONE

    def owns_user(self, user_id: str) -> bool:
        """Any text that can stand in the path of BAN_USER: 8x8 takes the ids that join tokens carry."""
        return user_id not in {"", ".", ".."} and user_id.isprintable() and len(user_id) <= LONGEST_USER_ID

    def room_in(self, words: str) -> str | None:
        """The room of a join URL, of `AppID/room`, `room@conference.AppID.…` or of the bare name."""
        return self._tenant.room_in(words.strip())

    # --- links ---

    async def join_link(self, room: Room, guest: JoinAs) -> JoinLink:
        """Sign a token for this person and this room alone; moderator only for a host; no paid feature."""
        return self._links.mint(room, guest)

    async def revoke_link(self, room: Room, claims: str) -> Outcome:
        """BAN_JWT of the very same token, signed again. It does not remove who is in already."""
        token = self._links.token(claims)
        if token is None:
            return Outcome.ALREADY_SO
        return await self._control.ban_jwt(token)

    # --- meetings ---

    async def end_meeting(self, room: Room) -> Outcome:
        """DESTROY. A 404 means that no meeting runs."""
        return await self._control.command("DESTROY", room, gone=Outcome.ALREADY_SO)

    async def dial_out(self, room: Room, number: PhoneNumber, name: str | None) -> Outcome:
        """DIAL_OUT_PARTICIPANT, sent at most once. In an empty room it rings when somebody joins (seeds/000)."""
        return await self._control.command("DIAL_OUT_PARTICIPANT", room, risk=Risk.ONCE, phoneNo=_full(number))

    async def hang_up(self, room: Room, number: PhoneNumber) -> Outcome:
        """HANG_UP_CALL: cancels a call that rings, removes a phone that is in."""
        return await self._control.command("HANG_UP_CALL", room, gone=Outcome.ALREADY_SO, phoneNo=_full(number))

    async def kick(self, room: Room, participant: Participant) -> Outcome:
        """KICK_PARTICIPANT of this presence. A 404 means that it has left."""
        # Anything else would reach the focus itself: "focus" removes the conference's own controller.
        if not PARTICIPANT_ID.fullmatch(participant.id):
            raise BadInput(f"{self.name} cannot remove that participant: the id is not one of a person or phone.")
        return await self._control.command(
            "KICK_PARTICIPANT", room, gone=Outcome.ALREADY_SO, participantId=participant.id
        )

    async def ban_user(self, user_id: str) -> Outcome:
        """BAN_USER. It takes effect at the next attempt to join; who is in stays in until removed."""
        if not self.owns_user(user_id):
            raise BadInput("That cannot be a user id of 8x8.")
        return await self._control.ban_user(user_id)

    # --- telephone ---

    async def dial_in(self, room: Room) -> DialIn:
        """The PIN of this room and the numbers. The SIP addresses hold the PIN too."""
        return await self._telephone.dial_in(room)

    # --- webhooks ---

    def read_hook(self, headers: Mapping[str, str], raw: bytes, now: datetime) -> tuple[Event, ...] | SettingsAsked:
        """Events of a signed webhook; SETTINGS_PROVISIONING also by the static Authorization header."""
        return self._webhooks.read(headers, raw, now)

    def settings_answer(self, settings: Mapping[str, str] | None) -> Mapping[str, object]:
        """The policy in 8x8's words: lobbyEnabled, lobbyType, passcode, maxOccupants."""
        return provisioning(settings or {})

    # --- health ---

    async def health(self) -> Health:
        """Ask for the dial-in numbers, which needs no signature and changes nothing, and compare the clocks."""
        facts = {"app": self._app_id, "key": self._key_id.partition("/")[2]}
        try:
            answer = await self._telephone.numbers("health")
        except BackendError as error:
            return Health(False, facts, str(error))
        if answer.is_page and answer.status < 500:
            return Health(False, facts, f"{self.name} answered with a web page; check its base_url.")
        if answer.status >= 500:
            return Health(False, facts, f"{self.name} failed (status {answer.status}).")
        skew = answer.ahead(self._clock.now())
        if skew is None:
            return Health(True, facts)
        facts["clock"] = f"{skew:+d} s against 8x8's"
        if abs(skew) > LARGEST_SKEW:
            return Health(False, facts, f"The clock of the bot is {skew:+d} s off 8x8's: tokens will be refused.")
        return Health(True, facts)


def _full(number: PhoneNumber) -> str:
    """The whole number: 8x8's server side matches by prefix, so that an empty or short one hits another phone."""
    if not E164.fullmatch(number.e164):
        raise BadInput("A full number is needed: + and 7 to 15 digits.")
    return number.e164
