"""The page in headless Chromium: what is seen, and what is asked for."""

import os
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from browser import Browser, find_chromium
from toy_scenes import THINGS

pytest.importorskip('gradio')

pytestmark = pytest.mark.e2e

# Where screenshots go that are to be looked at.
PICTURES = os.environ.get('VLPROMPT_SCREENSHOTS')
TYPE = """(() => {{
    const field = document.querySelector({selector!r});
    field.value = {text!r};
    field.dispatchEvent(new Event('input', {{bubbles: true}}));
}})()"""
CLICK = """[...document.querySelectorAll('button.primary')].find(
    b => b.offsetParent && b.textContent.trim() === {name!r}).click()"""


@pytest.fixture
def browser():
    """A browser."""
    program = find_chromium()
    if program is None:
        pytest.skip('no Chromium at hand')
    browser = Browser(program)
    yield browser
    browser.close()


@pytest.fixture
def look(browser, tmp_path):
    """Takes a screenshot, which must show something."""

    def look(name):
        folder = Path(PICTURES or tmp_path)
        folder.mkdir(parents=True, exist_ok=True)
        browser.screenshot(str(folder / name))
        assert (folder / name).stat().st_size > 10_000

    return look


def assert_all_from(browser, page):
    """Nothing has been asked of another host."""
    others = [
        request
        for request in browser.requests
        if urlsplit(request).scheme not in ('data', 'blob', 'about')
        and urlsplit(request).netloc != urlsplit(page).netloc
    ]
    assert browser.requests and others == []


def test_drop_a_video_and_see_bars_and_a_timeline(browser, page, world, look):
    browser.open(page)
    browser.wait("document.querySelector('textarea')")
    browser.wait("document.querySelector('input[type=file]')")
    browser.give_file('input[type=file]', str(world.three))
    words = '\n'.join(THINGS)
    browser.run(TYPE.format(selector='textarea', text=words))
    browser.wait("document.querySelector('.file-preview')")
    browser.run(CLICK.format(name='Classify'))
    browser.wait("document.querySelectorAll('#bars svg rect').length === 3")
    frame = "document.querySelector('#timeline iframe')"
    browser.wait(f"{frame} && {frame}.srcdoc.includes('0:06 to 0:12')")
    browser.run(f'{frame}.scrollIntoView()')
    look('timeline.png')
    browser.run('window.scrollTo(0, 0)')
    look('classify.png')
    assert_all_from(browser, page)


def test_an_error_is_a_line_in_the_page(browser, page, look):
    browser.open(page)
    browser.wait("document.querySelector('input[type=file]')")
    browser.run(CLICK.format(name='Classify'))
    text = browser.wait(
        "document.querySelector('.toast-body')?.innerText.trim()"
    )
    assert 'no video: drop one into the field' in text
    assert 'Traceback' not in browser.run('document.body.innerText')
    look('error.png')


def test_a_report_opens_in_its_tab(browser, page, look):
    browser.open(page)
    browser.wait("document.querySelector('[role=tab]')")
    browser.run(
        "[...document.querySelectorAll('[role=tab]')]"
        ".find(t => t.textContent.trim() === 'Reports').click()"
    )
    browser.wait("document.querySelector('#report iframe')")
    browser.wait(f'{any_request("/reports/0")}')
    look('report.png')
    assert_all_from(browser, page)


def any_request(path):
    """Whether the page has loaded something, as a script."""
    return (
        "performance.getEntriesByType('resource')"
        f'.some(e => e.name.endsWith({path!r}))'
    )
