"""The 79 configuration resources of seeds/002, and what is special about some of them. Data, and how it is read.

Methods are those of version 40 (G get, P post, U put, D delete, A patch; first of the collection, then of one object);
fields come from the node's own schema, asked when they are needed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.backends.pexip.failures import is_secret
from bot.capabilities import Operation, Subject

# resource | as people call it | methods of the collection | of one object | secrets that their names do not betray
TABLE = """
# System configuration
dns_server | DNS server | GPUDA | GPUDA
ntp_server | NTP server | GPUDA | GPUDA
http_proxy | Web proxy server | GPUDA | GPUDA
syslog_server | Syslog server | GPUDA | GPUDA
snmp_network_management_system | SNMP NMS | GPUDA | GPUDA
smtp_server | SMTP server | GPUDA | GPUDA
static_route | Static route | GPUDA | GPUDA
ms_exchange_connector | Exchange servers | GPUDA | GPUDA
exchange_domain | Exchange domains | GPUDA | GPUDA
event_sink | Event sinks | GPUDA | GPUDA
mjx_endpoint | One-Touch Join Endpoints | GPUDA | GPUDA
mjx_endpoint_group | One-Touch Join Endpoint Groups | GPUDA | GPUDA
mjx_exchange_autodiscover_url | One-Touch Join Exchange Autodiscover URLs | GPUDA | GPUDA
mjx_exchange_deployment | One-Touch Join Exchange Integrations | GPUDA | GPUDA
mjx_graph_deployment | One-Touch Join O365 Graph Integrations | GPUDA | GPUDA
mjx_google_deployment | One-Touch Join Google Workspace Integrations | GPUDA | GPUDA
mjx_integration | One-Touch Join Profiles | GPUDA | GPUDA
mjx_meeting_processing_rule | One-Touch Join Meeting Processing Rules | GPUDA | GPUDA
ssh_authorized_key | SSH authorized keys | GPUDA | GPUDA
# Platform configuration
system_location | System location | GPUDA | GPUDA
management_vm | Management Node | GPD | GPDA
worker_vm | Conferencing Node | GPUDA | GPUDA
licence | Licensing | GP | GD | entitlement_id
licence_request | License request | G | GP
ca_certificate | CA certificate | GPD | GDA
tls_certificate | TLS certificate | GPDA | GDA
certificate_signing_request | Certificate signing request (CSR) | GPD | GDA
global | Global settings | G | GA
diagnostic_graphs | Diagnostic graphs | GPUDA | GPUDA
# Call control
h323_gatekeeper | H.323 Gatekeeper | GPUDA | GPUDA
sip_credential | SIP credentials | GPUDA | GPUDA
sip_proxy | SIP proxy | GPUDA | GPUDA
mssip_proxy | Microsoft SIP proxy | GPUDA | GPUDA
turn_server | TURN server | GPUDA | GPUDA
stun_server | STUN server | GPUDA | GPUDA
policy_server | Policy server | GPUDA | GPUDA
gms_access_token | Google Meet access token | GPUDA | GPUDA
gms_gateway_token | Google Meet gateway token | G | GDA
azure_tenant | Microsoft Azure tenant | GPUDA | GPUDA
teams_proxy | Microsoft Teams Connector | GPUDA | GPUDA
telehealth_profile | Epic telehealth profile | GPUDA | GPUDA
break_in_allow_list_address | Break-in resistance allow list | GPUDA | GPUDA
# Service configuration
conference | Virtual Meeting Room, Auditorium, Reception, playback or test call | GPUDA | GPUDA
conference_alias | Alias for a service | GPUDA | GPUDA
automatic_participant | Automatically Dialed Participant | GPUDA | GPUDA
ivr_theme | IVR theme | GPUDA | GPUDA
gateway_routing_rule | Gateway routing rule | GPUDA | GPUDA
registration | Registration settings | G | GA
device | Device | GPUDA | GPUDA
conference_sync_template | Conference sync template | GPUDA | GPUDA
ldap_sync_source | Conference LDAP sync source | GPUDA | GPUDA
ldap_sync_field | Conference LDAP sync field | GPUDA | GPUDA
recurring_conference | Recurring conference | GPUDA | GPUDA
scheduled_conference | Scheduled conference | GPUDA | GPUDA
scheduled_alias | Scheduled conference aliases | GPUDA | GPUDA
media_library_entry | Media Playback Service library entry | GPUDA | GPUDA
media_library_playlist | Media Playback Service playlist | GPUDA | GPUDA
media_library_playlist_entry | Media Playback Service playlist entry | GPUDA | GPUDA
# Users
authentication | Authentication | G | GA
role | Account role | GPUDA | GPUDA
ldap_role | LDAP role | GPUDA | GPUDA
permission | Permission | G | G
adfs_auth_server | AD FS servers | GPUDA | GPUDA
adfs_auth_server_domain | AD FS domains | GPUDA | GPUDA
google_auth_server | Google OAuth 2.0 Credential | GPUDA | GPUDA
google_auth_server_domain | Google OAuth domains | GPUDA | GPUDA
end_user | Users | GPUDA | GPUDA
identity_provider | Identity Providers | GPUDA | GPUDA
identity_provider_group | Identity Provider Groups | GPUDA | GPUDA
user_group | User groups | GPUDA | GPUDA
user_group_entity_mapping | User group mappings | GPUDA | GPUDA
# Web app
webapp_alias | Web app path | GPUDA | GPUDA
webapp_branding | Web app branding package | GPUDA | GPUDA
# Utilities
upgrade | Upgrade | P | -
software_bundle | Software bundle | G | GA
software_bundle_revision | Software bundle revision | G | G
system_backup | System backup | G | GD
autobackup | Automatic backup | G | GA
scheduled_scaling | Teams scheduled scaling | GPUDA | GPUDA
"""


@dataclass(frozen=True, slots=True)
class Resource:
    """One row of the table."""

    name: str
    title: str
    group: str
    collection_methods: str
    object_methods: str
    secrets: frozenset[str]

    @property
    def singleton(self) -> bool:
        """There is one object, with the id 1."""
        return self.name in SINGLETONS

    def hides(self, field: str) -> bool:
        """Whether the field's content is never shown."""
        return field in self.secrets or is_secret(field)


