"""Looking at a model: t-SNE, confusions, and MMAction2's own tools."""

import csv
import json
import pickle
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from commands import NUM_VIDEOS, line_of, test_tool, tool, train
from conftest import CLASSES
from torch.nn import functional as F

from vlprompt import analysis
from vlprompt.apis import VideoClassifier, load_config

tsne = tool('analyze_tsne')
confusion = tool('analyze_confusion')
mmaction2 = tool('analyze_mmaction2')
FILES = ('tsne.png', 'points.csv', 'metrics.json')


def embed(classifier, feature):
    dataset = analysis.build_single_view(classifier.config)
    return analysis.embed_dataset(
        classifier.model, classifier.config, dataset, feature
    )


def test_features(config, world):
    """The batched embeddings are those of one video at a time."""
    centers = 'dataloader.dataset.pipeline.1.test_mode'
    options = {f'{loader}_{centers}': True for loader in ('val', 'test')}
    classifier = VideoClassifier(load_config(config, options), 'none')
    videos = embed(classifier, 'video')
    assert videos.files == [f'{world}/videos/{i}.mp4' for i in range(7)]
    assert videos.labels.tolist() == [0, 1, 2, 0, 1, 2, 0]
    assert videos.class_names == CLASSES
    expected = classifier.embed_videos(videos.files)
    np.testing.assert_allclose(videos.features, expected, atol=1e-6)


def test_class_tokens(config):
    classifier = VideoClassifier(config, 'none')
    tokens = []
    classifier.model.backbone.visual.ln_post.register_forward_hook(
        lambda _, inputs, out: tokens.append(inputs[0])
    )
    videos = embed(classifier, 'cls')
    frames = torch.cat(tokens).unflatten(0, (NUM_VIDEOS, -1))
    expected = F.normalize(frames.mean(dim=1), dim=-1)
    assert expected.shape == (NUM_VIDEOS, 32)
    np.testing.assert_allclose(videos.features, expected, atol=1e-6)


def run_tsne(config, out, *flags):
    pytest.importorskip('sklearn')
    torch.manual_seed(0)  # the weights of `none`
    args = [config, 'none', '--perplexity', '3', '--out', str(out), *flags]
    return tsne.main(args)


def test_tsne(config, tmp_path, capsys):
    flags = ['--compare', config, 'none', '--names', 'CLIP', 'ViLT-CLIP']
    results = run_tsne(config, tmp_path / 'a', *flags)
    shown = capsys.readouterr().out
    assert '| Model ' in shown and 'not with published ones' in shown
    with (tmp_path / 'a/points.csv').open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 2 * NUM_VIDEOS
    assert rows[8]['model'] == 'ViLT-CLIP'
    assert rows[8]['class'] == 'jumping' and rows[8]['file'].endswith('1.mp4')
    assert float(rows[8]['x']) == pytest.approx(results[1].points[1, 0], 1e-3)
    report = json.loads((tmp_path / 'a/metrics.json').read_text())
    assert (report['k'], report['videos']) == (3, NUM_VIDEOS)
    for result, model in zip(results, report['models'], strict=True):
        clusters = analysis.find_clusters(result.videos.features, 3)
        expected = analysis.score_clusters([0, 1, 2, 0, 1, 2, 0], clusters)
        assert model['features'] == expected._asdict()
        assert model['name'] in shown
    run_tsne(config, tmp_path / 'b', *flags)
    for name in FILES:
        first, second = (tmp_path / folder / name for folder in 'ab')
        assert first.read_bytes() == second.read_bytes()


