"""Draw the embeddings of a test set by t-SNE.

It writes a picture, its points, and how well clusters of the embeddings agree
with the classes.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vlprompt.errors import UserError
from vlprompt.whole_files import check_writable

from .common import add_options_argument
from .data_flags import add_test_data_arguments, set_test_data
from .parsing import parse

if TYPE_CHECKING:
    from .reports.tsne_report import EmbeddedVideos

EXAMPLE = """vlprompt analyze tsne configs/clip/clip_toy.py none \\
        --compare configs/vilt/vilt_toy.py vilt.pth"""
FEATURES = ('video', 'cls')


def add_arguments(parser: ArgumentParser) -> None:
    """Add the flags."""
    parser.add_argument('config', help='file, or package::file of a package')
    parser.add_argument(
        'checkpoint', nargs='?', help='what was learned, or `none`'
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
        choices=FEATURES,
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
    add_options_argument(parser, 'change all configs, as in vlprompt test')


def run(args: Namespace) -> list[EmbeddedVideos]:
    """Embed, draw and cluster, one model after the other."""
    from vlprompt.analysis import require_scikit_learn

    from .reports.tsne_report import TSNEReport

    require_scikit_learn()
    models = [(args.config, args.checkpoint), *args.compare]
    names = args.names or [Path(path).stem for path, _ in models]
    if len(names) != len(models):
        raise UserError(f'{len(names)} --names for {len(models)} models')
    check_writable(args.out)
    report = TSNEReport(args.feature, args.perplexity, args.seed)
    for name, (path, checkpoint) in zip(names, models, strict=True):
        print(f'{name} ...')
        report.add(embed(args, name, path, checkpoint))
        report.write(args.out)  # it is kept if the next model fails
    report.show()
    print(f'Wrote {args.out}/tsne.png, points.csv and metrics.json')
    return report.models


def embed(
    args: Namespace, name: str, path: str, checkpoint: str | None
) -> EmbeddedVideos:
    """Embed the videos by one model, project and cluster them."""
    from vlprompt import analysis
    from vlprompt.apis import init_recognizer, load_config

    from .reports.tsne_report import embedded_videos

    config = load_config(path, args.cfg_options)
    set_test_data(config, args)
    dataset = analysis.build_single_view(config, args.max_classes)
    analysis.check_perplexity(args.perplexity, len(dataset))
    model = init_recognizer(config, checkpoint)
    videos = analysis.embed_dataset(model, config, dataset, args.feature)
    return embedded_videos(
        name, path, checkpoint, videos, args.perplexity, args.seed
    )


def main(args: Sequence[str] | None = None) -> list[EmbeddedVideos]:
    """Draw the embeddings, and return them."""
    return run(parse(__name__, args))
