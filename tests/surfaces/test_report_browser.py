"""The report in a real browser: it fits, it is silent, it speaks both languages, it prints."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import studies
from support import missing
from xiangsheng import report

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PHONE, DESKTOP = (390, 844), (1280, 900)
A4_WIDTH = 673  # 178 mm between the margins, in CSS pixels


@cache
def page_of(name: str) -> str:
    study = getattr(studies, name)()
    return report.html(replace(study, published=report.published()) if name == "full" else study)


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    path = shutil.which("chromium")
    if path is None:
        missing("chromium", "no such program on PATH")
    if find_spec("playwright") is None:
        missing("playwright", "it is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        opened = driver.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        try:
            yield opened
        finally:
            opened.close()


@contextmanager
def reading(
    browser: "Browser",
    folder: Path,
    name: str = "full",
    size: tuple[int, int] = DESKTOP,
    **context: object,
) -> Iterator["Page"]:
    """The report of a study, opened; any complaint or any request beside the file is an error."""
    file = folder / f"{name}.html"
    file.write_text(page_of(name), encoding="utf-8")
    heard: list[str] = []
    with browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        **context,  # type: ignore[arg-type]
    ) as held:
        page = held.new_page()
        page.on("console", lambda message: heard.append(message.text))
        page.on("pageerror", lambda error: heard.append(str(error)))
        page.on("request", lambda request: heard.append(request.url))
        page.goto(file.as_uri())
        yield page
        assert set(heard) <= {file.as_uri(), "about:blank"}


@pytest.mark.parametrize("size", [PHONE, DESKTOP])
@pytest.mark.parametrize("name", ["full", "base_only", "few", "nothing", "hostile"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_scrolls_sideways(
    browser: "Browser", tmp_path: Path, name: str, size: tuple[int, int], scheme: str
) -> None:
    with reading(browser, tmp_path, name, size, color_scheme=scheme) as page:
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.evaluate(
            "document.querySelectorAll('details').forEach((part) => { part.open = true })"
        )
        for choice in ("zh", "en", "both"):
            page.click(f"[data-show={choice}]:not(html)")
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_switch_hides_one_language(browser: "Browser", tmp_path: Path) -> None:
    with reading(browser, tmp_path) as page:
        zh, en = page.locator("#headline-heading .zh"), page.locator("#headline-heading .en")
        assert zh.is_visible()
        assert en.is_visible()
        page.get_by_role("button", name="English").click()
        assert page.locator(".zh:visible").count() == 0
        assert en.is_visible()
        assert page.get_attribute("html", "lang") == "en"
        assert page.get_by_role("button", name="English").get_attribute("aria-pressed") == "true"
        assert page.get_by_role("button", name="中文").get_attribute("aria-pressed") == "false"
        page.get_by_role("button", name="中文").click()
        assert page.locator(".en:visible").count() == 0
        assert page.get_attribute("html", "lang") == "zh-Hans"


def test_the_choice_holds_when_the_page_is_opened_again(browser: "Browser", tmp_path: Path) -> None:
    with reading(browser, tmp_path) as page:
        page.get_by_role("button", name="English").click()
        address = page.url
        page.goto("about:blank")
        page.goto(address)
        assert page.locator(".zh:visible").count() == 0


def test_without_javascript_both_languages_stand_there(browser: "Browser", tmp_path: Path) -> None:
    with reading(browser, tmp_path, java_script_enabled=False) as page:
        assert page.locator("#headline-heading .zh").is_visible()
        assert page.locator("#headline-heading .en").is_visible()
        assert not page.locator(".switch").is_visible()


def test_the_keyboard_reaches_the_report_first(browser: "Browser", tmp_path: Path) -> None:
    with reading(browser, tmp_path) as page:
        page.keyboard.press("Tab")
        skip = page.locator(".skip")
        assert skip.evaluate("(link) => link === document.activeElement")
        box = skip.bounding_box()
        assert box is not None
        assert box["height"] > 20


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(browser: "Browser", tmp_path: Path, scheme: str) -> None:
    """WCAG contrast of every colour of the text on both grounds is at least 4.5."""
    ratio = """() => {
      const style = getComputedStyle(document.documentElement);
      const light = (name) => {
        const hex = style.getPropertyValue(name).trim().slice(1);
        const parts = [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255);
        const [r, g, b] = parts.map((c) => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const contrast = (a, b) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      return ["--ink", "--soft", "--accent"].flatMap((text) =>
        ["--paper", "--sheet"].map((ground) => contrast(light(text), light(ground))));
    }"""
    with reading(browser, tmp_path, color_scheme=scheme) as page:
        assert min(page.evaluate(ratio)) >= 4.5


@pytest.mark.parametrize("name", ["full", "hostile"])
def test_on_paper_nothing_is_clipped(browser: "Browser", tmp_path: Path, name: str) -> None:
    clipped = """(width) => [...document.querySelectorAll("main *:not(.sr, .sr *, svg *)")]
      .filter((part) => part.getBoundingClientRect().right > width + 1
        || (part.scrollWidth > part.clientWidth + 1
            && getComputedStyle(part).overflowX !== "visible"))
      .map((part) => `${part.tagName}.${part.className}`)"""
    with reading(browser, tmp_path, name, (A4_WIDTH, 950)) as page:
        page.emulate_media(media="print")
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert page.locator("details:not([open])").count() == 0
        assert page.evaluate(clipped, A4_WIDTH) == []


def test_it_prints_to_a4_pages(browser: "Browser", tmp_path: Path) -> None:
    with reading(browser, tmp_path) as page:
        pdf = page.pdf(prefer_css_page_size=True)
        assert pdf.startswith(b"%PDF")
        assert pdf.count(b"/Type /Page\n") > 3
        assert b"/MediaBox [0 0 594.95996 841.91998]" in pdf
        assert page.locator("details:not([open])").count() > 0
