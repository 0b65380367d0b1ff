"""Takes the pictures of docs/images from the playground, in a real browser: `python scripts/screenshots.py`."""

import asyncio
import os
import shutil
import sys
from pathlib import Path

from playwright.async_api import Page, async_playwright

from bot import app
from bot.clock import MovableClock
from bot.play.playground import playground
from bot.play.slack.seed import MAX, MIA, OMAR, SARA

IMAGES = Path(__file__).parent.parent / "docs" / "images"
OPS = "C0OPS"
SIZE = {"width": 1000, "height": 700}


class Screen:
    """The page, one method per gesture."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def be(self, person: str) -> None:
        """Look at #ops as this person."""
        await self.page.get_by_test_id(f"person-{person}").click()
        await self.page.wait_for_timeout(400)
        await self.page.get_by_test_id(f"channel-{OPS}").click()
        await self.page.wait_for_timeout(300)

    async def say(self, line: str) -> None:
        """Type it and send it."""
        box = self.page.get_by_test_id("composer")
        await box.fill(line)
        await self.page.keyboard.press("Escape")
        await box.press("Enter")
        await self.page.wait_for_timeout(1200)

    async def press(self, words: str, label: str) -> None:
        """A button of the newest message with these words."""
        message = self.page.get_by_test_id("message").filter(has_text=words).last
        await message.get_by_role("button", name=label, exact=True).click()
        await self.page.wait_for_timeout(1200)

    async def let_in(self, person: str) -> None:
        """Somebody with a link walks in."""
        await self.page.get_by_test_id("meeting-join").first.select_option(person)
        await self.page.wait_for_timeout(800)

    async def take(self, name: str) -> None:
        """Keep what is on the screen, without the vendors; pictures stay below 150 kB each."""
        toggle = self.page.locator("#panel-toggle")
        await toggle.dispatch_event("click")
        await self.page.mouse.move(5, 5)
        await self.page.wait_for_timeout(700)
        IMAGES.mkdir(parents=True, exist_ok=True)
        await self.page.screenshot(path=IMAGES / f"{name}.png")
        await toggle.dispatch_event("click")


async def incident(s: Screen) -> None:
    """A thread in which a meeting is started, with its card and an approval."""
    await s.be(MAX)
    await s.say("The shop is down since 9:25")
    await s.be(MIA)
    root = s.page.get_by_test_id("message").filter(has_text="The shop is down").last
    await root.hover()
    await root.get_by_label("More message actions").click()
    await s.page.get_by_role("menuitem", name="Meet about this message").click()
    await s.page.wait_for_timeout(1500)
    await s.let_in(MIA)
    await s.be(MAX)
    await s.press("made by", "Join")
    await s.let_in(MAX)
    await s.page.wait_for_timeout(3500)
    await s.take("card")
    await s.be(OMAR)
    card = s.page.get_by_test_id("message").filter(has_text="made by").last
    await card.hover()
    await card.get_by_role("button", name="Reply in thread").click()
    await s.say('@meetops dial +40 747 777 777 why="the shop owner"')
    await s.page.wait_for_timeout(3500)
    await s.take("thread")


async def pictures(page: Page) -> None:
    """All of them, in the order of one story."""
    s = Screen(page)
    await incident(s)
    await s.be(SARA)
    await s.page.get_by_test_id("ims").get_by_text("meetops").click()
    await s.page.get_by_test_id("tab-home").click()
    await s.page.wait_for_timeout(1000)
    await s.take("home")
    await s.be(SARA)
    await s.press("Approval: dial", "Approve")
    await s.page.wait_for_timeout(6000)
    await s.be(OMAR)
    await s.say('/meet kick "The shop is down since 9:25" @max why="echo"')
    await s.say('/meet story "The shop is down since 9:25"')
    await s.take("story")
    await s.be(MIA)
    await s.page.get_by_test_id("shortcuts").locator("summary").click()
    await s.page.get_by_role("menuitem", name="Start a meeting").click()
    await s.page.wait_for_timeout(800)
    await s.take("shortcut")


async def main() -> int:
    """Run the playground, look at it, keep what is seen."""
    path = os.environ.get("MEETOPS_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    running = playground(
        port=0,
        build_bot=app.from_files,
        clock=MovableClock(),
        commands=app.command_hints(),
        shortcuts=app.shortcut_hints(),
    )
    async with running as behind, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = await browser.new_page(viewport=SIZE)
        await page.goto(behind.url)
        await pictures(page)
        await browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
