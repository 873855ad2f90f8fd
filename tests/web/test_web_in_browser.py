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
BUTTON = """[...document.querySelectorAll({kind!r})].find(
    b => b.offsetParent && b.textContent.trim() === {name!r})"""


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


def press(browser, name, kind='button.primary'):
    """Press a button, or choose a tab."""
    button = BUTTON.format(kind=kind, name=name)
    browser.wait(button)
    browser.run(f'{button}.click()')


def type_into(browser, selector, text):
    """Type a text into a field."""
    browser.wait(f'document.querySelector({selector!r})')
    browser.run(TYPE.format(selector=selector, text=text))


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
    type_into(browser, 'textarea', '\n'.join(THINGS))
    browser.wait("document.querySelector('input[type=file]')")
    browser.give_file('input[type=file]', str(world.three))
    browser.wait("document.querySelector('.file-preview')")
    press(browser, 'Classify')
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
    press(browser, 'Classify')
    toast = "document.querySelector('.toast-body')"
    text = browser.wait(f'{toast}?.innerText.trim()')
    assert 'no video: drop one into the field' in text
    assert 'Traceback' not in browser.run('document.body.innerText')
    browser.wait(
        f'{toast}.checkVisibility({{opacityProperty: true}}) &&'
        f" getComputedStyle({toast}).opacity === '1'"
    )
    look('error.png')


def test_a_report_opens_in_its_tab(browser, page, look):
    browser.open(page)
    press(browser, 'Reports', '[role=tab]')
    browser.wait("document.querySelector('#report iframe')")
    browser.wait(f'{any_request("/reports/0")}')
    look('report.png')
    assert_all_from(browser, page)


def test_a_hit_plays_from_the_second_that_was_found(
    browser, search_page, look
):
    browser.open(search_page)
    press(browser, 'Search', '[role=tab]')
    type_into(browser, '[placeholder^="a dog"]', 'a blue heart')
    press(browser, 'Search')
    browser.wait("document.querySelectorAll('#hits video').length > 5")
    look('search.png')
    video = (
        "[...document.querySelectorAll('#hits video')]"
        ".find(v => v.src.includes('three.mp4?start=6.000'))"
    )
    browser.run(f'{video}.play()')
    browser.wait(f'{video}.currentTime > 0.5')
    assert browser.run(f'{video}.duration') == pytest.approx(6, abs=0.2)
    look('playing.png')
    assert_all_from(browser, search_page)


def any_request(path):
    """Whether the page has loaded something, as a script."""
    return (
        "performance.getEntriesByType('resource')"
        f'.some(e => e.name.endsWith({path!r}))'
    )
