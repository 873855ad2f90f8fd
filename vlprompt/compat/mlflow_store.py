"""MMEngine has MLflow write to files, which MLflow 3.14 and later refuse."""

import os
from pathlib import Path
from typing import Any

from .remedy import Remedy
from .versions import installed, parse

SINCE = (3, 14)
VARIABLE = 'MLFLOW_TRACKING_URI'


def is_needed() -> bool:
    """Whether such an MLflow is there, and the backend is MMEngine's own."""
    from mmengine.visualization import vis_backend

    found = installed('mlflow') or installed('mlflow-skinny')
    if found is None or parse(found) < SINCE:
        return False
    own = vis_backend.MLflowVisBackend._init_env
    return not hasattr(own, '__wrapped__')


def apply() -> None:
    """Have it write to a database beside the logs, unless told otherwise."""
    from functools import wraps

    from mmengine.visualization.vis_backend import MLflowVisBackend

    begin = MLflowVisBackend._init_env
    given = os.environ.get(VARIABLE)

    @wraps(begin)
    def init_env(self: Any) -> None:
        if self._tracking_uri is None:
            self._tracking_uri = given
        if self._tracking_uri is None:
            folder = Path(self._save_dir).resolve()
            folder.mkdir(parents=True, exist_ok=True)
            self._tracking_uri = f'sqlite:///{folder}/mlflow.db'
            if self._artifact_location is None:
                self._artifact_location = (folder / 'mlflow').as_uri()
        begin(self)
        # MLflow has set it, for processes that are started from here: their
        # runs would go to the database of this one.
        if given is None:
            os.environ.pop(VARIABLE, None)

    MLflowVisBackend._init_env = init_env


REMEDY = Remedy(
    package='mmengine',
    reason='has MLflow use a file store, which MLflow 3.14 refuses',
    is_needed=is_needed,
    apply=apply,
    advice='give MLflowVisBackend a tracking_uri (sqlite:///...)',
    after='mmengine.visualization.vis_backend',
)
