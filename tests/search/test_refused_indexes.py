"""Models, windows and folders that an index does not take."""

import pytest

from vlprompt.apis import VideoEmbedder, build_index, open_index
from vlprompt.errors import UserError

SPAN = dict(window=1.0, stride=0.5)


def other_model(model, name, value):
    from vlprompt.apis import load_config

    return VideoEmbedder(load_config(model, {name: value}), device='cpu')


@pytest.mark.parametrize(
    ('change', 'expected'),
    [
        (dict(window=2.0), 'another window: 1.0, not 2.0'),
        (dict(stride=1.0), 'another stride: 0.5, not 1.0'),
        (dict(frames=4), 'another number of frames: 8, not 4'),
    ],
)
def test_other_windows_are_refused(index, videos, model, change, expected):
    frames = change.pop('frames', None)
    embedder = VideoEmbedder(model, device='cpu', frames=frames)
    with pytest.raises(UserError, match=expected):
        build_index(videos, index, embedder, **{**SPAN, **change})


def test_another_model_is_refused(index, videos, model):
    preprocessor = 'model.data_preprocessor.mean'
    other = other_model(model, preprocessor, [0.0, 0.0, 0.0])
    with pytest.raises(UserError, match='another model: .*architecture'):
        build_index(videos, index, other, **SPAN)
    other = VideoEmbedder(model, device='cpu')
    for parameter in other.model.parameters():
        parameter.data += 1e-3
    from vlprompt.models.trainable_state import fingerprint

    weights = dict(other.model.named_parameters())
    other.model._clip_fingerprint = fingerprint(weights)
    with pytest.raises(UserError, match='another model: .*.weights clip '):
        build_index(videos, index, other, **SPAN)
    with pytest.raises(UserError, match='of another model'):
        open_index(index, other).search('a red star')


def test_folders_that_do_not_fit(index, videos, embedder, tmp_path):
    (tmp_path / 'empty').mkdir()
    for folder, expected in (
        (tmp_path / 'empty', 'no videos below'),
        (tmp_path / 'none', 'is not a folder'),
        (videos / 'red_star.mp4', 'is not a folder'),
        (videos / 'sub folder', 'change "root"'),
    ):
        with pytest.raises(UserError, match=expected):
            build_index(folder, index, embedder, **SPAN)
    (tmp_path / 'empty/a.mp4').write_text('a')
    with pytest.raises(UserError, match='no video can be read'):
        build_index(tmp_path / 'empty', tmp_path / 'i', embedder, **SPAN)
