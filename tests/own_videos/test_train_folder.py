"""``vlprompt train FOLDER``: from files to an answer, and what is refused."""

import io
import shutil

import pytest
from mmengine.config import Config
from rich.console import Console
from toy_classes import CLASSES

from vlprompt.cli.dispatch import start
from vlprompt.errors import UserError
from vlprompt.jobs.executors.isolation import isolated
from vlprompt.own_videos.runs import Runs
from vlprompt.toy.progress import Display

LOADERS = ('train', 'val', 'test')
WRONG = {
    'method': (
        ['--method', 'vifl'],
        "no method 'vifl'; did you mean vilt or vifi?",
    ),
    'retrieval': (
        ['--base-config', 'vlprompt::vilt/vilt_retrieval_toy.py'],
        'expected a config that trains a VideoTextRecognizer on classes',
    ),
    'vanilla': (
        ['--base-config', 'vlprompt::clip/clip_toy.py'],
        'expected a config that trains',
    ),
    'clip': (
        ['--clip', 'none.pt'],
        'no file of CLIP weights at none.pt',
    ),
    'share': (['--val-share', '2'], 'expected between 0 and 1'),
    'epochs': (['--epochs', '0'], '--epochs 0, expected at least 1'),
    'resume': (['--resume', 'a.pth'], '--resume a.pth is for a config'),
    'gpus': (['--gpus', '2'], '--gpus is for a config: --prepare-only'),
    'slurm': (['--slurm'], '--slurm is for a config'),
    'launcher': (['--launcher', 'pytorch'], '--launcher is for a config'),
    'track': (['--track', 'tensorboard'], '--track is for a config'),
    'classes': (['--classes', 'ucf101'], '--classes is for lists'),
}


@pytest.mark.parametrize('name', WRONG)
def test_wrong_flags_get_one_line(videos, name):
    flags, message = WRONG[name]
    with pytest.raises(UserError) as error:
        start(['train', str(videos), *flags])
    assert message in str(error.value)
    assert '\n' not in str(error.value)


def test_flags_of_folders_are_refused_with_a_config():
    with pytest.raises(UserError, match='--method is for a folder of videos'):
        start(['train', 'vlprompt::vilt/vilt_toy.py', '--method', 'vifi'])
    with pytest.raises(UserError, match='--epochs is for a folder of videos'):
        start(['train', 'vlprompt::vilt/vilt_toy.py', '--epochs', '0'])


def test_a_folder_of_configs_is_none_of_videos(repository):
    with pytest.raises(UserError, match='expected a config, such as'):
        start(['train', str(repository / 'configs/vilt')])


def test_a_list_that_is_missing():
    with pytest.raises(UserError, match='no list of videos at missing.txt'):
        start(['train', 'missing.txt'])


@pytest.mark.e2e
def test_from_a_folder_to_an_answer(videos, capsys):
    """Prepare, train the config as others would, and let it go on."""
    in_process = [f'{n}_dataloader.num_workers=0' for n in LOADERS]
    words = ['train', 'my videos', '--clip', 'toy', '--epochs', '2']
    words += ['--cfg-options', *in_process]
    config = start([*words, '--prepare-only'])
    with isolated():
        start(['train', str(config)])
    capsys.readouterr()

    outcome = start(words)
    said = capsys.readouterr().out
    assert 'earlier training' not in said
    log = (outcome.folder / 'train/log.txt').read_text()
    assert 'nothing to do: ' in log
    assert (
        'use it: vlprompt classify x.mp4 --model work_dirs/my_videos' in said
    )
    assert outcome.scored == 3
    assert outcome.interval[0] <= outcome.after <= outcome.interval[1]
    assert (outcome.folder / 'report.html').stat().st_size > 10_000

    assert start(words) == outcome  # nothing is left to do
    assert capsys.readouterr().out.count('as before') == 3

    # A config that was prepared since then is not that of the checkpoint.
    start([*words, '--method', 'xclip', '--prepare-only'])
    clip = next(videos.glob('red*/*.mp4'))
    start(['classify', str(clip), '--model', 'work_dirs/my_videos'])
    assert 'red star spinning' in capsys.readouterr().out
    with isolated():
        metrics = start(
            ['test', str(outcome.config), str(outcome.checkpoint),
             '--work-dir', 'tested']
        )  # fmt: skip
    assert metrics['acc/top1'] == pytest.approx(outcome.after)

    shutil.copy(clip, videos / 'red_star_spinning/new.mp4')
    start([*words, '--prepare-only'])
    assert 'since the last time: 1 new videos' in capsys.readouterr().out
    changed = Config.fromfile(str(config))
    display = Display(Console(file=io.StringIO()))
    Runs(outcome.folder, config, changed, CLASSES, display).keep_earlier()
    assert not outcome.checkpoint.exists()
    kept = outcome.folder / 'earlier_1' / outcome.checkpoint.name
    assert kept.is_file()
