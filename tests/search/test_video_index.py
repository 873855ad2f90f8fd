"""Asking an index: by text, video and vector; what is refused."""

import shutil

import numpy as np
import pytest
from mmengine.config import Config
from toy_scenes import THINGS

from vlprompt.apis import (
    VideoEmbedder,
    build_index,
    load_config,
    open_index,
)
from vlprompt.errors import UserError
from vlprompt.search.flat import Faiss, InMemory, OnDisk, Rows, choose_search
from vlprompt.search.hits import merged_hits, separate_hits
from vlprompt.search.parts import read_part, remove_part, write_part
from vlprompt.search.windows import Windows


@pytest.fixture(scope='module')
def opened(made, embedder):
    """The index of the clips, with its model."""
    return open_index(made, embedder)


def test_a_text_finds_its_video_first(opened):
    for thing in THINGS:
        best = opened.search(f'a {thing}', k=2)[0]
        assert best.path == f'{thing.replace(" ", "_")}.mp4'
        assert best.rank == 1


def test_a_video_finds_itself_first(opened, clips):
    for name in opened.paths:
        hits = opened.search(video=clips / name, k=3)
        assert hits[0].path == name
        assert hits[0].score > hits[1].score


def test_a_vector_finds_its_window(opened):
    features = opened.features()
    for row in (0, 5, len(features) - 1):
        (hit,) = opened.search(
            vector=features[row] * 3, k=1, neighbours='separate'
        )
        assert hit.path == opened.paths[opened.windows.video[row]]
        assert hit.start == opened.windows.starts[row]
        assert hit.score == pytest.approx(1, abs=2e-3)


def test_the_index_makes_its_model_by_itself(made, opened):
    alone = open_index(made, device='cpu')
    assert alone.search('a red star', k=3) == opened.search('a red star', k=3)


def test_texts_may_have_another_template(made, opened):
    index = open_index(made, device='cpu', template='a video of a {}.')
    expected = opened.embed_text('a video of a red star.')
    assert np.allclose(index.embed_text('red star'), expected, atol=1e-6)


def test_a_part_is_rewritten_while_the_index_is_opened(index, monkeypatch):
    from vlprompt.search import parts

    read = parts.read_blocks

    def rewrite_first(path, number):
        monkeypatch.setattr(parts, 'read_blocks', read)
        write_part(path, 1, read_part(path, 0))
        remove_part(path, 0)
        return read(path, number)

    expected = open_index(index).features()
    monkeypatch.setattr(parts, 'read_blocks', rewrite_first)
    assert np.array_equal(open_index(index).features(), expected)


def test_a_model_from_memory_has_to_be_given(clips, model, tmp_path):
    config = Config(load_config(model).to_dict())
    embedder = VideoEmbedder(config, device='cpu')
    build_index(clips, tmp_path, embedder, None, None)
    with pytest.raises(UserError, match='does not say where its model is'):
        open_index(tmp_path).search('a red star')
    (hit,) = open_index(tmp_path, embedder).search('a red star', k=1)
    assert hit.path == 'red_star.mp4'


def test_no_more_hits_than_windows(opened):
    hits = opened.search('a red star', k=1000, neighbours='separate')
    assert len(hits) == len(opened)
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True)
    assert [hit.rank for hit in hits] == [*range(1, len(hits) + 1)]


@pytest.mark.parametrize(
    ('query', 'expected'),
    [
        (dict(text='a', k=0), 'k is 0'),
        (dict(text='  '), 'is empty'),
        (dict(text='word ' * 100), 'tokens'),
        (dict(), 'one of a text, a video or a vector'),
        (dict(text='a', video='b.mp4'), 'one of a text, a video or a vec'),
        (dict(video='gone.mp4'), 'no video at gone.mp4'),
        (dict(video=['a.mp4', 'b.mp4']), 'one video expected'),
        (dict(vector=[1.0, 0.0]), r'shape \(2,\), expected \(128,\)'),
        (dict(vector=np.zeros(128)), 'a vector of zeros'),
        (dict(vector=np.full(128, np.nan)), 'a vector of zeros, or'),
        (dict(text='a', neighbours='no'), "'merge' or 'separate'"),
    ],
)
def test_queries_that_are_refused(opened, query, expected):
    with pytest.raises(UserError, match=expected) as caught:
        opened.search(**query)
    assert '\n' not in str(caught.value)


