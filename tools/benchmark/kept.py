"""What a forward pass keeps for the backward pass, counted."""

import weakref
from collections.abc import Callable, Iterable

from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from .records import Record, less
from .sides import Setting, Side, build_sides, make_batch

# What is recomputed, and the option of both towers
OPTIONS = {
    '': (False, False),
    ', MLPs of the videos recomputed': ('mlp', False),
    ', all layers recomputed': (True, True),
}


def count_kept(setting: Setting) -> list[Record]:
    """MB that are alive after the loss, on top of model and batch."""
    sides, batch = build_sides(setting), make_batch(setting)
    plain = _kept(sides['plain'], batch)
    model = sides['ours'].module.model
    records = []
    for name, (video, text) in OPTIONS.items():
        model.backbone.with_cp = video
        model.text_encoder.with_cp = text
        ours = _kept(sides['ours'], batch)
        records.append(less(f'kept: {setting}{name}', 'MB', plain, ours))
    return records


def _kept(side: Side, batch: tuple[Tensor, Tensor]) -> float:
    with side.optimizer.optim_context(side.module):
        return (
            bytes_kept(
                lambda: side.module.loss(*batch),
                [*side.module.parameters(), *side.module.buffers(), *batch],
            )
            / 1e6
        )


def bytes_kept(
    run: Callable[[], object], existing: Iterable[Tensor] = ()
) -> int:
    """Bytes of the tensors that a run made and its result keeps alive."""
    with _Live(existing) as live:
        result = run()  # noqa: F841, keeps what is counted
    return live.bytes


class _Live(TorchDispatchMode):
    """Counts memory that operations make, until it is freed."""

    def __init__(self, existing: Iterable[Tensor]) -> None:
        super().__init__()
        self.bytes = 0
        self.known = {}
        for tensor in existing:
            self._see(tensor, 0)

    def __torch_dispatch__(
        self, func: Callable, types: object, args: tuple = (), kwargs=None
    ) -> object:
        out = func(*args, **(kwargs or {}))
        for tensor in tree_leaves(out):
            if isinstance(tensor, Tensor):
                self._see(tensor, tensor.untyped_storage().nbytes())
        return out

    def _see(self, tensor: Tensor, size: int) -> None:
        storage = tensor.untyped_storage()
        if storage._cdata not in self.known:
            self.known[storage._cdata] = size
            self.bytes += size
            weakref.finalize(storage, self._forget, storage._cdata)

    def _forget(self, key: int) -> None:
        self.bytes -= self.known.pop(key)
