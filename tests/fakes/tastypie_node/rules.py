"""What Pexip adds to stock Tastypie, as far as its documents tell: everything else here is Tastypie's own.

Values are checked by the models; schemas name the choices (`valid_choices`) and know no default but a real one; files
come as multipart/form-data; a session is Basic authentication; 1,000 requests a minute.
"""

from __future__ import annotations

import io
import zipfile
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from tastypie.authentication import BasicAuthentication
from tastypie.authorization import DjangoAuthorization
from tastypie.bundle import Bundle
from tastypie.constants import ALL, ALL_WITH_RELATIONS
from tastypie.exceptions import ImmediateHttpResponse
from tastypie.fields import NOT_PROVIDED, ToManyField, ToOneField
from tastypie.resources import ModelResource
from tastypie.serializers import Serializer
from tastypie.throttle import CacheThrottle
from tastypie.validation import Validation

PER_MINUTE = 1000
THROTTLE = CacheThrottle(throttle_at=PER_MINUTE, timeframe=60)
HERE = "tests.fakes.tastypie_node.resources"

Json = dict[str, Any]


class Rights(DjangoAuthorization):
    """Reading needs Django's `view` permission."""

    READ_PERM_CODE = "view"


class ByModel(Validation):
    """The model's own checks, relations apart: those are Tastypie's."""

    def is_valid(self, bundle: Bundle, request: HttpRequest | None = None) -> dict[str, list[str]]:
        relations = [one.name for one in bundle.obj._meta.get_fields() if one.is_relation]
        try:
            bundle.obj.full_clean(exclude=relations)
        except ValidationError as error:
            return dict(error.message_dict)
        return {}


def options(model: Any, resource_name: str, **more: Any) -> Any:
    """A resource's `Meta`."""
    shared = {
        "queryset": model.objects.order_by("pk"),
        "resource_name": resource_name,
        "authentication": BasicAuthentication(realm="Pexip"),
        "authorization": Rights(),
        "validation": ByModel(),
        "throttle": THROTTLE,
        "serializer": Serializer(formats=["json"]),
        "limit": 20,
        "max_limit": 10_000,
        "model": model,
    }
    return type("Meta", (), shared | more)


class PexipResource(ModelResource):
    """Any configuration resource."""

    files: tuple[str, ...] = ()  # fields that take a zip

    class Meta:
        abstract = True

    def dispatch(self, request_type: str, request: HttpRequest, **kwargs: Any) -> Any:
        _ = request.body  # kept by Django, before it looks for a form in it
        return super().dispatch(request_type, request, **kwargs)

    def deserialize(self, request: HttpRequest, data: bytes, format: str = "application/json") -> Json:
        """JSON, or a form with files in it, of which the name is kept."""
        if not request.META.get("CONTENT_TYPE", "").startswith("multipart/form-data"):
            read: Json = super().deserialize(request, data, format)
            return read
        content: Json = {key: str(value) for key, value in request.POST.items()}
        for key, file in request.FILES.items():
            body = file.read()
            if key in self.files and not zipfile.is_zipfile(io.BytesIO(body)):
                raise self.refused(request, {self._meta.resource_name: {key: ["File is not a zip file"]}})
            content[key] = file.name if key in self.files else body.decode()
        return content

    def refused(self, request: HttpRequest, errors: Json) -> ImmediateHttpResponse:
        """400 with these errors."""
        return ImmediateHttpResponse(response=self.error_response(request, errors))

    def build_schema(self) -> Json:
        """Tastypie's, with Pexip's `valid_choices`, and null where there is no default."""
        data: Json = super().build_schema()
        fields: Json = data["fields"]
        for name, described in fields.items():
            for unlike_pexip in ("primary_key", "verbose_name", "related_schema"):
                described.pop(unlike_pexip, None)
            if self.fields[name]._default is NOT_PROVIDED:
                described["default"] = None
            if choices := self._choices(name):
                described["valid_choices"] = choices
        return data

    def _choices(self, name: str) -> list[str]:
        known = {one.name: one for one in self._meta.model._meta.fields}
        return [value for value, _ in known[name].choices or ()] if name in known else []


def describe(resource: PexipResource) -> None:
    """Every field can be filtered by, relations across them; every other one can be ordered by."""
    related = {name for name, field in resource.fields.items() if field.is_related}
    own = [name for name, field in resource.fields.items() if field.attribute]
    resource._meta.filtering = {name: ALL_WITH_RELATIONS if name in related else ALL for name in own}
    resource._meta.ordering = sorted(name for name in own if name not in {*related, "id"})


def to_one(resource: str, attribute: str, **more: Any) -> ToOneField:
    """The URI of one object, or null."""
    return ToOneField(f"{HERE}.{resource}", attribute, **{"null": True, **more})


def to_many(resource: str, attribute: str, **more: Any) -> ToManyField:
    """A list of URIs, or of whole objects with `full`."""
    return ToManyField(f"{HERE}.{resource}", attribute, **{"null": True, "blank": True, **more})
