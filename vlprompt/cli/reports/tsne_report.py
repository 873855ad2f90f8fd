"""Embeddings of videos on a plane, and how well their clusters fit."""

import csv
import io
import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from vlprompt import analysis
from vlprompt.errors import UserError
from vlprompt.tables import Table
from vlprompt.visualization import Panel, draw_scatter
from vlprompt.whole_files import write_text

NOTE = (
    'The clustering is defined by this library: compare these numbers with '
    'each other, not with published ones.'
)
HEAD = ('Model', 'H', 'C', 'V', '(2-d) H', 'C', 'V', 'k', 'videos')


class EmbeddedVideos(NamedTuple):
    """One model's videos, and how well their clusters agree with classes."""

    name: str
    config: str
    checkpoint: str | None
    videos: analysis.Embeddings
    points: np.ndarray
    on_features: analysis.ClusterScores
    on_points: analysis.ClusterScores

    @property
    def num_classes(self) -> int:
        """The number of classes that have videos, and of clusters."""
        return len(np.unique(self.videos.labels))


def embedded_videos(
    name: str,
    config: str,
    checkpoint: str | None,
    videos: analysis.Embeddings,
    perplexity: float,
    seed: int,
) -> EmbeddedVideos:
    """Project and cluster a model's embeddings."""
    points = analysis.project(videos.features, perplexity, seed)
    k = len(np.unique(videos.labels))
    on_features, on_points = (
        analysis.score_clusters(
            videos.labels, analysis.find_clusters(x, k, seed)
        )
        for x in (videos.features, points)
    )
    return EmbeddedVideos(
        name, config, checkpoint, videos, points, on_features, on_points
    )


class TSNEReport:
    """The picture, the points and the metrics of several models.

    Args:
        feature: What of a video is embedded.
        perplexity: Of t-SNE.
        seed: Of t-SNE and k-means.
    """

    def __init__(self, feature: str, perplexity: float, seed: int) -> None:
        self.settings = dict(feature=feature, perplexity=perplexity, seed=seed)
        self.models: list[EmbeddedVideos] = []

    def add(self, model: EmbeddedVideos) -> None:
        """Add a model.

        Raises:
            UserError: If it saw other videos or classes than the first.
        """
        self.models.append(model)
        first, last = self.models[0].videos, model.videos
        same = first.files == last.files
        if not same or first.class_names != last.class_names:
            raise UserError(
                f'{self.models[0].config} and {model.config} are tested on '
                'different videos or classes: give --ann-file, --classes '
                'and --video-root'
            )

    def write(self, out: Path) -> None:
        """Write ``tsne.png``, ``points.csv`` and ``metrics.json``."""
        out.mkdir(parents=True, exist_ok=True)
        videos = self.models[0].videos
        panels = [
            Panel(model.name, _caption(model), model.points)
            for model in self.models
        ]
        path = out / 'tsne.png'
        draw_scatter(panels, videos.labels, videos.class_names, path)
        self._write_points(out / 'points.csv')
        text = json.dumps(self._metrics(), indent=2, ensure_ascii=False)
        write_text(out / 'metrics.json', f'{text}\n')

    def _write_points(self, path: Path) -> None:
        """Write a line for each video of each model."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator='\n')
        writer.writerow(['model', 'file', 'class', 'x', 'y'])
        for model in self.models:
            videos = model.videos
            names = [videos.class_names[label] for label in videos.labels]
            rows = zip(videos.files, names, model.points, strict=True)
            for video, name, point in rows:
                x, y = (f'{value:.4f}' for value in point)
                writer.writerow([model.name, video, name, x, y])
        write_text(path, text.getvalue())

    def _metrics(self) -> dict[str, Any]:
        first = self.models[0]
        return dict(
            note=NOTE,
            **self.settings,
            k=first.num_classes,
            videos=len(first.videos.files),
            models=[
                dict(
                    name=model.name,
                    config=model.config,
                    checkpoint=model.checkpoint,
                    features=model.on_features._asdict(),
                    points=model.on_points._asdict(),
                )
                for model in self.models
            ],
        )

    def show(self) -> None:
        """Print the table."""
        rows = [_row(model) for model in self.models]
        print(Table(HEAD, rows).markdown())
        print(
            'Homogeneity, completeness and V-measure in percent, of k-means '
            f'clusters of the embeddings ({self.settings["feature"]}) and of '
            'their 2-d points; '
            f'perplexity {self.settings["perplexity"]:g}, '
            f'seed {self.settings["seed"]}.\n{NOTE}'
        )


def _caption(model: EmbeddedVideos) -> str:
    return (
        f'V-measure {100 * model.on_features.v_measure:.1f} '
        f'(2-d {100 * model.on_points.v_measure:.1f})'
    )


def _row(model: EmbeddedVideos) -> list[str]:
    scores = (*model.on_features, *model.on_points)
    return [
        model.name,
        *(f'{100 * score:.1f}' for score in scores),
        str(model.num_classes),
        str(len(model.videos.files)),
    ]
