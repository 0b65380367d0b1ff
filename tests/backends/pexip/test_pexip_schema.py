"""What a schema says, and what it makes of words: names, types, choices, relations, secrets. Pure."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.backends.pexip.catalogue import READ_ONLY, RESOURCES, subject_of
from bot.backends.pexip.conversion import Reference, filters_of, paging_of, unfolded, value_of, values_of
from bot.backends.pexip.relations import related_resource
from bot.backends.pexip.schema import Schema, read_schema, shown
from bot.errors import BackendError, BadInput
from bot.forms import Field, FieldKind
from tests.fakes.certificates import signed


def said(**fields: dict[str, Any]) -> dict[str, Any]:
    """A schema as the node answers it: each field with Tastypie's usual words where nothing else is given."""
    usual = {"blank": False, "default": None, "help_text": "", "nullable": False, "readonly": False, "type": "string"}
    return {
        "allowed_list_http_methods": ["get", "post"],
        "allowed_detail_http_methods": ["get", "patch"],
        "fields": {name: usual | one for name, one in fields.items()},
        "filtering": dict.fromkeys(fields, 1),
        "ordering": list(fields),
    }


def schema(resource: str = "conference", **fields: dict[str, Any]) -> Schema:
    return read_schema(RESOURCES[resource], said(**fields))


# The schema of conference_alias as a running Tastypie answered it.
RECORDED = json.loads(
    '{"allowed_detail_http_methods": ["get", "post", "put", "delete", "patch"], "allowed_list_http_methods": ["get",'
    ' "post", "put", "delete", "patch"], "default_format": "application/json", "default_limit": 20, "fields": {"alias":'
    ' {"blank": false, "default": null, "help_text": "Unicode string data. Ex: \\"Hello World\\"", "nullable": false,'
    ' "readonly": false, "type": "string", "unique": true}, "conference": {"blank": false, "default": null,'
    ' "help_text": "A single related resource. Can be either a URI or set of nested resource data.", "nullable": false,'
    ' "readonly": false, "related_type": "to_one", "type": "related", "unique": false}, "creation_time": {"blank":'
    ' false, "default": "2026-11-22T02:41:44.220535", "help_text": "A date & time as a string.", "nullable": false,'
    ' "readonly": false, "type": "datetime", "unique": false}, "description": {"blank": true, "default": "",'
    ' "help_text": "Unicode string data.", "nullable": false, "readonly": false, "type": "string", "unique": false},'
    ' "id": {"blank": true, "default": "", "help_text": "Integer data. Ex: 2673", "nullable": false, "readonly": false,'
    ' "type": "integer", "unique": true}, "resource_uri": {"blank": false, "default": null, "help_text": "Unicode",'
    ' "nullable": false, "readonly": true, "type": "string", "unique": false}}, "filtering": {"alias": 1, "conference":'
    ' 2}, "ordering": ["alias", "creation_time"]}'
)


def test_a_recorded_schema_is_understood() -> None:
    read = read_schema(RESOURCES["conference_alias"], RECORDED)
    assert read.naming == "alias"
    assert [one.name for one in read.fields.values() if one.required] == ["alias", "conference"]
    assert (read.fields["conference"].kind, read.fields["conference"].related) == (FieldKind.OBJECT, "conference")
    assert "id" not in [one.name for one in read.writable]
    assert "delete" in read.object_methods


@pytest.mark.parametrize("content", [{}, {"fields": []}, {"fields": {"name": "string"}}, {"error": "x"}])
def test_something_else_than_a_schema_is_refused(content: dict[str, Any]) -> None:
    with pytest.raises(BackendError):
        read_schema(RESOURCES["conference"], content)


@pytest.mark.parametrize(
    ("one", "kind"),
    [
        ({"type": "boolean"}, FieldKind.YES_NO),
        ({"type": "integer"}, FieldKind.INTEGER),
        ({"type": "float"}, FieldKind.NUMBER),
        ({"type": "datetime"}, FieldKind.MOMENT),
        ({"type": "date"}, FieldKind.DATE),
        ({"type": "time"}, FieldKind.TIME),
        ({"type": "list"}, FieldKind.LIST),
        ({"type": "dict"}, FieldKind.TABLE),
        ({"type": "string", "valid_choices": ["a", "b"]}, FieldKind.CHOICE),
        ({"type": "string", "valid_choices": []}, FieldKind.TEXT),
        ({"type": "related", "related_type": "to_one"}, FieldKind.OBJECT),
        ({"type": "related", "related_type": "to_many"}, FieldKind.OBJECTS),
        ({"type": "something new"}, FieldKind.TEXT),
    ],
)
def test_each_type_is_known(one: dict[str, Any], kind: FieldKind) -> None:
    assert schema(x=one).fields["x"].kind is kind


