"""Where the API is."""

from __future__ import annotations

from django.urls import include, path

from tests.fakes.tastypie_node.resources import api

urlpatterns = [path("api/admin/configuration/", include(api().urls))]
