"""The page of the quickstart, and the one of every protocol."""

import json
import re

import pytest
from programs import call_here, evaluate_here

from vlprompt.records import read_predictions

pytestmark = pytest.mark.e2e


def test_the_quickstart_ends_with_a_page(quickstart):
    page = (quickstart.out / 'report.html').read_text()
    results = quickstart.report()['results']
    for row in results.values():
        for part in ('base', 'novel', 'hm'):
            assert f'>{100 * row[part]:.1f}<' in page
    assert 'Wins and losses: novel_val.txt' in page
    assert page.count('<img') == 24


def test_what_is_kept_is_what_the_metric_counts(quickstart):
    for folder in quickstart.out.glob('test_*'):
        kept = read_predictions(folder)
        metrics = json.loads((folder / 'metrics.json').read_text())
        right = kept.matrix().trace() / len(kept.videos)
        assert right == pytest.approx(metrics['acc/top1'])
        top5 = [
            label in best
            for label, best in zip(kept.labels, kept.best, strict=True)
        ]
        assert sum(top5) / len(top5) == pytest.approx(metrics['acc/top5'])


def test_its_full_page_shows_where_the_model_looks(quickstart, tmp_path):
    page = call_here(
        'report', str(quickstart.out), f'--out={tmp_path}/page.html'
    )
    text = page.read_text()
    assert text.count('below, where the model looks') > 10
    assert 'Attention rows are left out' not in text
    assert text.count('0.3 of a view (multiply-accumulates)') == 4
    assert len(text) < 5_000_000
    again = call_here(
        'report', str(quickstart.out), f'--out={tmp_path}/2.html'
    )
    assert again.read_bytes() == page.read_bytes()


def test_a_retrieval_leaves_ranks_that_give_its_recalls(toy, tmp_path):
    code, printed = evaluate_here(
        'retrieval',
        'configs/vilt/vilt_retrieval_toy.py',
        'none',
        f'--data-root={toy.parent}',
        f'--out={tmp_path}',
        '--cfg-options',
        f'model.clip.pretrained={toy}/toy_clip.safetensors',
    )
    assert code == 0, printed
    assert f'Wrote {tmp_path}/report.html' in printed
    (folder,) = (path.parent for path in tmp_path.rglob('predictions.json'))
    kept = read_predictions(folder)
    metrics = json.loads((folder / 'metrics.json').read_text())
    for key, ranks, best, rights in (
        ('t2v', kept.t2v_ranks, kept.t2v_best, kept.owners),
        ('v2t', kept.v2t_ranks, kept.v2t_best, None),
    ):
        first = [rank <= 1 for rank in ranks]
        recall = 100 * sum(first) / len(first)
        assert recall == pytest.approx(metrics[f'{key}/R1'])
        for query, (rank, items) in enumerate(zip(ranks, best, strict=True)):
            if rights is not None and rank < 1.5:
                assert items[0] == rights[query]
    page = (tmp_path / 'report.html').read_text()
    rows = re.findall(r'<td>text to video</td><td class="n">([\d.]+)', page)
    assert rows == [f'{metrics["t2v/R1"]:.1f}']
