"""``python -m tools.reproduction``: write docs/reproduce.md."""

from pathlib import Path

from vlprompt.utils import register_all_modules
from vlprompt.whole_files import write_text

from .document import document

PAGE = Path(__file__).parents[2] / 'docs/reproduce.md'

if __name__ == '__main__':
    register_all_modules()
    write_text(PAGE, document())
    print(PAGE.name)
