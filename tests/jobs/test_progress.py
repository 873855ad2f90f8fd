"""What is shown while jobs run."""

import io

from rich.console import Console

from vlprompt.jobs import TestJob, TrainJob
from vlprompt.jobs.progress import Lines, LiveTable
from vlprompt.jobs.time_left import TimeLeft


def many(config, number):
    return [TestJob(f'job{i}', config) for i in range(number)]


def screen(table, jobs):
    """The table as text, if it had the whole terminal."""
    console = Console(file=io.StringIO(), width=100)
    console.print(table._render())
    return console.file.getvalue()


def test_the_table_fills(config):
    train = TrainJob('a/train', config)
    test = TestJob('a/test', config, train)
    last = TestJob('b/test', config)
    terminal = Console(
        file=io.StringIO(), force_terminal=True, width=100, height=40
    )
    jobs = [train, test, last]
    with LiveTable(jobs, 1, terminal) as table:
        assert screen(table, jobs).count('waiting') == 3
        table.keep(train, {})
        table.start(test)
        table.move(test, 'Epoch(test) [ 10/153]')
        assert 'Epoch(test) [ 10/153]' in screen(table, jobs)
        table.finish(test, {'acc/top1': 0.734}, 60)
        text = screen(table, jobs)
        assert 'as before' in text
        assert 'acc/top1 73.4' in text
        assert '2 of 3 done, about 1.0 min left' in text
        table.fail(last, 'no [GPU]')
        assert 'failed: no [GPU]' in screen(table, jobs)
    assert 'acc/top1 73.4' in terminal.file.getvalue()


def test_a_small_terminal_shows_what_is_next(config):
    jobs = many(config, 30)
    terminal = Console(
        file=io.StringIO(), force_terminal=True, width=100, height=16
    )
    with LiveTable(jobs, 1, terminal) as table:
        for job in jobs[:20]:
            table.finish(job, {}, 1)
        text = screen(table, jobs)
        assert 'job20' in text
        assert 'job0 ' not in text
        assert text.count('job') == 11  # and the head
        assert '20 of 30 done' in text
    assert 'job29' in screen(table, jobs)
    assert 'job0 ' in screen(table, jobs)


def test_lines_where_there_is_no_terminal(config, capsys):
    jobs = many(config, 2)
    lines = Lines(jobs, 1)
    lines.start(jobs[0])
    lines.finish(jobs[0], {'t2v/R1': 44.5}, 60)
    lines.start(jobs[1])
    lines.fail(jobs[1], 'no GPU')
    assert capsys.readouterr().out.splitlines() == [
        '[1/2] job0',
        '  job0: t2v/R1 44.5 (60 s)',
        '[2/2] job1 (about 1.0 min left)',
        '  job1: failed: no GPU',
    ]


def test_jobs_side_by_side_take_less_time(config):
    jobs = many(config, 5)
    left = TimeLeft(jobs, 2)
    assert str(left) == ''
    left.finish(jobs[0], 120)
    assert str(left) == 'about 4.0 min left'
    left.finish(jobs[1], None)
    assert str(left) == 'about 3.0 min left'
