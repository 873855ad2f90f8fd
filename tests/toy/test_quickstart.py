"""The whole job, and MMAction2's own tools on our config."""

import json
import re
from pathlib import Path

import matplotlib.image
import mmaction
import pytest
from programs import EPOCHS, ROOT, call, call_here

from vlprompt.cli.commands import COMMANDS
from vlprompt.shipped import find_config
from vlprompt.toy import closing

pytestmark = pytest.mark.e2e

CONFIG = 'configs/vilt/vilt_toy.py'
MMACTION_TOOLS = Path(mmaction.__file__).parent / '.mim/tools'


def test_vilt_clip_learns_and_transfers(quickstart):
    results = quickstart.report()['results']
    vanilla, vilt = results['vanilla CLIP'], results['ViLT-CLIP']
    assert vilt['base'] > vanilla['base'] + 0.1
    assert vilt['hm'] > vanilla['hm']
    for row in (vanilla, vilt):
        base, novel = row['base'], row['novel']
        assert row['hm'] == pytest.approx(2 * base * novel / (base + novel))


def test_the_report_says_what_it_is_of(quickstart):
    report = quickstart.report()
    assert report['configuration']['epochs'] == EPOCHS
    assert report['configuration']['world']['clips'] == 960
    assert report['versions']['mmaction2'] == '1.2.0'
    assert len(report['seconds']) == 7
    assert all(seconds > 0 for seconds in report['seconds'].values())


def test_a_plain_test_of_the_checkpoint_has_the_same_accuracy(
    quickstart, tmp_path
):
    checkpoint = (quickstart.out / 'vilt/last_checkpoint').read_text()
    call_here(
        'test',
        f'{ROOT}/{CONFIG}',
        checkpoint,
        f'--work-dir={tmp_path}',
        '--cfg-options',
        *options(quickstart.data, 'test', 'val'),
    )
    metrics = json.loads((tmp_path / 'metrics.json').read_text())
    expected = quickstart.report()['results']['ViLT-CLIP']['base']
    assert metrics['acc/top1'] == expected


def test_the_contact_sheet_is_a_picture(quickstart):
    picture = matplotlib.image.imread(quickstart.out / 'predictions.png')
    assert min(picture.shape[:2]) > 800
    assert picture[..., :3].std() > 0.1


def test_a_second_run_uses_what_is_there(quickstart, capsys):
    before = quickstart.report()
    call_here('demo', *quickstart.command[1:])
    printed = capsys.readouterr().out
    assert printed.count('as before') == 7
    assert quickstart.report() == before
    for name in ('predictions.png', 'report.json', 'log.txt'):
        assert f'{quickstart.out}/{name}' in printed
        assert (quickstart.out / name).is_file()


def test_the_commands_it_names_exist():
    text = ' '.join(closing.NEXT.split())
    named = re.findall(r'\{vlprompt\} (\w+(?: [a-z][a-z-]+)?)', text)
    assert len(named) == 7
    for name in named:
        assert name in COMMANDS or name.split()[0] in COMMANDS, name
    for name in re.findall(r'vlprompt::(\S+\.py)', text):
        assert Path(find_config(name)).is_file()


def options(data, loader, split):
    dataset = f'{loader}_dataloader.dataset'
    return (
        f'model.clip.pretrained={data}/toy_clip.safetensors',
        f'{dataset}.ann_file={data}/base_{split}.txt',
        f'{dataset}.classes={data}/base_labels.csv',
        f'{dataset}.data_prefix.video={data}/videos',
    )


@pytest.fixture(scope='module')
def trained(toy, tmp_path_factory):
    """One epoch by MMAction2's unmodified train.py."""
    out = tmp_path_factory.mktemp('mmaction')
    done = call(
        str(MMACTION_TOOLS / 'train.py'),
        CONFIG,
        f'--work-dir={out}',
        '--no-validate',
        '--cfg-options',
        'train_cfg.max_epochs=1',
        'default_hooks.checkpoint.interval=1',
        *options(toy, 'train', 'train'),
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return out / 'epoch_1.pth'


def test_mmaction2s_own_tools_run_our_config(toy, trained):
    done = call(
        str(MMACTION_TOOLS / 'test.py'),
        CONFIG,
        str(trained),
        f'--work-dir={trained.parent}',
        '--cfg-options',
        *options(toy, 'test', 'val'),
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert 'acc/scored: 48' in done.stdout + done.stderr
