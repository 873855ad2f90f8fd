"""One config for all data sets, or the folder it is in."""

import pytest

from vlprompt.errors import UserError
from vlprompt.protocols.config_files import find_config, format_pattern


@pytest.fixture
def folder(tmp_path):
    for name in ('vilt_b16_few_shot', 'vilt_b16_b2n', 'vlp_b16_b2n'):
        (tmp_path / f'{name}.py').touch()
    return tmp_path


def test_a_folder_stands_for_its_only_config(folder):
    expected = str(folder / 'vilt_b16_few_shot.py')
    assert find_config(str(folder), 'few_shot') == expected
    assert find_config(expected, 'few_shot') == expected
    with pytest.raises(UserError, match='has no config that ends in _retri'):
        find_config(str(folder), 'retrieval')
    with pytest.raises(UserError, match='vilt_b16_b2n.py or .*vlp_b16_b2n'):
        find_config(str(folder), 'b2n')


@pytest.mark.parametrize(
    'pattern',
    [
        'configs/vilt/vilt_b16_{dataset}_{shots}shot.py',
        'configs/vilt/vilt_b16_{dataset}.py',
    ],
)
def test_an_old_pattern_is_answered_with_the_new_way(pattern):
    with pytest.raises(UserError, match='one config serves all data sets'):
        find_config(pattern, 'few_shot')


def test_checkpoints_have_places():
    pattern = '{dataset}/{shots}.pth'
    assert format_pattern(pattern, dataset='toy', shots=2) == 'toy/2.pth'
    assert format_pattern(None, dataset='toy') is None
    with pytest.raises(UserError, match=r"'shots', there are \{dataset\}"):
        format_pattern(pattern, dataset='toy')
