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
from vlprompt.search.parts import read_part, remove_part, write_part


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
        (dict(vector=np.zeros(128)), 'is all zeros'),
        (dict(vector=np.full(128, np.nan)), 'has NaN or inf'),
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
