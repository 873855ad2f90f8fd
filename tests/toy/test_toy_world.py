"""What the toy world promises."""

import re

import numpy as np
import pytest

from vlprompt.datasets.lists.annotations import read_annotations
from vlprompt.datasets.lists.class_names import load_class_names
from vlprompt.datasets.readers.video_reader import VideoReader
from vlprompt.toy import captions, lists, motions
from vlprompt.toy.files import is_written, write_world
from vlprompt.toy.world import (
    OBJECTS,
    World,
    class_names,
    clip_file,
    clip_names,
    is_base,
    place_of,
    render_clip,
    split_name,
    subsets,
)

SMALL = World(num_train=1, num_val=1)
PAIRS = [group for group in motions.MOTION_GROUPS if len(group) == 2]


def test_a_clip_is_a_function_of_the_seed():
    clip = ('train', 'red star bouncing', 0)
    frames = render_clip(SMALL, *clip)
    assert frames.shape == (20, 64, 64, 3)
    assert frames.dtype == np.uint8
    assert np.array_equal(frames, render_clip(SMALL, *clip))
    others = [
        render_clip(World(seed=1), *clip),
        render_clip(SMALL, 'val', *clip[1:]),
        render_clip(SMALL, 'train', 'red star bouncing', 1),
    ]
    assert not any(np.array_equal(frames, other) for other in others)


@pytest.mark.parametrize(('forward', 'backward'), PAIRS)
def test_only_order_tells_a_pair_apart(forward, backward):
    """One is the other played backwards: same frames, same chances."""
    for seed in range(20):
        ahead = motions.MOTIONS[forward](np.random.default_rng(seed), 20)
        back = motions.MOTIONS[backward](np.random.default_rng(seed), 20)
        for field, turned in zip(ahead, back, strict=True):
            assert np.array_equal(field, turned[::-1])
        assert not np.array_equal(ahead.x, back.x) or not np.array_equal(
            ahead.size, back.size
        )


def test_other_motions_show_in_the_set_of_frames():
    """Mean and spread of some pose tell any two of them apart."""

    def statistics(name):
        paths = [
            motions.MOTIONS[name](np.random.default_rng(s), 20)
            for s in range(40)
        ]
        spread = [
            [np.std(f) for f in (p.x, p.y, p.size, p.angle, p.visible)]
            for p in paths
        ]
        return np.mean(spread, axis=0)

    groups = [group[0] for group in motions.MOTION_GROUPS]
    table = {name: statistics(name) for name in groups}
    for a in groups:
        for b in groups:
            if a != b:
                scale = np.array([0.05, 0.05, 0.02, 20, 0.2])
                assert (np.abs(table[a] - table[b]) / scale).max() > 1, (a, b)


def test_base_and_novel_classes():
    sets = subsets()
    assert len(sets['all']) == len(class_names()) == 48
    assert set(sets['base']).isdisjoint(sets['novel'])
    for names in (sets['base'], sets['novel']):
        assert len(names) == 24
        assert {split_name(n)[0] for n in names} == set(OBJECTS)
        assert {split_name(n)[1] for n in names} == set(motions.MOTIONS)
    for thing in OBJECTS:
        for forward, backward in PAIRS:
            assert is_base(f'{thing} {forward}') == is_base(
                f'{thing} {backward}'
            )


def test_no_caption_speaks_of_motion():
    words = {w for name in motions.MOTIONS for w in name.split()}
    words -= {'left', 'right', 'to'}  # places and tilts
    rng = np.random.default_rng(0)
    for _ in range(500):
        _, facts = captions.draw_still(rng, 64)
        said = captions.caption(rng, captions.choose_facts(rng, facts))
        assert said
        assert words.isdisjoint(re.findall(r'\w+', said)), said


@pytest.fixture(scope='module')
def written(tmp_path_factory):
    root = tmp_path_factory.mktemp('world')
    write_world(SMALL, root, workers=2)
    return root


def test_clips_are_real_files(written):
    names = list(clip_names(SMALL))
    assert len(list((written / 'videos').glob('*.mp4'))) == len(names) == 96
    clip = names[0]
    video = read_annotations(written / 'all_train.txt', class_names())[0]
    reader = VideoReader(str(written / 'videos' / video.path))
    frames = reader.get_batch(range(20)).asnumpy()
    drawn = render_clip(SMALL, *clip)
    assert frames.shape == drawn.shape
    assert np.abs(frames.astype(int) - drawn).mean() < 12  # lossy


def test_lists_and_labels_agree(written):
    for subset, names in subsets().items():
        assert load_class_names(written / f'{subset}_labels.csv') == names
        for split in ('train', 'val'):
            rows = read_annotations(written / f'{subset}_{split}.txt', names)
            assert [row.label for row in rows] == list(range(len(names)))
            for row in rows:
                assert names[row.label].replace(' ', '_') in row.path


def test_what_is_written_is_recognized(written):
    assert is_written(SMALL, written)
    assert not is_written(World(), written)


def test_every_protocol_has_its_lists(tmp_path):
    world = World(num_train=12, num_val=8)
    lists.write_lists(world, tmp_path)

    def read(name, classes):
        names = load_class_names(tmp_path / f'{classes}_labels.csv')
        videos = read_annotations(tmp_path / f'{name}.txt', names)
        for path, label in videos:
            assert names[label].replace(' ', '_') in path
        return {path for path, _ in videos}

    for shots in (2, 4, 8):
        few = read(f'all_train_few_shot_{shots}', 'all')
        assert len(few) == shots * 48
        assert few <= read('all_train', 'all')
    draws = [read(f'fs_base_s{i}_train', 'base') for i in (1, 2, 3)]
    assert [len(draw) for draw in draws] == [4 * 24] * 3
    assert set.union(*draws) == read('base_train', 'base')
    splits = [read(f'novel_val{i}', 'novel') for i in (1, 2, 3)]
    assert set.union(*splits) == read('novel_val', 'novel')
    assert not set.intersection(*splits)


def test_a_caption_is_of_one_clip():
    captions = lists.describe_clips(World(num_train=1, num_val=3), 'val')
    texts = [text for pair in captions.values() for text in pair]
    assert len(set(texts)) == len(texts)
    for file, (first, second) in captions.items():
        name = file.removeprefix('val_')[: -len('_000.mp4')].replace('_', ' ')
        assert first.startswith(f'a {name} ')
        assert sorted(second.replace(',', '').split()) == sorted(
            [*first.split(), 'there', 'is']
        )
    known = World(num_train=1, num_val=3)
    clip = ('val', 'red star bouncing', 0)
    assert place_of(known, *clip) in captions[clip_file(*clip)][0]
