"""The templates of pages, and how they are filled in."""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from vlprompt.version import __version__

SUFFIX = '.html.j2'


def render(template: str, **values: Any) -> str:
    """Fill in a template of this folder.

    Texts are escaped; what is HTML already (``Markup``) is not.

    Args:
        template: Its file name, ``'report.html.j2'``; the suffix may be left
            out.
        values: What it names.

    Raises:
        jinja2.UndefinedError: If it names something else.

    Example:
        >>> render('bare', title='a < b', body='').count('a &lt; b')
        2
    """
    name = template.removesuffix(SUFFIX) + SUFFIX
    return _environment().get_template(name).render(**values)


def render_part(template: str, **values: Any) -> Markup:
    """As :func:`render`, for what other templates put in as it is."""
    return Markup(render(template, **values))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals['version'] = __version__
    environment.filters['percent'] = _percent
    environment.filters['number'] = _number
    return environment


def _percent(share: float | None, digits: int = 1) -> str:
    """0.5123 to ``51.2``; a dash for None."""
    return '–' if share is None else f'{100 * share:.{digits}f}'


def _number(value: float | None) -> str:
    """12345 to ``12,345``, 0.25 to ``0.25``; a dash for None."""
    if value is None:
        return '–'
    return f'{value:,.0f}' if value == int(value) else f'{value:,.4g}'
