"""A video that is spelled otherwise is the same to everything that reads."""

import csv
import json
from pathlib import Path

import pytest
from splits_tool import few_shot, lines, write_lines, write_world
from videos import write_video

from vlprompt.apis.inference import read_video
from vlprompt.cli import data_cache, data_check
from vlprompt.clips.find_sources import find_sources
from vlprompt.datasets import VideoClassDataset, read_captions
from vlprompt.datasets.lists.path_resolver import index_folder
from vlprompt.datasets.lists.spelling import _listing
from vlprompt.datasets.own_data_set import read_data_set
from vlprompt.datasets.use_lists import use_split
from vlprompt.errors import UserError
from vlprompt.utils import register_all_modules

NFC, NFD = 'caf\u00e9', 'cafe\u0301'
SPELLINGS = [
    ('UPPER.MP4', 'UPPER.mp4'),
    (f'{NFD}.mp4', f'{NFC}.mp4'),
    (f'{NFC}/{NFC}.MP4', f'{NFD}/{NFD}.mp4'),
    ('a/v0.mp4', 'a/v0'),
    ('a/v0', 'a/v0'),
    ('a/v0.mp4', './a//b/../v0.mp4'),
    ('a/v0.MP4', 'a/b/../v0.mp4'),
    ('a/v 0, "x".mp4', 'a/v 0, "x".mp4'),
]
PIPELINE = [
    dict(type='VideoInit'),
    dict(type='MultiViewSegmentSample', num_frames=2),
    dict(type='VideoDecode'),
    dict(type='FormatShape', input_format='NCTHW'),
    dict(type='PackActionInputs', meta_keys=('filename',)),
]


@pytest.fixture(autouse=True)
def _fresh():
    register_all_modules()
    index_folder.cache_clear()
    _listing.cache_clear()


def run(command, world, *flags):
    """Run on the list; the rows of the report."""
    out = world / command.__name__.rpartition('.')[2]
    args = [world / 'list.txt', '--root', world / 'videos', '--out', out]
    command.main(list(map(str, [*args, '--jobs', 1, *flags])))
    (report,) = out.glob('*report.csv')
    with report.open(newline='') as file:
        return list(csv.DictReader(file))


def build(world, videos='videos', **kwargs):
    kwargs = {'classes': ['yoga', 'tai chi'], 'test_mode': True, **kwargs}
    return VideoClassDataset(
        ann_file=str(world / 'list.txt'),
        pipeline=PIPELINE,
        data_prefix=dict(video=str(world / videos)),
        **kwargs,
    )


@pytest.mark.parametrize(('disk', 'listed'), SPELLINGS)
def test_all_find_the_file(tmp_path, disk, listed):
    write_video(tmp_path / 'clip.mp4', num_frames=4)
    file = tmp_path / 'videos' / disk
    file.parent.mkdir(parents=True)
    (tmp_path / 'clip.mp4').rename(file)
    (tmp_path / 'list.txt').write_text(f'{listed} 0\n')
    (sample,) = build(tmp_path)
    assert sample['data_samples'].filename.endswith(disk.rpartition('/')[2])
    (row,) = run(data_check, tmp_path)
    assert (row['path'], row['problem'], row['frames']) == (listed, '', '4')
    path = f'{tmp_path}/videos/{listed}'
    pipeline = build(tmp_path).pipeline
    assert read_video(pipeline, path)['inputs'][0].shape[2] == 2
    if '..' in listed:
        with pytest.raises(UserError, match='leaves the folder'):
            run(data_cache, tmp_path)
        return
    (row,) = run(data_cache, tmp_path)
    assert row['problem'] == ''
    (sample,) = build(tmp_path, 'data_cache')
    assert sample['data_samples'].filename.endswith('.zip')


def test_lists_for_prediction_read_lines_and_names_alike(tmp_path):
    for name in ('a\u2028b.mp4', f'{NFD}.MP4'):
        (tmp_path / name).touch()
    text = f'a\u2028b.mp4 1\n{NFC}.mp4 \u00b2\n{NFC}.mp4\r'
    (tmp_path / 'l.txt').write_text(text, newline='')
    names = [
        Path(source.name).name for source in find_sources(tmp_path / 'l.txt')
    ]
    assert names == ['a\u2028b.mp4', f'{NFC}.mp4 \u00b2', f'{NFD}.MP4']
    (source,) = find_sources(tmp_path / f'{NFC}.mp4')
    assert Path(source.name).name == f'{NFD}.MP4'


