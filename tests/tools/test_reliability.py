"""The campaign of reliability can fail: each kind of fault is seen."""

import io
import os
import pickle
import random
import sys
import time
import zipfile

import numpy as np
import pytest
import torch
from commands import line_of, start

from tools.benchmark.reliability import (
    campaign,
    damaged_checkpoints,
    damaged_lists,
    damaged_videos,
    malicious_files,
    small_runs,
    written_lists,
)
from tools.benchmark.reliability.attempts import try_all
from tools.benchmark.reliability.case_log import CaseLog
from tools.benchmark.reliability.clips import Clip, write
from tools.benchmark.reliability.damage import DAMAGES
from tools.benchmark.reliability.decoded_in_order import decode_in_order
from tools.benchmark.reliability.findings_page import write_page
from tools.benchmark.reliability.outcomes import (
    GOOD,
    Case,
    Finding,
    Outcome,
    Part,
    refused,
)
from vlprompt.datasets.readers.video_reader import VideoReader


def behave(case):
    if case.kind == 'crash':
        os._exit(7)
    if case.kind == 'kill':
        os.kill(os.getpid(), 9)
    if case.kind == 'hang':
        time.sleep(60)
    if case.kind == 'raise':
        raise IndexError
    return Finding(Outcome.RIGHT, str(os.getpid()))


def test_crashes_and_hangs_are_seen_and_others_go_on():
    kinds = ['fine', 'crash', 'fine', 'hang', 'fine', 'kill', 'raise', 'fine']
    cases = [Case('p', kind, i) for i, kind in enumerate(kinds)]
    found = {case: f for case, f, _ in try_all(behave, cases, 2, 1.0)}
    assert [found[case].outcome.value for case in cases] == [
        'right', 'crashed', 'right', 'hung', 'right', 'crashed', 'crashed',
        'right',
    ]  # fmt: skip
    assert found[cases[1]].detail.endswith('with 7')
    assert found[cases[5]].detail.endswith('with -9')


@pytest.mark.parametrize('damage', DAMAGES)
def test_damage_is_drawn_from_the_seed(damage):
    data = bytes(range(1, 256)) * 4
    draw = [DAMAGES[damage](data, random.Random(seed)) for seed in range(9)]
    again = DAMAGES[damage](data, random.Random(0))
    assert draw[0] == again != data and len(set(draw)) > 7


def test_cases_have_their_own_numbers():
    case = Case('videos', 'truncated', 3)
    numbers = {
        each.rng(seed).random()
        for each in (case, case._replace(number=4), case._replace(kind='x'))
        for seed in (0, 1)
    }
    assert len(numbers) == 6 and case.rng(0).random() in numbers


@pytest.fixture
def clip(tmp_path):
    return write(tmp_path / 'clip', Clip('.mp4', 'libx264', 20))


def judge(file, other=None):
    now = decode_in_order(file)
    return damaged_videos.judge(file, now, other or now, random.Random(0))


def test_frames_that_are_others_are_wrong(clip, monkeypatch):
    assert judge(clip).outcome is Outcome.RIGHT
    read = VideoReader.read

    def one_later(self, numbers):
        return read(self, [min(n + 1, len(self) - 1) for n in numbers])

    monkeypatch.setattr(VideoReader, 'read', one_later)
    assert judge(clip).outcome is Outcome.WRONG


def test_another_number_of_frames_is_wrong(clip, monkeypatch):
    monkeypatch.setattr(VideoReader, '__len__', lambda self: 19)
    assert judge(clip).detail.startswith('19 frames, in order 20')
    assert judge(clip).outcome is Outcome.WRONG


@pytest.mark.parametrize(
    ('error', 'outcome'),
    [
        (OSError('damaged at 1 s'), Outcome.CLEAR_ERROR),
        (OSError('one line\nand another'), Outcome.WRONG),
        (IndexError('9'), Outcome.WRONG),
    ],
)
def test_errors_of_a_reader(clip, monkeypatch, error, outcome):
    def fail(self, numbers):
        raise error

    monkeypatch.setattr(VideoReader, 'read', fail)
    assert judge(clip).outcome is outcome


def test_frames_are_known_by_number_and_by_time(clip):
    truth = decode_in_order(clip)
    assert len(truth.frames) == 20
    assert truth.times == pytest.approx(np.arange(20) / 25)
    image = truth.frames[7]
    assert truth.has(7, -1, image) and truth.has(3, 7 / 25, image)
    assert not truth.has(3, 3 / 25, image)


