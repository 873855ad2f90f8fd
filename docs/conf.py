"""The documentation site: ``sphinx-build -W docs docs/_build``."""

import importlib
import re
from pathlib import Path

import jupytext

import vlprompt
from vlprompt.errors import docs_url

ROOT = Path(__file__).parents[1]

project = 'vlprompt'
author = 'The vlprompt authors'
release = version = vlprompt.__version__
extensions = [
    'myst_parser',
    'sphinx.ext.autodoc',
    'sphinx.ext.napoleon',
    'sphinx.ext.viewcode',
    'sphinx_design',
]
exclude_patterns = ['_build', 'conf.py']
source_suffix = {'.md': 'markdown', '.py': 'markdown'}  # notebooks: scripts

html_theme = 'pydata_sphinx_theme'
html_title = 'vlprompt'
html_theme_options = {
    'navigation_with_keys': False,
    'show_toc_level': 2,
    'secondary_sidebar_items': ['page-toc'],
}
html_show_sourcelink = False
html_static_path = ['_static']
html_css_files = ['wide.css']

myst_heading_anchors = 3
myst_enable_extensions = ['colon_fence', 'deflist']

autodoc_default_options = {'members': True, 'show-inheritance': True}
autodoc_member_order = 'bysource'
autodoc_typehints = 'signature'
autodoc_preserve_defaults = True
napoleon_use_ivar = True
napoleon_use_rtype = False

NOTEBOOKS = ROOT / 'docs/notebooks'
DOWNLOAD = '<p><a href="{}.ipynb" download>Download this notebook</a></p>'
KERNEL = dict(display_name='Python 3', language='python', name='python3')
LINK = re.compile(r'\[([^\]]+)\]\(([^)#\s]+)(#[^)\s]*)?\)')


def localize_links(app, docname: str, source: list[str]) -> None:
    """Show files that are not pages of the site as code, not as links.

    READMEs of configs and pages link to configs and scripts of the
    repository, which the site does not contain.
    """
    folder = Path(app.srcdir, docname).parent
    source[0] = LINK.sub(lambda match: _localize(match, folder), source[0])


def localize_included(app, relative: Path, parent: str, content: list) -> None:
    """The same for included files, whose links start at their own folder."""
    folder = (ROOT / 'docs' / relative).parent
    content[0] = LINK.sub(lambda match: _localize(match, folder), content[0])


def _localize(match: re.Match, folder: Path) -> str:
    text, target, anchor = match.groups()
    if '://' in target or target.startswith('mailto:'):
        return match[0]
    path = (folder / target).resolve()
    docs = ROOT / 'docs'
    if path.suffix in source_suffix and docs in path.parents:
        return f'[{text}](/{path.relative_to(docs)}{anchor or ""})'
    readme = path if path.name == 'README.md' else path / 'README.md'
    if readme.parent.parent == ROOT / 'configs' and readme.is_file():
        return f'[{text}](/methods/{readme.parent.name}.md)'
    return text if text.startswith('`') else f'`{text}`'


def show_notebook(app, docname: str, source: list[str]) -> None:
    """Make a page of a script whose cells begin with ``# %%``."""
    if NOTEBOOKS.name not in Path(docname).parts:
        return
    title, *cells = jupytext.reads(source[0], 'py:percent').cells
    link = DOWNLOAD.format(Path(docname).name)
    source[0] = '\n\n'.join([title.source, link, *map(_as_markdown, cells)])


def _as_markdown(cell) -> str:
    if cell.cell_type == 'markdown':
        return cell.source
    return f'```python\n{cell.source}\n```'


def write_notebooks(app, error: Exception | None) -> None:
    """Put the notebooks that the pages offer beside the pages."""
    if error is None and app.builder.format == 'html':
        for script in NOTEBOOKS.glob('*.py'):
            place = Path(app.outdir, NOTEBOOKS.name, f'{script.stem}.ipynb')
            place.write_text(to_notebook(script), encoding='utf-8')


def to_notebook(script: Path) -> str:
    """A script as a notebook, whose links lead to the site."""
    notebook = jupytext.read(script, fmt='py:percent')
    for cell in notebook.cells:
        if cell.cell_type == 'markdown':
            cell.source = LINK.sub(_lead_to_site, cell.source)
    notebook.metadata['kernelspec'] = KERNEL
    return jupytext.writes(notebook, 'ipynb')


def _lead_to_site(match: re.Match) -> str:
    text, target, anchor = match.groups()
    if '://' in target:
        return match[0]
    page = (NOTEBOOKS / target).resolve().relative_to(ROOT / 'docs')
    address = docs_url(f'{page.with_suffix("").as_posix()}{anchor or ""}')
    return f'[{text}]({address})'


def import_late_names() -> None:
    """Import what packages import when it is used: autodoc lists names."""
    for page in (ROOT / 'docs/api').glob('*.md'):
        if page.stem != 'index':
            module = importlib.import_module(f'vlprompt.{page.stem}')
            for name in getattr(module, '__all__', ()):
                setattr(module, name, getattr(module, name))


def setup(app) -> None:
    """Connect what changes the sources."""
    import_late_names()
    app.connect('source-read', show_notebook)
    app.connect('source-read', localize_links)
    app.connect('include-read', localize_included)
    app.connect('build-finished', write_notebooks)
