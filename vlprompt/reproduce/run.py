"""Run the rows of a table, and put what came out beside what is printed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from vlprompt.errors import UserError

from .bundle import write_bundle
from .data_check import check_data
from .outcome import Outcome
from .page import write_page
from .plan import FIRST, Planned, plan
from .request import Request
from .tables import PaperTable, Run


def reproduce(
    table: PaperTable, runs: Sequence[Run], request: Request
) -> Outcome:
    """Run what is not done yet; the same call goes on after a stop.

    Args:
        table: The table.
        runs: Its rows.
        request: How they are run.

    Returns:
        What came out; it is in ``bundle.json``, ``table.md`` and
        ``reproduce.html`` of the folder of results as well.

    Raises:
        UserError: Before anything is run, if lists, videos or weights are
            missing, or the folder is of something else; if a job fails.
    """
    _check_folder(table, request.out)
    planned = [plan(table, run, request) for run in runs]
    check_data(planned)
    write_whose(table, request.out)
    _train_first(planned, request)
    complete = True
    for item in planned:
        print(f'\n{item.run.method}: {item.run.config}')
        complete &= _run(item, request)
    outcome = Outcome(table, request, planned, complete)
    write_bundle(outcome)
    write_page(outcome)
    return outcome


def show(table: PaperTable, runs: Sequence[Run], request: Request) -> None:
    """Print the commands that would be run."""
    from vlprompt.jobs import Jobs

    for item in [plan(table, run, request) for run in runs]:
        folder = request.out / FIRST
        Jobs(folder, request.executor(folder)).show(item.first_jobs)
        folder = item.settings.out
        Jobs(folder, request.executor(folder)).show(item.jobs)


def forget(runs: Sequence[Run], request: Request) -> None:
    """Forget earlier results of rows, and of what they begin with."""
    for name in (FIRST, *(run.name for run in runs)):
        (request.out / name / 'protocol.json').unlink(missing_ok=True)


def _check_folder(table: PaperTable, out: Path) -> None:
    """Refuse the folder of another table: rows would be taken for ours."""
    file = out / 'table.json'
    if not file.is_file():
        return
    found = json.loads(file.read_text('utf-8'))
    if found != _whose(table):
        raise UserError(
            f'{out} has {found.get("paper")} {found.get("table")} in it, not '
            f'{table.paper} {table.name}: --out names another folder'
        )


def write_whose(table: PaperTable, out: Path) -> None:
    """Say in the folder of results which table it is of."""
    from vlprompt.whole_files import write_text

    out.mkdir(parents=True, exist_ok=True)
    write_text(out / 'table.json', json.dumps(_whose(table)) + '\n')


def _whose(table: PaperTable) -> dict[str, str]:
    return dict(paper=table.paper, table=table.name)


def _train_first(planned: Sequence[Planned], request: Request) -> None:
    """Run the trainings that rows begin with, each once."""
    from vlprompt.jobs import Jobs

    jobs = {job.name: job for item in planned for job in item.first_jobs}
    if jobs:
        folder = request.out / FIRST
        Jobs(folder, request.executor(folder)).run([*jobs.values()])


def _run(item: Planned, request: Request) -> bool:
    """Run a row; returns whether all videos were scored."""
    from vlprompt.protocols import protocol

    forget_if_changed(item)
    executor = request.executor(item.settings.out)
    return protocol.run(item.protocol, item.args, executor) == 0


def forget_if_changed(item: Planned) -> None:
    """Forget a second stage whose first one is another than before.

    Its config names the file of the first stage, not what is in it.
    """
    from vlprompt.file_digest import sha256_of
    from vlprompt.whole_files import write_text

    if not item.run.second_stage_of:
        return
    out = item.settings.out
    out.mkdir(parents=True, exist_ok=True)
    file, digest = out / 'first_stage.txt', sha256_of(item.weights)
    if file.is_file() and file.read_text('utf-8') != digest:
        (out / 'protocol.json').unlink(missing_ok=True)
    write_text(file, digest)
