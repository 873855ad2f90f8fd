"""Which lists a protocol reads, and what it refuses."""

import pytest
from mmengine.config import Config

from vlprompt.datasets import load_class_names
from vlprompt.datasets.catalog import DATA_SETS, find_data_set
from vlprompt.datasets.use_lists import use_split
from vlprompt.errors import UserError


@pytest.mark.parametrize('name', [n for n in DATA_SETS if n != 'toy'])
def test_shipped_class_lists_exist(name):
    data = find_data_set(name)
    splits = [data.full, data.base, data.novel, *data.zero_shot.values()]
    for split in filter(None, splits):
        assert load_class_names(split.classes)
    if data.base is not None:
        base, novel = (
            set(load_class_names(split.classes))
            for split in (data.base, data.novel)
        )
        assert not base & novel
        assert base | novel == set(load_class_names(data.full.classes))


def test_zero_shot_splits_of_k600_have_classes_of_their_own():
    data = find_data_set('k600')
    assert data is find_data_set('kinetics600')
    lists = {split.classes for split in data.zero_shot.values()}
    assert len(lists) == 3
    assert all(len(load_class_names(name)) == 160 for name in lists)


def test_a_loader_is_pointed_at_a_split():
    loader = Config(
        dict(dataset=dict(ann_file='', pipeline=[1], order='vifi'))
    )
    data = find_data_set('hmdb51')
    use_split(loader, data, data.novel, '/data', 'official')
    assert loader.dataset.to_dict() == dict(
        ann_file='/data/hmdb51/splits/base2novel/novel_val.txt',
        classes='hmdb51_novel',
        data_prefix=dict(video='/data/hmdb51/videos'),
        pipeline=[1],
    )
    use_split(loader, data, data.novel, '/data', 'vifi')
    assert loader.dataset.order == 'vifi'
    data = find_data_set('ucf101')
    use_split(loader, data, data.full, '/data', 'vifi')
    assert 'order' not in loader.dataset


def test_a_description_of_ones_own(tmp_path):
    file = tmp_path / 'mine.py'
    file.write_text(
        "title = 'Mine'\nroot = 'mine'\nfull = ('val.txt', 'ucf101')\n"
        "zero_shot = dict(one=('a.txt', 'b.csv'))\n"
    )
    data = find_data_set(str(file))
    assert data.full == ('val.txt', 'ucf101')
    assert data.zero_shot['one'].classes == 'b.csv'
    assert data.videos == 'videos'


@pytest.mark.parametrize(
    ('text', 'line'),
    [
        ("title = 'A'", 'does not say root'),
        ("title = 'A'\nroot = 'a'\nfulll = 1", 'did you mean full?'),
        (
            "title = 'A'\nroot = 'a'\nfull = 'val.txt'",
            "full is 'val.txt', expected (list of videos, classes)",
        ),
        (
            "title = 'A'\nroot = 'a'\nzero_shot = dict(x=1)",
            'zero_shot x is 1',
        ),
    ],
)
def test_a_wrong_description_is_one_line(tmp_path, text, line):
    file = tmp_path / 'mine.py'
    file.write_text(text)
    with pytest.raises(UserError) as error:
        find_data_set(str(file))
    assert line in str(error.value)
    assert str(file) in str(error.value)


def test_an_unknown_data_set_suggests_one(tmp_path):
    with pytest.raises(UserError, match='did you mean hmdb51'):
        find_data_set('hmdb-51')
    with pytest.raises(UserError, match='no description'):
        find_data_set(str(tmp_path / 'none.py'))
