"""The documentation site: ``sphinx-build -W docs docs/_build``."""

import importlib
import re
from pathlib import Path

import vlprompt

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
exclude_patterns = ['_build']
source_suffix = {'.md': 'markdown'}

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
    if path.suffix == '.md' and docs in path.parents:
        return f'[{text}](/{path.relative_to(docs)}{anchor or ""})'
    readme = path if path.name == 'README.md' else path / 'README.md'
    if readme.parent.parent == ROOT / 'configs' and readme.is_file():
        return f'[{text}](/methods/{readme.parent.name}.md)'
    return text if text.startswith('`') else f'`{text}`'


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
    app.connect('source-read', localize_links)
    app.connect('include-read', localize_included)