def test_a_store_is_found_by_a_list_with_another_spelling(tmp_path):
    write_video(tmp_path / f'videos/{NFC}.mp4', num_frames=4)
    (tmp_path / 'list.txt').write_text(f'{NFC}.mp4 0\n')
    run(data_cache, tmp_path)
    (tmp_path / 'list.txt').write_text(f'{NFD}.MP4 0\n')
    (sample,) = build(tmp_path, 'data_cache')
    assert sample['data_samples'].filename.endswith(f'{NFC}.mp4.zip')


def test_what_is_in_no_spelling_is_missing_for_all(tmp_path):
    write_video(tmp_path / 'videos/v0.mp4', num_frames=4)
    (tmp_path / 'list.txt').write_text('v1 0\nv0 0\n')
    dataset = build(tmp_path)
    with pytest.raises(UserError, match='cannot read .*v1'):
        dataset[0]
    for command in (data_check, data_cache):
        with pytest.raises(SystemExit):
            run(command, tmp_path)
    with pytest.raises(UserError, match='no video at'):
        read_video(dataset.pipeline, tmp_path / 'videos/v1')


def test_labels_in_two_spellings_are_noticed_by_all(tmp_path):
    write_video(tmp_path / 'videos/v0.mp4', num_frames=4)
    write_video(tmp_path / 'videos/v1.mp4', num_frames=4)
    root = tmp_path / 'videos'
    text = f'v0.mp4 0\n./v0.mp4 1\n{root}/v1.mp4 0\nv1.mp4 1\n'
    (tmp_path / 'list.txt').write_text(text)
    with pytest.raises(UserError, match='lines 1 and 2: .* labels 0 and 1'):
        build(tmp_path)
    with pytest.raises(SystemExit):
        run(data_check, tmp_path)
    with (tmp_path / 'data_check/report.csv').open() as file:
        rows = list(csv.DictReader(file))
    problems = [row['problem'] for row in rows]
    pairs = ['(lines 1 and 2)'] * 2 + ['(lines 3 and 4)'] * 2
    assert problems == [f'two labels {pair}' for pair in pairs]


def test_labels_that_start_at_1_are_warned_of(tmp_path, logged, capsys):
    write_video(tmp_path / 'videos/v0.mp4', num_frames=4)
    (tmp_path / 'list.txt').write_text('v0.mp4 1\n')
    build(tmp_path, test_mode=False)
    assert [line for line in logged if "never has id 0 ('yoga')" in line]
    run(data_check, tmp_path)
    assert 'never has id 0' in capsys.readouterr().err
    (tmp_path / 'list.txt').write_text('v0.mp4 2\n')
    with pytest.raises(UserError, match=r'label 2, .* \(0 to 1\)'):
        build(tmp_path)


def test_classes_with_numbers_from_1(tmp_path):
    write_video(tmp_path / 'videos/v0.mp4', num_frames=4)
    write_lines(tmp_path / 'classInd.txt', ['1 PlayingTabla', '2 YoYo'])
    classes = dict(classes=str(tmp_path / 'classInd.txt'), text_clean='camel')
    (tmp_path / 'list.txt').write_text('v0.mp4 2\n')
    dataset = build(tmp_path, **classes)
    assert dataset.metainfo['classes'] == ('playing tabla', 'yo yo')
    assert dataset.get_data_info(0)['label'] == 1
    run(data_check, tmp_path, '--classes', classes['classes'])
    (tmp_path / 'list.txt').write_text('v0.mp4 1\n')
    with pytest.raises(UserError, match="'PlayingTabla' .*|'playing tabla'"):
        build(tmp_path, **classes)


def test_a_cleaned_name_may_differ_where_the_written_one_does_not(tmp_path):
    write_video(tmp_path / 'videos/v0.mp4', num_frames=4)
    (tmp_path / 'list.txt').write_text('v0.mp4,YoYo\n')
    names = ['yoyo', 'YoYo']
    dataset = build(tmp_path, classes=names, text_clean='camel')
    assert dataset.metainfo['classes'] == ('yoyo', 'yo yo')
    with pytest.raises(UserError, match="'yoyo'.*'YoYo'.* same tokens"):
        build(tmp_path, classes=names)


