"""Files that people share in Slack: uploaded as themes and media, by a form, by words, by the message's shortcut."""

from __future__ import annotations

import functools
import io
import zipfile
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.play.slack import text_of
from bot.play.slack.seed import MIA, OMAR, SARA
from bot.play.vendors.pexip import Fault
from tests.fakes.configuring import OPS, ROOT, answered, approved, asked, changes, configurable, rows
from tests.fakes.world import World


@functools.cache  # an archive says when it was written, to two seconds
def theme() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as package:
        package.writestr(zipfile.ZipInfo("conference.json"), "{}")  # the same bytes whenever it is made
    return held.getvalue()


@pytest.fixture
async def w(tmp_path: Path) -> AsyncIterator[World]:
    async with configurable(tmp_path) as one:
        for name in ("standup", "daily"):
            one.pexip.objects.create("conference", {"name": name})
        yield one


async def test_a_shared_zip_becomes_a_theme_by_the_documents_two_requests(w: World) -> None:
    file = w.slack.files.upload(OMAR, "test_theme.zip", theme())
    card = await approved(w, f'themes add name="New theme" file={file.id}')
    assert "Upload test_theme.zip" in text_of(card).replace("*", "")
    sent = changes(w)
    assert [(one.method, one.path) for one in sent] == [
        ("POST", f"{ROOT}ivr_theme/"),
        ("PATCH", f"{ROOT}ivr_theme/1/"),
    ]
    assert sent[0].body == b'{"name": "New theme"}'
    assert theme() in sent[1].body
    assert b'name="package"; filename="test_theme.zip"' in sent[1].body
    await approved(w, 'themes apply "New theme" rooms=standup,daily', by=(SARA, "U0MAX"), word="confirmed ·")
    assert {one["ivr_theme"] for one in rows(w, "conference")} == {f"{ROOT}ivr_theme/1/"}
    await approved(w, "themes apply none rooms=daily", word="confirmed ·")
    assert [one["ivr_theme"] for one in rows(w, "conference")] == [f"{ROOT}ivr_theme/1/", None]


async def test_what_is_no_zip_is_not_sent(w: World) -> None:
    page = w.slack.files.upload(OMAR, "theme.pdf", b"%PDF")
    await answered(w, f"themes add name=A file={page.id}", "does not end in .zip")
    lying = w.slack.files.upload(OMAR, "theme.zip", b"hello")
    card = await approved(w, f"themes add name=A file={lying.id}", word="invalid ·")
    assert "is not a zip file" in text_of(card)
    assert changes(w) == []


async def test_a_theme_that_the_node_does_not_take_leaves_no_empty_one_behind(w: World) -> None:
    file = w.slack.files.upload(OMAR, "theme.zip", theme())
    w.pexip.write_faults.add(Fault())
    w.pexip.write_faults.add(
        Fault(status=400, body='{"ivr_theme": {"package": ["Theme is missing a file."]}}', acts=False)
    )
    card = await approved(w, f"themes add name=A file={file.id}", word="invalid ·")
    assert "package: Theme is missing a file." in text_of(card)
    assert rows(w, "ivr_theme") == []


async def test_a_file_can_be_used_by_its_owner_and_where_it_was_shared_alone(w: World) -> None:
    private = w.slack.files.upload(MIA, "theme.zip", theme())
    await answered(w, f"themes add name=A file={private.id}", "no such file of yours")
    await answered(w, "themes add name=A file=F0NOSUCH", "no such file of yours")
    await answered(w, "themes add name=A file=https://example.org/x.zip", "A file goes there")
    shared = w.slack.files.upload(MIA, "theme.zip", theme(), "C0INCIDENT")
    await answered(w, f"themes add name=A file={shared.id}", "no such file of yours")
    there = w.slack.files.upload(MIA, "theme.zip", theme(), OPS)
    assert "theme.zip" in text_of(await asked(w, f"themes add name=A file={there.id}"))


async def test_the_shortcut_of_a_message_offers_what_its_file_is_good_for(w: World) -> None:
    message = w.slack.files.share(MIA, OPS, "winter.zip", theme())
    await w.slack.message_action(OMAR, message, "use_file")
    shown = await w.told(OMAR, "Use winter.zip")
    assert "Upload a zip as a new theme" in text_of(shown)
    await w.click(OMAR, shown, "Themes")
    await w.until(lambda: _title(w) == "Add themes")
    await w.slack.submit_view(OMAR, {"name": "Winter"})
    card = await w.posted(OPS, "Approval: config")
    assert "as the theme *Winter*" in text_of(card)
    await w.click(SARA, card, "Approve")
    await w.until(lambda: rows(w, "ivr_theme"))


def _title(w: World) -> str:
    """Of the form on the screen, once it has its fields."""
    view = w.slack.workspace.view_of(OMAR)
    return view.title if view is not None and view.payload.get("callback_id") == "fields" else ""


async def test_somebody_without_the_right_is_offered_nothing_for_a_file(w: World) -> None:
    message = w.slack.files.share(MIA, OPS, "winter.zip", theme())
    await w.slack.message_action(MIA, message, "use_file")
    await w.told(MIA, "nothing that you may do with that file")


async def test_a_file_chosen_in_a_form_is_uploaded(w: World) -> None:
    await w.slash(OMAR, OPS, "config pexip themes add")
    offered = await w.told(OMAR, "add needs name=, file=")
    await w.click(OMAR, offered, "Fill in a form")
    await w.until(lambda: _title(w) == "Add themes")
    file = w.slack.files.upload(OMAR, "theme.zip", theme())
    await w.slack.submit_view(OMAR, {"name": "Winter", "file": [{"id": file.id}], "Why": "new look"})
    card = await w.posted(OPS, "Approval: config")
    assert "new look" in text_of(card)
    await w.click(SARA, card, "Approve")
    await w.until(lambda: rows(w, "ivr_theme"))


async def test_media_goes_to_the_library_and_into_a_playlist_that_rooms_play(w: World) -> None:
    for name in ("Trailer", "Jingle"):
        file = w.slack.files.upload(OMAR, f"{name}.mp4", b"video")
        await approved(w, f"media add name={name} file={file.id}")
    assert [one["media_file"] for one in rows(w, "media_library_entry")] == ["Trailer.mp4", "Jingle.mp4"]
    card = await approved(w, "media playlist name=Lobby entries=Jingle,Trailer loop=yes")
    assert "Made the playlist 1, Lobby: Jingle, Trailer" in text_of(card)
    uri = f"{ROOT}media_library_entry/"
    placed = [(one["media"], one["position"]) for one in rows(w, "media_library_playlist_entry")]
    assert placed == [(f"{uri}2/", 1), (f"{uri}1/", 2)]
    await approved(w, "media apply Lobby rooms=standup", word="confirmed ·")
    assert rows(w, "conference")[0]["media_playlist"] == f"{ROOT}media_library_playlist/1/"
    assert "Lobby" in await answered(w, "media playlists", "Playlists: 1")


async def test_without_the_scope_it_is_said_which_one_is_missing(w: World) -> None:
    team = w.slack.workspace.team
    w.slack.workspace.team = replace(team, scopes=team.scopes - {"files:read"})
    file = w.slack.files.upload(OMAR, "theme.zip", theme())
    await answered(w, f"themes add name=A file={file.id}", "files:read")
