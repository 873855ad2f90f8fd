"""The files that a program is written to, and what runs them again."""

from __future__ import annotations

import importlib
import logging
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import Tensor

from vlprompt.errors import UserError

from .programs import INPUT

if TYPE_CHECKING:
    from onnx import GraphProto
    from torch.export import ExportedProgram

    from .programs import Program

LARGEST = 2**31 - 2**20  # bytes of an ONNX file; the graph takes some
NOISY = ('onnx_ir', 'onnxscript', 'torch.onnx', 'torch.export')
Run = Callable[[Tensor], Tensor]


class Format(NamedTuple):
    """A kind of file.

    Attributes:
        suffix: What its name ends with.
        packages: What writing and running one needs besides torch.
        write: Writes a program to a path, with the name of its output, in a
            version of the format or in the default one.
        load: Gives what runs a file.
    """

    suffix: str
    packages: tuple[str, ...]
    write: Callable[[ExportedProgram, Path, str, int | None], None]
    load: Callable[[Path], Run]

    def check_packages(self) -> None:
        """Import what is needed.

        Raises:
            ImportError: If something is not installed.
        """
        for package in self.packages:
            importlib.import_module(package)


def trace(program: Program, frames: Tensor) -> ExportedProgram:
    """A program as a graph, for batches of any size.

    Args:
        program: In evaluation mode.
        frames: (B, T, 3, H, W) of at least two clips; all but B is fixed.
    """
    batch = torch.export.Dim('batch')
    with _quiet(), torch.no_grad(), _plain_attention():
        return torch.export.export(
            program, (frames,), dynamic_shapes=({0: batch},)
        )


def _write_torch(
    traced: ExportedProgram, path: Path, output: str, version: int | None
) -> None:
    with _quiet(), path.open('wb') as file:
        torch.export.save(traced, file)


def _load_torch(path: Path) -> Run:
    with _quiet(), path.open('rb') as file:
        return torch.export.load(file).module()


def _write_onnx(
    traced: ExportedProgram, path: Path, output: str, version: int | None
) -> None:
    constants = [*traced.state_dict.values(), *traced.constants.values()]
    size = sum(t.nbytes for t in constants if isinstance(t, Tensor))
    if size > LARGEST:
        raise UserError(
            f'{size / 1e9:.1f} GB of weights do not fit into an ONNX file, '
            'which holds 2 GB: --torch has no limit'
        )
    with _quiet():
        program = torch.onnx.export(
            traced,
            dynamo=True,
            opset_version=version,
            input_names=[INPUT],
            output_names=[output],
            verbose=False,
        )
        proto = program.model_proto
    _name_batch(proto.graph)
    path.write_bytes(proto.SerializeToString())


def _name_batch(graph: GraphProto) -> None:
    """Call the size that varies by its name; torch.export numbers it."""
    own = graph.input[0].type.tensor_type.shape.dim[0].dim_param
    for value in (*graph.input, *graph.output, *graph.value_info):
        for dim in value.type.tensor_type.shape.dim:
            if dim.dim_param:
                dim.dim_param = dim.dim_param.replace(own, 'batch')


def _load_onnx(path: Path) -> Run:
    import onnxruntime

    # In this process alone: others may be at work on the machine.
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    session = onnxruntime.InferenceSession(
        path.read_bytes(), options, providers=['CPUExecutionProvider']
    )

    def run(frames: Tensor) -> Tensor:
        (result,) = session.run(None, {INPUT: frames.numpy()})
        return torch.from_numpy(result)

    return run


FORMATS = {
    'onnx': Format(
        '.onnx',
        ('onnx', 'onnxscript', 'onnxruntime'),
        _write_onnx,
        _load_onnx,
    ),
    'torch': Format('.pt2', (), _write_torch, _load_torch),
}


@contextmanager
def _plain_attention() -> Iterator[None]:
    """Have PyTorch's modules call what every runtime knows.

    In evaluation they call fused operators that ONNX does not have.
    """
    before = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        yield
    finally:
        torch.backends.mha.set_fastpath_enabled(before)


@contextmanager
def _quiet() -> Iterator[None]:
    """Without what the exporters say of their own insides."""
    loggers = [logging.getLogger(name) for name in NOISY]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
