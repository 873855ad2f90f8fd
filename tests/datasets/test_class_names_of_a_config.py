"""A data set's config and the data set itself have the same class names."""

import pytest
from mmengine.config import ConfigDict

from vlprompt.datasets import VideoClassDataset, class_names_of


@pytest.mark.parametrize(
    'fields',
    [
        dict(classes='hmdb51', order='vifi'),
        dict(classes='ucf101', text_clean='camel'),
        dict(classes='ucf101', text_clean='capitals'),
        dict(classes='hmdb51', order='vifi', text_clean='underscore'),
        dict(classes=['Tai chi', 'yoga'], text_clean='lower'),
    ],
)
def test_names_are_those_of_the_data_set(fields, tmp_path):
    (tmp_path / 'list.txt').write_text('a.mp4 0')
    (tmp_path / 'a.mp4').touch()
    dataset = VideoClassDataset(
        str(tmp_path / 'list.txt'),
        pipeline=[],
        data_prefix=dict(video=str(tmp_path)),
        **fields,
    )
    names = class_names_of(ConfigDict(type='VideoClassDataset', **fields))
    assert names == dataset.metainfo['classes']


def test_captions_have_no_class_names():
    assert class_names_of(ConfigDict(ann_file='captions.json')) == ()