def test_lists_whose_labels_are_names(tmp_path):
    write_video(tmp_path / 'videos/v0.mp4', num_frames=4)
    text = 'path,name\nv0.mp4,"cut, then paste"\n'
    (tmp_path / 'list.txt').write_text(text)
    write_lines(tmp_path / 'names.txt', ['paste', 'cut, then paste'])
    flags = ('--classes', tmp_path / 'names.txt')
    assert run(data_check, tmp_path, *flags)[0]['problem'] == ''
    assert (tmp_path / 'data_check/list_good.txt').read_text() == text
    assert run(data_cache, tmp_path, *flags)[0]['problem'] == ''
    dataset = build(tmp_path, classes=str(tmp_path / 'names.txt'))
    assert dataset.get_data_info(0)['label'] == 1


def test_splits_are_written_as_they_are_read(tmp_path):
    write_world(tmp_path)
    odd = ['"clip 2",0', '"a, b",1', '"""x"".avi" 2', 'a b.avi 3']
    write_lines(tmp_path / 'train.txt', odd)
    out = few_shot(tmp_path, 'out', '--shots', 1)
    written = lines(out / 'train1_few_shot_1.txt')
    assert written == ['"clip 2",0', 'a, b 1', '"""x"".avi",2', odd[3]]
    write_lines(tmp_path / 'again.txt', written)
    again = few_shot(tmp_path, 'new', '--shots', 1, train='again.txt')
    assert lines(again / 'train1_few_shot_1.txt') == written


def test_splits_of_other_spellings(tmp_path):
    write_world(tmp_path)
    write_lines(tmp_path / 'train.txt', ['a.avi 0', './a.avi 0'])
    with pytest.raises(UserError, match="lines 1 and 2 .* './a.avi'"):
        few_shot(tmp_path, 'out', '--shots', 1)
    write_lines(tmp_path / 'train.txt', ['a 9 \u0663'])
    with pytest.raises(UserError, match='line 1'):
        few_shot(tmp_path, 'out', '--shots', 1)


def test_captions_of_a_video_in_two_spellings(tmp_path):
    file = tmp_path / 'c.json'
    file.write_text('{"v0.mp4": "one", "./v0.mp4": "two"}')
    with pytest.raises(UserError, match="'./v0.mp4' is the same video as 'v0"):
        read_captions(file)
    entries = [('v0.mp4', '1'), ('v0', '2')]
    entries = [dict(video=name, caption=text) for name, text in entries]
    file.write_text(json.dumps(entries))
    assert read_captions(file) == [('v0.mp4', ['1', '2'])]
    file.write_text('{"v0.mp4": "a <end_of_text> b"}')
    with pytest.raises(UserError, match='special token <end_of_text>'):
        read_captions(file)
    file.write_text('[' * 100_000)
    with pytest.raises(UserError, match='is not JSON'):
        read_captions(file)


@pytest.mark.parametrize(
    ('value', 'message'),
    [
        ("('a.txt', ['yoga', 1])", r'class 1 is 1 \(int\)'),
        ("(3, 'ucf101')", 'list of videos of full is 3'),
        ("('a.txt', None)", 'a list of class names expected'),
        ("('a.txt',)", 'expected .list of videos, classes.'),
    ],
)
def test_own_data_sets(tmp_path, value, message):
    file = tmp_path / 'own.py'
    file.write_text(f"title = 'x'\nroot = 'r{{}}'\nfull = {value}\n")
    with pytest.raises(UserError, match=message):
        read_data_set(str(file))


def test_own_data_sets_may_name_their_classes(tmp_path):
    from mmengine.config import Config

    file = tmp_path / 'own.py'
    text = "title = 'x'\nroot = 'r'\nfull = ('a.txt', ['yoga', 'run'])\n"
    file.write_text(text)
    data = read_data_set(str(file))
    loader = Config(dict(dataset=dict()))
    use_split(loader, data, data.full, '{data}', 'official')
    assert loader.dataset.classes == ['yoga', 'run']
    use_split(
        loader,
        data,
        data.full._replace(classes='{root}/c{}.txt'),
        '{data}',
        'official',
    )
    assert loader.dataset.classes == '{data}/r/c{}.txt'