def test_tsne_of_other_data_and_fewer_classes(config, world, tmp_path):
    lines = [f'{i}.mp4 {i % 2 + 1}' for i in range(6)]
    (tmp_path / 'list.txt').write_text('\n'.join(lines))
    (tmp_path / 'names.txt').write_text('a\nb\nc')
    flags = ['--ann-file', str(tmp_path / 'list.txt')]
    flags += ['--classes', str(tmp_path / 'names.txt')]
    flags += ['--video-root', str(world / 'videos'), '--perplexity', '2']
    (result,) = run_tsne(config, tmp_path / 'a', *flags)
    assert result.videos.class_names == ('a', 'b', 'c')
    assert set(result.videos.labels) == {1, 2}  # k is 2, not 3
    report = json.loads((tmp_path / 'a/metrics.json').read_text())
    assert report['k'] == 2
    flags += ['--max-classes', '1', '--feature', 'cls']
    (result,) = run_tsne(config, tmp_path / 'a', *flags)
    assert [Path(f).stem for f in result.videos.files] == ['0', '2', '4']
    assert result.on_features.v_measure == 1


@pytest.mark.parametrize(
    ('flags', 'line'),
    [
        (['--perplexity', '7'], 'less than 7, the number of videos'),
        (['--names', 'a', 'b'], '2 --names for 1 models'),
        (['--max-classes', '0'], '--max-classes 0, expected at least 1'),
        (
            ['--cfg-options', 'val_dataloader.dataset.pipeline.1.num_clips=2'],
            'one view of a video expected, its pipeline gives 2',
        ),
        (
            ['--cfg-options', 'test_dataloader=None'],
            'has no test_dataloader',
        ),
        (
            ['--cfg-options', 'test_dataloader.dataset.type=VideoDataset']
            + ['test_dataloader.dataset.classes=None'],
            'VideoDataset',
        ),
    ],
)
def test_tsne_refuses(config, tmp_path, flags, line):
    assert line in line_of(run_tsne, config, tmp_path, *flags)


def test_tsne_compares_the_same_videos(config, world, tmp_path):
    other = tmp_path / 'other.py'
    other.write_text(
        f"_base_ = '{config}'\n"
        "test_dataloader = dict(dataset=dict(classes=['a', 'b', 'c']))"
    )
    line = line_of(run_tsne, config, tmp_path, '--compare', f'{other}', 'none')
    assert 'are tested on different videos or classes' in line
    # What was done before is kept.
    assert all((tmp_path / name).is_file() for name in FILES)


@pytest.fixture
def dump(config, tmp_path):
    """Predictions, and the matrix counted by hand."""
    path = tmp_path / 'scores.pkl'
    test_tool.main([config, 'none', '--dump', str(path)])
    matrix = np.zeros((3, 3), dtype=int)
    with path.open('rb') as file:
        for row in pickle.load(file):
            matrix[int(row['gt_label']), int(row['pred_score'].argmax())] += 1
    return str(path), matrix


def test_confusion_of_a_dump(config, dump, tmp_path, capsys):
    path, matrix = dump
    out = tmp_path / 'out'
    flags = ['--predictions', path, '--out', str(out)]
    np.testing.assert_array_equal(confusion.main([config, *flags]), matrix)
    wrong = matrix.sum() - matrix.trace()
    assert f'{wrong} of 7 videos' in capsys.readouterr().out
    with (out / 'pairs.csv').open() as file:
        rows = list(csv.DictReader(file))
    assert sum(int(row['videos']) for row in rows) == wrong
    assert all(row['class'] in CLASSES for row in rows)
    report = json.loads((out / 'confusion.json').read_text())
    assert report['matrix'] == matrix.tolist()
    assert report['top1'] == matrix.trace() / 7
    assert [c['name'] for c in report['classes']] == list(CLASSES)
    assert (out / 'matrix.png').is_file() and (out / 'pairs.png').is_file()
    # Without a config the classes have numbers, or the names given.
    confusion.main(flags)
    report = json.loads((out / 'confusion.json').read_text())
    assert [c['name'] for c in report['classes']] == ['0', '1', '2']


def test_confusion_of_a_model(config, tmp_path):
    flags = ['--out', str(tmp_path), '--cfg-options', 'randomness.seed=0']
    matrix = confusion.main([config, 'none', *flags])
    assert matrix.sum(axis=1).tolist() == [3, 2, 2]
    kept = str(tmp_path / 'predictions.pkl')
    again = confusion.main([config, '--predictions', kept])
    np.testing.assert_array_equal(matrix, again)


