"""The main job as a newcomer does it: in the playground, with the real bot, in a real browser."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from bot import app
from bot.clock import MovableClock
from bot.play.playground import Playground, playground
from bot.play.slack.seed import MAX, MAYA, MIA, OMAR, SARA

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
OPS = "C0OPS"


@dataclass
class Screen:
    """The page, one helper per gesture."""

    page: Page
    behind: Playground

    async def be(self, person: str) -> None:
        """Look at #ops as this person."""
        await self.page.get_by_test_id(f"person-{person}").click()
        await expect(self.page.get_by_test_id(f"person-{person}")).to_have_attribute("aria-pressed", "true")
        await self.page.get_by_test_id(f"channel-{OPS}").click()

    async def type(self, line: str) -> None:
        """Type a slash command."""
        await self.page.get_by_test_id("composer").fill(f"/meet {line}")
        await self.page.keyboard.press("Escape")
        await self.page.get_by_test_id("composer").press("Enter")

    def message(self, words: str) -> Locator:
        """The newest message that holds these words."""
        return self.page.get_by_test_id("message").filter(has_text=words).last

    async def link(self) -> str:
        """The address behind the newest `Open`."""
        shown = self.message("Only for you")
        await expect(shown).to_contain_text("Only visible to you")
        return await shown.get_by_role("link", name="Open").get_attribute("href") or ""

    async def let_in(self, person: str) -> None:
        """Somebody with a link walks in, from the panel of the simulated vendor."""
        await self.page.get_by_test_id("meeting-join").first.select_option(person)

    def requests(self, action: str) -> Locator:
        """What the panel shows of the requests to 8x8."""
        return self.page.locator(f'[data-testid="exchange"][data-action="{action}"]')


@asynccontextmanager
async def screen(chromium: Browser) -> AsyncIterator[Screen]:
    clock = MovableClock()
    running = playground(
        port=0,
        build_bot=app.from_files,
        clock=clock,
        commands=app.command_hints(),
        shortcuts=app.shortcut_hints(),
    )
    async with running as behind:
        context = await chromium.new_context(viewport={"width": 1440, "height": 900})
        page = await context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        await page.goto(behind.url)
        try:
            yield Screen(page, behind)
        finally:
            await context.close()
        assert errors == []


async def test_two_people_press_join_on_a_members_card_and_get_different_links(chromium: Browser) -> None:
    async with screen(chromium) as s:
        await s.be(MIA)
        await s.type("create standup")
        await expect(s.message("Made jaas/standup")).to_be_visible()
        await s.type("share standup #team")
        await expect(s.message("Shared jaas/standup")).to_be_visible()
        links = []
        for person in (MIA, MAX):
            await s.be(person)
            await s.page.get_by_test_id("channel-C0TEAM").click()
            await s.message("made by").get_by_role("button", name="Join").click()
            links.append(await s.link())
        assert links[0] != links[1]
        assert all("jwt=" in link for link in links)


async def test_a_call_needs_another_person_and_is_placed_once(chromium: Browser) -> None:
    async with screen(chromium) as s:
        await s.be(MIA)
        await s.type("create standup")
        await s.message("made by").get_by_role("button", name="Join").click()
        await s.link()
        await s.let_in(MIA)
        await s.be(OMAR)
        await s.type("dial standup +40 747 777 777")
        card = s.message("Approval: dial")
        await expect(card).to_contain_text("+40 74… 777")
        await card.get_by_role("button", name="Approve").click()
        await expect(s.message("You can't approve your own request")).to_be_visible()
        await expect(s.requests("DIAL_OUT_PARTICIPANT")).to_have_count(0)
        await s.be(SARA)
        await s.message("Approval: dial").get_by_role("button", name="Approve").dblclick()
        await expect(s.requests("DIAL_OUT_PARTICIPANT")).to_have_count(1)
        await expect(s.message("Approval: dial").get_by_role("button", name="Approve")).to_have_count(0)
        await expect(s.message("Approval: dial")).to_contain_text("confirmed", timeout=15_000)
        await expect(s.requests("DIAL_OUT_PARTICIPANT")).to_have_count(1)


