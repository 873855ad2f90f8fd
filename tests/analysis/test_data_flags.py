"""Which videos an analysis reads."""

from argparse import ArgumentParser

import pytest
from mmengine.config import Config

from vlprompt.cli.data_flags import add_test_data_arguments, set_test_data
from vlprompt.errors import UserError


def data_set(*flags):
    parser = ArgumentParser()
    add_test_data_arguments(parser)
    dataset = dict(ann_file='own', classes='c', data_prefix=dict(video='v'))
    config = Config(dict(test_dataloader=dict(dataset=dataset)))
    set_test_data(config, parser.parse_args(flags))
    return config.test_dataloader.dataset


def test_without_flags_the_config_says():
    assert data_set().ann_file == 'own'


@pytest.mark.parametrize('split', ['2', 'val2'])
def test_a_split_by_name_or_number(split):
    dataset = data_set('--dataset=hmdb51', f'--split={split}')
    assert dataset.ann_file == 'data/hmdb51/splits/val2.txt'
    assert dataset.classes == 'hmdb51'
    assert dataset.data_prefix.video == 'data/hmdb51/videos'


def test_all_test_videos_and_other_folders():
    dataset = data_set('--dataset=k400', '--data-root=/d', '--classes=x.csv')
    assert dataset.ann_file == '/d/kinetics400/val.txt'
    assert dataset.classes == 'x.csv'


@pytest.mark.parametrize(
    ('flags', 'line'),
    [
        (['--dataset=hmdb51', '--split=4'], 'expected one of val1, val2'),
        (['--dataset=k600'], 'expected one of split1'),
        (['--split=1'], '--split 1 without --dataset'),
    ],
)
def test_a_wrong_split_is_one_line(flags, line):
    with pytest.raises(UserError) as error:
        data_set(*flags)
    assert line in str(error.value)
