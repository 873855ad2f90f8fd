"""Whether a file computes what its model computes, on clips."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import cycle
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from vlprompt.clips.find_sources import find_sources
from vlprompt.clips.in_order import Broken, read_in_order
from vlprompt.clips.readings import read_whole
from vlprompt.clips.sources import Frames
from vlprompt.clips.steps import TestSteps
from vlprompt.errors import UserError

BATCHES = (1, 2, 5)
TOLERANCE = 1e-4  # of probabilities and unit embeddings
Run = Callable[[Tensor], Tensor]


class Clips(NamedTuple):
    """What a file is checked with.

    Attributes:
        frames: (N, T, 3, H, W), normalised.
        names: Of the N clips.
        source: What they are, in a few words.
        padded: How many have frames that are padding.
    """

    frames: Tensor
    names: tuple[str, ...]
    source: str
    padded: int


class Parity(NamedTuple):
    """How a file compares with its model.

    Attributes:
        max_difference: The largest one of the outputs.
        max_difference_of_probabilities: The same after a softmax; None for
            embeddings.
        top1_equal: Of how many clips the best class is the same; None for
            embeddings.
        compared: How many clips were compared; short lists are repeated.
        clips: What they are, in a few words.
        batches: How many were computed at once.
        padded: How many of them have padding, which a file takes for frames.
    """

    max_difference: float
    max_difference_of_probabilities: float | None
    top1_equal: int | None
    compared: int
    clips: str
    batches: tuple[int, ...] = BATCHES
    padded: int = 0

    def line(self) -> str:
        """All of it, for the terminal."""
        words = [f'max |difference| {self.max_difference:.1e}']
        if self.top1_equal is not None:
            words += [
                f'of probabilities {self.max_difference_of_probabilities:.1e}',
                f'top-1 equal {self.top1_equal}/{self.compared}',
            ]
        batches = ', '.join(map(str, self.batches))
        return f'{", ".join(words)} (batches of {batches}; {self.clips})'


def read_clips(model: nn.Module, steps: TestSteps, given: Any) -> Clips:
    """Read clips as the model takes them.

    Args:
        model: Its data preprocessor normalises.
        steps: The pipeline of one view.
        given: See :func:`find_sources`; rendered ones if None.

    Raises:
        UserError: If one cannot be read.
    """
    sources = find_sources(toy_clips() if given is None else given)
    rows, padded = [], 0
    for clip in read_in_order(sources, partial(read_whole, steps=steps), 0):
        if isinstance(clip, Broken):
            raise UserError(clip.line()) from clip.error
        # (1, 3, T, H, W) -> (1, 1, 3, T, H, W)
        batch = model.data_preprocessor(
            dict(inputs=[clip.inputs[:1]], data_samples=[clip.sample])
        )
        rows.append(batch['inputs'][:, 0].transpose(1, 2))
        valid = clip.sample.get('num_valid_frames')
        padded += valid is not None and valid < rows[-1].size(1)
    kind = 'rendered toy' if given is None else 'given'
    source = f'{len(rows)} {kind} clip{"s" * (len(rows) > 1)}'
    names = tuple(source.name for source in sources)
    return Clips(torch.cat(rows), names, source, padded)


def toy_clips() -> list[Frames]:
    """Eight clips of the toy world, which need no files."""
    from vlprompt.toy.world import World, class_names, render_clip

    world, names = World(), class_names()[::6]
    return [
        Frames(render_clip(world, 'val', name, 0), world.fps, f'toy {name}')
        for name in names
    ]


def compare_logits(expected: Run, run: Run, clips: Clips) -> Parity:
    """Compare two classifiers on clips, in batches of 1, 2 and 5.

    Args:
        expected: What the model computes of (B, T, 3, H, W) frames.
        run: What the file computes.
        clips: With what.

    Raises:
        UserError: If a probability differs by more than 1e-4.
    """
    wanted, found = _outputs(expected, run, clips)
    probable = _largest(wanted.softmax(-1), found.softmax(-1), clips)
    return Parity(
        _largest(wanted, found),
        probable,
        int((wanted.argmax(-1) == found.argmax(-1)).sum()),
        len(wanted),
        clips.source,
        padded=clips.padded,
    )


def compare_embeddings(expected: Run, run: Run, clips: Clips) -> Parity:
    """Compare two embedders, as :func:`compare_logits` does classifiers.

    Raises:
        UserError: If a value differs by more than 1e-4.
    """
    wanted, found = _outputs(expected, run, clips)
    largest = _largest(wanted, found, clips)
    return Parity(
        largest, None, None, len(wanted), clips.source, padded=clips.padded
    )


def _outputs(expected: Run, run: Run, clips: Clips) -> tuple[Tensor, Tensor]:
    wanted, found = [], []
    with torch.no_grad():
        for frames in batches(clips.frames):
            wanted.append(expected(frames))
            found.append(run(frames))
    return torch.cat(wanted), torch.cat(found)


def batches(frames: Tensor) -> Iterator[Tensor]:
    """(N, ...) in batches of 1, 2, 5, 1, ...; few are repeated up to 8."""
    number = max(len(frames), sum(BATCHES))
    rows = torch.arange(number) % len(frames)
    for size in cycle(BATCHES):
        if not len(rows):
            return
        yield frames[rows[:size]]
        rows = rows[size:]


def _largest(
    wanted: Tensor, found: Tensor, clips: Clips | None = None
) -> float:
    """The largest difference, which must be small if clips are given."""
    largest = (wanted - found).abs().max().item()
    if clips is not None and not largest <= TOLERANCE:
        raise UserError(
            f'not written: the exported file differs from its model by '
            f'{largest:.1e} on {clips.source}, more than {TOLERANCE:.0e}'
        )
    return largest
