"""What is run, what is kept, and what is said if it fails."""

import dataclasses
import json
from dataclasses import dataclass
from typing import ClassVar

import pytest
from mmengine.config import Config
from standins import StandIns, calls

from vlprompt.errors import UserError
from vlprompt.jobs import Job, Jobs, TestJob, TrainJob, best_validation
from vlprompt.jobs.job import digest_of
from vlprompt.jobs.kept_results import KeptResult, KeptResults

DONE = {'train': {}, 'test': {'acc/top1': 0.5}}
PARTS = ('train', 'val', 'test')


def run(out, todo, slots=1):
    return Jobs(out, StandIns(slots)).run(todo)


def names(out):
    return [line.split()[0] for line in calls(out)]


def test_what_is_done_is_kept(tmp_path, todo, capsys):
    out = tmp_path / 'out'
    assert run(out, todo) == DONE
    assert names(out) == ['train', 'test']
    printed = capsys.readouterr().out
    assert '[2/2] test\n  test: acc/top1 50.0' in printed
    assert run(out, todo) == DONE
    assert names(out) == []
    assert capsys.readouterr().out.count('as before') == 2
    jobs = Jobs(out, StandIns())
    jobs.forget()
    assert jobs.run(todo) == DONE
    assert names(out) == ['train', 'test']


def test_what_has_changed_is_run_again(tmp_path, todo):
    out = tmp_path / 'out'
    run(out, todo)
    calls(out)
    (out / 'train/epoch_1.pth').write_text('other weights')
    run(out, todo)
    assert names(out) == ['test']
    (tmp_path / 'list.txt').write_text('b.mp4 0')
    run(out, todo)
    assert names(out) == ['train', 'test']
    todo[1].config.seed = 1
    run(out, todo)
    assert names(out) == ['train', 'test']
    (out / 'train/last_checkpoint').unlink()
    run(out, todo)
    assert names(out)[0] == 'train'


@pytest.mark.parametrize('kind', [TrainJob, TestJob])
def test_a_class_list_has_changed(tmp_path, kind):
    file = tmp_path / 'classes.csv'
    dataset = dict(classes=str(file))
    loaders = {f'{name}_dataloader': dict(dataset=dataset) for name in PARTS}
    job = kind('job', Config(loaders))
    digests = set()
    for text in ('id,name\n0,a\n1,b\n', 'id,name\n0,b\n1,a\n'):
        file.write_text(text)
        digests.add(job.digest(tmp_path))
    assert len(digests) == 2


@pytest.mark.parametrize('kind', [TrainJob, TestJob])
def test_descriptions_have_changed(tmp_path, kind):
    file = tmp_path / 'descriptions.json'
    texts = dict(type='DescriptionTexts', descriptions=['gone', str(file)])
    job = kind('job', Config(dict(model=dict(texts=texts))))
    digests = set()
    for text in ('{"a": ["one"]}', '{"a": ["two"]}'):
        file.write_text(text)
        digests.add(job.digest(tmp_path))
    assert len(digests) == 2


@pytest.mark.parametrize('kind', [TrainJob, TestJob])
def test_a_list_below_data_root_has_changed(tmp_path, kind):
    dataset = dict(data_root=str(tmp_path), ann_file='list.txt')
    loaders = {f'{name}_dataloader': dict(dataset=dataset) for name in PARTS}
    job = kind('job', Config(loaders))
    digests = set()
    for text in ('a.mp4 0', 'b.mp4 0'):
        (tmp_path / 'list.txt').write_text(text)
        digests.add(job.digest(tmp_path))
    assert len(digests) == 2


def test_a_training_is_the_same_whoever_tracks_it(tmp_path, todo):
    plain = next(job for job in todo if job.kind == 'train')
    tracked = dataclasses.replace(plain, track=('tensorboard', 'mlflow'))
    assert tracked.digest(tmp_path) == plain.digest(tmp_path)
    added = set(tracked.words(tmp_path)) - set(plain.words(tmp_path))
    assert added == {'--track=tensorboard', '--track=mlflow'}


def test_results_can_be_moved(tmp_path, todo):
    run(tmp_path / 'out', todo)
    (tmp_path / 'out').rename(tmp_path / 'moved')
    calls(tmp_path / 'moved')
    assert run(tmp_path / 'moved', todo) == DONE
    assert names(tmp_path / 'moved') == []


def test_a_job_that_fails_says_why(tmp_path, todo):
    out = tmp_path / 'out'
    out.mkdir()
    (out / 'fail').touch()
    with pytest.raises(UserError) as error:
        run(out, todo)
    log = out / 'train/log.txt'
    assert str(error.value) == f'train failed: no GPU today (log: {log})'
    (out / 'fail').unlink()
    run(out, todo)
    assert names(out) == ['train', 'train', 'test']


