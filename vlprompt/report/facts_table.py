"""What numbers are of, as rows of a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .run_folder import TestRecord, TrainingRecord

UNKNOWN = 'not recorded'
SHORT = 12  # digits of a hash that are shown
Rows = list[tuple[str, str]]


def rows_of_test(test: TestRecord, gmacs: float | None) -> Rows:
    """What a test is of, and what it cost.

    Args:
        test: The test.
        gmacs: Multiply-accumulates of a view in 1e9, if they were counted.
    """
    facts = test.facts
    rows = [
        ('list', _file(facts.get('list'))),
        ('videos', _videos(test)),
        ('classes', _text(facts.get('classes') or _classes(test))),
        ('views', _views(facts)),
        ('template', _text(facts.get('template'))),
        ('decoder', _text(facts.get('decoder'))),
        ('checkpoint', _file(facts.get('checkpoint'))),
    ]
    if facts.get('averaged'):
        rows.append(('weights', facts['averaged']))
    rows += _common(facts)
    counted = f'{gmacs:.1f} of a view (multiply-accumulates)' if gmacs else ''
    rows.append(('GFLOPs', counted or UNKNOWN))
    rows.append(('time of the test', duration(facts.get('seconds'))))
    rows.append(('memory', _memory(facts, facts.get('memory_mb'))))
    return [*rows, ('versions', _versions(facts))]


def rows_of_training(training: TrainingRecord) -> Rows:
    """What a training is of, and what it cost."""
    facts, curves = training.facts, training.curves
    per_epoch = facts.get('epochs') and facts.get('iterations')
    length = f'{facts["epochs"]}' if facts.get('epochs') else UNKNOWN
    if per_epoch:
        length += f' ({facts["iterations"]:,} iterations)'
    return [
        ('list', _file(facts.get('list'))),
        ('videos', _text(facts.get('videos'))),
        ('classes', _text(facts.get('classes'))),
        ('template', _text(facts.get('template'))),
        ('decoder', _text(facts.get('decoder'))),
        ('epochs', length),
        ('batch', _batch(facts)),
        *_common(facts),
        ('time of training', duration(curves.seconds)),
        ('memory', _memory(facts, curves.memory_mb)),
        ('versions', _versions(facts)),
    ]


def duration(seconds: float | None) -> str:
    """``1 h 05 min``, ``3 min 20 s`` or ``4.2 s``."""
    if seconds is None:
        return UNKNOWN
    if seconds < 60:
        return f'{seconds:.1f} s'
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f'{minutes} min {rest:02d} s'
    return f'{minutes // 60} h {minutes % 60:02d} min'


def _common(facts: Mapping[str, Any]) -> Rows:
    return [
        ('config', _text(facts.get('config'))),
        ('seed', str(facts.get('seed', UNKNOWN))),
        ('parameters', _parameters(facts)),
        ('device', _text(facts.get('device'))),
    ]


def _text(value: Any) -> str:
    if value is None or value == '':
        return UNKNOWN
    return f'{value:,}' if isinstance(value, int) else str(value)


def _file(file: Mapping[str, str] | None) -> str:
    if not file or not file.get('path'):
        return UNKNOWN
    if file['path'] == 'none':
        return 'none: the model as it is made'
    digest = file.get('sha256', '')[:SHORT]
    return f'{file["path"]} (SHA-256 {digest or UNKNOWN})'


def _videos(test: TestRecord) -> str:
    scored, listed = test.metric('scored'), test.metric('listed')
    if scored is None and test.kept is not None:
        scored = len(test.kept.videos)
        listed = scored + len(test.kept.broken)
    if scored is None:
        return UNKNOWN
    note = '' if scored == listed else ': NOT ALL'
    return f'{scored:,.0f} scored of {listed or 0:,.0f} listed{note}'


def _classes(test: TestRecord) -> int | None:
    return len(getattr(test.kept, 'classes', ())) or None


def _views(facts: Mapping[str, Any]) -> str:
    if not facts.get('views'):
        return UNKNOWN
    times, crops = facts['views'].split('x')
    return (
        f'{times} in time x {crops} in space, {facts["frames"]} frames of '
        f'{facts["size"]} pixels each'
    )


def _batch(facts: Mapping[str, Any]) -> str:
    if not facts.get('batch_size'):
        return UNKNOWN
    size, processes = facts['batch_size'], facts['processes']
    return f'{size} clips in each of {processes} process' + (
        'es' if processes > 1 else ''
    )


def _parameters(facts: Mapping[str, Any]) -> str:
    if facts.get('parameters') is None:
        return UNKNOWN
    return (
        f'{facts["parameters"]:,}, of which {facts["learned"]:,} are learned'
    )


def _memory(facts: Mapping[str, Any], megabytes: float | None) -> str:
    if megabytes is None:
        return UNKNOWN
    return f'{megabytes / 1000:.1f} GB at most on the GPU'


def _versions(facts: Mapping[str, Any]) -> str:
    versions = facts.get('versions')
    if not versions:
        return UNKNOWN
    return ', '.join(f'{name} {value}' for name, value in versions.items())
