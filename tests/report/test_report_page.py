"""The page of a run: whole, honest, and safe to open."""

import json

import numpy as np
import pytest
from made_runs import (
    CLASSES,
    FACTS,
    HOSTILE,
    Page,
    make_clip,
    make_test,
    make_training,
    write,
)

from vlprompt.cli.dispatch import start
from vlprompt.errors import UserError
from vlprompt.protocols.reports import write_page
from vlprompt.report import quick_report, report

LABELS = [0, 0, 0, 1, 1, 2]
PREDICTED = [0, 1, 1, 1, 2, 2]


@pytest.fixture
def run(tmp_path):
    """A training and a test with clips, one of a hostile name."""
    folder = tmp_path / 'run'
    folder.mkdir()
    videos = [
        make_clip(tmp_path / f'{name}.mp4', i)
        for i, name in enumerate('abcdef')
    ]
    hostile = tmp_path / 'x" onerror="alert(1) &amp; <i>.mp4'
    (tmp_path / 'b.mp4').rename(hostile)
    videos[1] = str(hostile)
    make_test(folder, LABELS, PREDICTED, videos)
    make_training(folder, [3.0, 2.0, 1.0])
    return folder


def test_it_stands_alone_and_every_link_leads_somewhere(run):
    page = Page(report([run]))
    page.check()
    assert len(page.sources) == 3  # the mistakes
    assert 'svg' in page.tags
    # a cell of the matrix leads to the clips of the pair
    assert '#run-1-test-1-pair-0-1' in page.links


def test_its_numbers_are_those_of_the_test(run):
    page = Page(report([run]))
    metrics = json.loads((run / 'metrics.json').read_text())
    assert f'{100 * metrics["acc/top1"]:.1f} %' in page.text
    assert '6 of 7 videos scored' in page.text
    assert '6 scored of 7 listed: NOT ALL' in page.text
    assert '1 video could not be read' in page.text
    assert 'lists/test.txt (SHA-256 abababababab)' in page.text
    assert 'best.pth (SHA-256 cdcdcdcdcdcd)' in page.text
    assert '123,456, of which 789 are learned' in page.text
    assert '4 in time x 3 in space, 8 frames of 224x224 pixels' in page.text
    assert '1 min 15 s' in page.text


def test_the_same_input_gives_the_same_bytes(run, tmp_path):
    first = report([run], tmp_path / 'a.html').read_bytes()
    assert report([run], tmp_path / 'b.html').read_bytes() == first


def test_hostile_names_stay_names(run):
    page = Page(report([run]))
    assert HOSTILE in page.text  # as text, not as a tag
    assert 'x" onerror="alert(1) &amp; <i>.mp4' in page.text
    assert 'onerror' not in page.attributes


def test_what_is_missing_is_said(tmp_path):
    write(tmp_path / 'metrics.json', {'acc/top1': 0.25})
    page = Page(report([tmp_path]))
    page.check()
    assert '25.0 %' in page.text
    assert page.text.count('not recorded') > 10
    assert 'no predictions were recorded' in page.text


def test_a_training_alone_has_a_page(tmp_path):
    make_training(tmp_path, [3.0, 2.0])
    page = Page(report([tmp_path]))
    page.check()
    assert 'training loss' in page.text
    assert 'validation top-1' in page.text


def test_clips_that_are_gone_are_named(tmp_path):
    make_test(tmp_path, LABELS, PREDICTED)
    page = Page(report([tmp_path]))
    page.check()
    assert '2.mp4 · the file is not there any more' in page.text


def test_a_clip_that_cannot_be_read_is_no_error(run):
    hostile = next(p for p in run.parent.glob('x*'))
    hostile.write_bytes(b'no video')
    page = Page(report([run]))
    page.check()
    assert 'cannot be read:' in page.text


def test_no_mistakes_are_no_error(tmp_path):
    make_test(tmp_path, LABELS, LABELS)
    page = Page(report([tmp_path]))
    page.check()
    assert 'every video is recognised' in page.text


def test_without_the_model_there_is_no_attention_and_it_says_why(run):
    page = Page(report([run]))
    assert 'Attention rows are left out: the config is not in' in page.text
    page = Page(quick_report(run))
    assert '(`vlprompt report FOLDER` draws them)' in page.text


def test_many_classes_stay_readable_and_small(tmp_path):
    classes = [f'class number {i} of a data set' for i in range(400)]
    rng = np.random.default_rng(0)
    labels = np.repeat(np.arange(400), 50)
    wrong = rng.random(len(labels)) < 0.3
    near = labels + rng.integers(1, 6, len(labels))
    predicted = np.where(wrong, near % 400, labels)
    make_test(tmp_path, labels.tolist(), predicted.tolist(), None, classes)
    page = Page(report([tmp_path]))
    page.check()
    assert 'Map of all classes' in page.text
    assert 'All 400 classes' in page.text
    assert 'The first 300 of' in page.text


def test_two_runs_are_compared_clip_by_clip(tmp_path):
    make_test(tmp_path / 'a', LABELS, PREDICTED)
    make_test(tmp_path / 'b', LABELS, [0, 0, 0, 1, 1, 1])
    page = Page(report([tmp_path / 'a', tmp_path / 'b'], tmp_path / 'ab.html'))
    page.check()
    assert 'b against a , on the same 6 videos' in page.text
    assert '+33.3' in page.text
    assert 'Wins (3)' in page.text
    assert 'Losses (1)' in page.text
    assert 'p = 0.62' in page.text


