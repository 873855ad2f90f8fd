"""The text or class whose score is explained."""

from typing import NamedTuple

import torch
from torch import Tensor

from vlprompt.datasets.lists.text_files import read_number
from vlprompt.errors import UserError, suggest
from vlprompt.finite import refuse_rows
from vlprompt.models import CaptionTexts, ClassPrompts, VideoTextRecognizer


class Target(NamedTuple):
    """What is explained.

    Attributes:
        index: Its number among the classes that the model has now.
        name: The text, or the name or number of a class.
        score: What the model gives it, in words.
    """

    index: int
    name: str
    score: str = ''

    def describe(self) -> str:
        """A line about it."""
        return f'{self.name}{self.score}'


def choose_target(
    model: VideoTextRecognizer,
    inputs: Tensor,
    data_samples: list,
    text: str | None,
    classes: tuple[str, ...],
) -> Target:
    """Give a model the text to explain, and say which class it is then.

    Args:
        model: Gets new class names: the text alone where that is possible.
        inputs: (1, 1, 3, T, H, W) normalised pixels.
        data_samples: The sample; it gets the text of a model of captions.
        text: Any text; for models that know some classes only the name or
            number of one.  None means the predicted class.
        classes: Class names of the data set.

    Raises:
        UserError: If the text is none of the classes of such a model, or
            missing where nothing can be predicted.
    """
    if isinstance(model.texts, CaptionTexts):
        if text is None:
            raise UserError('a model of captions: give one with --text')
        data_samples[0].set_metainfo({model.texts.key: text})
        return Target(0, text)
    if text is not None and _takes_any_text(model):
        model.set_classes([text])
        return Target(0, text)
    if not classes:
        raise UserError('the test data of the config have no class names')
    model.set_classes(classes)
    with torch.no_grad():
        (sample,) = model.predict(inputs, data_samples)
    scores = sample.pred_score.flatten()
    refuse_rows(scores[None])
    index = int(scores.argmax()) if text is None else _find(classes, text)
    target = Target(index, classes[index], f' ({scores[index]:.2f})')
    if _takes_any_text(model):  # the others need not be encoded any more
        model.set_classes([target.name])
        target = target._replace(index=0)
    return target


def _takes_any_text(model: VideoTextRecognizer) -> bool:
    if not model.cls_head.compares_texts:
        return False
    prompts = () if model.prompts is None else model.prompts.modules()
    return not any(isinstance(part, ClassPrompts) for part in prompts)


def _find(classes: tuple[str, ...], text: str) -> int:
    if text in classes:
        return classes.index(text)
    number = read_number(text)
    if number is not None and number < len(classes):
        return number
    raise UserError(
        f'{text!r} is none of the {len(classes)} classes that this model '
        f'knows{suggest(text, classes)}'
    )
