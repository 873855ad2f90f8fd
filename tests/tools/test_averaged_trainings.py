"""Averaged trainings, and checkpoints that are averaged afterwards."""

import json
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from averaged_runs import (
    AVERAGE,
    BETWEEN,
    clip_of,
    interpolate,
    mix,
    models_show,
    options,
    read,
)
from commands import learned, line_of, test_tool, train, train_tool
from two_processes import run_two

from vlprompt.apis import find_model, load_config
from vlprompt.hub.folder import read_folder
from vlprompt.hub.writer import write_folder
from vlprompt.report.facts_table import rows_of_test
from vlprompt.report.run_folder import read_run

pytestmark = pytest.mark.e2e


def test_the_mean_of_a_training_is_the_mean_of_its_checkpoints(
    averaged, tmp_path
):
    by_hook = read(averaged.folder / 'averaged.pth')
    words = ['epoch_2.pth', 'epoch_3.pth', '--with-clip', '0.5']
    by_command = mix(averaged, tmp_path / 'x.pth', *words)
    two, three = (
        read(averaged.folder / f'epoch_{e}.pth')['state_dict'] for e in (2, 3)
    )
    clip = clip_of(averaged)
    for name, tensor in two.items():
        expected = (tensor.double() + three[name].double()) / 2
        if name in clip:
            expected = (expected + clip[name].double()) / 2
        for found in (by_hook, by_command):
            torch.testing.assert_close(
                found['state_dict'][name].double(), expected, rtol=0, atol=1e-6
            )
    names = [s['name'] for s in by_command['meta']['recipe']['sources']]
    assert names == [f'{averaged.folder.name}/epoch_{e}.pth' for e in (2, 3)]
    classes = by_command['meta']['dataset_meta']['classes']
    assert classes == by_hook['meta']['dataset_meta']['classes']


def test_the_ends_are_clip_and_the_checkpoint_bit_for_bit(averaged, tmp_path):
    tuned, clip = (
        read(averaged.folder / 'epoch_3.pth')['state_dict'],
        clip_of(averaged),
    )
    assert clip and len(clip) < len(tuned)
    for weight, expected in (('0', tuned), ('1', {**tuned, **clip})):
        words = ['epoch_3.pth', '--with-clip', weight]
        found = mix(averaged, tmp_path / 'x.pth', *words)['state_dict']
        assert found.keys() == expected.keys()
        assert all(torch.equal(found[n], expected[n]) for n in expected)


def test_given_weights(averaged, tmp_path):
    words = ['epoch_1.pth', 'epoch_3.pth', '--weights', '1', '3']
    found = mix(averaged, tmp_path / 'x.pth', *words)
    one, three = (
        read(averaged.folder / f'epoch_{e}.pth')['state_dict'] for e in (1, 3)
    )
    for name in one:
        if one[name].is_floating_point():
            torch.testing.assert_close(
                found['state_dict'][name], (one[name] + 3 * three[name]) / 4
            )
    recipe = found['meta']['recipe']
    assert [s['weight'] for s in recipe['sources']] == [0.25, 0.75]
    assert (recipe['scheme'], recipe['clip']) == ('weighted mean', None)


def test_it_is_a_checkpoint_like_others(averaged, tmp_path, capsys):
    path = str(averaged.folder / 'averaged.pth')
    flags = ['--work-dir', str(tmp_path), *averaged.flags]
    metrics = test_tool.main([averaged.config, path, *flags])
    assert 0 <= metrics['acc/top1'] <= 1
    line = (
        '0.5 pretrained CLIP (clip.safetensors) + 0.5 mean of 2 (epoch 2, '
        'epoch 3)'
    )
    facts = json.loads((tmp_path / 'test.json').read_text())
    assert facts['averaged'] == line
    (test,) = read_run(tmp_path).tests
    assert ('weights', line) in rows_of_test(test, None)
    assert find_model(averaged.folder).checkpoint == path
    capsys.readouterr()
    assert models_show.main([path])['averaged'] == line
    assert '    epoch 2: 0.5\n' in capsys.readouterr().out


def test_a_model_that_is_handed_on_says_what_it_is_made_of(
    averaged, averaged_clip, tmp_path
):
    values = {
        'model.clip.pretrained': str(averaged_clip),
        'model.trainable': ['backbone.*', 'prompts.*', 'cls_head.logit_scale'],
    }
    config = load_config(averaged.config, values)
    config.custom_imports.imports = ['vlprompt']  # without the spies
    path = str(averaged.folder / 'averaged.pth')
    written = write_folder(config, path, tmp_path / 'pushed')
    recipe = read_folder(tmp_path / 'pushed').facts['recipe']
    assert recipe == read(path)['meta']['recipe']
    assert '| weights | 0.5 pretrained CLIP (clip.safet' in written.card


