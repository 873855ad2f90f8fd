from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from mmengine.dist import is_main_process
from mmengine.runner import EpochBasedTrainLoop, Runner
from torch import Tensor, nn
from torch.utils.data import DataLoader

from vlprompt.errors import UserError
from vlprompt.models.features import unit
from vlprompt.models.heads.cache_head import CacheHead
from vlprompt.registry import LOOPS
from vlprompt.whole_files import write_text

from ..unwrap import unwrap
from .cache_search import (
    SearchGrid,
    choose_point,
    curve_lines,
    curve_table,
    search_cache,
)
from .encode_videos import encode_videos

CURVE = 'cache_search.csv'


@LOOPS.register_module()
class CacheLoop(EpochBasedTrainLoop):
    """Tip-Adapter: makes the cache of a :class:`CacheHead`; nothing learns.

    Its one epoch encodes the training list several times, as it is augmented
    for training, and takes the means as keys.

    Args:
        runner: The runner.
        dataloader: Of the training list.
        cache_views: How often it is encoded; the release does so 10 times.
        search: Where alpha and beta are searched, the fields of a
            :class:`SearchGrid`, on the videos of ``val_dataloader``, none of
            which may be a test video.  None to leave them as they are.
        max_epochs: Not used: there is one.
        kwargs: Of MMEngine's ``EpochBasedTrainLoop``.

    Raises:
        UserError: If the model has no ``CacheHead``, or there are no videos
            to search on but those of the test.
    """

    def __init__(
        self,
        runner: Runner,
        dataloader: DataLoader | dict,
        cache_views: int = 10,
        search: Mapping[str, float] | None = None,
        max_epochs: int = 1,
        **kwargs,
    ) -> None:
        self.head = unwrap(runner.model).cls_head
        if not isinstance(self.head, CacheHead):
            raise UserError(
                f'{type(self).__name__} with {type(self.head).__name__}, '
                'expected a CacheHead'
            )
        if cache_views < 1:
            raise UserError(f'cache_views={cache_views}, expected at least 1')
        self.cache_views = cache_views
        self.grid = None if search is None else SearchGrid(**search)
        if self.grid is not None:
            self.grid.check()
            check_search_list(runner)
        super().__init__(
            runner, dataloader, self._epochs(max_epochs), **kwargs
        )

    def run_epoch(self) -> None:
        """Make the cache, and search alpha and beta."""
        self.runner.call_hook('before_train_epoch')
        self.make_cache()
        self.search()
        self.runner.call_hook('after_train_epoch')
        self._epoch += 1

    def make_cache(self) -> None:
        """Take the means of the augmented views of all videos as keys.

        Raises:
            UserError: If several processes learn another number of keys.
        """
        dataset = self.dataloader.dataset
        self._check_number(len(dataset))
        total: Any = 0
        for view in range(self.cache_views):
            videos, labels = encode_videos(
                self.runner,
                self.dataloader,
                _encode,
                view,
                f'Encoding the training list ({view + 1}/{self.cache_views})',
            )
            total = total + videos.mean(1)
        self.head.set_cache(total / self.cache_views, labels)
        self.runner.logger.info(
            f'The cache has {len(labels)} keys of '
            f'{len(labels.unique())} classes, each the mean of '
            f'{self.cache_views} views'
        )

    def search(self) -> None:
        """Set alpha and beta to the best on the validation videos."""
        head, say = self.head, self.runner.logger.info
        if self.grid is None:
            say(f'alpha {head.alpha:g} and beta {head.beta:g} are as given')
            return
        both, labels = encode_videos(
            self.runner,
            self.runner.val_loop.dataloader,
            _encode_and_compare,
            0,
            'Encoding the validation list',
        )
        width = head.keys.size(1)
        parts = both.to(head.keys).split([width, both.size(-1) - width], -1)
        with torch.no_grad():
            points = search_cache(
                head, *parts, labels.to(head.keys.device), self.grid
            )
        best = choose_point(points)
        head.alpha.fill_(best.alpha)
        head.beta.fill_(best.beta)
        if is_main_process():
            write_text(Path(self.runner.work_dir, CURVE), curve_table(points))
        for line in curve_lines(points):
            say(line)
        say(
            f'Chosen on {len(labels)} validation videos: alpha '
            f'{best.alpha:g}, beta {best.beta:g}, top-1 '
            f'{100 * best.top1:.1f} ({CURVE} has all)'
        )

    def _epochs(self, given: int) -> int:
        return 1

    def _check_number(self, videos: int) -> None:
        """Nothing is learned, so the processes need not know it before."""


def check_search_list(runner: Runner) -> None:
    """Refuse a search without validation videos, or on those of the test.

    Raises:
        UserError: As said.
    """
    from vlprompt.averaging.val_list import test_videos_in_val

    config = runner.cfg
    if not config.get('val_dataloader'):
        raise UserError(
            'train_cfg.search needs val_dataloader: alpha and beta are '
            'searched on its videos'
        )
    shared = test_videos_in_val(config)
    if shared is not None and shared.shared:
        raise UserError(
            f'{shared.shared} of the {shared.val} videos of '
            f'{config.val_dataloader.dataset.ann_file}, on which alpha and '
            'beta are to be searched, are test videos: give val_dataloader '
            'a list of others, or leave train_cfg.search out'
        )


def _encode(model: nn.Module, inputs: Tensor, samples: Sequence) -> Tensor:
    """(B, V, 3, T, H, W) inputs to (B, V, E) videos."""
    videos, _ = model.extract_feat(inputs, 'neck', samples)
    return videos.unflatten(0, (len(samples), -1))


def _encode_and_compare(
    model: nn.Module, inputs: Tensor, samples: Sequence
) -> Tensor:
    """(B, V, 3, T, H, W) inputs to (B, V, E + C) unit videos and logits."""
    features, _ = model.extract_feat(inputs, 'head', samples)
    logits = model.cls_head.text_logits(features)
    both = torch.cat([unit(features.video), logits], dim=-1)
    return both.unflatten(0, (len(samples), -1))
