"""What few-shot trainings are run on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .settings import GridSettings

if TYPE_CHECKING:
    from mmengine.config import Config

    from vlprompt.datasets.catalog import ProtocolData


@dataclass(frozen=True, kw_only=True)
class FewShotSettings(GridSettings):
    """Settings of few-shot trainings.

    Attributes:
        shots: Clips of each class; None for all that a data set has lists of.
        no_baselines: Whether the table has the rows of the method alone.
        baseline_template: Of the class texts of the baselines.
        baseline_val: Lists that Tip-Adapter is adjusted on, a pattern.
    """

    shots: list[int] | None
    no_baselines: bool = False
    baseline_template: str = '{}'
    baseline_val: str | None = None


def grid(
    settings: FewShotSettings,
) -> Iterator[tuple[str, ProtocolData, int]]:
    """Name, data set and number of shots of all cells of the table."""
    for name, data in settings.data_sets.items():
        for shots in settings.shots or data.shots:
            yield name, data, shots


def job_name(data_set: str, shots: int) -> str:
    """The folder of a cell."""
    return f'{Path(data_set).stem}/{shots}shot'


def use_lists(
    config: Config, settings: FewShotSettings, data: ProtocolData, shots: int
) -> None:
    """Train on a few clips, validate and test on the list of the others."""
    from vlprompt.datasets.catalog import Split
    from vlprompt.datasets.use_lists import use_split

    where = (settings.data_root, settings.label_order)
    if config.get('train_dataloader') is not None:
        train = Split(few_shot_list(data, shots), data.full.classes)
        use_split(config.train_dataloader, data, train, *where)
        use_split(config.val_dataloader, data, data.full, *where)
    use_split(config.test_dataloader, data, data.full, *where)


def few_shot_list(data: ProtocolData, shots: int) -> str:
    """The training list, below the folder of the data set."""
    return data.few_shot.replace('{shots}', str(shots))