def test_limits_are_read_out_of_the_help() -> None:
    read = schema(
        a={"help_text": "The name. Maximum length: 250 characters."},
        b={"type": "integer", "help_text": "Bandwidth. Range: 128 to 8192."},
    )
    assert read.fields["a"].longest == 250
    assert read.fields["b"].range == (128, 8192)


@pytest.mark.parametrize("default", [None, "No default provided."])
def test_no_default_is_said_in_two_ways(default: object) -> None:
    assert schema(x={"default": default}).fields["x"].required


def field(kind: FieldKind, **more: Any) -> Field:
    return Field("x", kind, **more)


@pytest.mark.parametrize(
    ("one", "word", "value"),
    [
        (field(FieldKind.YES_NO), "Yes", True),
        (field(FieldKind.YES_NO), "off", False),
        (field(FieldKind.INTEGER), "+20", 20),
        (field(FieldKind.INTEGER, nullable=True), "none", None),
        (field(FieldKind.NUMBER), "1.5", 1.5),
        (field(FieldKind.CHOICE, choices=("sip", "h323")), "SIP", "sip"),
        (field(FieldKind.CHOICE, choices=("sip",)), "", ""),
        (field(FieldKind.CHOICE, choices=("sip",), nullable=True), "", None),
        (field(FieldKind.MOMENT), "2026-11-24T15:00:00+01:00", "2026-11-24T14:00:00"),
        (field(FieldKind.MOMENT), "2026-11-24 14:00", "2026-11-24T14:00:00"),
        (field(FieldKind.DATE), "2026-11-24", "2026-11-24"),
        (field(FieldKind.TIME), "9:30".zfill(5), "09:30:00"),
        (field(FieldKind.LIST), "a, b,", ["a", "b"]),
        (field(FieldKind.TABLE), '{"disconnect": true}', {"disconnect": True}),
        (field(FieldKind.TEXT), "", ""),
        (field(FieldKind.TEXT), "none", "none"),
        (field(FieldKind.OBJECT, related="ivr_theme"), "Winter", Reference("ivr_theme", ("Winter",), many=False)),
        (field(FieldKind.OBJECT, nullable=True), "none", None),
        (field(FieldKind.OBJECTS, related="conference"), "a, b", Reference("conference", ("a", "b"), many=True)),
        (field(FieldKind.OBJECTS), "", []),
    ],
)
def test_words_become_values(one: Field, word: str, value: object) -> None:
    assert value_of(one, word) == value


@pytest.mark.parametrize(
    ("one", "word", "said"),
    [
        (field(FieldKind.YES_NO), "maybe", "yes or no"),
        (field(FieldKind.INTEGER), "2.5", "whole number"),
        (field(FieldKind.INTEGER), "٣", "whole number"),
        (field(FieldKind.INTEGER), "none", "can't be empty"),
        (field(FieldKind.INTEGER, range=(1, 200)), "201", "from 1 to 200"),
        (field(FieldKind.CHOICE, choices=("guest", "chair")), "chiar", "Did you mean chair?"),
        (field(FieldKind.MOMENT), "tomorrow", "a moment in UTC"),
        (field(FieldKind.DATE), "24.11.2026", "a date"),
        (field(FieldKind.TIME), "noon", "a time"),
        (field(FieldKind.TABLE), "[1]", "a JSON object"),
        (field(FieldKind.FILE), "theme.zip", "is a file"),
        (field(FieldKind.TEXT, longest=3), "abcd", "3 characters at most"),
        (field(FieldKind.OBJECT), "none", "can't be empty"),
        (Field("match_string"), "(", "not a regular expression"),
        (Field("match_string"), "a{1,99999999999999}", "not a regular expression"),
        (Field("key"), "-----BEGIN OPENSSH PRIVATE KEY----- AAAA -----END OPENSSH PRIVATE KEY-----", "private key"),
    ],
)
def test_words_that_cannot_be_of_that_type_are_refused_with_the_rule(one: Field, word: str, said: str) -> None:
    with pytest.raises(BadInput, match=said.replace("?", r"\?")):
        value_of(one, word)


