"""People: as whom they enter, who is in, how each is named when they are to be removed; and what was recorded."""

from __future__ import annotations

import re
from datetime import datetime

from bot.backends.openmeetings.wire import Json, as_str
from bot.model import JoinAs, Participant, Recording
from bot.rest import display_name, plain

EXTERNAL_ID = re.compile(r"[A-Za-z0-9._-]+")  # Tomcat refuses a path with an encoded slash
LONGEST_NAME = 200
INTERNAL = "user-"  # people with an account at OpenMeetings


def external_user(guest: JoinAs, external_type: str) -> Json:
    """The ExternalUserDTO of seeds/001. The login has to be unique there, the names need not."""
    firstname, _, lastname = plain(guest.name, LONGEST_NAME).partition(" ")
    return {
        "firstname": firstname,
        "lastname": lastname.strip(),
        "externalId": guest.user_id,
        "externalType": external_type,
        "login": f"{external_type}-{guest.user_id}",
        "email": guest.email,
    }


def participant(user: Json, external_type: str) -> Participant:
    """One UserDTO. The id is what `kick_target` reads; only the bot's own external ids are user ids."""
    names = " ".join(filter(None, (as_str(user.get("firstname")), as_str(user.get("lastname")))))
    name = display_name(names) or display_name(as_str(user.get("login")))
    their_id, their_type = as_str(user.get("externalId")), as_str(user.get("externalType"))
    if as_str(user.get("type")) != "EXTERNAL" or not their_id:
        return Participant(f"{INTERNAL}{as_str(user.get('id'))}", name)
    ours = their_type == external_type
    plain = ours and not their_id.startswith(INTERNAL)
    return Participant(their_id if plain else f"{their_type}/{their_id}", name, user_id=their_id if ours else None)


def kick_target(participant_id: str, external_type: str) -> tuple[str, str] | None:
    """External type and id of somebody who came through a hash; None for an account, which cannot be removed alone."""
    their_type, slash, their_id = participant_id.rpartition("/")
    if not slash and their_id.startswith(INTERNAL):
        return None
    return their_type if slash else external_type, their_id


def recording(one: Json) -> Recording:
    """One RecordingDTO."""
    return Recording(
        id=as_str(one.get("id")),
        name=as_str(one.get("name")),
        status=as_str(one.get("status")).lower(),
        started_at=_moment(one.get("start")),
        ended_at=_moment(one.get("end")),
    )


def _moment(text: object) -> datetime | None:
    """`2023-11-14T22:13:20Z` or with the server's own offset; without one it stands for no moment."""
    try:
        moment = datetime.fromisoformat(as_str(text))
    except ValueError:
        return None
    return moment if moment.tzinfo else None
