"""What a command line says about an evaluation."""

from __future__ import annotations

import dataclasses
from argparse import Namespace
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from vlprompt.datasets.catalog import ProtocolData


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings:
    """What every protocol must know; each adds its own.

    Attributes:
        name: The method in the table.
        out: The folder of the results.
        data_root: The folder of all data sets.
        label_order: The order of the class names of HMDB-51.
        cfg_options: Changes of the configs, by dotted key.
        skip_broken: Whether videos that cannot be read are left out.
        with_published: Whether the tables have the rows of the papers.
        track: Trackers of the trainings; None for none.
    """

    name: str
    out: Path
    data_root: str
    label_order: str
    cfg_options: dict[str, Any] | None
    skip_broken: bool
    with_published: bool
    track: Sequence[str] | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class GridSettings(Settings):
    """Those of protocols that train and test on several data sets.

    Attributes:
        config: The file of the config.
        data_sets: The data sets by the names that were given.
        ckpts: Checkpoints to test instead of training, a pattern.
        seed: Of training.
    """

    config: str
    data_sets: Mapping[str, ProtocolData]
    ckpts: str | None
    seed: int


S = TypeVar('S', bound=Settings)


def read_settings(
    kind: type[S], args: Namespace, protocol: str, stem: str, **given: Any
) -> S:
    """Fill settings from a parsed command line.

    Args:
        kind: Their class; fields are flags of the same name.
        args: The command line.
        protocol: The name of the protocol.
        stem: What is tested: names the method and the folder of the results
            if no flag does.
        given: The fields that are not taken as they are.
    """
    given = {
        'name': args.name or stem,
        'out': args.out or Path('work_dirs', protocol, stem),
        **given,
    }
    names = {field.name for field in dataclasses.fields(kind)}
    flags = {name: getattr(args, name) for name in names - set(given)}
    return kind(**flags, **given)