@given(st.sampled_from(list(FieldKind)), st.text(max_size=60), st.booleans())
def test_any_word_is_a_value_or_refused_and_a_secret_is_never_repeated(
    kind: FieldKind, word: str, nullable: bool
) -> None:
    one = Field("api_password", kind, nullable=nullable, secret=True, choices=("first", "second"), related="conference")
    try:
        value_of(one, word)
    except BadInput as error:
        assert len(word) < 6 or word not in str(error)  # noqa: PT017


def test_unknown_names_are_refused_with_the_nearest() -> None:
    read = schema(name={}, participant_limit={"type": "integer", "nullable": True}, host_view={"readonly": True})
    with pytest.raises(BadInput, match=r"no field participant_limt. Did you mean participant_limit\?"):
        values_of(read, {"participant_limt": "3"}, creating=False)
    with pytest.raises(BadInput, match="given by the node"):
        values_of(read, {"host_view": "x"}, creating=False)
    with pytest.raises(BadInput, match="conference needs name="):
        values_of(read, {"participant_limit": "3"}, creating=True)
    assert values_of(read, {"participant_limit": "3"}, creating=False) == {"participant_limit": 3}


@pytest.mark.parametrize("name", ["gateway.example.org", "other.example.org"])
def test_a_pem_text_pasted_on_one_line_gets_its_line_ends_back(name: str) -> None:
    key, certificate = signed(name)
    assert unfolded(" ".join((key + certificate).split())) == key + certificate


@pytest.mark.parametrize("text", ["-----BEGIN X----- abc", "abc", "-----BEGIN X----- abc -----END Y-----"])
def test_a_pem_text_that_is_not_whole_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="not whole"):
        unfolded(text)


# --- relations ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "resource"),
    [
        ("conference", "conference"),
        ("system_location", "system_location"),
        ("match_source_location", "system_location"),
        ("overflow_location2", "system_location"),
        ("dns_servers", "dns_server"),
        ("client_turn_servers", "turn_server"),
        ("host_identity_provider_group", "identity_provider_group"),
        ("media_playlist", "media_library_playlist"),
        ("ivr_theme", "ivr_theme"),
        ("static_routes", "static_route"),
        ("permissions", "permission"),
        ("aliases", "conference_alias"),
        ("policy_server", "policy_server"),
        ("something_else", ""),
    ],
)
def test_the_resource_of_a_relation_is_read_from_its_name(name: str, resource: str) -> None:
    assert related_resource(name, {}) == resource


def test_where_the_schema_says_it_that_counts() -> None:
    said = {"related_schema": "/api/admin/configuration/v1/worker_vm/schema/"}
    assert related_resource("nodes", said) == "worker_vm"


# --- filters --------------------------------------------------------------------------------------------------------

FILTERABLE = read_schema(
    RESOURCES["conference"],
    said(
        name={},
        pin={},
        participant_limit={"type": "integer"},
        aliases={"type": "related", "related_type": "to_many"},
        tag={},
    )
    | {
        "filtering": {"name": 1, "pin": 1, "participant_limit": ["exact", "gte"], "aliases": 2},
        "ordering": ["name", "pin"],
    },
)


