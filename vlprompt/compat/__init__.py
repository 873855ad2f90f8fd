"""Remedies for what is broken in the packages this library stands on.

One a file, listed here; ``vlprompt env`` prints the list and what of it is
needed.  ``import vlprompt`` applies none of them: each is applied when the
module is imported that it is about, and only if it is needed there.
``VLPROMPT_NO_COMPAT=1`` turns them off.
"""

import os

from . import (
    amp_on_cpu,
    checkpoint_order,
    color_jitter,
    configs_in_place,
    files_in_place,
    logs_of_tests,
    metadata_backport,
    missing_drn,
    mlflow_store,
    mmcv_lite_warning,
    mmcv_version,
    new_moviepy,
    new_transformers,
    optimizer_shards,
    package_paths,
    safe_checkpoints,
    torchvision_operators,
    two_mmcvs,
    two_opencvs,
    visualization_hook,
    vlprompt_configs,
)
from .import_hook import RemedyFinder
from .remedy import Remedy

__all__ = ['FINDER', 'OURS', 'REMEDIES', 'Remedy', 'install']

REMEDIES = (
    mmcv_version.REMEDY,
    two_mmcvs.REMEDY,
    missing_drn.REMEDY,
    metadata_backport.REMEDY,
    color_jitter.REMEDY,
    visualization_hook.REMEDY,
    new_transformers.REMEDY,
    new_moviepy.REMEDY,
    torchvision_operators.REMEDY,
    mmcv_lite_warning.REMEDY,
    two_opencvs.REMEDY,
    safe_checkpoints.REMEDY,
    amp_on_cpu.REMEDY,
    optimizer_shards.REMEDY,
    logs_of_tests.REMEDY,
    package_paths.REMEDY,
    files_in_place.REMEDY,
    configs_in_place.REMEDY,
    checkpoint_order.REMEDY,
    mlflow_store.REMEDY,
)
# Not the repair of a fault, and so not turned off.
OURS = (vlprompt_configs.REMEDY,)
DISABLED = os.environ.get('VLPROMPT_NO_COMPAT') == '1'
FINDER = RemedyFinder(OURS if DISABLED else (*REMEDIES, *OURS))


def install() -> None:
    """Have the remedies applied from now on, and to what is imported."""
    import sys

    if FINDER not in sys.meta_path:
        FINDER.install()
