"""A model of a folder, ready to be built."""

from pathlib import Path
from typing import Any, NamedTuple

from mmengine.config import Config

from vlprompt.errors import UserError

CLASSES = 'VideoClassDataset'


class HubModel(NamedTuple):
    """What a folder says of its model.

    Attributes:
        config: What ``VideoClassifier`` needs: the model, and in
            ``test_dataloader`` the pipeline that reads a video.
        checkpoint: The file of what was learned, or None.
        facts: Whatever else is known, by name.
    """

    config: Config
    checkpoint: str | None
    facts: dict[str, Any]


def test_config(model: dict[str, Any], pipeline: list[dict]) -> Config:
    """The config of a model that is not trained on.

    Args:
        model: Of the config.
        pipeline: How a video is read.
    """
    dataset = dict(type=CLASSES, pipeline=pipeline, test_mode=True)
    return Config(
        dict(
            default_scope='vlprompt',
            model=model,
            test_dataloader=dict(dataset=dataset),
        )
    )


def weights_in(folder: Path, *names: str) -> str:
    """The first of some files that a folder has.

    Raises:
        UserError: If it has none of them.
    """
    for name in names:
        if (folder / name).is_file():
            return str(folder / name)
    raise UserError(f'{folder} has no {" and no ".join(names)}')
