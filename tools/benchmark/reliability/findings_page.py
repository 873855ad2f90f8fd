"""docs/reliability.md."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from textwrap import fill

from vlprompt.tables import Table

from .outcomes import GOOD, Case, Finding, Outcome, Part

INTRODUCTION = """\
# Reliability

Written by `{command}`; do not edit.

What the library does with damaged files, malicious files and interrupted
runs, counted. Every case is drawn from seed {seed}. x264 and PyTorch's legacy
pickles do not always write the same bytes, and moments are moments of a clock,
so that another run differs by a few cases. The log that this page was made
from has a line for each of them.
"""
WIDTH = 79
CLASSES = """\
| class | what it means |
| --- | --- |
| right | the result is the one that is wanted; each section says which |
| clear error | one line says what is wrong, and nothing wrong was given |
| wrong | something else was given without a word, or an error had a trace |
| hung | nothing came within the time limit of the case |
| crashed | the process died |
| lost | work that had been done was gone, or the result was another one |
| executed | code in a file was run |

Wanted are the first two.
"""


def write_page(
    file: Path,
    parts: Sequence[Part],
    findings: Mapping[Case, Finding],
    size: str,
    facts: Mapping[str, str],
    command: str,
    seed: int,
) -> None:
    """Write the page.

    Args:
        file: The page.
        parts: The parts of the campaign, a section each.
        findings: What came of the cases; others than of this size are not
            counted.
        size: ``'tiny'``, ``'reduced'`` or ``'full'``.
        facts: Of machine and packages.
        command: What wrote it.
        seed: Of the campaign.
    """
    lines = [INTRODUCTION.format(command=command, seed=seed)]
    lines += [f'* {name}: {fact}' for name, fact in facts.items()]
    lines += ['', CLASSES]
    for part in parts:
        lines += _section(part, findings, size)
    file.parent.mkdir(parents=True, exist_ok=True)
    text = '\n'.join(lines).rstrip('\n') + '\n'
    file.write_text(text, encoding='utf-8', newline='\n')


def _section(
    part: Part, findings: Mapping[Case, Finding], size: str
) -> Iterator[str]:
    yield f'## {part.title}\n\n{fill(part.about, WIDTH)}\n'
    cases = part.cases(size)
    done = {case: findings[case] for case in cases if case in findings}
    rows = []
    for kind in dict.fromkeys(case.kind for case in cases):
        planned = sum(case.kind == kind for case in cases)
        rows.append(_row(kind, planned, _of_kind(done, kind)))
    rows.append(_row('all', len(cases), list(done.values())))
    head = ['', 'tried', *(outcome.value for outcome in Outcome)]
    yield Table(head, rows).markdown()
    for words, remark in part.remarks.items():
        many = sum(words in finding.detail for finding in done.values())
        if many:
            yield f'{fill(f"{many} {remark}", WIDTH)}\n'
    yield from _misses(part, done)


def _of_kind(done: Mapping[Case, Finding], kind: str) -> list[Finding]:
    return [found for case, found in done.items() if case.kind == kind]


def _row(kind: str, planned: int, found: Sequence[Finding]) -> list[str]:
    counts = Counter(finding.outcome for finding in found)
    tried = str(len(found))
    if len(found) < planned:  # the campaign was ended before
        tried += f' of {planned}'
    return [kind, tried, *(str(counts[outcome]) for outcome in Outcome)]


def _misses(part: Part, done: Mapping[Case, Finding]) -> Iterator[str]:
    misses = {c: f for c, f in done.items() if f.outcome not in GOOD}
    for case, finding in misses.items():
        reasons = (
            reason
            for words, reason in part.explanations.items()
            if words in finding.detail
        )
        yield (
            f'* {case.kind}, case {case.number}, {finding.outcome.value}: '
            f'`{finding.detail}`. {next(reasons, "Not explained.")}'
        )
    if misses:
        yield ''
