"""What people read: messages, Block Kit, marks, and nothing that could run."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from tests.browser.staged import ADA, GENERAL, MIA, opened, staged

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


def mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text}


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def button(label: str, action: str, **more: Any) -> dict[str, Any]:
    return {"type": "button", "text": plain(label), "action_id": action, **more}


HOSTILE = '<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>'


async def test_hostile_text_stays_text_wherever_it_stands(chromium: Browser) -> None:
    async with staged() as stage:
        escaped = HOSTILE.replace("<", "&lt;").replace(">", "&gt;")
        stage.say(HOSTILE)
        stage.say(escaped, only=ADA)
        stage.say(
            "x", blocks=[{"type": "header", "text": plain(HOSTILE)}, {"type": "section", "text": mrkdwn(HOSTILE)}]
        )
        stage.say(
            "x", blocks=[{"type": "actions", "elements": [button(HOSTILE, "a", url="javascript:window.pwned=1")]}]
        )
        stage.say("<javascript:window.pwned=1|press me>")
        async with opened(chromium, stage) as page:
            await expect(page.get_by_text("press me")).to_be_visible()
            await page.get_by_text("press me").click()
            await page.get_by_role("button", name="onerror").click()
            assert await page.evaluate("window.pwned") is None
            assert (
                await page.locator("#messages script, #messages img[src=x], #messages a[href^=javascript]").count() == 0
            )
            await expect(page.locator(".ephemeral .text")).to_have_text(HOSTILE)


async def test_mrkdwn_names_people_and_channels_and_writes_moments_in_the_readers_zone(chromium: Browser) -> None:
    async with staged() as stage:
        stage.say(
            f"*Due* <!date^1795523400^{{date_short_pretty}} at {{time}}|later> for <@{MIA}> in <#{GENERAL}>, a &lt; b"
        )
        async with opened(chromium, stage) as page:
            text = page.get_by_test_id("message").locator(".text")
            await expect(text).to_have_text("Due today at 13:30 for @Mia Member in #general, a < b")
            await expect(text.locator("b")).to_have_text("Due")
            await page.get_by_test_id(f"person-{MIA}").click()
            await expect(text).to_contain_text("today at 07:30")


async def test_formatting_does_not_reach_into_links_and_words(chromium: Browser) -> None:
    async with staged() as stage:
        stage.say("<https://example.org/a_b_c|open_it_now> snake_case_name 2*3*4 `*code*` ~old~\n&gt; quoted _words_")
        async with opened(chromium, stage) as page:
            text = page.get_by_test_id("message").locator(".text")
            link = text.get_by_role("link", name="open_it_now")
            await expect(link).to_have_attribute("href", "https://example.org/a_b_c")
            await expect(link).to_have_attribute("rel", "noopener noreferrer")
            await expect(text).to_contain_text("snake_case_name 2*3*4")
            await expect(text.locator("code")).to_have_text("*code*")
            await expect(text.locator("s")).to_have_text("old")
            await expect(text.locator("blockquote i")).to_have_text("words")


async def test_every_layout_block_shows_its_text(chromium: Browser) -> None:
    run = {"type": "text", "text": "rich words", "style": {"bold": True}}
    item = {"type": "rich_text_section", "elements": [{"type": "user", "user_id": MIA}]}
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": plain("Standup")},
        {"type": "section", "text": mrkdwn("body"), "fields": [mrkdwn("*Left*"), plain("right")]},
        {"type": "divider"},
        {"type": "context", "elements": [plain("small print")]},
        {"type": "image", "image_url": "https://example.org/p.png", "alt_text": "a plan", "title": plain("Plan")},
        {
            "type": "rich_text",
            "elements": [
                {"type": "rich_text_section", "elements": [run]},
                {"type": "rich_text_list", "style": "bullet", "elements": [item]},
            ],
        },
        {"type": "table", "rows": [[{"type": "raw_text", "text": "Who"}], [{"type": "raw_text", "text": "Ann"}]]},
        {"type": "hologram"},
    ]
    async with staged() as stage:
        stage.say("fallback", blocks=blocks)
        async with opened(chromium, stage) as page:
            message = page.get_by_test_id("message")
            await expect(message.get_by_role("heading", name="Standup")).to_be_visible()
            for words in (
                "body",
                "Left",
                "right",
                "small print",
                "Plan",
                "a plan",
                "Ann",
                "cannot show a hologram block",
            ):
                await expect(message.get_by_text(words, exact=len(words) < 6).first).to_be_visible()
            await expect(message.locator("b", has_text="rich words")).to_be_visible()
            await expect(message.get_by_role("listitem")).to_have_text("@Mia Member")
            await expect(message.get_by_text("fallback")).to_have_count(0)


async def test_what_only_one_person_sees_is_marked_and_shown_to_nobody_else(chromium: Browser) -> None:
    async with staged() as stage:
        stage.say("your own link", only=ADA)
        stage.say("for all")
        async with opened(chromium, stage) as ada, opened(chromium, stage, person=MIA) as mia:
            whisper = ada.get_by_test_id("message").filter(has_text="your own link")
            await expect(whisper).to_contain_text("Only visible to you")
            await expect(mia.get_by_text("for all")).to_be_visible()
            await expect(mia.get_by_text("your own link")).to_have_count(0)
            stage.say("a later secret", only=ADA)
            stage.say("the end")
            await expect(ada.get_by_text("a later secret")).to_be_visible()
            await expect(mia.get_by_text("the end")).to_be_visible()
            await expect(mia.get_by_text("a later secret")).to_have_count(0)


async def test_edits_and_deletions_appear_at_once(chromium: Browser) -> None:
    async with staged() as stage:
        message, other = stage.say("waiting"), stage.say("mistake")
        async with opened(chromium, stage) as page:
            await expect(page.get_by_text("mistake")).to_be_visible()
            stage.workspace.edit(message, text="done")
            stage.workspace.delete(other)
            first = page.get_by_test_id("message")
            await expect(first).to_have_count(1)
            await expect(first).to_contain_text(re.compile(r"done\s*\(edited\)"))


async def test_a_click_goes_to_the_bot_as_the_person_shown(chromium: Browser) -> None:
    async with staged() as stage:
        row = {
            "type": "actions",
            "block_id": "row",
            "elements": [button("Join", "join", value="room-1", style="primary")],
        }
        message = stage.say("card", blocks=[row])
        async with opened(chromium, stage, person=MIA) as page:
            await page.get_by_role("button", name="Join").click()
            body = await stage.until_asked("act")
    assert (body["as"], body["channel"], body["ts"]) == (MIA, GENERAL, message.ts)
    assert body["action"] == {"type": "button", "action_id": "join", "block_id": "row", "value": "room-1"}


async def test_a_dangerous_button_asks_first_and_escape_means_no(chromium: Browser) -> None:
    confirm = {
        "title": plain("End it?"),
        "text": plain("Two people are in."),
        "confirm": plain("End"),
        "deny": plain("Keep"),
    }
    async with staged() as stage:
        stage.say("card", blocks=[{"type": "actions", "elements": [button("End", "end", confirm=confirm)]}])
        async with opened(chromium, stage) as page:
            await page.get_by_test_id("message").get_by_role("button", name="End").click()
            await expect(page.get_by_test_id("confirm")).to_contain_text("Two people are in.")
            await page.keyboard.press("Escape")
            await expect(page.get_by_test_id("confirm")).to_have_count(0)
            assert stage.asked == []
            await page.get_by_test_id("message").get_by_role("button", name="End").click()
            await page.get_by_test_id("confirm-yes").click()
            assert (await stage.until_asked("act"))["action"]["action_id"] == "end"


async def test_a_link_button_opens_a_new_tab_and_tells_the_bot(chromium: Browser) -> None:
    async with staged() as stage:
        stage.say("x", only=ADA, blocks=[{"type": "actions", "elements": [button("Open", "open", url=stage.url)]}])
        async with opened(chromium, stage) as page, page.expect_popup() as popup:
            await page.get_by_role("link", name="Open").click()
            assert (await popup.value).url.startswith(stage.url)
            assert (await stage.until_asked("act"))["action"]["action_id"] == "open"


async def test_the_page_asks_nothing_of_any_other_machine(chromium: Browser) -> None:
    picture = {"type": "image", "image_url": "https://example.org/p.png", "alt_text": "a plan"}
    async with staged() as stage:
        stage.say("x", blocks=[picture])
        stage.say("see https://example.org/page")
        asked: list[str] = []
        async with opened(chromium, stage) as page:
            page.on("request", lambda request: asked.append(request.url))
            await page.reload()
            await expect(page.get_by_role("link", name="https://example.org/page")).to_be_visible()
        assert len(asked) > 15
        assert [url for url in asked if not url.startswith(stage.url)] == []


@pytest.mark.parametrize(
    ("element", "choose", "state"),
    [
        ({"type": "static_select"}, ("select", "B"), {"selected_option": {"text": plain("B"), "value": "b"}}),
        ({"type": "users_select"}, ("select", "@Mia Member"), {"selected_user": MIA}),
        ({"type": "conversations_select"}, ("select", "#general"), {"selected_conversation": GENERAL}),
        ({"type": "multi_static_select"}, ("tick", "B"), {"selected_options": [{"text": plain("B"), "value": "b"}]}),
        ({"type": "multi_users_select"}, ("tick", "@Mia Member"), {"selected_users": [MIA]}),
        ({"type": "checkboxes"}, ("check", "B"), {"selected_options": [{"text": plain("B"), "value": "b"}]}),
        ({"type": "radio_buttons"}, ("check", "B"), {"selected_option": {"text": plain("B"), "value": "b"}}),
        ({"type": "overflow"}, ("menu", "B"), {"selected_option": {"text": plain("B"), "value": "b"}}),
        ({"type": "datepicker"}, ("fill", "2026-12-01"), {"selected_date": "2026-12-01"}),
        ({"type": "timepicker"}, ("fill", "09:25"), {"selected_time": "09:25"}),
        ({"type": "datetimepicker"}, ("fill", "2026-12-01T09:25"), {"selected_date_time": 1796113500}),
    ],
    ids=lambda value: value.get("type", "") if isinstance(value, dict) else "",
)
async def test_choosing_in_a_menu_sends_what_slack_would_send(
    chromium: Browser, element: dict[str, Any], choose: tuple[str, str], state: dict[str, Any]
) -> None:
    options = [{"text": plain("A"), "value": "a"}, {"text": plain("B"), "value": "b"}]
    spec = {**element, "action_id": "pick", "options": options}
    how, what = choose
    async with staged() as stage:
        stage.say("x", blocks=[{"type": "actions", "block_id": "row", "elements": [spec]}])
        async with opened(chromium, stage) as page:
            field = page.locator("[data-action=pick]")
            if how == "select":
                await field.select_option(label=what)
            elif how == "fill":
                await field.fill(what)
                await field.dispatch_event("change")
            elif how == "check":
                await page.get_by_label(what, exact=True).check()
            else:
                await field.click()
                await (
                    page.get_by_label(what, exact=True).check()
                    if how == "tick"
                    else page.get_by_role("menuitem", name=what).click()
                )
            body = await stage.until_asked("act")
    assert body["action"] == {"type": element["type"], "action_id": "pick", "block_id": "row", **state}
    if how != "menu":  # an overflow menu has no state
        assert body["values"]["row"]["pick"] == {"type": element["type"], **state}