def test_filters_that_the_node_knows_are_sent() -> None:
    words = {
        "name__icontains": "sales",
        "participant_limit__gte": "3",
        "aliases__alias": "a",
        "order": "-name",
        "page": "2",
    }
    assert filters_of(FILTERABLE, words) == {
        "name__icontains": "sales",
        "participant_limit__gte": "3",
        "aliases__alias": "a",
        "order_by": "-name",
    }


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("nmae", r"Did you mean name\?"),
        ("tag", "can't be filtered by tag"),
        ("name__regex", "is no filter"),
        ("name__iregex", "is no filter"),
        ("name__icontains__exact", "is no filter"),
        ("participant_limit__lt", "only be filtered by: exact, gte"),
        ("pin", "is secret"),
        ("pin__startswith", "is secret"),
        ("aliases__conference__pin", "is no filter"),
        ("aliases__pin", "is no filter"),
        ("password__startswith", "is secret"),
    ],
)
def test_filters_that_would_be_ignored_or_would_try_secrets_out_are_refused(key: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        filters_of(FILTERABLE, {key: "x"})


def test_nothing_is_ordered_by_a_secret() -> None:
    for word in ("pin", "-pin", "tag"):
        with pytest.raises(BadInput, match="can't be ordered"):
            filters_of(FILTERABLE, {"order": word})


@pytest.mark.parametrize("words", [{"page": "0"}, {"page": "x"}, {"limit": "0"}, {"limit": "500"}, {"limit": "-1"}])
def test_pages_are_counted_from_one_and_kept_short(words: dict[str, str]) -> None:
    with pytest.raises(BadInput):
        paging_of(words)


# --- what is shown --------------------------------------------------------------------------------------------------


def test_of_secrets_it_is_only_said_that_they_are_set() -> None:
    read = schema(name={}, pin={}, guest_pin={}, shared={"help_text": "The password shared with the server."})
    one = {"name": "Board", "pin": "7351", "guest_pin": "", "shared": "hunter2", "secret_new_field": "x9x9"}
    assert dict(shown(read, one)) == {
        "name": "Board",
        "pin": "(set)",
        "shared": "(set)",
        "secret_new_field": "(set)",
    }


# Every field that the interface of version 40 marks as secret.
SECRETS = """
http_proxy password|smtp_server password|ms_exchange_connector oauth_client_secret oauth_refresh_token password
 personal_vmr_oauth_client_secret private_key public_key|event_sink password|mjx_endpoint api_password poly_password
|mjx_exchange_deployment oauth_refresh_token service_account_password|mjx_graph_deployment client_secret
|mjx_google_deployment client_secret private_key refresh_token|mjx_integration ep_password webex_client_secret
 webex_refresh_token|management_vm secondary_config_passphrase snmp_authentication_password snmp_privacy_password
|worker_vm password snmp_authentication_password snmp_privacy_password|tls_certificate private_key
 private_key_passphrase|certificate_signing_request private_key private_key_passphrase private_key_type
|global aws_access_key aws_secret_key azure_secret gcp_private_key legacy_api_password live_captions_public_jwt_key
 pss_token|sip_credential password|turn_server password secret_key|policy_server password|gms_access_token token
|gms_gateway_token private_key|telehealth_profile epic_backend_oauth2_app_private_key epic_encryption_key
 epic_patient_app_client_secret epic_provider_app_client_secret|conference guest_pin pin|registration push_token
|device password|conference_sync_template device_password guest_pin pin|ldap_sync_source ldap_bind_password
|authentication ldap_bind_password oidc_client_secret oidc_private_key oidc_required_key|google_auth_server
 client_secret|identity_provider idp_public_key oidc_client_secret service_private_key service_public_key
|autobackup autobackup_passphrase autobackup_upload_password|licence entitlement_id
"""


@pytest.mark.parametrize("row", SECRETS.replace("\n", "").split("|"))
def test_every_secret_of_the_interface_is_hidden(row: str) -> None:
    resource, *names = row.split()
    read = schema(resource, **{name: {} for name in names})
    assert [name for name in names if not read.fields[name].secret] == []
    assert [words for _, words in shown(read, dict.fromkeys(names, "s3cret"))] == ["(set)"] * len(names)


# --- the 79 resources -----------------------------------------------------------------------------------------------


def test_what_only_the_scheduling_service_may_change_is_read_only() -> None:
    for name in READ_ONLY:
        assert [one.name for one in subject_of(RESOURCES[name]).operations] == ["list", "get", "schema"]


def test_operations_follow_the_methods_that_a_resource_has() -> None:
    def names(resource: str) -> list[str]:
        return [one.name for one in subject_of(RESOURCES[resource]).operations]

    assert names("permission") == ["list", "get", "schema"]
    assert names("global") == ["list", "get", "schema", "set"]
    assert names("upgrade") == ["schema", "add"]
    assert names("system_backup") == ["list", "get", "schema", "delete"]
    assert names("gms_gateway_token") == ["list", "get", "schema", "set"]


@pytest.mark.parametrize(
    ("words", "help_shown"),
    [
        ('Unicode string data. Ex: "Hello World"', ""),
        ("A single related resource. Can be either a URI or set of nested resource data.", ""),
        ('A date & time as a string. Ex: "2010-11-10T03:07:43"', ""),
        ("The hours, 0 to 23. Ex: 7", "The hours, 0 to 23."),
    ],
)
def test_tastypies_own_words_about_a_type_help_nobody_and_are_not_shown(words: str, help_shown: str) -> None:
    assert schema(x={"type": "string", "help_text": words}).fields["x"].help == help_shown
