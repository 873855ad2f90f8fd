"""Show the videos of a test set as a model sees them.

python tools/analysis/tsne.py CONFIG CHECKPOINT [--compare CONFIG CHECKPOINT]

Writes a picture (t-SNE), its points, and how well clusters of the embeddings
agree with the classes; docs/analysis.md says how they are made.
"""

import csv
import json
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from rich.console import Console

from vlprompt import analysis
from vlprompt.apis import load_config, load_model
from vlprompt.cli.common import run_command
from vlprompt.cli.data_flags import add_test_data_arguments, set_test_data
from vlprompt.errors import UserError
from vlprompt.tables import Table
from vlprompt.visualization import Panel, draw_scatter

from .common import Options

NOTE = (
    'The clustering is defined by this library (docs/analysis.md): compare '
    'these numbers with each other, not with published ones.'
)
HEAD = ('Model', 'H', 'C', 'V', '(2-d) H', 'C', 'V', 'k', 'videos')


class Result(NamedTuple):
    """One model's videos, and how well their clusters agree with classes."""

    name: str
    config: str
    checkpoint: str | None
    videos: analysis.Embeddings
    points: np.ndarray
    on_features: analysis.ClusterScores
    on_points: analysis.ClusterScores


def parse_args(args: Sequence[str] | None = None) -> Namespace:
    """Parse the command line."""
    parser = ArgumentParser(description='t-SNE of the videos of a test set')
    parser.add_argument('config', help='file, or package::file of a package')
    parser.add_argument(
        'checkpoint', nargs='?', help='what was learnt, or `none`'
    )
    parser.add_argument(
        '--compare',
        nargs=2,
        action='append',
        default=[],
        metavar=('CONFIG', 'CHECKPOINT'),
        help='another model beside it; can be repeated',
    )
    parser.add_argument(
        '--names', nargs='+', help='what the models are called, in order'
    )
    add_test_data_arguments(parser)
    parser.add_argument(
        '--feature',
        choices=list(analysis.FEATURES),
        default='video',
        help='the pooled video embedding, or the class tokens before the '
        'projection',
    )
    parser.add_argument('--perplexity', type=float, default=30)
    parser.add_argument(
        '--seed', type=int, default=0, help='of t-SNE and k-means'
    )
    parser.add_argument(
        '--max-classes',
        type=int,
        metavar='N',
        help='take the first N classes of the list only',
    )
    parser.add_argument('--out', type=Path, default=Path('tsne'))
    parser.add_argument(
        '--cfg-options',
        nargs='+',
        action=Options,
        metavar='KEY=VALUE',
        help='change all configs, as in tools/test.py',
    )
    return parser.parse_args(args)


def analyze(
    args: Namespace, name: str, path: str, checkpoint: str | None
) -> Result:
    """Embed the videos by one model, project and cluster them."""
    config = load_config(path, args.cfg_options)
    set_test_data(config, args)
    dataset = analysis.build_single_view(config, args.max_classes)
    analysis.check_perplexity(args.perplexity, len(dataset))
    model = load_model(config, checkpoint)
    videos = analysis.embed_dataset(model, config, dataset, args.feature)
    points = analysis.project(videos.features, args.perplexity, args.seed)
    k = len(np.unique(videos.labels))
    return Result(
        name,
        path,
        checkpoint,
        videos,
        points,
        *(
            analysis.score_clusters(
                videos.labels, analysis.find_clusters(x, k, args.seed)
            )
            for x in (videos.features, points)
        ),
    )


def check_same_videos(results: Sequence[Result]) -> None:
    """Refuse to compare models on different videos."""
    first = results[0].videos
    for result in results[1:]:
        videos = result.videos
        if (
            videos.files != first.files
            or videos.class_names != first.class_names
        ):
            raise UserError(
                f'{results[0].config} and {result.config} are tested on '
                'different videos or classes: give --ann-file, --classes '
                'and --video-root'
            )


def write(args: Namespace, results: Sequence[Result]) -> None:
    """Write the picture, the points and the metrics."""
    args.out.mkdir(parents=True, exist_ok=True)
    videos = results[0].videos
    panels = [
        Panel(
            result.name,
            f'V-measure {100 * result.on_features.v_measure:.1f} '
            f'(2-d {100 * result.on_points.v_measure:.1f})',
            result.points,
        )
        for result in results
    ]
    path = args.out / 'tsne.png'
    draw_scatter(panels, videos.labels, videos.class_names, path)
    write_points(args.out / 'points.csv', results)
    text = json.dumps(report(args, results), indent=2, ensure_ascii=False)
    (args.out / 'metrics.json').write_text(f'{text}\n', encoding='utf-8')


def write_points(path: Path, results: Sequence[Result]) -> None:
    """Write a line for each video of each model."""
    with path.open('w', newline='', encoding='utf-8') as file:
        writer = csv.writer(file, lineterminator='\n')
        writer.writerow(['model', 'file', 'class', 'x', 'y'])
        for result in results:
            videos = result.videos
            names = [videos.class_names[label] for label in videos.labels]
            for row in zip(videos.files, names, result.points, strict=True):
                x, y = (f'{value:.4f}' for value in row[2])
                writer.writerow([result.name, *row[:2], x, y])


def report(args: Namespace, results: Sequence[Result]) -> dict:
    """What ``metrics.json`` says."""
    videos = results[0].videos
    return dict(
        note=NOTE,
        feature=args.feature,
        perplexity=args.perplexity,
        seed=args.seed,
        k=len(np.unique(videos.labels)),
        videos=len(videos.files),
        models=[
            dict(
                name=result.name,
                config=result.config,
                checkpoint=result.checkpoint,
                features=result.on_features._asdict(),
                points=result.on_points._asdict(),
            )
            for result in results
        ],
    )


def show(args: Namespace, results: Sequence[Result]) -> None:
    """Print the table."""
    rows = [
        [
            result.name,
            *(
                f'{100 * score:.1f}'
                for score in (*result.on_features, *result.on_points)
            ),
            str(len(np.unique(result.videos.labels))),
            str(len(result.videos.files)),
        ]
        for result in results
    ]
    print(Table(HEAD, rows).markdown())
    print(
        f'Homogeneity, completeness and V-measure in percent, of k-means '
        f'clusters of the embeddings ({args.feature}) and of their 2-d '
        f'points; perplexity {args.perplexity:g}, seed {args.seed}.\n{NOTE}'
    )
    print(f'Wrote {args.out}/tsne.png, points.csv and metrics.json')


def main(args: Sequence[str] | None = None) -> list[Result]:
    """Analyse the models one after the other."""
    args = parse_args(args)
    analysis.require_scikit_learn()
    models = [(args.config, args.checkpoint), *args.compare]
    names = args.names or [Path(path).stem for path, _ in models]
    if len(names) != len(models):
        raise UserError(f'{len(names)} --names for {len(models)} models')
    results = []
    for name, (path, checkpoint) in zip(names, models, strict=True):
        Console().print(f'{name} ...', highlight=False)
        results.append(analyze(args, name, path, checkpoint))
        check_same_videos(results)
        write(args, results)  # what is done is kept if the next is stopped
    show(args, results)
    return results


if __name__ == '__main__':
    run_command(main)
