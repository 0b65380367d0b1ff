"""The tables of docs/backends/anynode.md: what the document says, the command that does it, the test for it."""

from __future__ import annotations

from dataclasses import dataclass

SEED = "tests/backends/anynode/test_seed_003.py"
ODD = "tests/backends/anynode/test_anynode.py"
VERB = "tests/e2e/test_roles.py"
MAPPED = "tests/e2e/test_roles_mapped.py"
KILL = "tests/e2e/test_roles_kill.py"
CHANGES = "tests/test_role_changes.py"
COPIES = "tests/test_role_copies.py"


@dataclass(frozen=True, slots=True)
class Promise:
    """One thing of the document: what it is, the line that does it, the tests."""

    title: str
    line: str
    tests: tuple[str, ...]


OPERATIONS: tuple[Promise, ...] = (
    Promise(
        "4.1 Get Roles: `GET /api/roles/get?version=0`",
        "roles sbc",
        (
            f"{SEED}::test_seed_003_get_roles_request",
            f"{VERB}::test_roles_are_shown_as_a_matrix_and_one_alone_by_id_or_name",
        ),
    ),
    Promise(
        "4.1 Required Permissions: API, User Management Read Access",
        "help roles",
        (
            f"{SEED}::test_seed_003_get_roles_denied_names_the_required_permissions",
            f"{VERB}::test_help_shows_the_required_permissions_in_the_documents_own_words",
        ),
    ),
    Promise(
        "4.1 Response Body Structure: a Role JSON object; the example is an array",
        "roles sbc",
        (f"{SEED}::test_seed_003_get_roles_takes_the_object_that_its_text_speaks_of",),
    ),
    Promise(
        "4.1 Example: ADMINISTRATOR",
        "roles sbc ADMINISTRATOR",
        (
            f"{SEED}::test_seed_003_get_roles_example",
            f"{MAPPED}::test_administrator_and_call_history_exporter_through_every_verb",
        ),
    ),
    Promise(
        "4.1 Example: CALL_HISTORY_EXPORTER",
        "roles sbc CALL_HISTORY_EXPORTER",
        (
            f"{SEED}::test_seed_003_the_levels_of_the_example_mean_what_they_say",
            f"{MAPPED}::test_administrator_and_call_history_exporter_through_every_verb",
        ),
    ),
    Promise(
        "4.2 Add Role: `PUT /api/roles/add?version=0`",
        "roles sbc add new_role api=ACCESS",
        (
            f"{SEED}::test_seed_003_add_role_request",
            f"{VERB}::test_a_role_is_added_by_words_after_an_approval_that_says_what_it_holds",
            f"{VERB}::test_the_form_has_one_select_for_each_area_with_the_levels_one_may_grant",
        ),
    ),
    Promise(
        "4.2 Required Permissions: User Management Read/Write Access",
        "roles sbc add new_role api=ACCESS",
        (
            f"{SEED}::test_seed_003_add_role_denied_names_the_required_permissions",
            f"{VERB}::test_who_may_only_look_is_offered_nothing_else",
        ),
    ),
    Promise(
        "4.2 Request Body Structure: a Role JSON object",
        "roles sbc add new_role replace=yes api=ACCESS",
        (
            f"{SEED}::test_seed_003_add_role_sends_unknown_keys_back_untouched",
            f"{VERB}::test_edit_changes_what_was_chosen_and_keeps_what_nobody_here_knows",
        ),
    ),
    Promise(
        "4.2 Response Body Structure: a Role JSON object",
        "roles sbc add new_role api=ACCESS",
        (f"{SEED}::test_seed_003_add_role_response_is_not_trusted",),
    ),
    Promise(
        "4.2 Example: new_role",
        "roles sbc add new_role api=ACCESS",
        (
            f"{SEED}::test_seed_003_add_role_example",
            f"{CHANGES}::test_a_new_role_has_every_area_and_nothing_in_those_that_were_not_named",
        ),
    ),
    Promise(
        "4.2 … an id that is there already: not said",
        "roles sbc add new_role replace=yes tracing=ACCESS",
        (
            f"{ODD}::test_an_id_that_is_there_is_replaced_or_refused_and_either_is_told",
            f"{CHANGES}::test_adding_what_is_there_changes_nothing_by_accident",
        ),
    ),
    Promise(
        "4.3 Remove role: `DELETE /api/roles/remove?version=0`",
        "roles sbc remove new_role",
        (f"{SEED}::test_seed_003_remove_role_request",),
    ),
    Promise(
        "4.3 Required Permissions: User Management Read/Write Access",
        "roles sbc remove new_role",
        (f"{SEED}::test_seed_003_remove_role_denied_names_the_required_permissions",),
    ),
    Promise(
        "4.3 Request parameters: role, the id or displayname",
        "roles sbc remove id:new_role",
        (
            f"{VERB}::test_a_role_is_removed_by_id_or_display_name_and_only_its_id_is_sent",
            f"{VERB}::test_a_name_that_two_roles_bear_offers_both_by_their_ids_and_removes_none",
            f"{SEED}::test_seed_003_remove_role_sends_the_id_as_one_parameter",
        ),
    ),
    Promise(
        "4.3 Example: new_role is removed, role_2 is printed",
        "roles sbc remove new_role",
        (
            f"{SEED}::test_seed_003_remove_role_example_that_prints_another_role",
            f"{ODD}::test_a_removal_is_believed_when_the_list_says_so_whatever_the_answer_holds",
        ),
    ),
    Promise(
        "General: `version` (400 when missing or invalid), `backendName`",
        "roles sbc",
        (
            f"{SEED}::test_seed_003_every_request_names_version_and_back_end",
            f"{SEED}::test_seed_003_a_refused_version_is_said_in_words",
            f"{ODD}::test_another_back_end_name_must_be_one_that_there_is",
        ),
    ),
    Promise(
        "General: HTTP Basic, cookie JSESSIONID",
        "roles sbc",
        (f"{SEED}::test_seed_003_get_roles_request", f"{ODD}::test_the_session_cookie_is_never_sent_back"),
    ),
    Promise(
        "200 with an HTML page in place of data",
        "roles sbc",
        (
            f"{ODD}::test_a_page_in_place_of_the_roles_is_unavailable_in_its_own_words",
            f"{ODD}::test_a_page_after_a_change_counts_for_nothing_but_what_the_list_says",
        ),
    ),
    Promise(
        "Dashboard: `GET /api/dashboard/get?version=0`",
        "status",
        (
            f"{ODD}::test_status_tells_nodes_calls_and_certificates_of_the_dashboard",
            f"{VERB}::test_status_shows_nodes_and_calls_and_rooms_are_not_offered_there",
        ),
    ),
    Promise(
        "Users: `GET /api/users/get?version=0` (who still has a role)",
        "roles sbc remove new_role",
        (
            f"{VERB}::test_a_role_that_users_there_still_have_stays",
            f"{ODD}::test_who_has_a_role_there_is_told_by_id_or_name_or_object",
        ),
    ),
)

