"""What the data sets of videos have in common."""

from typing import NamedTuple

import numpy as np
from mmaction.datasets import BaseActionDataset

from vlprompt.errors import UserError

from .random_streams import seeded
from .readers.decode_errors import reason, unreadable

BROKEN = 'broken_videos'
POLICIES = ('raise', 'replace', 'skip')


class BrokenVideo(NamedTuple):
    """A file that cannot be read, and why."""

    filename: str
    reason: str

    def __str__(self) -> str:
        """One line for logs and errors."""
        return f'{self.filename} ({self.reason})'


class SeededVideoDataset(BaseActionDataset):
    """Base of data sets of videos: random streams and broken videos.

    What is drawn for a sample depends on ``(seed, epoch, index)`` alone, so
    neither the number of workers nor a resumed run changes it.  In testing
    the epoch is 0; in training ``EpochSeedHook`` sets it, and without one
    (None) samples are drawn from the generators of the process.

    Args:
        args: MMAction2's ``BaseActionDataset``.
        on_broken: What happens with a video that cannot be read: ``'raise'``
            names it and stops (the default for testing), ``'replace'`` takes
            another clip (for training), and so does ``'skip'``, for testing:
            the clip is marked and the metric leaves it out.
        seed: Of everything that is drawn; in training ``EpochSeedHook`` sets
            it to the run's.
        test_mode: Whether this is for validation or testing.
        kwargs: MMAction2's ``BaseActionDataset``.

    Raises:
        UserError: In ``__getitem__``, names a video that cannot be read.
    """

    def __init__(
        self,
        *args,
        on_broken: str | None = None,
        seed: int = 0,
        test_mode: bool = False,
        **kwargs,
    ) -> None:
        self.on_broken = on_broken or ('raise' if test_mode else 'replace')
        if self.on_broken not in POLICIES:
            raise UserError(
                f'on_broken={on_broken!r}, expected one of {list(POLICIES)}'
            )
        self.seed = seed
        self.epoch = 0 if test_mode else None
        super().__init__(*args, test_mode=test_mode, **kwargs)

    def __getitem__(self, idx: int) -> dict:
        """One sample, through the pipeline."""
        if self.epoch is None:
            return self._read(idx)
        with seeded(self.seed, self.epoch, idx):
            return self._read(idx)

    def _read(self, idx: int) -> dict:
        broken = []
        for _ in range(self.max_refetch + 1):
            info = self.get_data_info(idx)
            try:
                sample = self.pipeline(info)
            except unreadable() as error:
                name = self.get_data_info(idx)['filename']
                broken.append(BrokenVideo(name, reason(error)))
                if self.on_broken == 'raise':
                    break
                idx = np.random.randint(len(self))
                continue
            if broken:
                sample['data_samples'].set_metainfo({BROKEN: broken})
            return sample
        more = f' and {len(broken) - 3} more' if len(broken) > 3 else ''
        raise UserError(f'cannot read {"; ".join(map(str, broken[:3]))}{more}')
