"""What models cost, as tables."""

from collections.abc import Iterator

from vlprompt.tables import Table


def tables(rows: list[dict]) -> Iterator[str]:
    """Tables of costs, with what their columns mean, as Markdown.

    Args:
        rows: For each model ``method``, ``shape``, ``macs``, ``parameters``
            and ``throughput``, which may be None.
    """
    head = ('Method', 'GFLOPs', 'TP', 'Params (M)', 'Trainable (M)')
    yield Table(head, [_summary(row) for row in rows]).markdown()
    yield (
        'GFLOPs: multiply-accumulates (10^9) of one view, texts encoded '
        'before, every\ntoken through every block, as published numbers are '
        'counted. TP: views per second.\n'
    )
    names = list(dict.fromkeys(n for r in rows for n in r['macs']['parts']))
    head = ('Method', 'T', 'as published', 'computed here', *names, 'texts')
    yield Table(head, [_parts(row, names) for row in rows]).markdown()
    yield (
        'Computed here: without the outputs that nothing reads: those of '
        'prompts and other\ncontext tokens, and in the last block all but '
        "the class token's. Texts: once for the\nclass list, in no other "
        'column.\n'
    )
    head = ('Method', 'Params (M)', 'without token embedding (M)')
    yield Table(head, [_words(row) for row in rows]).markdown()
    timed = [row for row in rows if row['throughput']]
    if timed:
        head = ('Method', *timed[0]['throughput'])
        yield Table(head, [_timing(row) for row in timed]).markdown()


def _summary(row: dict) -> list[str]:
    timed, parameters = row['throughput'], row['parameters']
    return [
        row['method'],
        _giga(row['macs']['published']),
        f'{timed["views_per_second"]:.1f}' if timed else '-',
        _mega(parameters['total']),
        _mega(parameters['trainable']),
    ]


def _parts(row: dict, names: list[str]) -> list[str]:
    macs = row['macs']
    shape = row['shape']
    numbers = [macs['published'], macs['computed']]
    numbers += [macs['parts'].get(name) for name in names]
    numbers.append(macs['text'] or None)
    frames = shape[3] if len(shape) == 6 else shape[1]
    return [row['method'], str(frames), *map(_giga, numbers)]


def _words(row: dict) -> list[str]:
    parameters = row['parameters']
    return [
        row['method'],
        _mega(parameters['total']),
        _mega(parameters['without_token_embedding']),
    ]


def _timing(row: dict) -> list[str]:
    return [row['method'], *map(_cell, row['throughput'].values())]


def _cell(value: float | str | None) -> str:
    if value is None:
        return '-'
    return f'{value:.2f}' if isinstance(value, float) else str(value)


def _giga(macs: int | None) -> str:
    if macs is None:
        return '-'
    return f'{macs / 1e9:.2f}' if macs >= 1e7 else f'{macs / 1e9:.4f}'


def _mega(number: int) -> str:
    return f'{number / 1e6:.2f}'
