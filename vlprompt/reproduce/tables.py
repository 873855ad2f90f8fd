"""What a table of a paper is: which runs give which of its numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from vlprompt.protocols.published import PublishedNumber, read_all


@dataclass(frozen=True)
class Run:
    """One protocol with one config, which gives a row of a table.

    Attributes:
        method: As the table calls it.
        config: Folder and stem, ``'vilt/vilt_b16_b2n'``.
        eval: The word after ``vlprompt eval``.
        flags: Of that command, beyond config, data sets and shots.
        options: Changes of the config, by dotted key.
        trained_by: The config that is trained on Kinetics-400 first, whose
            result is tested; nothing if the protocol trains by itself.
        second_stage_of: The config of a first training whose result is the
            frozen CLIP of this one.
        with_clip: The share of pretrained CLIP that is mixed into what was
            trained first.
        datasets: Those of the published numbers if none are given.
    """

    method: str
    config: str
    eval: str
    flags: tuple[str, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)
    trained_by: str = ''
    second_stage_of: str = ''
    with_clip: float = 0.0
    datasets: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Its folder: the stem of the config, and the method if need be."""
        stem = self.config.partition('/')[2]
        words = re.findall(r'\w+', self.method.lower()) if self.options else ()
        return '_'.join([stem, *words])


@dataclass(frozen=True)
class PaperTable:
    """A table that can be run.

    Attributes:
        paper: ``'vilt'``.
        name: ``'table4'``.
        title: What it is of.
        source: What published numbers call it, ``'ViLT T4'``.
        protocol: What they call its protocol.
        runs: Its rows.
        not_here: The other methods in it, each with why it is not run.
        differences: Why numbers may differ, keys of ``DIFFERENCES``.
    """

    paper: str
    name: str
    title: str
    source: str
    protocol: str
    runs: tuple[Run, ...]
    not_here: Mapping[str, str] = field(default_factory=dict)
    differences: tuple[str, ...] = ()

    def published(self) -> list[PublishedNumber]:
        """The accuracies and ranks that are printed in it."""
        return [
            number
            for number in read_all()
            if number.source == self.source
            and number.protocol == self.protocol
            and number.metric in ACCURACIES
        ]

    def published_of(self, run: Run) -> list[PublishedNumber]:
        """Those of a run: of its method, and of its config if that is said."""
        found = [n for n in self.published() if n.method == run.method]
        named = [n for n in found if run.config in n.configs]
        return named or [n for n in found if not n.configs]

    def datasets(self, run: Run) -> list[str]:
        """The data sets of a run, as published numbers call them."""
        named = {number.dataset: None for number in self.published_of(run)}
        return [*(run.datasets or named)]

    def shots(self, run: Run) -> list[int]:
        """The shots of a run, of few-shot numbers."""
        found = {
            int(number.setting[2:].split()[0]): None
            for number in self.published_of(run)
            if number.setting.startswith('K=')
        }
        return [*found]


# Metrics that runs are compared by; what a model costs needs no run.
ACCURACIES = {
    'top1': 'top-1',
    'top5': 'top-5',
    'base': 'base',
    'novel': 'novel',
    'hm': 'HM',
    't2v_R1': 'R@1',
    't2v_R5': 'R@5',
    't2v_MnR': 'MnR',
}