def test_a_video_that_cannot_be_read_is_refused(opened, tmp_path):
    (tmp_path / 'bad.mp4').write_text('text')
    with pytest.raises(UserError, match='bad.mp4 .not a video: text'):
        opened.search(video=tmp_path / 'bad.mp4')


def test_another_number_of_frames_is_another_model(made, model):
    index = open_index(made, VideoEmbedder(model, device='cpu', frames=4))
    with pytest.raises(UserError, match='number of frames: 8, not 4'):
        index.search('a red star')


def cut(file):
    file.write_bytes(file.read_bytes()[:-100])


def empty(file):
    file.write_bytes(b'')


def flip(file):
    content = bytearray(file.read_bytes())
    content[-51] ^= 0x70
    file.write_bytes(content)


def drop_a_line(file):
    file.write_text(''.join(file.read_text().splitlines(True)[:-1]))


@pytest.mark.parametrize(
    ('harm', 'name'),
    [
        (cut, 'img_emb/img_emb_0000.npy'),
        (empty, 'img_emb/img_emb_0000.npy'),
        (flip, 'img_emb/img_emb_0000.npy'),
        (lambda file: file.unlink(), 'img_emb/img_emb_0000.npy'),
        (cut, 'metadata/metadata_0000.jsonl'),
        (drop_a_line, 'metadata/metadata_0000.jsonl'),
        (cut, 'manifest.json'),
    ],
)
def test_damaged_files_are_named(index, harm, name):
    harm(index / name)
    with pytest.raises(UserError, match='is damaged') as caught:
        open_index(index)
    assert '\n' not in str(caught.value)


def test_there_is_no_index_or_nothing_in_it(index, tmp_path):
    with pytest.raises(UserError, match='no index at .*none'):
        open_index(tmp_path / 'none')
    shutil.rmtree(index / 'metadata')
    with pytest.raises(UserError, match='is empty'):
        open_index(index)
    text = (index / 'manifest.json').read_text()
    text = text.replace('"format": 1', '"format": 2')
    (index / 'manifest.json').write_text(text)
    with pytest.raises(UserError, match='an index of format 2'):
        open_index(index)


@pytest.fixture(scope='module')
def rows():
    """3,000 rows in three arrays, in another order; two are left out."""
    random = np.random.default_rng(0)
    values = random.normal(size=(3000, 64)).astype('f4')
    values /= np.linalg.norm(values, axis=1, keepdims=True)
    order = random.permutation(3000)
    order = order[(order != 5) & (order != 2999)]
    return Rows(np.split(values.astype('f2'), [100, 1700]), order)


def test_rows_are_taken_in_their_order(rows):
    expected = np.concatenate(rows.arrays)[rows.order]
    assert np.array_equal(rows.take(np.arange(len(rows))), expected)
    assert np.array_equal(InMemory(rows).matrix, expected.astype('f4'))


@pytest.mark.parametrize('kind', [InMemory, OnDisk, Faiss])
def test_a_search_is_faiss_flat(rows, kind):
    faiss = pytest.importorskip('faiss')
    matrix = rows.take(np.arange(len(rows))).astype('f4')
    flat = faiss.IndexFlatIP(64)
    flat.add(matrix)
    engine = kind(rows)
    for query in matrix[:20]:
        values, numbers = flat.search(query[None], 50)
        found, scores = engine.scan(query).best(50)
        assert np.array_equal(found, numbers[0])
        assert np.allclose(scores, values[0], rtol=0, atol=1e-6)
        at = engine.scan(query).at(numbers[0])
        assert np.allclose(at, values[0], rtol=0, atol=1e-6)


