"""Which classes are taken for which, in pictures, files and a table."""

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from vlprompt.analysis import class_accuracies, confused_pairs
from vlprompt.visualization import draw_confused_pairs, draw_confusion_matrix
from vlprompt.whole_files import write_text


class ConfusionReport:
    """The confusions of one model.

    Args:
        matrix: (C, C) counts, true classes in the rows.
        names: Of the classes.
        num_broken: Videos that could not be scored.
    """

    def __init__(
        self, matrix: np.ndarray, names: Sequence[str], num_broken: int
    ) -> None:
        self.matrix = matrix
        self.names = names
        self.num_broken = num_broken
        self.pairs = confused_pairs(matrix)

    def write(self, out: Path, top: int) -> None:
        """Write the pictures, all pairs, and the numbers of each class.

        Args:
            out: The folder.
            top: How many pairs are drawn.
        """
        out.mkdir(parents=True, exist_ok=True)
        right = 100 * self.matrix.trace() / self.matrix.sum()
        title = f'{self.matrix.sum()} videos, top-1 {right:.1f} %'
        path = out / 'matrix.png'
        draw_confusion_matrix(self.matrix, self.names, path, title)
        self._draw_pairs(out / 'pairs.png', top)
        self._write_pairs(out / 'pairs.csv')
        self._write_classes(out / 'confusion.json')

    def _draw_pairs(self, path: Path, top: int) -> None:
        names, shown = self.names, self.pairs[:top]
        draw_confused_pairs(
            [(names[pair.true], names[pair.predicted]) for pair in shown],
            [pair.count for pair in shown],
            [pair.share for pair in shown],
            path,
            'Videos of a class taken for another one (share of the class)',
        )

    def _write_pairs(self, path: Path) -> None:
        text = io.StringIO()
        writer = csv.writer(text, lineterminator='\n')
        writer.writerow(['class', 'taken_for', 'videos', 'share'])
        for true, predicted, count, share in self.pairs:
            names = self.names[true], self.names[predicted]
            writer.writerow([*names, count, f'{share:.4f}'])
        write_text(path, text.getvalue())

    def _write_classes(self, path: Path) -> None:
        matrix = self.matrix
        right = class_accuracies(matrix)
        rows = zip(self.names, matrix.sum(axis=1), right, strict=True)
        report = dict(
            videos=int(matrix.sum()),
            not_scored=self.num_broken,
            top1=matrix.trace() / matrix.sum(),
            mean_class_accuracy=float(np.nanmean(right)),
            classes=[
                dict(name=name, videos=int(n), accuracy=value if n else None)
                for name, n, value in rows
            ],
            matrix=matrix.tolist(),
        )
        text = json.dumps(report, indent=2, ensure_ascii=False)
        write_text(path, f'{text}\n')

    def show(self, top: int) -> None:
        """Print the most confused pairs."""
        table = Table('class', 'taken for', 'videos', 'share, %')
        for true, predicted, count, share in self.pairs[:top]:
            names = escape(self.names[true]), escape(self.names[predicted])
            table.add_row(*names, str(count), f'{100 * share:.0f}')
        Console().print(table)
        videos = self.matrix.sum()
        print(
            f'{videos - self.matrix.trace()} of {videos} videos are taken '
            f'for another class; pairs of classes: {len(self.pairs)}'
        )
