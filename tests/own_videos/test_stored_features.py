"""``vlprompt train FOLDER --cache-features``."""

import json
import shutil

import pytest
import torch
from mmengine.config import Config
from mmengine.dataset import pseudo_collate

from vlprompt.apis.inference import init_recognizer, scope_of
from vlprompt.cli.dispatch import start
from vlprompt.datasets.feature_store import INDEX, FeatureStore
from vlprompt.errors import UserError
from vlprompt.registry import DATASETS

WORDS = ['train', 'my videos', '--clip', 'toy', '--cache-features']
LEARNING = {
    'vilt': 'this method learns prompts of the vision tower',
    'maple': 'this method learns prompts of the vision tower',
    'vifi': 'learns in the vision tower (backbone.visual.',
    'xclip': 'this method learns in the vision tower (backbone.',
    'aim_text': 'learns in the vision tower (backbone.visual.ln_post',
}


@pytest.mark.slow
@pytest.mark.parametrize('method', LEARNING)
def test_methods_that_change_the_embeddings_are_refused(videos, method):
    with pytest.raises(UserError) as error:
        start([*WORDS, '--method', method])
    assert LEARNING[method] in str(error.value)
    assert '\n' not in str(error.value)


def test_a_store_knows_videos_by_content_and_maker(tmp_path):
    store = FeatureStore(tmp_path / 'features', {'tower': 'a'})
    rows = {name: torch.randn(1, 4, 8) for name in 'xyz'}
    store.add({'x': rows['x']})
    store.add({'y': rows['y'], 'z': rows['z'].half()})
    again = FeatureStore(tmp_path / 'features')
    assert torch.equal(again['x'], rows['x'])
    assert torch.equal(again['y'], rows['y'])
    assert again['z'].dtype == torch.float32
    assert 'w' not in again
    other = FeatureStore(tmp_path / 'features', {'tower': 'b'})
    assert 'x' not in other
    (tmp_path / 'features/00001.safetensors').write_bytes(b'cut')
    again = FeatureStore(tmp_path / 'features', {'tower': 'a'})
    assert 'x' in again
    assert 'y' not in again
    with pytest.raises(UserError, match=r'00001.safetensors: cannot be read'):
        again['y']


def test_without_a_store_nothing_is_loaded(tmp_path):
    with pytest.raises(UserError, match=f'no features of videos .no {INDEX}'):
        FeatureStore(tmp_path)


@pytest.mark.e2e
def test_trains_on_what_was_encoded_once(videos, capsys):
    flags = ['--method', 'a5', '--epochs', '2']
    outcome = start([*WORDS, *flags])
    said = capsys.readouterr().out
    assert 'clips are not augmented' in said
    config = Config.fromfile(str(outcome.config))
    _same_loss(config)

    # Validation read features, the test videos.
    values = outcome.folder.glob('train/*/vis_data/scalars.json')
    lines = [json.loads(x) for x in next(values).read_text().splitlines()]
    last = [x['acc/top1'] for x in lines if 'acc/top1' in x][-1]
    assert last == pytest.approx(outcome.after, abs=1e-4)

    clip = next(videos.glob('red*/*.mp4'))
    start(['classify', str(clip), '--model', 'work_dirs/my_videos'])
    assert 'red star spinning' in capsys.readouterr().out

    # One more video is encoded, and it alone.
    index = outcome.folder / 'features' / INDEX
    before = json.loads(index.read_text())['places']
    content = clip.read_bytes() + b'\0'
    (videos / 'red_star_spinning/new.mp4').write_bytes(content)
    start([*WORDS, *flags, '--prepare-only'])
    after = json.loads(index.read_text())['places']
    assert len(after) == len(before) + 1
    assert {after[digest] for digest in before} == set(before.values())

    shutil.rmtree(outcome.folder / 'features')
    with (
        scope_of(config),
        pytest.raises(UserError, match='no features of videos'),
    ):
        DATASETS.build(config.train_dataloader.dataset)


def _same_loss(config):
    """The loss of features is that of the pixels they come from."""
    config = Config(config.to_dict())
    torch.manual_seed(0)
    model = init_recognizer(config, 'none')
    losses = []
    for loader in (config.val_dataloader, config.test_dataloader):
        with scope_of(config):
            data = DATASETS.build({**loader.dataset, 'test_mode': True})
        model.set_classes(data.metainfo['classes'])
        batch = pseudo_collate([data[0], data[2]])
        batch = model.data_preprocessor(batch, training=False)
        losses.append(model(**batch, mode='loss')['loss_cls'])
    assert batch['inputs'].shape[-2:] != (1, 1)
    torch.testing.assert_close(*losses, atol=1e-5, rtol=1e-5)
