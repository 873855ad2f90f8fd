"""The files that each sub-command makes of its inputs."""

import sys
from argparse import Namespace

from vlprompt.datasets import load_class_names
from vlprompt.errors import UserError

from .counts import count_videos
from .draws import DRAWS, IndependentDraw, check_enough, draw_videos
from .folder import SplitFile, label_file, video_file
from .halves import Halves, describe_tie, renumber, split_classes
from .inputs import Inputs
from .kinetics600 import draw_names, new_names
from .lists import check_disjoint


def few_shot(args: Namespace, inputs: Inputs) -> list[SplitFile]:
    """K videos of each class, for each K."""
    suffix = _seed_suffix(args.seed)
    return [
        _drawn(
            args,
            inputs,
            f'train{args.split}_few_shot_{shots}{suffix}.txt',
            args.draw,
            shots,
        )
        for shots in args.shots
    ]


def subset(args: Namespace, inputs: Inputs) -> list[SplitFile]:
    """A small training list; a smaller one is a part of it."""
    number = args.per_class
    name = f'train_subset_{number}{_seed_suffix(args.seed)}.txt'
    return [_drawn(args, inputs, name, 'nested', number)]


def _seed_suffix(seed: int) -> str:
    return '' if seed == 1 else f'_s{seed}'


def _drawn(
    args: Namespace, inputs: Inputs, name: str, kind: str, shots: int
) -> SplitFile:
    labels = range(len(inputs.class_names))
    if not args.allow_fewer:
        check_enough(inputs.counts, inputs.class_names, labels, shots)
    videos = draw_videos(inputs.train, labels, DRAWS[kind](args.seed, shots))
    return video_file(name, videos, draw=kind, seed=args.seed, shots=shots)


def base_to_novel(args: Namespace, inputs: Inputs) -> list[SplitFile]:
    """Class lists and videos of both halves, and draws of the base half.

    Raises:
        UserError: If there is nothing to count, training and test videos
            overlap, or a base class has too few videos.
    """
    if inputs.counts is None:
        raise UserError('nothing to count: expected --train, --counts or both')
    if inputs.train is not None and inputs.val is not None:
        check_disjoint(
            inputs.train, inputs.val, f'{args.train} and {args.val}'
        )
    halves = split_classes(inputs.counts)
    tie = describe_tie(inputs.counts, halves, inputs.class_names)
    if tie:
        print(f'warning: {tie}', file=sys.stderr)
    rule = dict(threshold=inputs.counts[halves.base[0]], tied=tie is not None)
    files = []
    for half, labels in halves._asdict().items():
        names = [inputs.class_names[i] for i in labels]
        files.append(label_file(f'{half}_labels.csv', names, **rule))
        if inputs.val is not None:
            videos = renumber(inputs.val, labels)
            files.append(video_file(f'{half}_val.txt', videos, **rule))
    if inputs.train is not None:
        videos = renumber(inputs.train, halves.base)
        files.append(video_file('base_train.txt', videos, **rule))
        files += _base_draws(args, inputs, halves)
    return files


def _base_draws(
    args: Namespace, inputs: Inputs, halves: Halves
) -> list[SplitFile]:
    """Drawn by labels among all classes, which do not depend on counts."""
    counts = count_videos(inputs.train, len(inputs.class_names))
    if not args.allow_fewer:
        check_enough(counts, inputs.class_names, halves.base, args.shots)
    files = []
    for seed in args.seeds:
        draw = IndependentDraw(seed, args.shots)
        videos = draw_videos(inputs.train, halves.base, draw)
        file = video_file(
            f'fs_base_s{seed}_train.txt',
            renumber(videos, halves.base),
            draw='independent',
            seed=seed,
            shots=args.shots,
        )
        files.append(file)
    return files


def zero_shot_k600(args: Namespace, inputs: Inputs) -> list[SplitFile]:
    """New classes of Kinetics-600, and draws of some of them."""
    trained_on = load_class_names(args.trained_on)
    names = new_names(inputs.class_names, trained_on)
    files = [label_file('zero_shot_labels.csv', names)]
    for seed in args.seeds:
        drawn = draw_names(names, args.classes, seed)
        stem = f'zero_shot_s{seed}'
        files.append(label_file(f'{stem}_labels.csv', drawn, seed=seed))
        if inputs.val is not None:
            labels = [inputs.class_names.index(name) for name in drawn]
            videos = renumber(inputs.val, labels)
            files.append(video_file(f'{stem}_val.txt', videos, seed=seed))
    return files
