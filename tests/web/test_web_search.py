"""Searching an index from the page."""

from argparse import Namespace

import pytest

from vlprompt.cli.web_run import make_models
from vlprompt.errors import UserError

pytest.importorskip('httpx')
pytest.importorskip('gradio')
pytest.importorskip('vlprompt.search')

import httpx
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

pytestmark = pytest.mark.slow


@pytest.fixture
def search(search_page):
    """Searches."""
    client = Client(search_page, verbose=False)

    def call(text='', video=None, number=5):
        video = video and handle_file(str(video))
        return client.predict(text, video, number, api_name='/search')

    return call


def test_a_text_finds_the_second(search, search_page):
    shown, numbers = search('a blue heart')
    found = [(hit['video'], hit['start'], hit['end']) for hit in numbers[:2]]
    assert sorted(found) == [
        ('clips/blue_heart.mp4', 0, 2),
        ('three.mp4', 6, 12),
    ]
    assert shown.count('<video') == len(numbers) == 5
    assert '0:06 to 0:12' in shown
    assert shown.count('poster="data:image/jpeg;base64,') == 5
    address = shown.split('src="')[1].split('"')[0].replace('&amp;', '&')
    answer = httpx.get(search_page + address, timeout=60)
    assert answer.headers['content-type'] == 'video/mp4'


def test_an_example_finds_its_like(search, world):
    _, numbers = search(video=world.clips / 'green_arrow.mp4', number=2)
    assert numbers[0]['video'] == 'clips/green_arrow.mp4'
    assert numbers[0]['score'] > 0.99


@pytest.mark.parametrize(
    ('text', 'video', 'line'),
    [
        ('', None, 'nothing to search for'),
        (' ', None, 'nothing to search for'),
        ('a', 'three.mp4', 'take one of them away'),
        ('', 'toy.py', 'toy.py is not a video'),
    ],
)
def test_errors_are_one_line(search, world, text, video, line):
    with pytest.raises(AppError, match=line):
        search(text, video and world.folder / video)


def test_a_video_that_is_gone_is_said_to_be(search, indexed):
    gone = indexed.root / 'clips/red_star.mp4'
    kept = gone.rename(gone.with_suffix('.away'))
    try:
        shown, numbers = search('a red star', number=60)
    finally:
        kept.rename(gone)
    assert 'no longer there' in shown
    assert shown.count('<figure>') == len(numbers)


def test_the_model_of_the_index_classifies_unless_another_is_named(
    indexed, world
):
    names = dict(checkpoint=None, clip=None, device='cpu')
    index = str(indexed.path)
    given = Namespace(index=index, model=None, **names)
    classifier, opened = make_models(given)
    assert opened.embedder is classifier
    assert classifier.source == indexed.manifest['model']
    given = Namespace(index=index, model=world.config, **names)
    classifier, opened = make_models(given)
    assert opened.embedder is not classifier
    given = Namespace(index='none', model=None, **names)
    with pytest.raises(UserError, match='no index at none'):
        make_models(given)


@pytest.mark.parametrize(
    ('path', 'status'),
    [
        ('videos/three.mp4', 200),
        ('videos/toy.py', 404),
        ('videos/%2e%2e/toy.py', 404),
        ('videos//etc/passwd', 404),
        ('excerpts/toy.py?start=0&end=1', 404),
        ('gradio_api/file=three.mp4', 403),
    ],
)
def test_only_the_index_is_served(search_page, path, status):
    assert httpx.get(f'{search_page}/{path}').status_code == status
    # Gradio's own route serves uploads alone.


def test_the_index_itself_is_not_served_by_gradio(search_page, indexed):
    for path in (indexed.root / 'three.mp4', indexed.path / 'manifest.json'):
        answer = httpx.get(f'{search_page}/gradio_api/file={path}')
        assert answer.status_code == 403
