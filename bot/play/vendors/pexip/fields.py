"""What the configuration's resources of simulated Pexip are made of: enough of each for its rules and its schema.

`RESOURCES` is open: a resource that is declared here is listed, created, changed, deleted and described by its schema.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

REQUIRED = object()
ALL = ("get", "post", "put", "delete", "patch")
READ = ("get",)
SINGLE = ("get", "patch", "put")
CALL_TYPES = ("audio", "video", "video-only")
VIEWS = (
    *("one_main_zero_pips", "one_main_seven_pips", "one_main_twentyone_pips", "two_mains_twentyone_pips"),
    *("four_mains_zero_pips", "nine_mains_zero_pips", "sixteen_mains_zero_pips", "twentyfive_mains_zero_pips"),
    "five_mains_seven_pips",
)
HELP = {
    "string": 'Unicode string data. Ex: "Hello World"',
    "boolean": "Boolean data. Ex: True",
    "integer": "Integer data. Ex: 2673",
    "datetime": 'A date & time as a string. Ex: "2010-11-10T03:07:43"',
    "related": "A single related resource. Can be either a URI or set of nested resource data.",
    "related to many": (
        "Many related resources. Can be either a list of URIs or list of individually nested resource data."
    ),
}


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `related`: the resource it names; `many`: a list of them. `nested`: its objects are shown whole."""

    type: str = "string"
    default: Any = ""
    choices: tuple[str, ...] = ()
    unique: bool = False
    nullable: bool = False
    related: str = ""
    many: bool = False
    nested: bool = False
    least: int | None = None
    most: int | None = None
    pattern: str = ""
    wrong: str = ""  # what is said of a value that does not match the pattern
    readonly: bool = False

    @property
    def required(self) -> bool:
        """There is no default."""
        return self.default is REQUIRED


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource: its fields, its methods, and the resource whose objects go with it (`owned`: resource, field)."""

    fields: Mapping[str, Field]
    list_methods: tuple[str, ...] = ALL
    detail_methods: tuple[str, ...] = ALL
    owned: tuple[tuple[str, str], ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)


def text(default: Any = "", **more: Any) -> Field:  # noqa: ANN401
    """A string."""
    return Field("string", default, **more)


def flag(default: bool = False) -> Field:
    """A truth value."""
    return Field("boolean", default)


def number(default: Any = None, **more: Any) -> Field:  # noqa: ANN401
    """A whole number, null where there is no default."""
    return Field("integer", default, nullable=default is None, **more)


def to_one(resource: str, *, required: bool = False) -> Field:
    """One object of another resource."""
    return Field("related", REQUIRED if required else None, related=resource, nullable=not required)


def to_many(resource: str, *, nested: bool = False, readonly: bool = False) -> Field:
    """Some objects of another resource."""
    return Field("related", [], related=resource, many=True, nested=nested, readonly=readonly)


def named(**fields: Field) -> dict[str, Field]:
    """A unique name, then these."""
    return {"name": text(REQUIRED, unique=True), **fields}


PIN = {"pattern": r"([0-9]{4,20}|[0-9]{3,19}#)?", "wrong": "Length: 4-20 digits, including any terminal #."}

RESOURCES: dict[str, Resource] = {
    "conference": Resource(
        named(
            aliases=to_many("conference_alias", nested=True),
            allow_guests=flag(),
            automatic_participants=to_many("automatic_participant", readonly=True),
            call_type=text("video", choices=CALL_TYPES),
            creation_time=Field("datetime", None),
            crypto_mode=text(choices=("besteffort", "on", "off")),
            description=text(),
            enable_active_speaker_indication=flag(),
            enable_chat=text("default", choices=("default", "yes", "no")),
            enable_overlay_text=flag(),
            force_presenter_into_main=flag(),
            guest_pin=text(**PIN),
            guest_view=text("one_main_seven_pips", choices=VIEWS, nullable=True),
            guests_can_present=flag(True),
            host_view=text("one_main_seven_pips", choices=VIEWS),
            ivr_theme=to_one("ivr_theme"),
            match_string=text(),
            max_callrate_in=number(least=128, most=8192),
            max_callrate_out=number(least=128, most=8192),
            max_pixels_per_second=text(None, choices=("sd", "hd", "fullhd"), nullable=True),
            media_playlist=to_one("media_library_playlist"),
            mute_all_guests=flag(),
            non_idp_participants=text("disallow_all", choices=("disallow_all", "allow_if_trusted")),
            on_completion=text(),
            participant_limit=number(least=0, most=1_000_000),
            pin=text(**PIN),
            primary_owner_email_address=text(),
            replace_string=text(),
            service_type=text(
                "conference", choices=("conference", "lecture", "two_stage_dialing", "media_playback", "test_call")
            ),
            sync_tag=text(),
            system_location=to_one("system_location"),
            tag=text(),
            two_stage_dial_type=text("regular", choices=("regular", "mssip", "gms", "teams")),
        ),
        owned=(("conference_alias", "conference"),),
    ),
    "conference_alias": Resource(
        {
            "alias": text(REQUIRED, unique=True),
            "conference": to_one("conference", required=True),
            "creation_time": Field("datetime", None),
            "description": text(),
            "view_order": number(0),
        }
    ),
    "automatic_participant": Resource(
        {
            "alias": text(REQUIRED),
            "call_type": text("video", choices=CALL_TYPES),
            "conference": to_many("conference"),
            "creation_time": Field("datetime", None),
            "description": text(),
            "dtmf_sequence": text(),
            "keep_conference_alive": text(
                "keep_conference_alive_if_multiple",
                choices=(
                    "keep_conference_alive",
                    "keep_conference_alive_if_multiple",
                    "keep_conference_alive_never",
                ),
            ),
            "presentation_url": text(),
            "protocol": text("sip", choices=("sip", "h323", "mssip", "rtmp", "gms", "teams")),
            "remote_display_name": text(),
            "role": text("guest", choices=("guest", "chair")),
            "routing": text("manual", choices=("manual", "routing_rule")),
            "streaming": flag(),
            "system_location": to_one("system_location"),
        }
    ),
    "gateway_routing_rule": Resource(
        named(
            call_type=text("video", choices=(*CALL_TYPES, "auto")),
            called_device_type=text(
                "external",
                choices=(
                    "external",
                    "registration",
                    "mssip_conference_id",
                    "mssip_server",
                    "gms_conference",
                    "teams_conference",
                    "teams_user",
                    "telehealth_profile",
                ),
            ),
            creation_time=Field("datetime", None),
            description=text(),
            enable=flag(True),
            match_incoming_calls=flag(True),
            match_incoming_h323=flag(True),
            match_incoming_mssip=flag(True),
            match_incoming_sip=flag(True),
            match_incoming_webrtc=flag(True),
            match_outgoing_calls=flag(),
            match_string=text(REQUIRED),
            match_string_full=flag(),
            outgoing_protocol=text("sip", choices=("h323", "mssip", "sip", "rtmp", "gms", "teams")),
            priority=number(REQUIRED, least=1, most=200),
            replace_string=text(),
            tag=text(),
        )
    ),
    "system_location": Resource(named(description=text(), overflow_location1=to_one("system_location"))),
    "ivr_theme": Resource(named(package=Field("file", None, nullable=True), last_updated=Field("datetime", None))),
    "media_library_entry": Resource(named(description=text(), media_file=Field("file", None, nullable=True))),
    "media_library_playlist": Resource(named(description=text(), loop=flag(), shuffle=flag())),
    "permission": Resource(named(codename=text()), list_methods=READ, detail_methods=READ),
    "global": Resource(
        {"enable_chat": flag(True), "enable_webrtc": flag(True)}, list_methods=READ, detail_methods=SINGLE
    ),
}