SINGLETONS = frozenset({"global", "authentication", "autobackup", "registration", "gms_gateway_token"})
# Seeds/002: only the VMR Scheduling for Exchange service may create, change or delete these.
READ_ONLY = frozenset({"scheduled_conference", "scheduled_alias", "recurring_conference"})
# Operations that a task does safely: an answer that is an image, a stored request, a GET that makes a key.
BY_TASK: Mapping[tuple[str, str], str] = {
    ("worker_vm", "add"): "nodes add",
    ("licence", "add"): "licences add",
    ("licence", "delete"): "licences return",
    ("gms_gateway_token", "list"): "googlemeet csr",
    ("gms_gateway_token", "get"): "googlemeet csr",
    ("gms_gateway_token", "set"): "googlemeet upload",
    ("ssh_authorized_key", "add"): "sshkeys add",
    ("gateway_routing_rule", "add"): "routing add",
    ("gateway_routing_rule", "set"): "routing set",
}
# Fields whose content is a file; the schema calls them text.
FILE_FIELDS = frozenset(
    {
        ("ivr_theme", "package"),
        ("media_library_entry", "media_file"),
        ("webapp_branding", "branding_file"),
        ("upgrade", "package"),
        ("licence_request", "response_xml"),
    }
)
# Fields that cannot be given to a resource itself, and what does it instead.
CLOSED_FIELDS: Mapping[tuple[str, str], str] = {
    ("conference", "aliases"): "an alias given here would be taken from the room that has it; use conference_alias add",
    ("conference", "automatic_participants"): "use standing attach",
}

LIST = Operation("list", "List the objects", changes=False, names="[text]", example="name__icontains=sales page=2")
GET = Operation("get", "Show one object", changes=False, names="id|name", example="12")
SCHEMA = Operation("schema", "Show the fields, their types and choices", changes=False)
ADD = Operation("add", "Add one object", example="name=…")
SET = Operation("set", "Change objects", names="id|name …", example="12 description=…")
DELETE = Operation("delete", "Delete objects", names="id|name …", example="12")


def _read(table: str) -> Mapping[str, Resource]:
    found, group = {}, ""
    for line in table.strip().splitlines():
        if line.startswith("#"):
            group = line[2:]
            continue
        name, title, collection, single, *secrets = (cell.strip() for cell in line.split("|"))
        hidden = frozenset(secrets[0].split(", ")) if secrets else frozenset()
        found[name] = Resource(name, title, group, collection, single.strip("-"), hidden)
    return found


RESOURCES: Mapping[str, Resource] = _read(TABLE)


def operations_of(resource: Resource) -> tuple[Operation, ...]:
    """What can be done with it, by its methods and by the rules above."""
    offered = [
        (LIST, "G" in resource.collection_methods),
        (GET, "G" in resource.object_methods),
        (SCHEMA, True),
        (ADD, "P" in resource.collection_methods),
        (SET, "A" in resource.object_methods),
        (DELETE, "D" in resource.object_methods and not resource.singleton),
    ]
    writable = resource.name not in READ_ONLY
    return tuple(one for one, there in offered if there and (writable or not one.changes))


def subject_of(resource: Resource) -> Subject:
    """The resource as `config` speaks of it."""
    return Subject(resource.name, resource.title, operations_of(resource), (resource.name,))
