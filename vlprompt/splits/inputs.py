"""The lists that splits are made from, and what identifies them."""

from argparse import Namespace
from typing import Any, NamedTuple

from vlprompt.datasets import load_class_names
from vlprompt.datasets.lists.annotations import LabelledVideo
from vlprompt.datasets.lists.class_names import clean_names, read_class_list

from .counts import count_videos, read_counts
from .folder import describe_input
from .lists import ListStyle, read_videos

FILES = ('labels', 'train', 'val', 'counts', 'trained_on')


class Inputs(NamedTuple):
    """What was given; None for what was not.

    Args:
        class_names: All classes.
        train: All training videos.
        val: All test videos.
        counts: Training videos of each class.
    """

    class_names: tuple[str, ...]
    train: list[LabelledVideo] | None
    val: list[LabelledVideo] | None
    counts: list[int] | None


def read_inputs(args: Namespace) -> Inputs:
    """Read the inputs of a sub-command.

    Without ``--counts`` the counts are those of the training list.

    Raises:
        UserError: If one of them is not what it should be.
    """
    listed = read_class_list(args.labels)
    class_names = clean_names(listed.names, 'none')
    style = ListStyle(args.add_suffix, args.base_names)
    train, val = (
        read_videos(file, class_names, style, listed.first_id)
        if file
        else None
        for file in (args.train, args.val)
    )
    counts = None
    if args.counts:
        counts = read_counts(args.counts, class_names)
    elif train is not None:
        counts = count_videos(train, len(class_names))
    return Inputs(class_names, train, val, counts)


def options_of(args: Namespace) -> dict[str, Any]:
    """The flags of a sub-command that are no files."""
    others = ('command', 'words', 'out', 'force', *FILES)
    return {k: v for k, v in vars(args).items() if k not in others}


def describe_inputs(args: Namespace, inputs: Inputs) -> dict[str, dict]:
    """Names and digests of the files that were given."""
    described = {}
    for name in FILES:
        file = getattr(args, name, None)
        if file is None:
            continue
        names = inputs.class_names
        if name == 'trained_on':
            names = load_class_names(file)
        described[name] = describe_input(file, names)
    return described