def test_missing_lists_are_found_before(tmp_path, todo):
    (tmp_path / 'list.txt').unlink()
    with pytest.raises(UserError, match='nothing is run: there is no .*list'):
        run(tmp_path / 'out', todo)
    assert not (tmp_path / 'out').exists()


def test_a_checkpoint_that_is_not_there(tmp_path, config):
    missing = str(tmp_path / 'none.pth')
    with pytest.raises(UserError, match='nothing is run: .*/none.pth'):
        run(tmp_path / 'out', [TestJob('test', config, missing)])
    assert not (tmp_path / 'out').exists()


def test_a_job_that_needs_one_that_is_not_there(tmp_path, config):
    test = TestJob('test', config, TrainJob('train', config))
    with pytest.raises(ValueError, match='test needs train'):
        run(tmp_path / 'out', [test])


@dataclass(frozen=True, eq=False)
class Measure(Job):
    """A job of another kind, as any module may have one."""

    of: str

    kind: ClassVar[str] = 'measure'

    def words(self, out):
        return ['test', str(out / self.name / 'config.py')]

    def digest(self, out):
        return digest_of(self.of, ())

    def is_complete(self, out):
        return (out / self.name / 'metrics.json').is_file()

    def metrics(self, out):
        return json.loads((out / self.name / 'metrics.json').read_text())


def test_any_command_is_a_job(tmp_path):
    def run_one(of):
        done = run(tmp_path, [Measure('made', of)])
        assert done == {'made': {'acc/top1': 0.5}}
        return names(tmp_path)

    assert run_one('a') == ['made']
    assert run_one('a') == []
    assert run_one('b') == ['made']
    (tmp_path / 'made/metrics.json').unlink()
    assert run_one('b') == ['made']


class Ruined(Measure):
    """A job whose result is no number."""

    def metrics(self, out):
        raise UserError('acc/top1 is nan')


def test_a_result_that_is_refused_ends_no_other_job(tmp_path):
    jobs = [Ruined('ruined', 'a'), Measure('good', 'b')]
    with pytest.raises(UserError, match='^ruined failed: acc/top1 is nan'):
        run(tmp_path, jobs, slots=2)
    kept = KeptResults(tmp_path / 'protocol.json')
    assert kept['good'].metrics == {'acc/top1': 0.5}
    assert kept['ruined'].metrics is None


def test_results_in_another_form_are_forgotten(tmp_path):
    file = tmp_path / 'protocol.json'
    file.write_text('{"a": {"key": "1", "result": 2}}')
    kept = KeptResults(file)
    assert kept['a'] is None
    kept['b'] = KeptResult('1', {'acc': 0.5}, 1.0)
    assert KeptResults(file)['b'] == KeptResult('1', {'acc': 0.5}, 1.0)


def test_the_best_validation(tmp_path):
    folder = tmp_path / 'train/20260101/vis_data'
    folder.mkdir(parents=True)
    lines = [{'lr': 1}, {'acc/top1': 0.25}, {'acc/top1': 0.5}, {'acc/top1': 0}]
    text = '\n'.join(json.dumps(line) for line in lines)
    (folder / 'scalars.json').write_text(text)
    assert best_validation(tmp_path / 'train', 'acc/top1') == 0.5
    assert best_validation(tmp_path / 'other', 'acc/top1') is None


def test_metrics_that_are_no_numbers_are_not_kept(tmp_path, config):
    (tmp_path / 'test').mkdir()
    (tmp_path / 'test/metrics.json').write_text('{"acc/top1": NaN}')
    with pytest.raises(UserError, match='acc/top1 is nan'):
        TestJob('test', config).metrics(tmp_path)


@pytest.mark.parametrize('key', ['default_hooks', 'custom_hooks'])
def test_what_is_tested_of_a_training_that_averages_is_the_mean(tmp_path, key):
    folder = tmp_path / 'train'
    folder.mkdir()
    hook = dict(type='EpochAverageHook')
    hooks = dict(mean=hook) if key == 'default_hooks' else [hook]
    averaging = TrainJob('train', Config({key: hooks}))
    for name in ('epoch_1.pth', 'last_checkpoint'):
        (folder / name).write_text('epoch_1.pth')
    assert TrainJob('train', Config()).checkpoint(tmp_path).stem == 'epoch_1'
    assert not averaging.is_complete(tmp_path)  # it has one epoch of several
    (folder / 'averaged.pth').touch()
    assert averaging.is_complete(tmp_path)
    test = TestJob('test', Config(), averaging)
    assert f'{folder}/averaged.pth' in test.words(tmp_path)
