"""The weight of CLIP that `vlprompt interpolate` chooses, and its flags."""

import json
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from averaged_runs import curve, interpolate, mix, models_show, read
from commands import line_of, test_tool
from mmengine.runner import Runner

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize(
    ('flags', 'line'),
    [
        ((), 'one checkpoint alone: give --with-clip W'),
        (('--with-clip', '1.5'), 'W is 1.5: the weight of pretrained CLIP'),
        (('--w-from-val', '0', '-1'), 'W is -1'),
        (('--with-clip', '.5', '--metric', 'x'), '--metric is for --w-from'),
        (('--with-clip', '.5', '--weights', '1', '2'), '2 weights for 1'),
        (('--with-clip', '.5', '--weights', '0'), 'weights 0.0: expected'),
    ],
)
def test_flags_that_make_no_sense(averaged, flags, line):
    words = [averaged.config, str(averaged.folder / 'epoch_1.pth'), *flags]
    words += ['--out', 'x.pth', *averaged.flags]
    assert line in line_of(interpolate.main, words)


@pytest.fixture
def val_list(averaged, tmp_path):
    """Three of the videos; the test of the config has all."""
    lines = Path(averaged.list).read_text().splitlines()[:3]
    path = tmp_path / 'val.txt'
    path.write_text('\n'.join(lines))
    return path


def test_a_weight_is_not_chosen_on_the_test_list(averaged, val_list, tmp_path):
    out = tmp_path / 'x.pth'
    line = line_of(curve, averaged, out, '0', '1')
    assert line.startswith('all 7 videos of the validation list')
    line = line_of(curve, averaged, out, '0', '1', '--val-list', str(val_list))
    assert line.startswith('all 3 videos of the validation list')
    assert not out.exists()
    recipe = curve(averaged, out, '0', '--on-test-list')
    assert recipe.chosen['on_test_list'] is True
    assert 'TEST VIDEOS' in models_show.main([str(out)])['averaged']


def test_some_test_videos_are_told(averaged, val_list, tmp_path, capsys):
    lines = val_list.read_text().splitlines()
    (tmp_path / 'test.txt').write_text(lines[0])
    more = SimpleNamespace(**vars(averaged))
    test = f'test_dataloader.dataset.ann_file={tmp_path}/test.txt'
    more.flags = [*averaged.flags, test]
    curve(more, tmp_path / 'x.pth', '0', '--val-list', str(val_list))
    assert '1 of the 3 videos of' in capsys.readouterr().err


def test_the_curve_leads_to_the_best_weight(
    averaged, tmp_path, capsys, monkeypatch
):
    """What it says of each weight is what `vlprompt test` says."""
    out = tmp_path / 'best.pth'
    recipe = curve(averaged, out, '1', '0', '0.5', '--on-test-list')
    kept = json.loads((tmp_path / 'best_curve.json').read_text())
    values = {float(w): v['metrics']['acc/top1'] for w, v in kept.items()}
    assert recipe.chosen['curve'] == [[w, values[w]] for w in (1, 0, 0.5)]
    best = max(sorted(values), key=values.get)
    assert recipe.clip_weight == best
    assert (tmp_path / 'best_curve.png').stat().st_size > 5000
    table = capsys.readouterr().out
    assert re.search(rf'\| {best:g} +\| {values[best]:.4f} .*\| best', table)
    for weight, value in values.items():
        path = tmp_path / 'one.pth'
        mix(averaged, path, 'epoch_3.pth', '--with-clip', str(weight))
        flags = ['--work-dir', str(tmp_path), *averaged.flags]
        metrics = test_tool.main([averaged.config, str(path), *flags])
        assert metrics['acc/top1'] == value
    found = read(out)['state_dict']
    expected = mix(averaged, path, 'epoch_3.pth', '--with-clip', str(best))
    assert all(
        torch.equal(found[n], t) for n, t in expected['state_dict'].items()
    )


def test_a_curve_goes_on_where_it_was_interrupted(
    averaged, tmp_path, monkeypatch
):
    tested, test = [], Runner.test

    def spy(runner):
        tested.append(runner.cfg.model.clip.pretrained)
        if len(tested) == 3:
            raise KeyboardInterrupt
        return test(runner)

    monkeypatch.setattr(Runner, 'test', spy)
    out = tmp_path / 'x.pth'
    flags = ['0', '0.5', '1', '--on-test-list']
    with pytest.raises(KeyboardInterrupt):
        curve(averaged, out, *flags)
    curve(averaged, out, *flags)
    assert len(tested) == 4
    curve(averaged, out, *flags)
    assert len(tested) == 4
    other = SimpleNamespace(**vars(averaged))
    other.flags = [*averaged.flags, 'model.cls_head.test_temperature=0.5']
    curve(other, out, *flags)
    assert len(tested) == 7  # of another model, all again


def test_a_metric_that_is_not_there(averaged, tmp_path):
    line = line_of(
        curve, averaged, tmp_path / 'x.pth', '0', '--on-test-list', '--metric',
        'acc/top2',
    )  # fmt: skip
    assert "no metric 'acc/top2'; did you mean acc/top5 or acc/top1?" in line
