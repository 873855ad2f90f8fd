"""Models without embeddings: heads that score pairs of video and text."""

import pytest

from vlprompt.apis import VideoClassifier, VideoEmbedder
from vlprompt.cli import embed, export, index
from vlprompt.errors import UserError

HEADS = {
    'xpool': dict(type='TextPoolingHead'),
    'tmass': dict(type='StochasticTextHead', num_frames=8),
    'wti': dict(type='TokenInteractionHead'),
    'tight': dict(type='TightTransformerHead', num_layers=1),
}
LINE = 'scores a video and a text together'


@pytest.fixture(params=HEADS)
def pairs(request, model, tmp_path):
    """A config of the toy CLIP with such a head."""
    head = dict(
        HEADS[request.param],
        alignment=dict(type='SymmetricContrastiveLoss'),
        average_clips='prob',
        _delete_=True,
    )
    path = tmp_path / 'pairs.py'
    path.write_text(
        f'_base_ = [{model!r}]\n'
        f'model = dict(cls_head={head!r},\n'
        "    pooler=dict(type='IdentityPooler'),\n"
        "    text_encoder=dict(all_tokens='longest'))\n"
    )
    return str(path)


def test_they_have_no_embeddings(pairs, clips):
    embedder = VideoEmbedder(pairs, 'none', device='cpu')
    videos = [clips / 'red_star.mp4']
    for ask in (
        lambda: embedder.embed_videos(videos),
        lambda: list(embedder.embed(videos, window=1.0)),
        lambda: list(embedder.embed_frames(videos)),
        lambda: embedder.embed_texts(['a red star']),
    ):
        with pytest.raises(UserError, match=LINE):
            ask()


def test_they_classify(pairs, clips):
    """Classes are texts, with which videos can be paired."""
    classes = ['red star', 'blue heart', 'green circle']
    classifier = VideoClassifier(pairs, 'none', device='cpu', classes=classes)
    (found,) = classifier.predict(clips / 'red_star.mp4')
    assert sorted(found.names) == sorted(classes)
    assert sum(found.scores) == pytest.approx(1)


@pytest.mark.parametrize('pairs', ['xpool'], indirect=True)
@pytest.mark.parametrize(
    ('command', 'words'),
    [
        (index, '{clips} --index {out} --window 1 --model {pairs}'),
        (embed, '{clips} --out {out} --model {pairs}'),
        (export, '{pairs} --embedding --torch {out}.pt2'),
    ],
    ids=['index', 'embed', 'export'],
)
def test_commands_refuse_them_in_a_line(
    pairs, clips, tmp_path, command, words
):
    out = tmp_path / 'out'
    flags = words.format(clips=clips, out=out, pairs=pairs).split()
    with pytest.raises(UserError, match=LINE) as error:
        command.main([*flags, '--checkpoint', 'none'])
    assert '\n' not in str(error.value)
    assert [p.name for p in tmp_path.rglob('*') if p.is_file()] == ['pairs.py']