def test_runs_of_other_videos_are_not_compared(tmp_path):
    make_test(tmp_path / 'a', LABELS, PREDICTED)
    other = dict(FACTS, list=dict(path='lists/b.txt', sha256='ef' * 32))
    make_test(tmp_path / 'b', LABELS, PREDICTED, facts=other)
    with pytest.raises(UserError, match='no test of the same videos') as error:
        report([tmp_path / 'a', tmp_path / 'b'])
    assert 'test.txt (ababab)' in str(error.value)
    assert 'b.txt (efefef)' in str(error.value)


def test_runs_of_other_classes_are_not_compared(tmp_path):
    make_test(tmp_path / 'a', LABELS, PREDICTED)
    names = ['x', 'y', 'z']
    make_test(tmp_path / 'b', LABELS, PREDICTED, classes=names)
    with pytest.raises(UserError, match='no test of the same videos'):
        report([tmp_path / 'a', tmp_path / 'b'])


def test_without_hashes_the_videos_themselves_are_compared(tmp_path):
    for name, videos in (('a', 'xyz'), ('b', 'zxy'), ('c', 'uvw')):
        make_test(tmp_path / name, [0, 1, 2], [0, 1, 1], [*videos], facts=None)
    report([tmp_path / 'a', tmp_path / 'b'], tmp_path / 'out.html')
    with pytest.raises(UserError, match='no test of the same videos'):
        report([tmp_path / 'a', tmp_path / 'c'])


def test_more_runs_are_a_table(tmp_path):
    other = dict(FACTS, list=dict(path='lists/b.txt', sha256='ef' * 32))
    make_test(tmp_path / 'a', LABELS, PREDICTED)
    make_test(tmp_path / 'b', LABELS, LABELS)
    make_test(tmp_path / 'c', LABELS, PREDICTED, facts=other)
    runs = [tmp_path / name for name in 'abc']
    page = Page(report(runs, tmp_path / 'abc.html'))
    page.check()
    assert '3 runs' in page.text
    assert 'not all tested on the same lists' in page.text
    assert 'b.txt (efefef)' in page.text
    assert page.text.index('100.0') < page.text.index('50.0')


def test_a_retrieval_has_its_ranks(tmp_path):
    metrics = {f'{d}/{n}': 40.0 for d in ('t2v', 'v2t') for n in ('R1', 'MnR')}
    write(tmp_path / 'metrics.json', metrics)
    write(
        tmp_path / 'predictions.json',
        dict(
            kind='retrieval',
            videos=['a.mp4', 'b.mp4'],
            captions=['a dog', HOSTILE, 'a bird'],
            owners=[0, 0, 1],
            t2v_ranks=[1, 2, 1],
            t2v_best=[[0, 1], [1, 0], [1, 0]],
            v2t_ranks=[1, 1],
            v2t_best=[[0, 1, 2], [2, 1, 0]],
            broken=[],
        ),
    )
    page = Page(report([tmp_path]))
    page.check()
    assert '40.0 % R@1, text to video' in page.text
    assert f'“{HOSTILE}” rank 2' in page.text
    assert 'Ranks of what is right, video to text' in page.text


def test_a_protocol_shows_its_tables_and_keeps_their_order(tmp_path):
    for name in ('second', 'first'):
        make_test(tmp_path / name, LABELS, PREDICTED)
    table = dict(head=['Method', 'X'], rows=[['m', '50.0']], title='', note='')
    tests = dict(second='the second', first='the first')
    summary = dict(protocol='compare', tables=[table], tests=tests)
    write(tmp_path / 'results.json', dict(summary, notes=['* a note']))
    page = Page(report([tmp_path]))
    page.check()
    assert 'Method X m 50.0' in page.text
    assert page.text.index('the second') < page.text.index('the first')
    assert 'the first against the second' in page.text


@pytest.mark.parametrize(
    ('content', 'message'),
    [
        (None, 'no folder at'),
        ({}, 'has no results'),
        ({'metrics.json': '{'}, 'metrics.json is damaged'),
        ({'predictions.json': '{"kind": "x"}'}, 'json has no predictions'),
        ({'predictions.json': '[]'}, 'json has no predictions'),
    ],
)
def test_wrong_input_is_one_line(tmp_path, content, message):
    folder = tmp_path / 'run'
    if content is not None:
        folder.mkdir()
        for name, text in content.items():
            (folder / name).write_text(text)
    with pytest.raises(UserError, match=message) as error:
        start(['report', str(folder)])
    assert '\n' not in str(error.value)


def test_a_run_never_fails_for_its_page(tmp_path):
    assert write_page(tmp_path / 'none').startswith('no report: UserError: no')
    make_test(tmp_path, LABELS, PREDICTED)
    assert write_page(tmp_path) == f'Wrote {tmp_path}/report.html'
    assert not [*tmp_path.glob('.*')]


def test_the_command_says_where_the_page_is(tmp_path, capsys):
    make_test(tmp_path, LABELS, PREDICTED, classes=CLASSES)
    start(['report', str(tmp_path), f'--out={tmp_path}/sub/page.html'])
    assert f'Wrote {tmp_path}/sub/page.html' in capsys.readouterr().out
