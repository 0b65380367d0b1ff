"""The resources of simulated Pexip beside rooms and calls: enough of each to be listed, changed and described.

Written as `field:kind` words: a bare name is text, `!` needed, `?` may be null; other kinds are flag, number, lines,
file, a list of choices (`sip|h323`), `→resource` for one object and `→→resource` for some.
"""

from __future__ import annotations

import re

from bot.play.vendors.pexip.fields import (
    ALL,
    READ,
    REQUIRED,
    SINGLE,
    Field,
    Resource,
    flag,
    number,
    text,
    to_many,
    to_one,
)

SCOPED = ("get", "post", "delete")
WORDS = """
dns_server address! description
ntp_server address! description key_id:number secret_key
http_proxy name! address! port:number username password
syslog_server address! description port:number protocol:udp|tcp|tls
snmp_network_management_system name! address! port:number description
smtp_server name! address! port:number username password from_email_address
static_route name! address! prefix:number! gateway!
ms_exchange_connector name! description username password url
exchange_domain domain! exchange_connector:→ms_exchange_connector
event_sink name! url! username password version:number bulk_support:flag
mjx_endpoint name! description api_address api_username api_password
mjx_endpoint_group name! description
mjx_exchange_autodiscover_url name! url! exchange_deployment:→mjx_exchange_deployment
mjx_exchange_deployment name! description service_account_username service_account_password
mjx_graph_deployment name! description client_id client_secret tenant_id
mjx_google_deployment name! description client_email private_key
mjx_integration name! description
mjx_meeting_processing_rule name! priority:number! meeting_type! description
ssh_authorized_key key! keytype comment
management_vm name! address! hostname domain description
worker_vm name! hostname! domain! address! netmask! gateway! password! node_type:CONFERENCING|PROXYING
 system_location:→system_location
 deployment_type:MANUAL-ESXI6_7|MANUAL-ESXI6|MANUAL-HYPERV2012|MANUAL-KVM|MANUAL-PROVISION-ONLY
 vm_cpu_count:number vm_system_memory:number description
licence entitlement_id! offline_mode:flag
licence_request status
ca_certificate certificate:lines! subject
tls_certificate certificate:lines! private_key:lines! private_key_passphrase nodes:→→worker_vm
certificate_signing_request subject_name! tls_certificate:→tls_certificate
diagnostic_graphs title! order:number!
h323_gatekeeper name! address! port:number description
sip_credential realm! username! password
sip_proxy name! address! port:number transport:tcp|tls
mssip_proxy name! address! port:number transport:tcp|tls
turn_server name! address! port:number username password server_type:namepsw|coturn_shared secret_key
stun_server name! address! port:number description
policy_server name! url username password enable_service_lookup:flag
gms_access_token name! token
gms_gateway_token certificate:lines private_key:lines supports_direct_guest_join:flag
azure_tenant name! tenant_id! description
teams_proxy name! address! port:number azure_tenant:→azure_tenant description
telehealth_profile name! description epic_encryption_key
break_in_allow_list_address name! address! prefix:number! description ignore_incorrect_pins:flag
registration enable:flag refresh_strategy:adaptive|basic push_token
device alias! username password enable_sip:flag description
conference_sync_template name! enable_automatic_sync:flag sync_day_start:time? ldap_sync_source:→ldap_sync_source
ldap_sync_source name! description ldap_server ldap_bind_username ldap_bind_password
ldap_sync_field name! description template_variable_name
recurring_conference conference:→conference current_index:number ews_item_id
scheduled_conference conference:→conference start_time:datetime? end_time:datetime? subject
scheduled_alias alias! conference:→conference
media_library_playlist_entry entry_type:media|live! media:→media_library_entry playlist:→media_library_playlist
 position:number playcount:number
authentication source:LOCAL|LDAP ldap_server ldap_bind_username ldap_bind_password
role name! permissions:→→permission
ldap_role name! ldap_group_dn! roles:→→role
adfs_auth_server name! description client_id
adfs_auth_server_domain domain! adfs_auth_server:→adfs_auth_server
google_auth_server name! client_id! client_secret description
google_auth_server_domain domain! google_auth_server:→google_auth_server
end_user primary_email_address! first_name last_name user_groups:→→user_group
identity_provider name! description idp_type:saml|oidc oidc_client_secret
identity_provider_group name! description identity_provider:→→identity_provider
user_group name! description
user_group_entity_mapping description entity_resource_uri! user_group:→user_group
webapp_alias slug! description is_default:flag is_enabled:flag
webapp_branding name! description branding_file:file
upgrade package:file
software_bundle bundle_type! selected_revision:→software_bundle_revision
software_bundle_revision bundle_type! version! revision
system_backup date type sha256sum
autobackup autobackup_enabled:flag autobackup_passphrase autobackup_interval:number
scheduled_scaling policy_name! policy_type! start_date:date? time_from:time? time_to:time? enabled:flag
"""
METHODS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "management_vm": (SCOPED, (*SCOPED, "patch")),
    "licence": (("get", "post"), ("get", "delete")),
    "licence_request": (READ, ("get", "post")),
    "ca_certificate": (SCOPED, ("get", "delete", "patch")),
    "tls_certificate": ((*SCOPED, "patch"), ("get", "delete", "patch")),
    "certificate_signing_request": (SCOPED, ("get", "delete", "patch")),
    "upgrade": (("post",), ()),
    "software_bundle": (READ, ("get", "patch")),
    "software_bundle_revision": (READ, READ),
    "system_backup": (READ, ("get", "delete")),
}
SINGLETONS = ("gms_gateway_token", "registration", "authentication", "autobackup")


def _field(word: str) -> tuple[str, Field]:
    name, _, kind = word.partition(":")
    needed = word.endswith("!")
    name, kind = name.rstrip("!"), kind.rstrip("!")
    if kind.startswith("→→"):
        return name, to_many(kind[2:])
    if kind.startswith("→"):
        return name, to_one(kind[1:])
    if kind == "number":
        return name, number(REQUIRED) if needed else number()
    if kind in ("flag", "file"):
        return name, flag() if kind == "flag" else Field("file", None, nullable=True)
    if kind.endswith("?"):
        return name, Field(kind[:-1], None, nullable=True)
    choices = tuple(kind.split("|")) if "|" in kind else ()
    default = REQUIRED if needed else choices[0] if choices else ""
    return name, text(default, choices=choices, unique=needed and name == "name")


def _read(words: str) -> dict[str, Resource]:
    found = {}
    for line in re.sub(r"\n ", " ", words.strip()).splitlines():
        name, *fields = line.split()
        listed, single = METHODS.get(name, (ALL, ALL))
        if name in SINGLETONS:
            listed, single = READ, SINGLE
        found[name] = Resource(dict(map(_field, fields)), listed, single)
    return found


FURTHER: dict[str, Resource] = _read(WORDS)
