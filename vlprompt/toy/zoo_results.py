"""What the trainings of the toy zoo gave, by method and variant."""

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any, NamedTuple

from vlprompt.jobs import Jobs
from vlprompt.tables import harmonic_mean

from .zoo_run import ZooRun, run_name
from .zoo_variants import training_of

# Config, and whether it can tell the order of frames, by method.
Systems = Mapping[str, tuple[str, bool]]
Row = list[float | None]  # base, novel and their harmonic mean


def done_runs(runs: Sequence[ZooRun], jobs: Jobs) -> dict[str, dict]:
    """What is known of runs as they would be run now, by their names."""
    found = {}
    for run in runs:
        kept = jobs.kept[run.name]
        if kept is None or kept.metrics is None:
            continue
        if kept.key == run.digest(jobs.out) and run.is_complete(jobs.out):
            found[run.name] = kept.metrics
    return found


class Cell(NamedTuple):
    """A method and a variant.

    Attributes:
        runs: By seed, what was learnt and how long it took.
        scores: By seed, accuracies by ``'base'`` and ``'novel'``.
        reason: Why there are none, if the variant does not fit.
    """

    runs: dict[int, dict[str, Any]]
    scores: dict[int, dict[str, dict[str, float]]]
    reason: str | None = None

    def rows(self, part: str) -> dict[int, Row]:
        """By seed, the accuracies on a part of the clips."""
        return {s: _row(score, part) for s, score in self.scores.items()}

    def main(self) -> dict[int, float]:
        """By seed, the harmonic mean, or base where nothing is novel."""
        rows = self.rows('all').items()
        return {s: base if hm is None else hm for s, (base, _, hm) in rows}

    def direction(self) -> dict[int, float]:
        """By seed, how often the true motion beats the reversed one."""
        return {
            seed: fmean(part['direction'] for part in score.values())
            for seed, score in self.scores.items()
        }

    def pairs(self) -> int:
        """Clips that the direction of one seed is of."""
        score = next(iter(self.scores.values()))
        return sum(part['pairs'] for part in score.values())


class ZooResults:
    """All that is known.

    Args:
        metrics: By the names of runs, of those that are done.
        seeds: That are asked for.
    """

    def __init__(
        self, metrics: Mapping[str, dict[str, Any]], seeds: Sequence[int]
    ) -> None:
        self.metrics = metrics
        self.seeds = seeds

    def cell(self, config: str, variant: str) -> Cell:
        """What is known of a method with a variant."""
        training = training_of(variant)
        names = {s: run_name(config, s, training) for s in self.seeds}
        runs = {
            seed: self.metrics[name]
            for seed, name in names.items()
            if name in self.metrics
        }
        # of a training that does not fit, or of weights that there are not
        found = {
            seed: run if 'reason' in run else run[variant]
            for seed, run in runs.items()
        }
        reasons = [f['reason'] for f in found.values() if 'reason' in f]
        if reasons:
            return Cell({}, {}, reasons[0])
        return Cell(runs, found)


def _row(score: dict[str, dict[str, float]], part: str) -> Row:
    base = score['base'][part]
    if 'novel' not in score:
        return [base, None, None]
    novel = score['novel'][part]
    return [base, novel, harmonic_mean(base, novel)]
