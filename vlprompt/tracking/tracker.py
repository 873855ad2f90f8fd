"""A backend of MMEngine that cannot end a training."""

import logging
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import torch
from mmengine.config import Config
from mmengine.logging import print_log
from mmengine.visualization.vis_backend import BaseVisBackend

from vlprompt.errors import UserError, last_line
from vlprompt.hub.plain_values import plain
from vlprompt.registry import VISBACKENDS

REPORT = 'report.html'


@VISBACKENDS.register_module()
class Tracker(BaseVisBackend):
    """Sends what a run logs to one of MMEngine's backends.

    One that does not start is refused before the training.  One that fails
    later is told of in one line and not used again: the run goes on, and its
    own log has everything.

    Args:
        save_dir: Where the backend keeps files; given by the visualizer.
        tracker: ``'tensorboard'``, ``'wandb'`` or ``'mlflow'``.
        backend: Config of the backend.
        facts: What else is logged at the start, such as hashes of lists.
    """

    def __init__(
        self,
        save_dir: str,
        tracker: str,
        backend: dict,
        facts: dict[str, str] | None = None,
    ) -> None:
        super().__init__(save_dir)
        self.name = tracker
        self.backend = VISBACKENDS.build(dict(backend, save_dir=save_dir))
        self.facts = dict(facts or {})
        self._work_dir = Path(save_dir)
        # The first process of a run is the only one to start it.
        self._started = self._failed = False

    def _init_env(self) -> None:
        """Nothing to do: the backend does so when it is first used."""

    @property
    def experiment(self) -> Any:
        """What the backend writes to."""
        return self.backend.experiment

    def add_config(self, config: Config, **kwargs: Any) -> None:
        """Start, with the config and the facts.

        Raises:
            UserError: If the tracker does not start.
        """
        self._work_dir = Path(config.work_dir)
        # It prints traces of errors that it raises as well.
        logging.getLogger('mlflow.store').setLevel(logging.CRITICAL)
        try:
            # W&B would be given the code of the working folder with it.
            if self.name == 'wandb':
                self.experiment.config.update(plain(config.to_dict()))
            else:
                self.backend.add_config(config, **kwargs)
            self._add_facts(self.facts)
            self._started = True
        except ImportError:
            raise
        except Exception as error:
            raise UserError(
                f'--track {self.name}: {last_line(error)}'
            ) from error

    def add_scalar(
        self, name: str, value: Any, step: int = 0, **kwargs: Any
    ) -> None:
        """A number."""
        self.add_scalars({name: value}, step)

    def add_scalars(
        self,
        scalar_dict: dict,
        step: int = 0,
        file_path: str | None = None,
        **kwargs: Any,
    ) -> None:
        """Numbers of a step; other values, such as texts, are left out."""
        scalars = {
            key: float(value)
            for key, value in scalar_dict.items()
            if _is_number(value)
        }
        if self.name == 'wandb':  # which counts calls by itself
            scalars['step'] = float(step)
        self._try(lambda: self.backend.add_scalars(scalars, step))

    def add_image(
        self, name: str, image: np.ndarray, step: int = 0, **kwargs: Any
    ) -> None:
        """An (H, W, 3) picture."""
        self._try(lambda: self.backend.add_image(name, image, step))

    def close(self) -> None:
        """End, with the path of the report if there is one."""
        report = self._work_dir / REPORT
        if report.is_file():
            self._try(lambda: self._add_facts(dict(report=str(report))))
        self._try(self.backend.close)

    def _add_facts(self, facts: dict[str, str]) -> None:
        if self.name == 'wandb':
            self.experiment.config.update(facts)
        elif self.name == 'mlflow':
            self.experiment.set_tags(facts)
        else:
            for key, value in facts.items():
                self.experiment.add_text(key, value)

    def _try(self, call: Callable[[], object]) -> None:
        if self._failed or not self._started:
            return
        try:
            call()
        except Exception as error:
            self._failed = True
            if self.name == 'mlflow':  # or it would try again at the exit
                with suppress(Exception):
                    self.experiment.end_run()
            print_log(
                f'{self.name} failed ({type(error).__name__}: '
                f'{last_line(error)}) and gets nothing more of this run, '
                'whose own log goes on',
                logger='current',
                level=logging.WARNING,
            )


def _is_number(value: Any) -> bool:
    if isinstance(value, torch.Tensor):
        return value.numel() == 1
    if isinstance(value, np.ndarray):
        return value.size == 1
    return isinstance(value, int | float | np.number)