@pytest.mark.parametrize('kind', [InMemory, OnDisk])
def test_a_search_is_the_product(rows, kind):
    matrix = rows.take(np.arange(len(rows))).astype('f8')
    for query in matrix[:5]:
        scores = matrix @ query
        expected = np.argsort(-scores.astype('f4'), kind='stable')[:7]
        found, values = kind(rows).scan(query.astype('f4')).best(7)
        assert set(found) == set(expected)
        assert np.allclose(values, scores[found], rtol=0, atol=1e-6)


def test_of_equal_scores_the_first_rows_win():
    rows = Rows([np.eye(4, dtype='f2')[[0, 1, 1, 1, 2]]], np.arange(5))
    query = np.array([0, 1, 0, 0], 'f4')
    for kind in (InMemory, OnDisk):
        assert kind(rows).scan(query).best(2)[0].tolist() == [1, 2]


def test_what_searches_is_chosen_by_size(rows, monkeypatch):
    from vlprompt.search import flat

    assert isinstance(choose_search(rows), InMemory)
    assert isinstance(choose_search(rows, memory=1000), OnDisk)
    monkeypatch.setattr(flat, 'MANY', 100)
    monkeypatch.setitem(__import__('sys').modules, 'faiss', None)
    monkeypatch.setattr(flat.importlib.util, 'find_spec', lambda _: None)
    assert isinstance(choose_search(rows), InMemory)


class Given:
    """Scores that are known."""

    def __init__(self, values):
        self.values = np.array(values, 'f4')

    def best(self, k):
        order = np.argsort(-self.values, kind='stable')[:k]
        return order, self.values[order]

    def at(self, rows):
        return self.values[rows]


def windows_of(lengths, window=4.0, stride=2.0):
    starts = np.concatenate([np.arange(n) * stride for n in lengths])
    video = np.repeat(np.arange(len(lengths)), lengths)
    paths = tuple(f'{n}.mp4' for n in range(len(lengths)))
    return Windows(paths, video, starts, starts + window)


def test_neighbours_are_one_hit():
    windows = windows_of([8, 3])
    scores = Given([0, 0, 0.8, 1, 0.9, 0, 0, 0.7, 0.1, 0.1, 0.95])
    hits = merged_hits(windows, scores, 5)
    assert [(h.path, h.start, h.end) for h in hits[:3]] == [
        ('0.mp4', 4, 12),
        ('1.mp4', 4, 8),
        ('0.mp4', 14, 18),
    ]
    assert [h.score for h in hits[:2]] == pytest.approx([1, 0.95])
    assert [h.rank for h in hits] == [1, 2, 3, *range(4, len(hits) + 1)]
    for path in windows.paths:
        own = sorted((h.start, h.end) for h in hits if h.path == path)
        for before, after in zip(own, own[1:], strict=False):
            assert before[1] <= after[0]
    separate = separate_hits(windows, scores, 3)
    assert [h.start for h in separate] == [6, 4, 8]


def test_windows_of_two_videos_are_never_one():
    windows = windows_of([1, 1, 1])
    hits = merged_hits(windows, Given([0.9, 0.9, 0.1]), 3)
    assert [h.path for h in hits] == ['0.mp4', '1.mp4', '2.mp4']


def test_more_windows_are_looked_at_where_hits_are_large():
    """A first video that is all the same, and 200 others below it."""
    windows = windows_of([500] + [1] * 200)
    scores = Given([0.9] * 500 + [*np.linspace(0.1, 0, 200)])
    hits = merged_hits(windows, scores, 50)
    assert len(hits) == 50
    assert hits[1].path == '1.mp4' and hits[49].path == '49.mp4'