RULES: tuple[Promise, ...] = (
    Promise(
        "Nobody grants what they lack",
        "roles sbc add BOSS administration=ACCESS",
        (
            f"{VERB}::test_what_nobody_may_do_is_refused_at_once_and_sent_to_nobody",
            f"{CHANGES}::test_whatever_is_allowed_is_held_by_whoever_grants_it",
        ),
    ),
    Promise(
        "One's own role stays as it is",
        "roles sbc remove ADMINISTRATOR",
        (f"{CHANGES}::test_ones_own_role_is_neither_changed_nor_removed_by_oneself",),
    ),
    Promise(
        "The last role that manages roles stays",
        "roles sbc remove ADMINISTRATOR",
        (f"{CHANGES}::test_the_last_role_that_manages_roles_stays",),
    ),
    Promise(
        "What was approved is still the same when it is done",
        "roles sbc remove AGENT",
        (f"{VERB}::test_what_changed_since_it_was_asked_for_is_not_what_was_approved",),
    ),
    Promise(
        "Sent at most once, whatever crashes in between",
        "roles sbc add AGENT api=ACCESS",
        (f"{KILL}::test_a_bot_killed_while_the_exchange_answers_adds_nothing_twice_and_check_settles_it",),
    ),
    Promise(
        "A role read from the exchange is bounded by `at_most`",
        "whoami",
        (
            f"{COPIES}::test_a_role_of_the_exchange_is_never_more_than_the_role_that_bounds_it",
            f"{COPIES}::test_a_bound_never_gives_a_level_that_was_not_told",
        ),
    ),
    Promise(
        "Five minutes as it was read, an hour for looking, then nothing",
        "whoami",
        (
            f"{COPIES}::test_a_copy_that_cannot_be_refreshed_counts_for_reading_only_for_an_hour",
            f"{MAPPED}::test_without_the_exchange_its_roles_count_for_looking_for_an_hour_and_then_not_at_all",
        ),
    ),
    Promise(
        "Read anew when a button is pressed",
        "approvals",
        (f"{MAPPED}::test_an_approvers_role_is_read_from_the_exchange_when_the_button_is_pressed",),
    ),
    Promise(
        "Where a role comes from and how old it is",
        "whoami",
        (f"{MAPPED}::test_whoami_and_can_say_where_a_role_comes_from_and_how_old_it_is",),
    ),
)


def operations_table() -> str:
    """Each request, scope, error and example."""
    return _table("in the document", OPERATIONS)


def rules_table() -> str:
    """What the bot adds to it."""
    return _table("rule", RULES)


def _table(head: str, promises: tuple[Promise, ...]) -> str:
    rows = [f"| {head} | typed after `/meet` | proven by |", "|---|---|---|"]
    rows += [f"| {one.title} | `{one.line}` | {'<br>'.join(map(_test, one.tests))} |" for one in promises]
    return "\n".join(rows)


def _test(test: str) -> str:
    """`test_name` with its file."""
    file, _, name = test.partition("::")
    return f"[`{name}`](../../{file})"
