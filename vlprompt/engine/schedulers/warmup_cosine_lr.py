"""The learning-rate law of ViFi-CLIP."""

import math

from mmengine.optim.scheduler.lr_scheduler import LRSchedulerMixin
from mmengine.optim.scheduler.param_scheduler import INF, _ParamScheduler
from torch.optim import Optimizer

from vlprompt.errors import UserError
from vlprompt.registry import PARAM_SCHEDULERS


@PARAM_SCHEDULERS.register_module()
class WarmupCosineLR(LRSchedulerMixin, _ParamScheduler):
    """Linear warm-up, then a cosine that began with the warm-up.

    With t finished steps, W of warm-up and S in all: ``LR * t / W`` for t <
    W, else ``m + (LR - m) / 2 * (1 + cos(pi * t / S))`` with m = ``LR *
    min_ratio``.  The cosine is not moved behind the warm-up, so the rate
    drops at its end (to 0.505 LR for W = 5, S = 10).  As in the published
    code t lags one step behind, so that the first two updates have rate 0.
    It is timm's ``CosineLRScheduler`` with ``warmup_prefix=False``.

    Args:
        optimizer: The optimizer, or MMEngine's wrapper of one.
        warmup: Steps of warm-up, W.
        total: Steps in all, S; if None, those from ``begin`` to ``end``,
            which the runner sets to the end of training.
        min_ratio: Last rate, relative to the optimizer's.
        begin: MMEngine's, and so is the next.
        end: See there.
        kwargs: MMEngine's: ``last_step``, ``by_epoch``, ``verbose``.

    Raises:
        UserError: If there is neither a total nor an end.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        warmup: int,
        total: int | None = None,
        min_ratio: float = 0.01,
        begin: int = 0,
        end: int = INF,
        **kwargs,
    ) -> None:
        if total is None and end == INF:
            raise UserError('WarmupCosineLR needs total=... or end=...')
        self.warmup = warmup
        self.total = end - begin if total is None else total
        self.min_ratio = min_ratio
        super().__init__(optimizer, begin=begin, end=end, **kwargs)

    @classmethod
    def build_iter_from_epoch(
        cls,
        *args,
        warmup: float,
        epoch_length: int,
        total: int | None = None,
        begin: int = 0,
        end: int = INF,
        by_epoch: bool = True,
        **kwargs,
    ) -> 'WarmupCosineLR':
        """Turn lengths in epochs into lengths in iterations."""
        return cls(
            *args,
            warmup=round(warmup * epoch_length),
            total=None if total is None else total * epoch_length,
            begin=int(begin * epoch_length),
            end=end if end == INF else int(end * epoch_length),
            by_epoch=False,
            **kwargs,
        )

    def _get_value(self) -> list[float]:
        factor = self.factor(max(self.last_step - 1, 0))
        return [base * factor for base in self.base_values]

    def factor(self, step: int) -> float:
        """The rate after some steps, relative to the base rate."""
        if step < self.warmup:
            return step / self.warmup
        cosine = (1 + math.cos(math.pi * step / self.total)) / 2
        return self.min_ratio + (1 - self.min_ratio) * cosine