@pytest.mark.parametrize('file', written_lists.WRITERS)
def test_lists_are_read_apart_as_they_are_written(file):
    names = written_lists.draw_names(random.Random(0))
    data = written_lists.WRITERS[file](names).encode()
    assert written_lists.read_names(file, data) == names
    assert written_lists.read_names(file, b'\xff' + data) is None


@pytest.mark.parametrize('kind', damaged_lists.ATTEMPTS)
def test_lists_that_are_read_otherwise_are_wrong(kind, tmp_path, monkeypatch):
    part = damaged_lists.DamagedLists()

    def outcomes():
        cases = [Case('lists', kind, i) for i in range(20)]
        return [
            part.attempt(case, case.rng(0), tmp_path, tmp_path).outcome
            for case in cases
        ]

    reads = ('load_class_names', 'read_annotations', 'read_captions')
    assert outcomes().count(Outcome.WRONG) < 20
    for name in reads:
        read = getattr(damaged_lists, name)

        def reverse(*args, read=read):
            return [('first.mp4', 0), *read(*args)]

        monkeypatch.setattr(damaged_lists, name, reverse)
    assert set(outcomes()) <= {Outcome.WRONG, Outcome.CLEAR_ERROR}


def attempt_checkpoint(kind, number, folder):
    case = Case('checkpoints', kind, number)
    part = damaged_checkpoints.DamagedCheckpoints()
    folder.mkdir(exist_ok=True)
    return part.attempt(case, case.rng(0), folder, folder)


class Unpickler(pickle.Unpickler):
    """Finds no storages, as it stands alone."""

    def persistent_load(self, place):
        return torch.UntypedStorage(4096)


def test_a_reader_that_runs_what_it_reads_is_seen(tmp_path, monkeypatch):
    def unsafe(file):
        data = file.read_bytes()
        if zipfile.is_zipfile(file):
            with zipfile.ZipFile(file) as archive:
                (name,) = (
                    name
                    for name in archive.namelist()
                    if name.endswith('/data.pkl')
                )
                data = archive.read(name)
        return Unpickler(io.BytesIO(data)).load()

    for name in ('_as_checkpoint', '_as_pretrained'):
        monkeypatch.setattr(damaged_checkpoints, name, unsafe)
    found = [
        attempt_checkpoint('malicious', number, tmp_path / str(number))
        for number in range(30)
    ]
    outcomes = [finding.outcome for finding in found]
    assert outcomes.count(Outcome.EXECUTED) > 5


@pytest.mark.parametrize('payload', malicious_files.PAYLOADS)
def test_malicious_files_do_what_they_are_for(tmp_path, payload):
    """Or it would be no proof that none of them is run."""
    canary = tmp_path / 'canary'
    data = pickle.dumps(malicious_files.PAYLOADS[payload](str(canary)))
    try:
        pickle.loads(data)
    except RuntimeError:
        assert payload == 'a pickle in a pickle'
    assert canary.exists()


@pytest.mark.parametrize('form', damaged_checkpoints.WRITERS)
def test_other_weights_are_wrong(tmp_path, form):
    weights = damaged_checkpoints.draw_weights(random.Random(0))
    file = tmp_path / f'file{damaged_checkpoints.SUFFIXES[form]}'
    damaged_checkpoints.WRITERS[form](weights, file)
    rng = random.Random(0)
    read = damaged_checkpoints.read
    assert read(rng, file, weights, None).outcome is Outcome.RIGHT
    weights['logit_scale'] += 1
    assert read(rng, file, weights, None).outcome is Outcome.WRONG


def test_runs_that_lose_something(tmp_path):
    run = small_runs.training(tmp_path, tmp_path)
    run.folder.mkdir()
    torch.save(dict(state_dict=dict(a=torch.ones(2))), run.folder / 'e.pth')
    (run.folder / 'last_checkpoint').write_text('/moved/e.pth')
    run.log.write_text('last words')
    judge_end = small_runs.judge_end
    same = judge_end(run, 0, dict(a=torch.ones(2)))
    other = judge_end(run, 0, dict(a=torch.ones(2) + 1e-6))
    assert same.outcome is Outcome.RIGHT and other.outcome is Outcome.LOST
    assert judge_end(run, None, {}).outcome is Outcome.HUNG
    failed = judge_end(run, 2, {})
    assert failed == (Outcome.LOST, 'exit code 2: last words')


@pytest.mark.parametrize(
    ('printed', 'code', 'outcome'),
    [
        ('fine\nerror: no space', 2, Outcome.CLEAR_ERROR),
        ('error: no space', 1, Outcome.WRONG),
        ('error: no space\nerror: again', 2, Outcome.WRONG),
        ('Traceback ...\nerror: no space', 2, Outcome.WRONG),
        ('error: no space', None, Outcome.HUNG),
    ],
)
def test_how_commands_may_end(tmp_path, printed, code, outcome):
    log = tmp_path / 'log.txt'
    log.write_text(printed)
    assert small_runs.judge_error(log, code).outcome is outcome


