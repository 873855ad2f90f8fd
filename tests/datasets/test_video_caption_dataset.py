"""Videos with captions: pairs in training, groups in testing, errors."""

import json

import pytest
import torch
from mmaction.structures import ActionDataSample
from mmengine.registry import init_default_scope
from torch.utils.data import DataLoader
from videos import write_video

from vlprompt.datasets import (
    KeepFirstSeconds,
    VideoCaptionDataset,
    read_captions,
)
from vlprompt.engine.hooks.epoch_seed_hook import data_sets
from vlprompt.errors import UserError
from vlprompt.models import CaptionTexts
from vlprompt.utils import register_all_modules

CAPTIONS = {
    'a.mp4': ['A dog, it seems!', 'a dog'],
    'b.mp4': 'Hello # "world"',
    'c.mp4': ['ein Hündchen', 'a cat', 'a dog'],
}
PIPELINE = [
    dict(type='VideoInit'),
    dict(type='MultiViewSegmentSample', num_frames=4, mode='random'),
    dict(type='VideoDecode'),
    dict(type='FormatShape', input_format='NCTHW'),
    dict(
        type='PackActionInputs', meta_keys=('filename', 'text', 'sample_idx')
    ),
]


def tokenizer():
    from open_clip import SimpleTokenizer  # which needs what vlprompt mends

    return SimpleTokenizer()


@pytest.fixture
def root(tmp_path):
    register_all_modules()
    init_default_scope('vlprompt')
    for i, name in enumerate(CAPTIONS):
        write_video(tmp_path / 'videos' / name, value=50 * i)
    write(tmp_path, CAPTIONS)
    return tmp_path


def write(root, content):
    (root / 'captions.json').write_text(json.dumps(content))


def build(root, **kwargs):
    kwargs = (
        dict(
            ann_file=str(root / 'captions.json'),
            pipeline=PIPELINE,
            data_prefix=dict(video=str(root / 'videos')),
        )
        | kwargs
    )
    return VideoCaptionDataset(**kwargs)


def contents(dataset):
    infos = [dataset.get_data_info(i) for i in range(len(dataset))]
    return [(i['filename'].rsplit('/', 1)[-1], i['text']) for i in infos]


def test_every_caption_is_a_training_pair(root):
    """With capitals, marks and umlauts as they are."""
    assert contents(build(root)) == [
        ('a.mp4', 'A dog, it seems!'),
        ('a.mp4', 'a dog'),
        ('b.mp4', 'Hello # "world"'),
        ('c.mp4', 'ein Hündchen'),
        ('c.mp4', 'a cat'),
        ('c.mp4', 'a dog'),
    ]


def test_a_test_sample_is_a_video_with_all_its_captions(root):
    dataset = build(root, test_mode=True)
    assert contents(dataset) == [
        ('a.mp4', CAPTIONS['a.mp4']),
        ('b.mp4', [CAPTIONS['b.mp4']]),
        ('c.mp4', CAPTIONS['c.mp4']),
    ]
    sample = dataset[2]['data_samples']
    assert sample.text == CAPTIONS['c.mp4']
    assert sample.sample_idx == 2


def test_a_list_of_entries_is_the_same(root):
    """A video that comes again adds to its captions."""
    expected = [contents(build(root, test_mode=mode)) for mode in (0, 1)]
    entries = [
        dict(video='a.mp4', caption='A dog, it seems!'),
        dict(video='b.mp4', caption=CAPTIONS['b.mp4']),
        dict(video='a.mp4', caption=['a dog'], more='ignored'),
        dict(video='c.mp4', caption=CAPTIONS['c.mp4']),
    ]
    write(root, entries)
    assert [contents(build(root, test_mode=m)) for m in (0, 1)] == expected


def test_samples_depend_on_seed_epoch_and_index_alone(root):
    dataset = build(root)
    assert list(data_sets(dataset)) == [dataset]  # the hook sees it
    dataset.epoch = 0

    def inputs(workers):
        loader = DataLoader(
            dataset, num_workers=workers, collate_fn=lambda batch: batch[0]
        )
        return torch.stack([sample['inputs'] for sample in loader])

    alone = inputs(0)
    assert torch.equal(alone, inputs(2))
    # two captions of one video do not see the same frames
    write_video(root / 'videos/a.mp4')
    assert not torch.equal(dataset[0]['inputs'], dataset[1]['inputs'])
    dataset.seed = 1
    assert not torch.equal(dataset[0]['inputs'], inputs(0)[1])


