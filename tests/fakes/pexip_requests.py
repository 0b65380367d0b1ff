"""What the real Tastypie and the simulation are both asked, by what it is about; each list begins on a fresh node."""

from __future__ import annotations

from typing import Any

from tests.fakes.pexip_exchange import CONFIGURATION, Asked

ROOMS, ALIASES = f"{CONFIGURATION}/conference/", f"{CONFIGURATION}/conference_alias/"
PEOPLE, RULES = f"{CONFIGURATION}/automatic_participant/", f"{CONFIGURATION}/gateway_routing_rule/"
THEMES, LONDON = f"{CONFIGURATION}/ivr_theme/", f"{CONFIGURATION}/system_location/1/"
NO_ZIP = b'--b\r\nContent-Disposition: form-data; name="package"; filename="t.zip"\r\n\r\nhello\r\n--b--\r\n'
FORM = "multipart/form-data; boundary=b"


def get(target: str, who: str | None = "slackbot") -> Asked:
    return Asked("GET", target, who=who)


def post(target: str, sent: Any, who: str | None = "slackbot", **more: Any) -> Asked:
    return Asked("POST", target, sent, who, **more)


def patch(target: str, sent: Any, who: str | None = "slackbot", **more: Any) -> Asked:
    return Asked("PATCH", target, sent, who, **more)


def delete(target: str, who: str | None = "slackbot") -> Asked:
    return Asked("DELETE", target, who=who)


A_ROOM = post(ROOMS, {"name": "A", "aliases": [{"alias": "a"}, {"alias": "a@example.com", "description": "x"}]})
B_ROOM = post(ROOMS, {"name": "B", "pin": "1234#", "service_type": "lecture"})
RULE = {"name": "R", "priority": 50, "match_string": r"(\d+)", "called_device_type": "teams_conference"}