def test_a_log_survives_the_end_of_its_process(tmp_path):
    file = tmp_path / 'log.jsonl'
    cases = [Case('p', 'k', i) for i in range(3)]
    log = CaseLog(file, 5)
    for case in cases:
        log.add(case, refused(f'no. {case.number}'), 1.0)
    data = file.read_bytes()
    file.write_bytes(data[:-9])
    again = CaseLog(file, 5)
    assert list(again.findings) == cases[:2]
    again.add(cases[2], Finding(Outcome.RIGHT), 1.0)
    found = CaseLog(file, 5).findings
    assert [found[case].outcome.value for case in cases] == [
        'clear error', 'clear error', 'right',
    ]  # fmt: skip
    assert found[cases[0]].detail == 'no. 0'
    assert line_of(CaseLog, file, 6).startswith(f'{file} is of seed 5, not 6')


class Example(Part):
    name, title, about = 'example', 'An example', 'What is tried.'
    kinds = {'k': dict(tiny=3), 'other': dict(tiny=1)}
    explanations = {'known': 'It is a limit of the format.'}

    def attempt(self, case, rng, shared, folder):
        return Finding(Outcome.RIGHT)


def test_the_page_lists_every_miss(tmp_path):
    part, page = Example(), tmp_path / 'docs/page.md'
    findings = {
        Case('example', 'k', 0): Finding(Outcome.RIGHT),
        Case('example', 'k', 1): Finding(Outcome.LOST, 'a known thing'),
        Case('example', 'k', 2): Finding(Outcome.HUNG, 'a new one'),
        Case('example', 'k', 9): Finding(Outcome.WRONG, 'of another size'),
    }
    facts = dict(python='3')
    write_page(page, [part], findings, 'tiny', facts, 'python -m x', 4)
    text = page.read_text()
    rows = [
        [cell.strip() for cell in line.strip('|').split('|')]
        for line in text.splitlines()
        if line.startswith(('| k ', '| other ', '| all '))
    ]
    assert rows == [
        ['k', '3', '1', '0', '0', '1', '0', '1', '0'],
        ['other', '0 of 1', '0', '0', '0', '0', '0', '0', '0'],
        ['all', '3 of 4', '1', '0', '0', '1', '0', '1', '0'],
    ]
    assert 'k, case 1, lost: `a known thing`. It is a limit' in text
    assert 'k, case 2, hung: `a new one`. Not explained.' in text
    assert 'seed 4' in text and 'python -m x' in text
    assert 'another size' not in text


def test_a_larger_campaign_has_the_cases_of_a_smaller_one():
    for part in campaign.PARTS.values():
        sizes = [set(part.cases(size)) for size in campaign.SIZES]
        assert sizes[0] <= sizes[1] <= sizes[2], part.name
    videos = campaign.PARTS['videos'].cases('full')
    assert sum(case.kind in DAMAGES for case in videos) >= 2000


@pytest.mark.slow
@pytest.mark.e2e
def test_a_campaign_goes_on_where_it_was(tmp_path):
    words = ['-m', 'tools.benchmark', '--reliability', '--tiny']
    words += [f'--log={tmp_path}/log.jsonl', f'--doc={tmp_path}/page.md']
    quick = ('videos', 'lists', 'checkpoints')
    first = start(sys.executable, *words, '--parts', 'videos')
    assert first.returncode == 0, first.stderr
    before = (tmp_path / 'log.jsonl').read_text()
    done = start(sys.executable, *words, '--parts', *quick)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / 'log.jsonl').read_text().startswith(before)
    found = CaseLog(tmp_path / 'log.jsonl', 0).findings
    assert len(found) == sum(
        len(campaign.PARTS[name].cases('tiny')) for name in quick
    )
    assert '0 of 2' in (tmp_path / 'page.md').read_text()  # not yet killed


@pytest.mark.slow
@pytest.mark.e2e
def test_runs_that_are_disturbed(tmp_path):
    done = start(
        sys.executable,
        *('-m', 'tools.benchmark', '--reliability', '--tiny', '--jobs=1'),
        *(f'--log={tmp_path}/log.jsonl', '--parts', 'kills', 'processes'),
    )
    assert done.returncode == 0, done.stderr
    findings = CaseLog(tmp_path / 'log.jsonl', 0).findings
    assert len(findings) == 7
    missed = {c: f for c, f in findings.items() if f.outcome not in GOOD}
    assert not missed
