"""Several jobs at a time."""

import pytest
from standins import StandIns, calls

from vlprompt.errors import UserError
from vlprompt.jobs import Jobs, TestJob, TrainJob
from vlprompt.jobs.executors.subprocess_executor import share_gpus


def grid(config, *names):
    trainings = [TrainJob(f'{name}/train', config) for name in names]
    tests = [
        TestJob(f'{job.name.split("/")[0]}/test', config, job)
        for job in trainings
    ]
    return [job for pair in zip(trainings, tests, strict=True) for job in pair]


def test_as_many_run_as_there_are_slots_for(tmp_path, config):
    """Both trainings wait for each other; tests wait for their training."""
    (tmp_path / 'meet').write_text('2')
    done = Jobs(tmp_path, StandIns(2)).run(grid(config, 'a', 'b'))
    assert [*done] == ['a/train', 'a/test', 'b/train', 'b/test']
    assert done['b/test'] == {'acc/top1': 0.5}
    kinds = [line.split()[0] for line in calls(tmp_path)]
    assert kinds == ['train', 'train', 'test', 'test']


def test_one_slot_runs_them_in_order(tmp_path, config):
    Jobs(tmp_path, StandIns()).run(grid(config, 'a', 'b'))
    kinds = [line.split()[0] for line in calls(tmp_path)]
    assert kinds == ['train', 'test', 'train', 'test']


def test_after_a_failure_the_others_come_to_their_end(
    tmp_path, config, capsys
):
    """The test of b runs already, and nothing else is started."""
    train, test, *_ = grid(config, 'a')
    other = TestJob('b/test', config)
    (tmp_path / 'fail').touch()
    last = TestJob('c/test', config)
    with pytest.raises(UserError, match='a/train failed: no GPU today'):
        Jobs(tmp_path, StandIns(2)).run([train, other, test, last])
    kept = Jobs(tmp_path, StandIns()).kept
    assert kept['b/test'].metrics == {'acc/top1': 0.5}
    assert kept['a/test'] is None
    assert 'a/train: failed: no GPU today' in capsys.readouterr().out


def test_each_job_has_its_share_of_the_gpus(tmp_path, config, monkeypatch):
    monkeypatch.setenv('CUDA_VISIBLE_DEVICES', '3,5')
    (tmp_path / 'meet').write_text('2')
    todo = [TestJob(name, config) for name in 'ab']
    Jobs(tmp_path, StandIns(2)).run(todo)
    assert {(tmp_path / f'{n}/gpus').read_text() for n in 'ab'} == {'3', '5'}
    todo = [TestJob('alone', config)]
    Jobs(tmp_path, StandIns()).run(todo)
    assert (tmp_path / 'alone/gpus').read_text() == '3,5'


@pytest.mark.parametrize(
    ('gpus', 'slots', 'processes', 'shares'),
    [
        (4, 2, 0, ['0', '1']),
        (4, 2, 2, ['0,1', '2,3']),
        (2, 3, 1, ['0', '1', '0']),  # some share theirs
        (8, 2, 3, ['0,1,2', '3,4,5']),
        (8, 1, 4, [None]),
        (0, 2, 0, [None, None]),
        (1, 2, 2, [None, None]),  # too few: the job says so
    ],
)
def test_shares_of_gpus(gpus, slots, processes, shares):
    names = [str(i) for i in range(gpus)]
    assert share_gpus(names, slots, processes) == shares
