"""Processes of distributed jobs, with GPUs and without."""

import os
import subprocess
from datetime import timedelta

import torch
import torch.distributed as dist
from mmengine.config import Config
from mmengine.device import get_device

from vlprompt.apis.config import has_our_recognizer
from vlprompt.errors import UserError

# What each launcher calls the place of a process.
PLACES = dict(
    pytorch=dict(
        RANK='RANK', WORLD_SIZE='WORLD_SIZE', LOCAL_RANK='LOCAL_RANK'
    ),
    slurm=dict(
        RANK='SLURM_PROCID',
        WORLD_SIZE='SLURM_NTASKS',
        LOCAL_RANK='SLURM_LOCALID',
    ),
    mpi=dict(
        RANK='OMPI_COMM_WORLD_RANK',
        WORLD_SIZE='OMPI_COMM_WORLD_SIZE',
        LOCAL_RANK='OMPI_COMM_WORLD_LOCAL_RANK',
    ),
)


def set_up_processes(config: Config, launcher: str) -> None:
    """Make a config ready to run in the processes of a launcher.

    With GPUs, MMEngine does the rest (NCCL, one process for each GPU).
    Without, it would ask for one all the same, so the processes are joined
    here, over gloo, and the model is wrapped without a device.

    Args:
        config: The config; changed in place.
        launcher: ``'none'``, ``'pytorch'``, ``'slurm'`` or ``'mpi'``.

    Raises:
        UserError: If the launcher did not start this process, or there are
            fewer GPUs than processes.
    """
    config.launcher = launcher
    if launcher == 'none':
        _check_alone()
        return
    _set_place(launcher)
    _wrap_frozen(config)
    if get_device() == 'cpu':
        _join_over_gloo(config)
    elif torch.cuda.is_available():
        _check_gpus()


def _check_alone() -> None:
    if int(os.environ.get('WORLD_SIZE', 1)) > 1:
        raise UserError(
            f'one of {os.environ["WORLD_SIZE"]} processes, but '
            '--launcher is none: add --launcher pytorch, or start the job '
            'with --gpus'
        )


def _wrap_frozen(config: Config) -> None:
    """Wrap a model that learns nothing part by part.

    PyTorch's wrapper refuses a model without trainable parameters, this one
    of MMEngine passes such parts over.
    """
    if has_our_recognizer(config) and not config.model.get('trainable'):
        config.model_wrapper_cfg = dict(
            type='MMSeparateDistributedDataParallel'
        )


def _set_place(launcher: str) -> None:
    names = PLACES[launcher]
    missing = [name for name in names.values() if name not in os.environ]
    if missing:
        raise UserError(
            f'--launcher {launcher} needs {", ".join(missing)} in the '
            'environment: start the job with --gpus or --slurm, which set them'
        )
    for name, source in names.items():
        os.environ[name] = os.environ[source]


def _check_gpus() -> None:
    local_rank = int(os.environ['LOCAL_RANK'])
    num_gpus = torch.cuda.device_count()
    if local_rank >= num_gpus:
        raise UserError(
            f'process {local_rank + 1} on a machine with {num_gpus} visible '
            'GPUs: ask for one process for each GPU'
        )


def _join_over_gloo(config: Config) -> None:
    os.environ.setdefault('MASTER_PORT', '29500')
    os.environ.setdefault('MASTER_ADDR', _first_host())
    timeout = config.get('env_cfg', {}).get('dist_cfg', {}).get('timeout')
    dist.init_process_group(
        'gloo', timeout=timeout and timedelta(seconds=timeout)
    )
    defaults = dict(
        type='MMDistributedDataParallel',
        device_ids=None,
        broadcast_buffers=False,
        find_unused_parameters=config.get('find_unused_parameters', False),
    )
    given = config.get('model_wrapper_cfg') or {}
    config.model_wrapper_cfg = {**defaults, **given}


def _first_host() -> str:
    nodes = os.environ.get('SLURM_NODELIST')
    if nodes is None:
        return '127.0.0.1'
    command = ['scontrol', 'show', 'hostnames', nodes]
    try:
        output = subprocess.run(
            command, capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise UserError(
            f'cannot ask scontrol for the hosts of {nodes}: give the first '
            'as MASTER_ADDR'
        ) from error
    return output.split()[0]