def test_broken_videos(root):
    """Replaced in training, an error in testing, marked if skipped."""
    (root / 'videos/b.mp4').write_bytes(b'no video')
    training = build(root)
    training.epoch = 0
    sample = training[2]['data_samples']
    assert not sample.filename.endswith('b.mp4')
    assert contents(training)[sample.sample_idx][1] == sample.text
    with pytest.raises(UserError, match='cannot read .*b.mp4'):
        build(root, test_mode=True)[1]
    skipping = build(root, test_mode=True, on_broken='skip')
    (video,) = {v.filename for v in skipping[1]['data_samples'].broken_videos}
    assert video.endswith('b.mp4')


def test_a_video_in_another_folder_is_found(root):
    (root / 'videos/more').mkdir()
    (root / 'videos/c.mp4').rename(root / 'videos/more/c.mp4')
    names = [build(root).get_data_info(i)['filename'] for i in (0, 5)]
    assert names[0].endswith('videos/a.mp4')
    assert names[1].endswith('videos/more/c.mp4')


@pytest.mark.parametrize(
    ('content', 'message'),
    [
        ('{"a.mp4": ["x"]', 'captions.json is not JSON: .*line 1'),
        ('3', 'holds a int, expected {file: caption'),
        ('{}', 'captions.json is empty'),
        ('[]', 'captions.json is empty'),
        ('{"a.mp4": 3}', "entry 'a.mp4': captions 3, expected a string"),
        ('{"a.mp4": []}', r"entry 'a.mp4': captions \[\], expected a str"),
        ('{"a.mp4": ["x", ""]}', "entry 'a.mp4': caption '', expected a text"),
        ('{"a.mp4": ["x", 1]}', "entry 'a.mp4': caption 1, expected a text"),
        ('{"a.mp4": "x", "a.mp4": "y"}', "has two entries 'a.mp4'"),
        ('["a.mp4"]', "entry 0: 'a.mp4', expected {file"),
        ('[{"video": "a.mp4"}]', 'entry 0: {.video.*expected {file'),
        ('[{"video": 7, "caption": "x"}]', 'entry 0: video 7, expected'),
        (
            '[{"video": "a.mp4", "caption": "x"}, '
            '{"video": "b.mp4", "caption": []}]',
            r'entry 1 \(b.mp4\): captions',
        ),
    ],
)
def test_lists_that_do_not_fit(root, content, message):
    (root / 'captions.json').write_text(content)
    with pytest.raises(UserError, match=message) as error:
        build(root)
    assert '\n' not in str(error.value)


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (dict(ann_file='/nowhere.json'), 'no annotation file at /nowhere'),
        (dict(data_prefix=dict(video='/nowhere')), 'no folder of videos at'),
        (
            dict(data_prefix=dict(video='empty')),
            'such as a.mp4 .https://.*/retrieval.html#2-lists',
        ),
        (dict(on_broken='ignore'), "on_broken='ignore'"),
    ],
)
def test_what_does_not_fit_is_named(root, change, message, monkeypatch):
    monkeypatch.chdir(root)
    (root / 'empty').mkdir()
    with pytest.raises(UserError, match=message):
        build(root, **change)


def test_lists_of_the_shared_data(shared_data):
    first, second = (
        read_captions(shared_data / f'mini/retrieval_{kind}.json')
        for kind in ('multi_caption', 'msrvtt_style')
    )
    assert first == second
    assert len(first) == 8 and sum(len(v.captions) for v in first) == 17


def test_long_captions_of_a_list_are_counted():
    """Those at the limit are whole; the end of text always stays."""
    lines = ['a ' * n for n in (1, 5, 6, 7, 20)]
    samples = [
        ActionDataSample(metainfo=dict(text=text))
        for text in (lines[1:4], lines[0], lines[3:])
    ]
    texts = CaptionTexts(tokenizer(), max_tokens=8)(samples)
    assert texts.targets.tolist() == [0, 0, 0, 1, 2, 2]
    assert texts.ends.tolist() == [6, 7, 7, 2, 7, 7]
    assert [s.truncated for s in samples] == [1, 0, 2]
    with pytest.raises(UserError, match='max_tokens=78, CLIP takes 3 to 77'):
        CaptionTexts(tokenizer(), max_tokens=78)


def test_the_first_seconds():
    results = dict(total_frames=1000, avg_fps=29.97)
    assert KeepFirstSeconds(30)(dict(results))['total_frames'] == 900
    assert KeepFirstSeconds(0.01)(dict(results))['total_frames'] == 1
    assert KeepFirstSeconds(99)(dict(results))['total_frames'] == 1000
    with pytest.raises(UserError, match='seconds=0'):
        KeepFirstSeconds(0)
