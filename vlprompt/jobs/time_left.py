"""How long jobs will take."""

from collections.abc import Sequence
from statistics import fmean

from .job import Job


class TimeLeft:
    """Expects of each kind of job that it takes as long as those before.

    Args:
        jobs: All jobs.
        slots: How many run at a time.
    """

    def __init__(self, jobs: Sequence[Job], slots: int) -> None:
        self.slots = min(slots, len(jobs)) or 1
        self._kinds = {job.name: job.kind for job in jobs}
        self._times: dict[str, list[float]] = {}

    def finish(self, job: Job, seconds: float | None) -> None:
        """Count a job as done; None seconds are for one that was before."""
        self._kinds.pop(job.name)
        if seconds is not None:
            self._times.setdefault(job.kind, []).append(seconds)

    def __str__(self) -> str:
        """``'about 2.5 min left'``, nothing as long as nothing is known."""
        kinds = list(self._kinds.values())
        if not kinds or not set(kinds) <= set(self._times):
            return ''
        seconds = sum(fmean(self._times[kind]) for kind in kinds) / self.slots
        return f'about {seconds / 60:.1f} min left'
