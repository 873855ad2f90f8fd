"""The error that tells a user, in one line, what to change."""

import re
from collections.abc import Iterable
from difflib import get_close_matches

DOCS = 'https://vlprompt.readthedocs.io/en/latest'
IN_WORKER = re.compile(r'Caught \w+ in .*\nOriginal ')


class UserError(ValueError):
    """Something a user gave does not fit: what was given, what is expected.

    The command-line tools print it as one line and exit with status 2.
    """


def docs_url(page: str) -> str:
    """The address of a page of the documentation, or of a section of it.

    Example:
        >>> docs_url('data#class-lists')
        'https://vlprompt.readthedocs.io/en/latest/data.html#class-lists'
    """
    name, *section = page.split('#')
    return '#'.join([f'{DOCS}/{name}.html', *section])


def last_line(error: BaseException) -> str:
    """The message of an error, or of the one a data loader's worker had."""
    quoted = isinstance(error, KeyError) and error.args
    text = str(error.args[0] if quoted else error).strip()
    if not IN_WORKER.match(text):
        return ' '.join(text.split())
    return re.sub(r'^[\w.]+: ', '', text.splitlines()[-1])


def suggest(word: str, known: Iterable[str]) -> str:
    """``'; did you mean a or b?'``, or nothing if nothing is close."""
    close = get_close_matches(word, sorted(set(known)), n=3, cutoff=0.7)
    return f'; did you mean {" or ".join(close)}?' if close else ''
