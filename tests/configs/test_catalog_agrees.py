"""Full-size configs read the lists, classes and videos of the catalog."""

import pytest
from config_files import CONFIGS, is_toy, read
from mmengine.config import Config

from vlprompt.datasets.catalog import CAPTION_SETS, DATA_SETS, SEEDS, Split
from vlprompt.datasets.use_lists import use_captions, use_split

LOADERS = ('train', 'val', 'test')
FULL_SIZE = {name: data for name, data in DATA_SETS.items() if name != 'toy'}
# What a config says of a data set that is no fact about it.
OTHER = ('pipeline', 'test_mode', 'text_clean')


def splits(data):
    """The splits that each loader may read."""
    train = [data.train]
    if data.few_shot:
        lists = (data.few_shot.format(shots=shots) for shots in data.shots)
        train += [Split(file, data.full.classes) for file in lists]
    if data.base_train:
        lists = (data.base_train.format(seed=seed) for seed in SEEDS)
        train += [Split(file, data.base.classes) for file in lists]
    tested = [data.full, data.base, data.novel, *data.zero_shot.values()]
    return dict(
        train=train,
        val=[data.full, data.base],
        test=tested,
    )


def of_classes(data):
    for loader, allowed in splits(data).items():
        for split in filter(None, allowed):
            config = Config(dict(dataset=dict(type='VideoClassDataset')))
            use_split(config, data, split, 'data', 'official')
            yield loader, config.dataset.to_dict()


def of_captions(data):
    config = Config(
        dict(
            default_hooks=dict(checkpoint=dict()),
            **{
                f'{name}_dataloader': dict(
                    dataset=dict(
                        type='VideoCaptionDataset',
                        ann_file=f'data/{data.root}/x.json',
                    )
                )
                for name in LOADERS
            },
        )
    )
    use_captions(config, data, 'data')
    for name in LOADERS:
        yield name, config[f'{name}_dataloader'].dataset.to_dict()


@pytest.fixture(scope='module')
def known():
    """All that each loader may read, and of which data set it is."""
    found = {name: [] for name in LOADERS}
    for name, data in FULL_SIZE.items():
        for loader, facts in of_classes(data):
            found[loader].append((name, facts))
    for name, data in CAPTION_SETS.items():
        for loader, facts in of_captions(data):
            found[loader].append((name, facts))
    return found


def facts_of(config):
    for name in LOADERS:
        loader = config.get(f'{name}_dataloader')
        if loader is not None:
            dataset = loader.dataset.to_dict()
            facts = {k: v for k, v in dataset.items() if k not in OTHER}
            yield name, facts


def test_every_loader_of_every_config_agrees(known):
    strangers, used = {}, set()
    for path in CONFIGS:
        if is_toy(path):
            continue
        for loader, facts in facts_of(read(path)):
            names = {name for name, known_ in known[loader] if known_ == facts}
            used |= names
            if not names:
                strangers[f'{path.stem}, {loader}'] = facts
    assert strangers == {}
    assert used >= {'kinetics400', 'hmdb51', 'ssv2', 'msrvtt9k', 'didemo'}


def test_the_configs_of_a_protocol_are_those_of_one_data_set(known):
    """But for tests on other classes than those that were trained on."""
    for path in CONFIGS:
        if is_toy(path) or '_zs' in path.stem:
            continue
        sets = [
            {name for name, known_ in known[loader] if known_ == facts}
            for loader, facts in facts_of(read(path))
        ]
        assert set.intersection(*sets), path.stem


def test_captions_choose_their_best_epoch_as_the_catalog_says():
    for path in CONFIGS:
        config = read(path)
        hook = config.get('default_hooks', {}).get('checkpoint', {})
        if (
            is_toy(path)
            or 'Caption' not in config.test_dataloader.dataset.type
        ):
            continue
        validates = config.val_dataloader != config.test_dataloader
        assert bool(hook.get('save_best')) == validates, path.stem