def test_confusion_refuses(config, dump, tmp_path):
    path, _ = dump
    names = tmp_path / 'names.txt'
    names.write_text('a\nb')
    flags = ['--predictions', path, '--classes', str(names)]
    line = '2 class names for predictions of 3 classes'
    assert line in line_of(confusion.main, flags)
    assert 'give CONFIG and CHECKPOINT' in line_of(confusion.main, [])
    assert 'learns prompts.*' in line_of(confusion.main, [config])


def test_mmaction2_reads_our_dumps(config, dump, tmp_path, capsys):
    path, matrix = dump
    accuracy = matrix.trace() / matrix.sum()
    mmaction2.main(['report_accuracy', '--preds', path, '--coefficients', '1'])
    assert f'Top 1 Accuracy: {accuracy:.4f}' in capsys.readouterr().out
    mmaction2.main(['eval_metric', config, path])
    assert f"'acc/top1': {accuracy:.5f}" in capsys.readouterr().out.replace(
        f'np.float64({accuracy})', f'{accuracy:.5f}'
    )
    out, picture = tmp_path / 'matrix.pkl', tmp_path / 'matrix.png'
    flags = ['--out', str(out), '--show-path', str(picture)]
    mmaction2.main(['confusion_matrix', config, path, *flags])
    with out.open('rb') as file:
        np.testing.assert_array_equal(pickle.load(file), matrix)
    assert picture.is_file()


def test_mmaction2_reads_our_configs(config, tmp_path, capsys):
    mmaction2.main(['print_config', config])
    assert "type='VideoTextRecognizer'" in capsys.readouterr().out
    picture = tmp_path / 'lr.png'
    lines = (
        f"_base_ = '{config}'",
        "param_scheduler = [dict(type='LinearLR', start_factor=0.1, end=2)]",
        "hook = dict(type='ParamSchedulerHook')",
        'default_hooks = dict(param_scheduler=hook)',
        "custom_hooks = [dict(type='BrokenVideosHook')]",
        "log_level = 'INFO'",
        "model = dict(texts=dict(classes=['a cat', 'a dog']))",
    )
    complete = tmp_path / 'complete.py'
    complete.write_text('\n'.join(lines))
    flags = ['-d', '7', '-s', str(picture), '--not-show']
    mmaction2.main(['vis_scheduler', str(complete), *flags])
    assert picture.is_file()
    shape = ['--shape', '1', '3', '2', '32', '32']
    mmaction2.main(['get_flops', str(complete), *shape])
    assert 'Flops:' in capsys.readouterr().out


def test_mmaction2_reads_our_logs(config, tmp_path, monkeypatch, capsys):
    """With a stand-in for seaborn, of which it takes the style alone."""
    train(config, tmp_path / 'out', '--no-validate')
    (log,) = (tmp_path / 'out').glob('*/vis_data/2*.json')
    style = SimpleNamespace(set_style=lambda name: None)
    monkeypatch.setitem(sys.modules, 'seaborn', style)
    flags = ['--include-outliers']
    mmaction2.main(['analyze_logs', 'cal_train_time', str(log), *flags])
    assert 'average iter time' in capsys.readouterr().out
    # Its curves want a mode in every line, which MMEngine writes no more.
    text = log.read_text().replace('"epoch"', '"mode": "train", "epoch"')
    (tmp_path / 'log.json').write_text(text)
    flags = ['--keys', 'loss', '--out', str(tmp_path / 'curve.png')]
    mmaction2.main(
        ['analyze_logs', 'plot_curve', str(tmp_path / 'log.json'), *flags]
    )
    assert (tmp_path / 'curve.png').is_file()


def test_mmaction2_refuses(config):
    line = line_of(mmaction2.main, ['analyse_logs'])
    assert 'did you mean analyze_logs?' in line
    line = line_of(mmaction2.main, ['benchmark', config])
    assert 'benchmark does not run here: cannot import name' in line
    assert sys.argv[0] != 'benchmark'
