"""The resources of seeds/002 that the tests need, at Pexip's addresses."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import re_path, reverse
from tastypie.api import Api
from tastypie.bundle import Bundle
from tastypie.http import HttpAccepted, HttpNotFound

from tests.fakes.tastypie_node import models
from tests.fakes.tastypie_node.rules import PexipResource, describe, options, to_many, to_one

IMAGE = b"\x00appliance" * 100_000  # about a megabyte
READ, SINGLE = ["get"], ["get", "patch", "put"]


class ConferenceResource(PexipResource):
    aliases = to_many("AliasResource", "aliases", related_name="conference", full=True)
    automatic_participants = to_many("ParticipantResource", "automatic_participants", readonly=True)
    ivr_theme = to_one("ThemeResource", "ivr_theme")
    media_playlist = to_one("PlaylistResource", "media_playlist")
    system_location = to_one("LocationResource", "system_location")
    Meta = options(models.Conference, "conference")


class AliasResource(PexipResource):
    conference = to_one("ConferenceResource", "conference", null=False)
    Meta = options(models.ConferenceAlias, "conference_alias")


class ParticipantResource(PexipResource):
    conference = to_many("ConferenceResource", "conference")
    system_location = to_one("LocationResource", "system_location")
    Meta = options(models.AutomaticParticipant, "automatic_participant")


class RuleResource(PexipResource):
    Meta = options(models.GatewayRoutingRule, "gateway_routing_rule")


class LocationResource(PexipResource):
    Meta = options(models.SystemLocation, "system_location")


class DnsServerResource(PexipResource):
    Meta = options(models.DnsServer, "dns_server")


class PlaylistResource(PexipResource):
    Meta = options(models.MediaLibraryPlaylist, "media_library_playlist")


class PermissionResource(PexipResource):
    Meta = options(models.Permission, "permission", allowed_methods=READ)


class GlobalResource(PexipResource):
    Meta = options(models.Global, "global", list_allowed_methods=READ, detail_allowed_methods=SINGLE)


class ThemeResource(PexipResource):
    files = ("package",)
    conference = to_many("ConferenceResource", "conference", readonly=True)
    Meta = options(models.IvrTheme, "ivr_theme")


class SshKeyResource(PexipResource):
    Meta = options(models.SshAuthorizedKey, "ssh_authorized_key")

    def hydrate(self, bundle: Bundle) -> Bundle:
        """A whole line of a .pub file comes in; type, key and comment are kept."""
        kind, *parts = str(bundle.data.get("key", "")).split()
        if parts:
            bundle.data |= {"keytype": kind, "comment": " ".join(parts[1:])}
        return bundle


class NodeResource(PexipResource):
    system_location = to_one("LocationResource", "system_location", null=False)
    Meta = options(models.WorkerVm, "worker_vm")

    def post_list(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """201, and its body is the appliance, or the document that provisions one."""
        made = super().post_list(request, **kwargs)
        node = models.WorkerVm.objects.latest("pk")
        document = f'<?xml version="1.0" encoding="utf-8"?>\n<configuration><worker id="{node.pk}"/></configuration>'
        provision = node.deployment_type == "MANUAL-PROVISION-ONLY"
        kind, body = ("text/xml", document.encode()) if provision else ("application/octet-stream", IMAGE)
        return HttpResponse(body, status=201, content_type=kind, headers={"Location": made["Location"]})


class UnslashedResource(PexipResource):
    """Called with and without the last slash, and keyed by a number of its own."""

    class Meta:
        abstract = True

    def prepend_urls(self) -> list[Any]:
        key, name = self._meta.detail_uri_name, self._meta.resource_name
        start = rf"^(?P<resource_name>{name})/(?P<{key}>[0-9]{{10}})"
        return [
            re_path(rf"{start}/?$", self.wrap_view("dispatch_detail"), name="api_dispatch_detail"),
            re_path(rf"{start}/export/?$", self.wrap_view("dispatch_detail"), name="api_export"),
        ]


class LicenceResource(UnslashedResource):
    Meta = options(
        models.Licence,
        "licence",
        detail_uri_name="fulfillment_id",
        excludes=["id"],
        list_allowed_methods=["get", "post"],
        detail_allowed_methods=["get", "delete"],
    )

    def hydrate(self, bundle: Bundle) -> Bundle:
        bundle.obj.fulfillment_id = bundle.obj.fulfillment_id or f"{models.Licence.objects.count() + 10**9:010}"
        return bundle

    def post_list(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Offline: 202, and the address of a stored request."""
        sent = self.deserialize(request, request.body)
        return stored(request, "activate") if sent.get("offline_mode") else super().post_list(request, **kwargs)

    def delete_detail(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if request.GET.get("offline_mode") != "True":
            return super().delete_detail(request, **kwargs)
        known = models.Licence.objects.filter(fulfillment_id=kwargs["fulfillment_id"]).exists()
        return stored(request, "return") if known else HttpNotFound()


class LicenceRequestResource(UnslashedResource):
    Meta = options(
        models.LicenceRequest,
        "licence_request",
        detail_uri_name="sequence_number",
        excludes=["id"],
        list_allowed_methods=READ,
        detail_allowed_methods=["get", "post"],
    )

    def post_detail(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """The response document for a stored request."""
        sent = self.deserialize(request, request.body)
        one = models.LicenceRequest.objects.filter(sequence_number=kwargs["sequence_number"])
        known = one.update(response_xml=sent["response_xml"], status="Processed")
        return HttpAccepted() if known else HttpNotFound()


def stored(request: HttpRequest, action: str) -> HttpResponse:
    """202 with a whole URL, as seeds/002 uses it."""
    number = f"{models.LicenceRequest.objects.count() + 1:010}"
    models.LicenceRequest.objects.create(sequence_number=number, actions=f"<LicenseRequest {action}/>")
    named = {"api_name": "v1", "resource_name": "licence_request", "sequence_number": number}
    answer = HttpAccepted()
    answer["Location"] = request.build_absolute_uri(reverse("api_dispatch_detail", kwargs=named))
    return answer


def api() -> Api:
    """Below /api/admin/configuration/."""
    all_of_them = Api(api_name="v1")
    for resource in (*PexipResource.__subclasses__(), *UnslashedResource.__subclasses__()):
        if resource is not UnslashedResource:
            one = resource()
            describe(one)
            all_of_them.register(one)
    return all_of_them
