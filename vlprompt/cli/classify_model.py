"""The model that `vlprompt classify` is asked for."""

import sys
from argparse import Namespace

from mmengine.device import get_device

from vlprompt.apis import VideoClassifier
from vlprompt.apis.classes import find_classes
from vlprompt.datasets.pipelines import parse_views
from vlprompt.errors import UserError
from vlprompt.hardware import WITHOUT_BF16, has_bf16


def make_classifier(args: Namespace) -> VideoClassifier:
    """The model of the flags, with its classes.

    Raises:
        UserError: If there is none, or its weights cannot be downloaded.
    """
    try:
        return _make_classifier(args)
    except UserError as error:
        if not str(error).startswith('cannot download'):
            raise
        raise UserError(f'{error}, here with --clip FILE') from error


def _make_classifier(args: Namespace) -> VideoClassifier:
    # Before the model is loaded, which takes longer.
    views = args.views and parse_views(args.views)
    classes = args.classes and find_classes(args.classes)
    classifier = VideoClassifier(
        args.model,
        args.checkpoint,
        args.device,
        classes=classes,
        clip=args.clip,
        template=args.template,
        frames=args.frames,
        views=views,
        frozen_dtype=precision_of(args),
    )
    if classes is None:
        classifier.set_classes(None)
    return classifier


def precision_of(args: Namespace) -> str | None:
    """What ``--amp`` means here, as in training."""
    if not args.amp:
        return None
    device = args.device or get_device()
    if has_bf16(device):
        return 'bfloat16'
    if not device.startswith('cpu'):
        return 'float16'
    print(WITHOUT_BF16, file=sys.stderr)
    return None
