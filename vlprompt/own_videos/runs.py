"""Vanilla CLIP, the training, and the test of what was learned."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from pathlib import Path

from mmengine.config import Config

from vlprompt.jobs import Jobs, TestJob, TrainJob
from vlprompt.jobs.executors import InProcessExecutor
from vlprompt.jobs.kept_results import KeptResult
from vlprompt.protocols.reports import write_page
from vlprompt.report.statistics import wilson
from vlprompt.tables import Table
from vlprompt.toy.progress import Display
from vlprompt.whole_files import write_text

from . import outcome
from .recipe import vanilla

BEFORE, TRAIN, AFTER = 'vanilla_clip', 'train', 'test'
DUMP = 'predictions.pkl'
TOP1 = 'acc/top1'


class Runs:
    """The jobs of a training on a folder.

    Args:
        out: The folder of results.
        file: The config.
        config: The same, read.
        classes: The class names.
        display: What lines are printed to.
    """

    def __init__(
        self,
        out: Path,
        file: Path,
        config: Config,
        classes: Sequence[str],
        display: Display,
    ) -> None:
        self.out = out
        self.file = file
        self.classes = classes
        self.display = display
        self.jobs = Jobs(out, InProcessExecutor(), 'runs.json')
        self.train = TrainJob(TRAIN, config)
        self.before = self._test(BEFORE, vanilla(config), 'none')
        self.after = self._test(AFTER, config, self.train)

    def all(self) -> outcome.Outcome:
        """Run what was not run before, and say what came out."""
        metrics = self.jobs.run([self.before])
        before = metrics[BEFORE][TOP1]
        self.display.say(
            f'before: {outcome.percent(before)} top-1 (vanilla CLIP, '
            'zero-shot, your class names)'
        )
        for line in outcome.baseline_lines(self._dump(BEFORE), self.classes):
            self.display.say(line)
        self.keep_earlier()
        metrics |= self.jobs.run([self.train, self.after])
        return self._say(before, metrics)

    def _say(
        self, before: float, metrics: dict[str, dict[str, float]]
    ) -> outcome.Outcome:
        after, scored = (metrics[AFTER][k] for k in (TOP1, 'acc/scored'))
        lines = [
            f'before: {outcome.percent(before)} top-1 (vanilla CLIP)',
            outcome.after_line(after, int(scored)),
            *outcome.confusion_lines(self._dump(AFTER), self.classes),
        ]
        write_results(self.out, lines, metrics)
        model = shlex.quote(str(self.out))
        lines += [
            write_page(self.out),
            f'config: {self.file} (for --gpus 8, Slurm, vlprompt test)',
            f'use it: vlprompt classify x.mp4 --model {model}',
        ]
        for line in lines:
            self.display.say(line)
        return outcome.Outcome(
            self.out,
            before,
            after,
            tuple(wilson(after, int(scored))),
            int(scored),
            self.file,
            Path(str(self.train.checkpoint(self.out))),
            tuple(lines),
        )

    def _test(
        self, name: str, config: Config, checkpoint: str | TrainJob
    ) -> TestJob:
        flags = (f'--dump={self._dump(name)}', '--skip-broken')
        return TestJob(name, config, checkpoint, flags)

    def _dump(self, name: str) -> Path:
        return self.out / name / DUMP

    def keep_earlier(self) -> None:
        """Keep what was trained before on other videos, or otherwise.

        A training that the written config was given to by hand (``vlprompt
        train CONFIG --gpus 8``) is taken for one of this command.
        """
        folder, key = self.out / TRAIN, self.train.digest(self.out)
        known = self.jobs.kept[TRAIN]
        if self.train.checkpoint(self.out) is None:
            return
        if known is not None and known.key == key:
            return
        if known is None and self._is_ours(folder):
            self.jobs.kept[TRAIN] = KeptResult(key)
            return
        number = 1
        while (place := self.out / f'earlier_{number}').exists():
            number += 1
        folder.rename(place)
        self.display.say(
            'the videos, the arguments or the chosen settings have changed: '
            f'the earlier training is now in {place}'
        )

    def _is_ours(self, folder: Path) -> bool:
        dumped = folder / self.file.name
        if not dumped.is_file():
            return False
        made_from = Config.fromfile(str(dumped)).get('made_from')
        return made_from == self.train.config.made_from


def write_results(
    out: Path, lines: Sequence[str], metrics: dict[str, dict[str, float]]
) -> None:
    """Write ``results.json``: the numbers, and what reports show of them."""
    names = {BEFORE: 'vanilla CLIP', AFTER: 'trained'}
    rows = [
        [title, outcome.percent(metrics[name][TOP1])]
        for name, title in names.items()
    ]
    table = Table(('Model', 'Top-1'), rows)
    results = dict(
        protocol='own videos',
        notes=list(lines),
        metrics={name: metrics[name] for name in names},
        tables=[table._asdict()],
        tests=names,
    )
    text = json.dumps(results, indent=2)
    write_text(out / 'results.json', f'{text}\n')
