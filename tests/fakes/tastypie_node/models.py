"""The objects of seeds/002 as Django keeps them: fields, defaults and choices as its documents name them."""

from __future__ import annotations

import functools
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils import timezone

CALL_TYPES = ("audio", "video", "video-only")
ALIVE = "keep_conference_alive"
VIEWS = (
    *("one_main_zero_pips", "one_main_seven_pips", "one_main_twentyone_pips", "two_mains_twentyone_pips"),
    *("four_mains_zero_pips", "nine_mains_zero_pips", "sixteen_mains_zero_pips", "twentyfive_mains_zero_pips"),
    "five_mains_seven_pips",
)
PIN = RegexValidator(r"\A([0-9]{4,20}|[0-9]{3,19}#)\Z", "Length: 4-20 digits, including any terminal #.")
ENTITLEMENT = RegexValidator(r"\A([0-9A-F]{4}(-[0-9A-F]{4}){3}|[\w-]{22}==)\Z", "Invalid license entitlement key")
SSH_KEY = RegexValidator(r"\A(ssh-|ecdsa-)\S+ \S+", "Enter a valid SSH public key.")


def word(default: str | None = "", choices: tuple[str, ...] = (), **more: Any) -> models.CharField:
    """A string. Nullable where the default is None, blank where it is empty."""
    options: dict[str, Any] = {"max_length": 250, "default": default, "null": default is None, "blank": not default}
    if choices:
        options["choices"] = [(one, one) for one in choices]
    return models.CharField(**(options | more))


def given(**more: Any) -> models.CharField:
    """A string that must be given."""
    return models.CharField(max_length=250, **more)


def number(least: int, most: int, **more: Any) -> models.IntegerField:
    return models.IntegerField(validators=[MinValueValidator(least), MaxValueValidator(most)], **more)


unset = functools.partial(number, null=True, blank=True)
no = functools.partial(models.BooleanField, default=False)
yes = functools.partial(models.BooleanField, default=True)
now = functools.partial(models.DateTimeField, default=timezone.now)


def link(to: str, **more: Any) -> models.ForeignKey:
    """At most one object of another resource."""
    return models.ForeignKey(to, models.SET_NULL, null=True, blank=True, default=None, **more)


class SystemLocation(models.Model):
    name = given(unique=True)
    description = word()


class DnsServer(models.Model):
    address = given(unique=True)
    description = word()


class IvrTheme(models.Model):
    name = given(unique=True)
    package = word()
    last_updated = now()


class MediaLibraryPlaylist(models.Model):
    name = given(unique=True)
    description = word()
    loop = no()
    shuffle = no()


class Conference(models.Model):
    allow_guests = no()
    call_type = word("video", CALL_TYPES)
    creation_time = now()
    crypto_mode = word(choices=("besteffort", "on", "off"))
    description = word()
    enable_active_speaker_indication = no()
    enable_chat = word("default", ("default", "yes", "no"))
    enable_overlay_text = no()
    force_presenter_into_main = no()
    guest_pin = word(validators=[PIN])
    guest_view = word("one_main_seven_pips", VIEWS, null=True)
    guests_can_present = yes()
    host_view = word("one_main_seven_pips", VIEWS)
    ivr_theme = link("IvrTheme", related_name="conference")
    match_string = word()
    max_callrate_in = unset(128, 8192)
    max_callrate_out = unset(128, 8192)
    max_pixels_per_second = word(None, ("sd", "hd", "fullhd"))
    media_playlist = link("MediaLibraryPlaylist")
    mute_all_guests = no()
    name = given(unique=True)
    non_idp_participants = word("disallow_all", ("disallow_all", "allow_if_trusted"))
    on_completion = word()
    participant_limit = unset(0, 1_000_000)
    pin = word(validators=[PIN])
    primary_owner_email_address = word()
    replace_string = word()
    service_type = word("conference", ("conference", "lecture", "two_stage_dialing", "media_playback", "test_call"))
    sync_tag = word()
    system_location = link("SystemLocation")
    tag = word()
    two_stage_dial_type = word("regular", ("regular", "mssip", "gms", "teams"))

    def clean(self) -> None:
        if self.allow_guests and not self.pin:
            raise ValidationError({"allow_guests": "A Host PIN is needed where guests are allowed."})
        if self.guest_pin and self.guest_pin == self.pin:
            raise ValidationError({"guest_pin": "Host and Guest PIN must differ."})


