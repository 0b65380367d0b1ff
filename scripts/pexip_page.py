"""The tables of docs/backends/pexip.md: what Pexip's document does, the command that does it, the test for it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.backends.pexip.catalogue import BY_TASK, RESOURCES, Resource, operations_of

SEED = "tests/backends/pexip/test_pexip_seed.py"
REAL = "tests/backends/pexip/test_pexip_tastypie_config.py"
TASKS = "tests/e2e/test_config_tasks.py"
FILES = "tests/e2e/test_config_files.py"
NODES = "tests/e2e/test_config_nodes.py"
IMAGES = "tests/backends/pexip/test_pexip_images.py"
FORMS = "tests/e2e/test_config_forms.py"
RESOURCE_TESTS = "tests/e2e/test_config_resources.py"
ALL = "tests/backends/pexip/test_pexip_every_resource.py"
EVERY = f"{ALL}::test_everything_that_is_offered_for_a_resource_does_what_it_says"
BY_ITS_TASK = f"{ALL}::test_what_a_task_does_more_safely_is_left_to_it"


@dataclass(frozen=True, slots=True)
class Promise:
    """One worked example: its title in the document, the line that does it, the test."""

    title: str
    line: str
    test: str


EXAMPLES: tuple[Promise, ...] = (
    Promise(
        "Creating a Virtual Meeting Room",
        "create pexip/VMR_1 type=vmr",
        f"{SEED}::test_creating_a_virtual_meeting_room",
    ),
    Promise(
        "Creating a Virtual Auditorium, Virtual Reception, Media Playback Service or Test Call Service",
        "create pexip/Lecture type=auditorium alias=lecture@example.com",
        f"{SEED}::test_creating_a_service_of_each_type",
    ),
    Promise(
        "Getting a Virtual Meeting Room's configuration",
        "show pexip/VMR_1",
        f"{SEED}::test_getting_a_virtual_meeting_rooms_configuration",
    ),
    Promise(
        "Changing an existing Virtual Meeting Room",
        "set pexip/VMR_1 pin=1234",
        f"{SEED}::test_changing_an_existing_virtual_meeting_room",
    ),
    Promise(
        "Adding a Virtual Meeting Room alias",
        "set pexip/VMR_1 add_alias=meet@example.com",
        f"{SEED}::test_adding_a_virtual_meeting_room_alias",
    ),
    Promise(
        "Deleting a Virtual Meeting Room",
        "delete pexip/VMR_1",
        f"{SEED}::test_deleting_a_virtual_meeting_room_with_its_aliases",
    ),
    Promise(
        "Creating a Virtual Meeting Room with aliases",
        "create pexip/VMR_1 alias=meet,meet@example.com",
        f"{SEED}::test_creating_a_virtual_meeting_room_with_aliases",
    ),
    Promise(
        "… where another room has the alias",
        "set pexip/VMR_1 move_alias=meet@example.com",
        "tests/e2e/test_pexip.py::test_an_alias_is_moved_only_after_an_approval_that_names_who_loses_it",
    ),
    Promise(
        "Getting all Virtual Meeting Rooms, Virtual Auditoriums and Virtual Receptions",
        "rooms pexip",
        f"{SEED}::test_getting_all_rooms_of_every_type",
    ),
    Promise(
        "Getting all Virtual Meeting Rooms only",
        "rooms pexip type=vmr",
        f"{SEED}::test_getting_all_virtual_meeting_rooms_only",
    ),
    Promise(
        "Creating multiple Virtual Meeting Rooms",
        "create pexip/VMR_1 also=VMR_2 type=vmr",
        "tests/e2e/test_pexip.py::test_several_rooms_are_made_together_after_a_look",
    ),
    Promise(
        "Updating multiple resource objects",
        "set pexip/VMR_1 pexip/VMR_2 limit=20",
        "tests/e2e/test_pexip.py::test_settings_of_several_rooms_are_changed_together_after_a_look",
    ),
    Promise(
        "Deleting multiple Virtual Meeting Rooms",
        "delete pexip/VMR_1 pexip/VMR_2",
        "tests/e2e/test_pexip.py::test_several_rooms_are_deleted_together_after_two_approvals_that_name_them",
    ),
    Promise(
        "Deleting all resource objects",
        "config pexip conference delete",
        f"{RESOURCE_TESTS}::test_deleting_a_whole_collection_cannot_be_said",
    ),
    Promise(
        "Creating a Virtual Auditorium",
        "create pexip/Lecture type=auditorium alias=lecture@example.com",
        f"{SEED}::test_creating_a_virtual_auditorium",
    ),
    Promise(
        "Creating a Virtual Reception",
        "create pexip/Reception type=reception alias=reception@example.com",
        f"{SEED}::test_creating_a_virtual_reception",
    ),
    Promise(
        "Creating Automatically Dialed Participants",
        'config pexip standing add alias=myendpoint@mydomain.com name="My Name" protocol=sip role=guest rooms=VMR_1',
        f"{TASKS}::test_a_standing_participant_is_added_as_the_document_does_it",
    ),
    Promise(
        "Modifying an Automatically Dialed Participant",
        "config pexip standing attach 1 rooms=VMR_2",
        f"{TASKS}::test_rooms_are_attached_and_detached_without_losing_the_others",
    ),
    Promise(
        "Removing an Automatically Dialed Participant from a Virtual Meeting Room",
        "config pexip standing detach 1 rooms=VMR_1",
        f"{REAL}::test_standing_participants_are_attached_and_detached_without_losing_a_room",
    ),
    Promise(
        "Deleting an Automatically Dialed Participant",
        "config pexip standing delete 1",
        f"{TASKS}::test_rooms_are_attached_and_detached_without_losing_the_others",
    ),
    Promise(
        "Creating Call Routing Rules",
        'config pexip routing add name="Route to Teams" priority=50 match="(\\d{9,12})(@example\\.com)?" replace=\\1 '
        "device=teams_conference protocol=teams sample=123456789@example.com",
        f"{TASKS}::test_the_card_of_a_rule_shows_what_it_makes_of_sample_aliases",
    ),
    Promise(
        "Creating Call Routing Rules, outbound to registered devices",
        'config pexip routing add name="Outbound calls to registered devices" priority=60 match_incoming_calls=no '
        'match_outgoing_calls=yes match=".*@mycompany\\.com" device=registration',
        f"{TASKS}::test_without_samples_the_aliases_of_rooms_are_tried",
    ),
    Promise(
        "Deleting a Call Routing Rule",
        "config pexip routing delete 1",
        f"{TASKS}::test_rules_are_tried_switched_changed_and_deleted",
    ),
    Promise(
        "Downloading a Conferencing Node for deployment",
        "config pexip nodes add name=new_node hostname=newnode domain=example.test address=10.0.0.5 "
        "netmask=255.255.255.0 gateway=10.0.0.1 password=… type=PROXYING location=London deployment=MANUAL-ESXI6_7 "
        "cpu=8 memory=16384",
        f"{IMAGES}::test_each_deployment_type_is_requested_and_saved_under_its_own_ending",
    ),
    Promise(
        "Deploying a Conferencing Node using a VM template and configuration file",
        "config pexip nodes add name=new_node hostname=newnode domain=example.test address=10.0.0.5 "
        "netmask=255.255.255.0 gateway=10.0.0.1 password=… type=CONFERENCING location=London "
        "deployment=MANUAL-PROVISION-ONLY",
        f"{NODES}::test_a_provisioning_document_is_kept_and_not_posted",
    ),
    Promise(
        "… injecting the provisioning document",
        "config pexip nodes bootstrap new_node fingerprint=AB:CD:…",
        "tests/backends/pexip/test_pexip_bootstrap.py"
        "::test_the_document_goes_to_the_nodes_own_address_once_its_certificate_was_compared",
    ),
    Promise(
        "Uploading a service theme",
        'config pexip themes add name="New theme" file=F0123ABC',
        f"{FILES}::test_a_shared_zip_becomes_a_theme_by_the_documents_two_requests",
    ),
    Promise(
        "… and configuring a room to use it",
        'config pexip themes apply "New theme" rooms=VMR_1',
        f"{REAL}::test_a_theme_is_uploaded_as_a_zip_and_given_to_rooms",
    ),
    Promise(
        "Returning a license",
        "config pexip licences return 1234567890 offline=yes",
        f"{TASKS}::test_a_licence_is_returned_offline",
    ),
    Promise(
        "Adding a license",
        "config pexip licences add key=12AB-34CD-56EF-7890",
        f"{TASKS}::test_a_licence_is_added_and_returned_after_two_approvals_each",
    ),
    Promise(
        "… exporting a stored license request",
        "config pexip licences export 1",
        f"{TASKS}::test_an_offline_licence_goes_by_request_and_response_files",
    ),
    Promise(
        "… uploading the response",
        "config pexip licences upload 1 file=F0123ABC",
        f"{TASKS}::test_an_offline_licence_goes_by_request_and_response_files",
    ),
    Promise(
        "Google Meet gateway token: generating a CSR",
        "config pexip googlemeet csr",
        f"{TASKS}::test_looking_at_the_gateway_token_makes_a_key_so_it_takes_the_right_to_write",
    ),
    Promise(
        "Google Meet gateway token: uploading a private key",
        'config pexip googlemeet upload private_key="-----BEGIN PRIVATE KEY----- … -----END PRIVATE KEY-----"',
        f"{FORMS}::test_a_certificate_typed_on_many_lines_arrives_on_many_lines",
    ),
    Promise(
        "Google Meet gateway token: uploading the certificate",
        'config pexip googlemeet upload certificate="-----BEGIN CERTIFICATE----- … -----END CERTIFICATE-----"',
        f"{TASKS}::test_key_and_certificate_are_uploaded_with_their_line_ends",
    ),
    Promise(
        "Upload SSH authorized key",
        'config pexip sshkeys add key="ssh-ed25519 AAAA… me@example.org"',
        f"{TASKS}::test_ssh_keys_are_added_by_fingerprint_and_private_ones_refused",
    ),
    Promise(
        "Resource details: the schema of a resource",
        "config pexip conference_alias schema",
        f"{RESOURCE_TESTS}::test_schema_lists_fields_with_types_choices_and_what_is_needed",
    ),
)


def examples_table() -> str:
    """Each worked example."""
    rows = ["| example of the document | typed after `/meet` | proven by |", "|---|---|---|"]
    rows += [f"| {one.title} | {_code(one.line)} | {_test(one.test)} |" for one in EXAMPLES]
    return "\n".join(rows)


def resources_table() -> str:
    """Each of the 79 paths: what there is to do with it, by which words, proven where."""
    rows = ["| resource | path | typed after `/meet config pexip` | proven by |", "|---|---|---|---|"]
    for one in RESOURCES.values():
        path = f"`/api/admin/configuration/v1/{one.name}/`"
        rows.append(f"| {one.title} | {path} | {'<br>'.join(map(_code, lines_of(one)))} | {_proofs(one)} |")
    return "\n".join(rows)


def lines_of(resource: Resource) -> tuple[str, ...]:
    """The words that do what the resource offers: its own, or a task's where one does it more safely."""
    operations = [one.name for one in operations_of(resource)]
    own = [one for one in operations if (resource.name, one) not in BY_TASK]
    tasks = [task for (name, _), task in BY_TASK.items() if name == resource.name]
    return (f"{resource.name} {'|'.join(own)}", *dict.fromkeys(tasks))


def _proofs(resource: Resource) -> str:
    tests = [EVERY, *([BY_ITS_TASK] if any(name == resource.name for name, _ in BY_TASK) else [])]
    return "<br>".join(_test(one) for one in tests)


def _code(line: str) -> str:
    return f"`{line}`".replace("|", "\\|")


def _test(test: str) -> str:
    """`test_name` with its file."""
    file, _, name = test.partition("::")
    return f"[`{name}`](../../{file})"