async def test_a_kick_removes_the_right_one_of_two_of_the_same_name_who_is_told_why(chromium: Browser) -> None:
    async with screen(chromium) as s:
        await s.be(MIA)
        await s.type("create standup")
        for person in (MIA, MAYA):
            await s.be(person)
            await s.message("made by").get_by_role("button", name="Join").click()
            await s.link()
            await s.let_in(person)
        await expect(s.page.get_by_test_id("meeting-person")).to_have_count(2)
        await s.be(OMAR)
        await s.type('kick standup Mia why="wrong meeting"')
        picker = s.message("Which one?")
        await expect(picker).to_contain_text("Several people in there match")
        row = picker.locator(".block, .section").filter(has_text="@Mia Maier").last
        await row.get_by_role("button", name="Choose").click()
        await expect(s.message("Removed")).to_contain_text("Mia Maier")
        await expect(s.page.get_by_test_id("meeting-person")).to_have_count(1)
        await s.be(MAYA)
        await s.message("made by").get_by_role("button", name="Join").click()
        refusal = s.message("refused")
        await expect(refusal).to_contain_text("wrong meeting")
        await expect(refusal).to_contain_text("until this meeting ends")


async def test_every_verb_is_reached_without_typing(chromium: Browser) -> None:
    async with screen(chromium) as s:
        await s.be(MIA)
        await s.type("")
        modal = s.page.get_by_test_id("modal")
        await modal.get_by_role("button", name="create", exact=True).click()
        await modal.get_by_label("Room", exact=True).fill("retro")
        await s.page.get_by_test_id("modal-submit").click()
        await expect(s.message("Made jaas/retro")).to_be_visible()


async def test_a_request_that_nobody_decides_expires_when_the_clock_is_moved(chromium: Browser) -> None:
    async with screen(chromium) as s:
        await s.be(OMAR)
        await s.type("create standup")
        await expect(s.message("made by")).to_be_visible()
        await s.type("dial standup +40 747 777 777")
        await expect(s.message("Approval: dial")).to_contain_text("Needs 1 other person")
        await s.page.get_by_test_id("travel-60").click()
        await expect(s.message("Approval: dial")).to_contain_text("expired", timeout=15_000)
        await expect(s.message("Approval: dial").get_by_role("button", name="Approve")).to_have_count(0)


async def test_an_incident_in_its_thread_from_a_message_to_a_meeting_and_its_story(chromium: Browser) -> None:
    async with screen(chromium) as s:
        await s.be(MAX)
        await s.page.get_by_test_id("composer").fill("The shop is down")
        await s.page.get_by_test_id("composer").press("Enter")
        await s.be(MIA)
        await s.message("The shop is down").hover()
        await s.message("The shop is down").get_by_label("More message actions").click()
        await s.page.get_by_role("menuitem", name="Meet about this message").click()
        card = s.message("made by")
        await expect(card).to_contain_text("in the thread of The shop is down")
        await s.link()
        await s.let_in(MIA)
        await expect(card).to_contain_text("In now (1)", timeout=15_000)
        await card.hover()
        await card.get_by_role("button", name="Reply in thread").click()
        for line, answered in (("@meetops who", "1 person is in"), ("@meetops story", "came in")):
            await s.page.get_by_test_id("composer").fill(line)
            await s.page.keyboard.press("Escape")
            await s.page.get_by_test_id("composer").press("Enter")
            await expect(s.message(answered)).to_contain_text("in the thread of The shop is down")


async def test_the_home_tab_shows_ones_rooms_and_starts_meetings(chromium: Browser) -> None:
    async with screen(chromium) as s:
        await s.be(MIA)
        await s.page.get_by_test_id("ims").get_by_text("meetops").click()
        await s.page.get_by_test_id("tab-home").click()
        home = s.page.get_by_test_id("home")
        await expect(home).to_contain_text("Your role")
        await home.get_by_role("button", name="Start a meeting").click()
        await s.page.get_by_test_id("modal").get_by_label("Words").fill("board")
        await s.page.get_by_test_id("modal-submit").click()
        await expect(s.page.get_by_test_id("modal")).to_contain_text("Only for you")
        await s.page.get_by_test_id("modal-x").click()
        await expect(home).to_contain_text("jaas/board")
        await home.get_by_role("button", name="Join").click()
        await expect(s.page.get_by_test_id("modal").get_by_role("link", name="Open")).to_be_visible()