REQUESTS: dict[str, list[Asked]] = {
    "rooms": [
        *(A_ROOM, B_ROOM, get(f"{ROOMS}1/"), get(f"{ROOMS}2/")),
        post(ROOMS, {"name": "A"}),
        post(ROOMS, {"name": "C", "allow_guests": True}),
        post(ROOMS, {"name": "C", "allow_guests": True, "pin": "1234", "guest_pin": "1234"}),
        post(ROOMS, {"name": "C", "service_type": "webinar", "pin": "1"}),
        *(post(ROOMS, {}), post(ROOMS, b"{"), post(ROOMS, b"name=x", content_type="text/plain")),
        *(patch(f"{ROOMS}1/", {"pin": "99"}), patch(f"{ROOMS}1/", {"name": "B"}), patch(f"{ROOMS}1/", {"name": ""})),
        *(patch(f"{ROOMS}1/", {}), patch(f"{ROOMS}1/", {"no_such_field": 1}), patch(f"{ROOMS}1/", b"{")),
        patch(f"{ROOMS}1/", {"max_callrate_in": 1}),
        patch(f"{ROOMS}1/", {"participant_limit": 12, "description": "d", "allow_guests": False}),
        *(get(f"{ROOMS}1/"), get(f"{ROOMS}999/"), patch(f"{ROOMS}999/", {"name": "Ghost"}), delete(f"{ROOMS}999/")),
        *(get(f"{ROOMS}0/"), get(f"{ROOMS}-1/"), get(f"{ROOMS}01/"), get(f"{ROOMS}abc/")),
    ],
    "words for numbers and truth values": [
        A_ROOM,
        *(patch(f"{ROOMS}1/", {"participant_limit": "12"}), patch(f"{ROOMS}1/", {"participant_limit": "many"})),
        *(patch(f"{ROOMS}1/", {"guests_can_present": word}) for word in ("0", "maybe", "True", False, "")),
        *(patch(f"{ROOMS}1/", {"name": None, "participant_limit": None}), get(f"{ROOMS}1/")),
        *(post(RULES, {"name": "x", "match_string": ".*"}), post(RULES, RULE | {"priority": "7"}), get(f"{RULES}1/")),
    ],
    "relations": [
        A_ROOM,
        *(patch(f"{ROOMS}1/", {"system_location": LONDON}), get(f"{ROOMS}1/")),
        *(patch(f"{ROOMS}1/", {"system_location": word}) for word in ("London", f"{ROOMS}1/", "")),
        *(patch(f"{ROOMS}1/", {"system_location": 7}), patch(f"{ROOMS}1/", {"ivr_theme": f"{THEMES}1/"})),
        *(patch(f"{ROOMS}1/", {"system_location": None}), get(f"{ROOMS}1/")),
        *(post(THEMES, {"name": "T"}), patch(f"{THEMES}1/", NO_ZIP, content_type=FORM)),
        patch(f"{ROOMS}1/", {"ivr_theme": f"http://127.0.0.1:1{THEMES}1/"}),
        *(get(f"{ROOMS}1/"), delete(f"{THEMES}1/"), get(f"{ROOMS}1/")),
    ],
    "aliases": [
        *(A_ROOM, B_ROOM, get(ALIASES)),
        post(ALIASES, {"alias": "b", "conference": f"{ROOMS}77/"}),
        *(post(ALIASES, {"alias": "b"}), post(ALIASES, {"conference": f"{ROOMS}2/"})),
        post(ALIASES, {"alias": "", "conference": f"{ROOMS}2/"}),
        post(ALIASES, {"alias": "a", "conference": f"{ROOMS}2/"}),
        *(post(ALIASES, {"alias": "b", "conference": f"{ROOMS}2/"}), get(f"{ROOMS}2/")),
        *(patch(f"{ALIASES}1/", {"conference": f"{ROOMS}2/"}), get(f"{ALIASES}1/"), get(f"{ROOMS}1/")),
        patch(f"{ALIASES}1/", {"alias": "b"}),
        post(ROOMS, {"name": "Thief", "aliases": [{"alias": "b"}, {"alias": "new"}]}),
        *(get(f"{ROOMS}2/"), get(f"{ROOMS}3/"), get(f"{ALIASES}?conference=3")),
        *(patch(f"{ROOMS}2/", {"aliases": [{"alias": "more"}]}), get(f"{ROOMS}2/")),
        patch(f"{ROOMS}2/", {"aliases": ["words"], "description": "kept"}),
        *(post(ROOMS, {"name": "Kept all the same", "aliases": [{"alias": ""}]}), get(ROOMS)),
        *(delete(f"{ALIASES}1/"), delete(f"{ALIASES}1/"), delete(f"{ROOMS}3/"), get(ALIASES)),
    ],
    "lists": [
        *(A_ROOM, B_ROOM, post(ROOMS, {"name": "AB"}), get(ROOMS)),
        *(get(f"{ROOMS}?{query}") for query in ("limit=1", "limit=1&offset=1", "limit=1&offset=2&order_by=-name")),
        *(get(f"{ROOMS}?{query}") for query in ("limit=0", "limit=20000", "offset=9999", "limit=x", "offset=-1")),
        *(get(f"{ROOMS}?{query}") for query in ("order_by=name", "order_by=-name", "order_by=aliases")),
        *(get(f"{ROOMS}?{query}") for query in ("name=A", "name=a", "name__iexact=a", "name__icontains=b", "name=")),
        *(get(f"{ROOMS}?{query}") for query in ("name__in=A,B", "name__regex=^A", "nmae=A", "name__fuzzy=A")),
        *(get(f"{ROOMS}?{query}") for query in ("service_type=lecture", "aliases__alias=a@example.com", "id=1")),
        *(get(f"{ROOMS}?{query}") for query in ("allow_guests=false", "allow_guests=1", "allow_guests=junk")),
        *(get(f"{ROOMS}?{query}") for query in ("format=json", "format=yaml", "service_type=conference&limit=1")),
        *(get(f"{ALIASES}?{query}") for query in ("alias__iexact=A@EXAMPLE.com", "conference=1", "order_by=-alias")),
        *(get(f"{ROOMS}?{query}") for query in ("name__range=A,AB", "participant_limit__isnull=true", "limit=-1")),
        *(get(f"{ROOMS}?{query}") for query in ("aliases__alias__icontains=a", "aliases__nmae=a", "order_by=id")),
        *(get(f"{ROOMS}?{query}") for query in ("aliases__alias__in=a,b", "aliases__isnull=True", "offset=x", "id=x")),
        *(get(f"{ALIASES}?{query}") for query in ("conference__name=A", "conference=x", "conference__in=1,2")),
        post(ROOMS, {"name": "Few", "participant_limit": 5}),
        *(post(ROOMS, {"name": "Many", "participant_limit": 40}), get(f"{ROOMS}?order_by=participant_limit")),
        *(get(f"{ROOMS}?participant_limit__{query}") for query in ("gte=5", "lt=40", "gt=x", "in=5,40", "exact=5")),
        *(get(f"{ROOMS}set/1;2;7/"), get(f"{ALIASES}set/1;2/")),
    ],
    "several rooms in one request": [
        *(A_ROOM, B_ROOM),
        patch(ROOMS, {"objects": [{"name": "C"}, {"name": "A"}]}),
        *(get(f"{ROOMS}?name=C"), patch(ROOMS, {"deleted_objects": [f"{ROOMS}1/"]})),
        patch(ROOMS, {"objects": [{"name": "C"}], "deleted_objects": [f"{ROOMS}55/"]}),
        patch(ROOMS, {"objects": [{"resource_uri": f"{ROOMS}1/", "pin": "1"}]}),
        patch(
            ROOMS,
            {
                "objects": [
                    {"resource_uri": f"{ROOMS}1/", "description": "d"},
                    {"name": "D", "aliases": [{"alias": "d"}]},
                ],
                "deleted_objects": [f"{ROOMS}2/"],
            },
        ),
        *(get(f"{ROOMS}?order_by=name"), patch(ROOMS, {"objects": [{"resource_uri": f"{ROOMS}77/", "name": "New"}]})),
        *(get(f"{ROOMS}?name=New"), patch(ROOMS, {"objects": [], "deleted_objects": [f"{ALIASES}1/"]})),
        patch(ROOMS, {"objects": [{"resource_uri": f"{ALIASES}1/", "name": "Z"}]}),
        *(patch(ROOMS, {"objects": []}, "reader"), patch(ROOMS, {"objects": [{"name": "n"}]}, "reader")),
        patch(ROOMS, {"objects": [], "deleted_objects": [f"{ROOMS}1/"]}, "reader"),
        get(f"{ROOMS}?order_by=name"),
    ],
    "standing participants": [
        *(A_ROOM, B_ROOM, post(PEOPLE, {"alias": "x@example.com", "conference": [f"{ROOMS}1/"]})),
        *(get(f"{PEOPLE}1/"), get(f"{ROOMS}1/"), post(PEOPLE, {"conference": []})),
        *(patch(f"{PEOPLE}1/", {"conference": [f"{ROOMS}1/", f"{ROOMS}2/"]}), get(f"{PEOPLE}1/"), get(f"{ROOMS}2/")),
        *(patch(f"{PEOPLE}1/", {"conference": [f"{ROOMS}99/"]}), patch(f"{PEOPLE}1/", {"conference": [13]})),
        patch(f"{PEOPLE}1/", {"conference": f"{ROOMS}1/"}),
        *(patch(f"{PEOPLE}1/", {"role": "host"}), patch(f"{PEOPLE}1/", {"role": "chair"}), get(f"{PEOPLE}1/")),
        *(get(f"{PEOPLE}?conference=2"), delete(f"{ROOMS}2/"), get(f"{PEOPLE}1/")),
        *(patch(f"{PEOPLE}1/", {"conference": []}), get(f"{PEOPLE}1/"), get(f"{ROOMS}1/")),
        *(delete(f"{PEOPLE}1/"), delete(f"{PEOPLE}1/")),
    ],
    "call routing rules": [
        *(post(RULES, RULE), get(f"{RULES}1/"), post(RULES, RULE)),
        post(RULES, RULE | {"name": "Late", "priority": 60, "replace_string": r"\1", "outgoing_protocol": "teams"}),
        *(post(RULES, RULE | {"name": "x", "priority": 900}), post(RULES, RULE | {"name": "x", "priority": 0})),
        *(post(RULES, {"priority": 1}), post(RULES, RULE | {"name": "x", "called_device_type": "fax"})),
        *(patch(f"{RULES}1/", {"enable": False}), get(f"{RULES}1/"), get(f"{RULES}?order_by=priority")),
        *(get(f"{RULES}?enable=true"), get(f"{RULES}?priority=60"), delete(f"{RULES}1/"), get(RULES)),
    ],
    "who may do what": [
        A_ROOM,
        *(get(target, who) for target in (ROOMS, f"{ROOMS}1/", f"{ROOMS}schema/") for who in (None, "stranger")),
        *(get(target, "nobody") for target in (ROOMS, f"{ROOMS}1/", f"{ROOMS}999/", f"{ROOMS}schema/")),
        *(get(target, "reader") for target in (ROOMS, f"{ROOMS}1/", f"{ROOMS}999/")),
        *(post(ROOMS, {"name": "no"}, who) for who in (None, "reader", "nobody")),
        *(patch(f"{ROOMS}1/", {"pin": "1234"}, who) for who in (None, "reader")),
        *(delete(f"{ROOMS}1/", who) for who in (None, "reader", "nobody")),
        *(delete(ROOMS, "reader"), delete(ROOMS, "nobody"), get(ROOMS)),
    ],
    "schemas": [
        *(get(f"{target}schema/") for target in (ROOMS, ALIASES, PEOPLE, RULES)),
        *(get(f"{CONFIGURATION}/{name}/schema/?format=json") for name in ("global", "media_library_playlist")),
    ],
    "methods and addresses": [
        post(f"{CONFIGURATION}/permission/", {"name": "x"}),
        *(delete(f"{CONFIGURATION}/global/1/"), post(f"{CONFIGURATION}/global/", {}), delete(f"{ROOMS}schema/")),
        *(Asked("OPTIONS", ROOMS), Asked("HEAD", ROOMS), post(f"{ROOMS}1/", {"name": "x"}), post(f"{ROOMS}set/1/", {})),
        *(get(f"{CONFIGURATION}/global/1/"), patch(f"{CONFIGURATION}/global/1/", {"enable_chat": False})),
        *(get(f"{CONFIGURATION}/global/"), get(f"{CONFIGURATION}/vmr/"), get(f"{CONFIGURATION}/vmr/schema/")),
        *(get(ROOMS.rstrip("/")), post(ROOMS.rstrip("/"), {"name": "Lost"}), delete(f"{ROOMS}1"), get(ROOMS)),
    ],
    "deleting everything, the trap": [
        *(A_ROOM, B_ROOM, delete(f"{ROOMS}?name=B"), get(ROOMS), delete(f"{ROOMS}?name=B"), get(ROOMS)),
        *(B_ROOM, delete(f"{ROOMS}?nmae=B"), get(ROOMS), get(ALIASES), post(ROOMS, {"name": "C"})),
    ],
}
