"""The tables of docs/backends/lasuite.md: what the documents say, the command that does it, the test for it."""

from __future__ import annotations

from dataclasses import dataclass

TESTS = "tests/backends/lasuite"
SEED, EXAMPLES = f"{TESTS}/test_seed_004.py", f"{TESTS}/test_seed_004_examples.py"
TOKENS, LIVE, HOOKS = (f"{TESTS}/test_lasuite_{name}.py" for name in ("tokens", "livekit", "hooks"))
SLACK = "tests/e2e/test_lasuite.py"


@dataclass(frozen=True, slots=True)
class Promise:
    """One thing that the document says: the line that does it (empty: it happens of itself), the test."""

    title: str
    line: str
    test: str


SCOPE = f"{SEED}::test_an_operation_without_its_scope_names_the_scope_for_the_administrator"
NOT_YET = f"{SEED}::test_update_and_delete_are_announced_and_said_to_be_not_there_yet"
ERROR = f"{EXAMPLES}::test_the_example_of_an_error_is_said_in_one_sentence"

OPERATIONS: tuple[Promise, ...] = (
    Promise("listRooms", "rooms visio", f"{SEED}::test_list_rooms_reads_every_page_of_the_callers_rooms"),
    Promise(
        "createRoom",
        "create visio/standup access=restricted",
        f"{SEED}::test_create_room_makes_one_owned_by_the_caller_with_an_empty_body",
    ),
    Promise("retrieveRoom", "show visio/standup", f"{SEED}::test_retrieve_room_tells_everything_and_the_pin_apart"),
    Promise("Upcoming: add attendees to a room", "set visio/standup attendees=…", NOT_YET),
    Promise("Upcoming: delete application-generated rooms", "delete visio/standup", NOT_YET),
    Promise("Parameter page", "rooms visio page=2", f"{EXAMPLES}::test_the_paginated_room_list_is_read_on_by_number"),
    Promise("Parameter page_size", "", f"{EXAMPLES}::test_page_size_is_not_sent_for_the_server_ignores_it"),
    Promise(
        "Parameter id",
        "show visio/7c9e6679-7425-40de-944b-e07fc1f90ae7",
        f"{SLACK}::test_a_slug_or_an_address_is_taken_where_a_name_is",
    ),
)
SIGNING_IN: tuple[Promise, ...] = (
    Promise("Authenticate with your credentials", "", f"{SEED}::test_the_token_request_is_the_documents"),
    Promise("Use the access token as a bearer", "", f"{EXAMPLES}::test_the_token_response_is_used_as_a_bearer"),
    Promise("When the access token expires", "", f"{SEED}::test_when_the_access_token_expires_a_new_one_is_obtained"),
    Promise(
        "… in the middle of a list",
        "rooms visio",
        f"{TOKENS}::test_a_token_that_expires_in_the_middle_of_a_page_walk_loses_and_repeats_no_room",
    ),
    Promise(
        "… and for many at once",
        "",
        f"{TOKENS}::test_two_hundred_first_calls_of_one_person_make_one_token_request",
    ),
    Promise(
        "Scope lasuite_visio",
        "",
        f"{SEED}::test_the_base_scope_of_a_resource_server_is_its_own_matter_a_dead_token_there_is_a_page",
    ),
    Promise("Scope rooms:list", "rooms visio", SCOPE),
    Promise("Scope rooms:retrieve", "show visio/standup", SCOPE),
    Promise("Scope rooms:create", "create visio/standup", SCOPE),
    Promise("Scope rooms:update", "set visio/standup attendees=…", NOT_YET),
    Promise("Scope rooms:delete", "delete visio/standup", NOT_YET),
    Promise(
        "A scope that is added later",
        "",
        f"{SEED}::test_a_scope_that_was_added_meanwhile_is_had_by_a_fresh_token",
    ),
)
ANSWERS: tuple[Promise, ...] = (
    Promise("Example roomList", "rooms visio", f"{EXAMPLES}::test_the_paginated_room_list_is_read_on_by_number"),
    Promise("Example emptyBody", "create visio/standup", f"{EXAMPLES}::test_an_empty_body_is_answered_with_a_room"),
    Promise("Example room", "show visio/standup", f"{EXAMPLES}::test_the_room_details_are_shown_with_their_telephone"),
    Promise("Schemas TokenRequest, TokenResponse", "", f"{SEED}::test_the_token_request_is_the_documents"),
    Promise("Schema Room", "show visio/standup", f"{SEED}::test_the_room_of_the_examples_is_read_whole"),
    Promise("Schema OAuthError", "", f"{EXAMPLES}::test_an_oauth_error_of_the_token_endpoint_is_said"),
    Promise("UnauthorizedError, example invalidToken", "", ERROR),
    Promise("ForbiddenError, example insufficientScope", "", ERROR),
    Promise("RoomNotFoundError, example roomNotFound", "", ERROR),
    Promise("BadRequestError, example validationError", "", ERROR),
    Promise(
        "A room of somebody else",
        "show visio/standup",
        f"{SEED}::test_forbidden_error_for_a_room_of_somebody_else",
    ),
    Promise(
        "A person who does not exist there",
        "create visio/standup",
        f"{SLACK}::test_whoever_does_not_exist_there_is_told_what_to_do",
    ),
)
MEETINGS: tuple[Promise, ...] = (
    Promise(
        "ListRooms, ListParticipants",
        "who visio/standup",
        f"{LIVE}::test_who_is_in_is_told_with_hosts_phones_and_without_recorders",
    ),
    Promise("RemoveParticipant", "kick visio/standup Ann Lee", f"{LIVE}::test_a_removal_is_of_this_very_presence"),
    Promise(
        "MutePublishedTrack",
        "mute visio/standup Ann Lee",
        f"{LIVE}::test_muting_is_seen_in_the_answer_and_only_allowed_back_where_livekit_lets",
    ),
    Promise("DeleteRoom", "end visio/standup", f"{LIVE}::test_ending_a_meeting_that_does_not_run_is_already_so"),
    Promise(
        "CreateSIPParticipant",
        "dial visio/standup +33 6 12 34 56 78",
        f"{LIVE}::test_a_phone_that_answers_is_in_and_hung_up_by_its_number",
    ),
    Promise(
        "… busy, declined, no answer",
        "dial visio/standup oncall",
        f"{LIVE}::test_busy_declined_no_answer_and_no_such_number_are_told_apart_and_never_dialled_again",
    ),
    Promise(
        "RemoveParticipant of a phone",
        "hangup visio/standup +33612345678",
        f"{LIVE}::test_a_call_is_hung_up_while_it_rings",
    ),
    Promise("Webhooks", "", f"{HOOKS}::test_a_call_that_does_not_prove_itself_is_refused"),
    Promise(
        "In whose name",
        "kick visio/standup all",
        f"{LIVE}::test_nothing_reaches_livekit_for_somebody_without_a_role_in_that_room",
    ),
    Promise(
        "Without LiveKit's credentials",
        "who visio/standup",
        f"{SLACK}::test_without_livekit_its_verbs_say_what_is_missing_and_the_rest_works",
    ),
)
TABLES = {"operations": OPERATIONS, "signing in": SIGNING_IN, "answers": ANSWERS, "meetings": MEETINGS}


def table(name: str) -> str:
    """One of `TABLES` in Markdown."""
    rows = ["| of the document | typed after `/meet` | proven by |", "|---|---|---|"]
    rows += [f"| {one.title} | {_code(one.line)} | {_test(one.test)} |" for one in TABLES[name]]
    return "\n".join(rows)


def _code(line: str) -> str:
    return f"`{line}`".replace("|", "\\|") if line else "(of itself)"


def _test(test: str) -> str:
    """`test_name` with its file."""
    file, _, name = test.partition("::")
    return f"[`{name}`](../../{file})"
