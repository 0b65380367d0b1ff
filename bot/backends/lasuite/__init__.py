"""La Suite Meet (`suitenumerique/meet`), alone or with the LiveKit behind it.

What it is and its document
    Rooms of La Suite Meet through its "external API": seeds/004 (an older copy of docs/resource_server.yaml), read
    beside the server itself (v1.27). Running meetings are LiveKit rooms, reached by LiveKit's own server API.

Signing in
    The bot is an application there. For each person it asks for a token by their e-mail address (as Slack knows it)
    and acts in their name: the server's own rules about that person hold. A token that is refused (401, or 400 with a
    page, as a resource server does it) or lacks a scope is dropped and the call made once more with a fresh one.
    LiveKit gets a token for each call, signed with its secret, good for one room and one minute.

What it can and cannot do, and why
    List, create, retrieve; update and delete are announced in seeds/004 and answered 405. A room cannot be named, so
    the bot keeps the title. One address for everybody; the lobby opens only from inside. Of a room in which a person
    has no role nothing is told to them (403). With LiveKit's credentials: who, kick, mute, end; with a SIP trunk: dial
    and hang up. Those credentials are good for every room, so each act is preceded by a retrieve in the caller's name.
    A removed person may come back by the same address: nobody is banned.

Known doubts
    Requests for tokens with a scope that is no address are refused after the credentials were looked at: so reads
    `status` that the application is known.
    `sip.callStatus` and `sip.phoneNumber` are LiveKit's documented attributes of phones; they were not seen on a wire.
    LiveKit was seen only against a stand-in (its messages are its own): which status a ringing time-out carries (408,
    480 or 487) differs by provider, all read as "no answer".
    Whether a real LiveKit reports the answered phone by track_published is not verified; the answer to the call does.
    Whether access= was taken shows only in the answer: servers before 1.17 ignore it.
"""

from __future__ import annotations

from bot.backends.lasuite.live import LaSuiteWithLiveKit, LaSuiteWithTelephone
from bot.backends.lasuite.meet import LaSuite

__all__ = ["LaSuite", "LaSuiteWithLiveKit", "LaSuiteWithTelephone"]
