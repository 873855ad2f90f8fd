"""How long the toy zoo will take."""

from collections.abc import Sequence
from statistics import fmean

from vlprompt.jobs import Jobs
from vlprompt.report.facts_table import duration

from .zoo_results import done_runs
from .zoo_run import ZooRun

EPOCH = 8.0  # seconds on one thread, measured with two at a time on two cores


def time_needed(runs: Sequence[ZooRun], jobs: Jobs, epochs: int) -> str:
    """A line that says how much is to do, and how long it will take.

    Each is expected to take as long as the trainings that are done did.
    """
    done = done_runs(runs, jobs)
    left = len(runs) - len(done)
    # neither those that do not fit nor what learns nothing
    trained = [n for n, metrics in done.items() if metrics.get('seconds')]
    known = [jobs.kept[name].seconds for name in trained]
    each = fmean(known) if known else EPOCH * epochs
    slots = max(1, min(jobs.executor.slots, left))
    line = f'{len(done)} of {len(runs)} trainings are done'
    if not left:
        return line
    return (
        f'{line}; the others will take about {duration(each * left / slots)}, '
        f'{slots} at a time. They may be stopped and gone on with by the '
        'same command.'
    )