def test_a_resumed_run_has_the_same_mean(averaged, averaged_clip, tmp_path):
    flags = options(averaged_clip, *AVERAGE, *BETWEEN)
    checkpoint = str(averaged.folder / 'epoch_2.pth')
    resume = ('--resume', checkpoint, '--seed', '1')
    weights = train(averaged.config, tmp_path, *resume, *flags)
    expected = learned(averaged.folder)
    assert all(torch.equal(weights[n], expected[n]) for n in expected)
    one = read(averaged.folder / 'averaged.pth')
    other = read(tmp_path / 'averaged.pth')
    assert one['meta']['recipe'] == other['meta']['recipe']
    for name, tensor in one['state_dict'].items():
        assert torch.equal(other['state_dict'][name], tensor)


def test_two_processes_train_and_average_like_one(
    averaged, averaged_clip, tmp_path
):
    """With batches of one each; all losses of a step are at one point."""
    flags = options(
        averaged_clip,
        *AVERAGE,
        *BETWEEN,
        'train_dataloader.dataset.indices=6',
        'optim_wrapper.optimizer.type=SGD',
        'optim_wrapper.optimizer.lr=0.1',
    )
    words = (averaged.config, '--seed', '1', '--work-dir')
    train_tool.main([*words, str(tmp_path / 'one'), *flags])
    apart = [*flags, 'default_hooks.between.alpha=[0.5,0.6]']
    train_tool.main([*words, str(tmp_path / 'apart'), *apart])
    run_two(
        train_tool.main, tmp_path / 'logs', *words, tmp_path / 'two', *flags,
        'env_cfg.dist_cfg.timeout=60', 'train_dataloader.batch_size=1',
    )  # fmt: skip
    for name in ('averaged.pth', 'epoch_3.pth'):
        one, two, other = (
            read(tmp_path / folder / name)['state_dict']
            for folder in ('one', 'two', 'apart')
        )
        torch.testing.assert_close(two, one, rtol=1e-4, atol=1e-5)
        # Another point between CLIP and the weights would show.
        assert max((other[n] - one[n]).abs().max() for n in one) > 1e-3


def test_prompts_alone_are_left_as_they_are(averaged, tmp_path, capsys):
    flags = [*averaged.flags, "model.trainable=['prompts.*']"]
    train(averaged.config, tmp_path, *flags)
    path = tmp_path / 'epoch_3.pth'
    prompts = SimpleNamespace(
        folder=tmp_path, config=averaged.config, flags=flags
    )
    words = ['epoch_3.pth', '--with-clip', '0.5']
    found = mix(prompts, tmp_path / 'x.pth', *words)['state_dict']
    assert 'the mix is the same at every W' in capsys.readouterr().out
    expected = read(path)['state_dict']
    assert all(torch.equal(found[n], expected[n]) for n in expected)
    flags = ['--w-from-val', '--on-test-list', '--out', 'y.pth', *flags]
    line = line_of(interpolate.main, [averaged.config, str(path), *flags])
    assert 'learns no weight of CLIP' in line


def test_checkpoints_of_other_models_are_refused(averaged, world, tmp_path):
    out = ['--with-clip', '0.5', '--out', 'x.pth']
    one, other = (str(averaged.folder / f'epoch_{i}.pth') for i in (1, 2))

    def refusal(path):
        return line_of(
            interpolate.main,
            [averaged.config, one, path, *out, *averaged.flags],
        )

    clip = tmp_path / 'clip'
    train(
        averaged.config, clip, *averaged.flags[:1], *averaged.flags[2:]
    )  # another CLIP
    found = refusal(str(clip / 'epoch_1.pth'))
    assert 'clip/epoch_1.pth: the checkpoint was trained on another' in found
    deeper = [*averaged.flags, 'model.prompts.depth=1']
    train(averaged.config, tmp_path / 'deeper', *deeper)
    found = refusal(str(tmp_path / 'deeper/epoch_1.pth'))
    assert re.search('deeper/epoch_1.pth: .* (layout|match)', found)
    assert 'no checkpoint at' in refusal(str(averaged.folder / 'none.pth'))
    assert not Path('x.pth').exists()
    state = read(other)
    state['state_dict'] = dict(list(state['state_dict'].items())[1:])
    torch.save(state, tmp_path / 'part.pth')
    assert 'part.pth: the checkpoint does not match' in refusal(
        str(tmp_path / 'part.pth')
    )
