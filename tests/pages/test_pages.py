"""Templates, drawings and pictures of pages."""

import base64
import math
import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import cv2
import numpy as np
import pytest
from jinja2 import UndefinedError

from vlprompt.pages import (
    Bar,
    Cell,
    Line,
    bar_chart,
    column_chart,
    evenly_spaced,
    frame_strip,
    line_chart,
    matrix_chart,
    render,
)

PLACES = {  # attributes that hold coordinates
    *('cx', 'cy', 'd', 'height', 'points', 'style', 'transform', 'viewBox'),
    *('width', 'x', 'x1', 'x2', 'y', 'y1', 'y2'),
}
HOSTILE = '<script>alert("1")</script> & \'quotes\''


def parse_drawing(drawing):
    """An SVG element, well formed and with finite numbers alone."""
    text = re.search(r'<svg.*</svg>', str(drawing), re.DOTALL)[0]
    parsed = ElementTree.fromstring(text)
    for element in parsed.iter():
        for name in PLACES.intersection(element.keys()):
            assert not re.search('nan|inf', element.get(name)), name
    return parsed


DRAWINGS = {
    'lines': line_chart(
        [Line(HOSTILE, [1, 2, 3], [0.5, 0.25, 1.0]), Line('dot', [2], [7])],
        HOSTILE, 'epoch', 'loss',
    ),
    'bars': bar_chart([Bar(HOSTILE, 2, HOSTILE, '#x')], HOSTILE),
    'columns': column_chart([Bar('1', 3, '3'), Bar('2', 0)], HOSTILE, 'rank'),
    'matrix': matrix_chart(
        [Cell(0, 1, 0.5, '3', HOSTILE, '#pair-0-1', 'bad')],
        [HOSTILE, 'b'], [HOSTILE, 'b'], HOSTILE,
    ),
}  # fmt: skip


@pytest.mark.parametrize('name', DRAWINGS)
def test_a_drawing_is_well_formed_named_and_escaped(name):
    drawing = parse_drawing(DRAWINGS[name])
    assert drawing.get('aria-label') == HOSTILE
    assert drawing.get('role') in ('img', 'group')
    assert '<script' not in DRAWINGS[name]


def test_lines_end_where_their_numbers_say():
    drawing = parse_drawing(
        line_chart([Line('a', [0, 4], [0, 1])], 'rising', 'x', 'y')
    )
    (line,) = (e for e in drawing if 'points' in e.attrib)
    (x0, y0), (x1, y1) = (
        map(float, point.split(',')) for point in line.get('points').split()
    )
    assert x0 < x1
    assert y0 > y1  # down is larger
    ticks = [e.text for e in drawing if e.get('class') == 'tick']
    assert {'0', '1', '4'} <= set(ticks)


@pytest.mark.parametrize('value', [0, 1e-7, 1e-4, 0.3, -3.5, 1e6])
def test_the_same_number_everywhere_is_drawn(value):
    """Up to rounding, as of a learning rate that does not change."""
    for other in (value, math.nextafter(value, math.inf)):
        line = Line('a', [1, 1], [value, other])
        drawing = parse_drawing(line_chart([line], 'flat'))
        assert [e for e in drawing if 'points' in e.attrib]


def test_a_bar_is_as_long_as_its_share():
    drawing = parse_drawing(bar_chart([Bar('a', 4), Bar('b', 1)], 'bars'))
    first, second = (
        float(e.get('width')) for e in drawing if e.tag.endswith('rect')
    )
    assert first == 4 * second


def test_no_bars_are_no_error():
    parse_drawing(bar_chart([], 'none'))
    parse_drawing(column_chart([], 'none', 'x'))


def test_a_cell_leads_to_its_clips():
    drawing = parse_drawing(DRAWINGS['matrix'])
    (link,) = (e for e in drawing if e.tag.endswith('a'))
    assert link.get('href') == '#pair-0-1'
    assert link[0][0].text == HOSTILE


def test_frames_are_evenly_spaced():
    assert evenly_spaced(9, 5) == [0, 2, 4, 6, 8]
    assert evenly_spaced(1, 3) == [0, 0, 0]


def test_a_strip_holds_its_frames_in_order():
    frames = np.zeros((3, 40, 60, 3), np.uint8)
    for i in range(3):
        frames[i, ..., i] = 255
    strip = frame_strip(frames, height=20)
    head, _, text = strip.source.partition(',')
    assert head == 'data:image/jpeg;base64'
    content = np.frombuffer(base64.b64decode(text), np.uint8)
    picture = cv2.imdecode(content, cv2.IMREAD_COLOR)[..., ::-1]
    assert picture.shape[:2] == (strip.height, strip.width) == (20, 94)
    for i in range(3):
        assert picture[10, 32 * i + 15].argmax() == i


def test_rows_of_a_strip_come_below_each_other():
    frames = np.full((4, 10, 10, 3), 128, np.uint8)
    strip = frame_strip([frames, frames[:2]], height=10)
    assert (strip.width, strip.height) == (46, 22)
    assert strip == frame_strip([frames, frames[:2]], height=10)


def test_texts_are_escaped_and_parts_are_not():
    page = render(
        'bare', title=HOSTILE, body=DRAWINGS['bars'] + '<script>more'
    )
    tags = []

    class Tags(HTMLParser):
        def handle_starttag(self, tag, attrs):
            tags.append(tag)

    Tags().feed(page)
    assert tags.count('script') == 1  # the page's own
    assert 'svg' in tags
    assert 'http' not in re.sub(r'http-equiv', '', page)


def test_a_value_that_is_missing_is_an_error():
    with pytest.raises(UndefinedError, match='body'):
        render('bare', title='a')
