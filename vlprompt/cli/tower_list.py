"""The list of `vlprompt models --towers`."""

import json
from collections.abc import Sequence

from rich.progress import track

from vlprompt.errors import UserError
from vlprompt.models.clip.verdicts import Verdict, judge, tower_names

ROW = '{:<34}{:>4}  {}'
RUNS = 'runs'


def list_towers(words: Sequence[str], as_json: bool) -> list[Verdict]:
    """Print which of open_clip's architectures run, and return the verdicts.

    Args:
        words: Lower case; only verdicts with all of them in name or reason
            are listed.  ``runs`` is that of those that run.
        as_json: Whether to print objects for programs.

    Raises:
        UserError: If there is none with these words.
    """
    # Reasons are known only when all are built, names before.
    names = tower_names()
    by_name = [n for n in names if all(w in n.lower() for w in words)]
    verdicts = [
        judge(name)
        for name in track(by_name or names, 'architectures', transient=True)
    ]
    verdicts = [v for v in verdicts if _matches(v, words)]
    if not verdicts:
        raise UserError(
            f'no architecture has {" and ".join(words)} in its name or '
            'verdict (`vlprompt models --towers` lists all)'
        )
    if as_json:
        print(json.dumps([v._asdict() for v in verdicts], indent=2))
    else:
        _print(verdicts)
    return verdicts


def _matches(verdict: Verdict, words: Sequence[str]) -> bool:
    text = f'{verdict.name} {_said(verdict)}'.lower()
    return all(word in text for word in words)


def _said(verdict: Verdict) -> str:
    return verdict.reason or ', '.join([RUNS, *verdict.notes])


def _print(verdicts: list[Verdict]) -> None:
    print(ROW.format('', 'tags', ''))
    for verdict in verdicts:
        print(ROW.format(verdict.name, verdict.tags or '-', _said(verdict)))
    running = sum(verdict.runs for verdict in verdicts)
    print(
        f'\n{running} of {len(verdicts)} run: name one as clip=dict(arch=...),'
        '\nwith one of its tags (open_clip.list_pretrained()) or a file as '
        'pretrained=...'
    )
