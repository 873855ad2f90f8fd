"""Stands for ``vlprompt train`` and ``vlprompt test``.

Files in the folder of all results tell it what to do: ``fail`` to fail,
``wait`` to run for a minute, ``meet`` to go on as soon as as many run as it
says.
"""

import json
import os
import sys
import time
from pathlib import Path


def _meet(out, number):
    """Wait until so many processes have come here."""
    (out / f'here_{os.getpid()}').touch()
    for _ in range(600):
        if len([*out.glob('here_*')]) >= number:
            return
        time.sleep(0.05)
    sys.exit(f'never {number} at a time')


def _main(command, config, *words):
    folder = Path(config).parent
    out = folder
    while not (out / 'protocol.json').is_file():
        out = out.parent
    flags = [word for word in words if not word.startswith('--work-dir')]
    with open(out / 'calls', 'a') as file:
        file.write(f'{" ".join([folder.name, *flags])}\n')
    (folder / 'pid').write_text(str(os.getpid()))
    (folder / 'gpus').write_text(os.environ.get('CUDA_VISIBLE_DEVICES', ''))
    print('x - Epoch(train) [1][ 3/36] lr: 1', flush=True)
    if (out / 'fail').exists() and command == 'train':
        print('error: no GPU today')
        sys.exit(2)
    if (out / 'wait').exists() and command == 'train':
        (out / 'waiting').touch()
        time.sleep(60)
    if (out / 'meet').exists():
        _meet(out, int((out / 'meet').read_text()))
    if command == 'train':
        checkpoint = folder / 'epoch_1.pth'
        checkpoint.write_text('weights')
        (folder / 'last_checkpoint').write_text(str(checkpoint))
    else:
        metrics = json.dumps({'acc/top1': 0.5})
        (folder / 'metrics.json').write_text(metrics)


if __name__ == '__main__':
    _main(*sys.argv[1:])