class ConferenceAlias(models.Model):
    alias = given(unique=True)
    conference = models.ForeignKey("Conference", models.CASCADE, related_name="aliases")
    creation_time = now()
    description = word()
    view_order = models.IntegerField(default=0)


class AutomaticParticipant(models.Model):
    alias = given()
    call_type = word("video", CALL_TYPES)
    conference = models.ManyToManyField("Conference", blank=True, related_name="automatic_participants")
    creation_time = now()
    description = word()
    dtmf_sequence = word()
    keep_conference_alive = word(f"{ALIVE}_if_multiple", (ALIVE, f"{ALIVE}_if_multiple", f"{ALIVE}_never"))
    presentation_url = word()
    protocol = word("sip", ("sip", "h323", "mssip", "rtmp", "gms", "teams"))
    remote_display_name = word()
    role = word("guest", ("guest", "chair"))
    routing = word("manual", ("manual", "routing_rule"))
    streaming = no()
    system_location = link("SystemLocation")


class GatewayRoutingRule(models.Model):
    call_type = word("video", (*CALL_TYPES, "auto"))
    called_device_type = word(
        "external",
        (
            *("external", "registration", "mssip_conference_id", "mssip_server"),
            *("gms_conference", "teams_conference", "teams_user", "telehealth_profile"),
        ),
    )
    creation_time = now()
    description = word()
    enable = yes()
    match_incoming_calls = yes()
    match_incoming_h323 = yes()
    match_incoming_mssip = yes()
    match_incoming_sip = yes()
    match_incoming_webrtc = yes()
    match_outgoing_calls = no()
    match_string = given()
    match_string_full = no()
    name = given(unique=True)
    outgoing_protocol = word("sip", ("h323", "mssip", "sip", "rtmp", "gms", "teams"))
    priority = number(1, 200)
    replace_string = word()
    tag = word()


class WorkerVm(models.Model):
    name = given(unique=True)
    hostname = given()
    domain = given()
    address = models.GenericIPAddressField(unique=True)
    netmask = models.GenericIPAddressField()
    gateway = models.GenericIPAddressField()
    password = word()
    node_type = word("CONFERENCING", ("CONFERENCING", "PROXYING"))
    system_location = models.ForeignKey("SystemLocation", models.PROTECT)
    deployment_type = word(
        "MANUAL-PROVISION-ONLY",
        ("MANUAL-ESXI6_7", "MANUAL-ESXI6", "MANUAL-HYPERV2012", "MANUAL-KVM", "MANUAL-PROVISION-ONLY"),
    )
    vm_cpu_count = number(2, 128, default=4)
    vm_system_memory = number(2000, 64000, default=4096)


class Licence(models.Model):
    fulfillment_id = models.CharField(max_length=10, unique=True, editable=False)
    entitlement_id = given(validators=[ENTITLEMENT])


class LicenceRequest(models.Model):
    sequence_number = models.CharField(max_length=10, unique=True, editable=False)
    actions = word()
    response_xml = word(None)
    status = word("Pending", ("Pending", "Processed"))


class SshAuthorizedKey(models.Model):
    keytype = word()
    key = models.TextField(unique=True, validators=[SSH_KEY])
    comment = word()


class Permission(models.Model):
    name = given(unique=True)
    codename = given(unique=True)


class Global(models.Model):
    enable_chat = yes()
    enable_webrtc = yes()
