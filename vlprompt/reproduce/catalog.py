"""All tables, and how one is found."""

from collections.abc import Iterator, Sequence

from vlprompt.errors import UserError, suggest

from .method_tables import METHOD_TABLES
from .seed_tables import SEED_TABLES
from .tables import PaperTable, Run
from .toy_tables import TOY_TABLES


def all_tables() -> tuple[PaperTable, ...]:
    """All tables, those of the three papers first."""
    return (*SEED_TABLES, *METHOD_TABLES, *TOY_TABLES)


def find_table(paper: str, name: str | None) -> PaperTable:
    """A table by its name.

    Raises:
        UserError: If there is none; it names similar ones.
    """
    tables = all_tables()
    papers = list(dict.fromkeys(table.paper for table in tables))
    if paper not in papers:
        raise UserError(
            f'no paper {paper!r}{suggest(paper, papers)}: expected one of '
            f'{", ".join(papers)}'
        )
    names = [table.name for table in tables if table.paper == paper]
    word = (name or '').lower().replace(' ', '')
    if word not in names:
        given = 'no table was given' if name is None else f'no table {name!r}'
        raise UserError(
            f'{given} of {paper}{suggest(word, names)}: expected one of '
            f'{", ".join(names)} (`vlprompt reproduce --list` shows them)'
        )
    return next(t for t in tables if (t.paper, t.name) == (paper, word))


def choose_runs(table: PaperTable, methods: Sequence[str] | None) -> list[Run]:
    """The rows that were asked for, all if none were.

    Raises:
        UserError: If the table has no row of that name, or one that is not
            run, with the reason.
    """
    if not methods:
        return [*table.runs]
    known = dict.fromkeys(run.method for run in table.runs)
    for method in methods:
        if method in table.not_here:
            raise UserError(
                f'{method} is not run here: {table.not_here[method]}'
            )
        if method not in known:
            raise UserError(
                f'no row {method!r}{suggest(method, known)}: expected one of '
                f'{", ".join(known)}'
            )
    # A method has a row of each of its configs.
    return [run for run in table.runs if run.method in methods]


def listing() -> Iterator[tuple[PaperTable, str]]:
    """Each table, and its rows in a line."""
    for table in all_tables():
        yield table, ', '.join(run.method for run in table.runs)
