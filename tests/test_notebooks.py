"""The notebooks of the documentation, run as they stand."""

import re
import runpy

import nbformat
import pytest

NAMES = ('classify', 'look_inside', 'search', 'train_folder')


@pytest.fixture(scope='module')
def folder(repository):
    return repository / 'docs/notebooks'


def test_all_are_known(folder):
    assert {path.stem for path in folder.glob('*.py')} == set(NAMES)


@pytest.mark.parametrize('name', NAMES)
def test_offered_file_has_the_cells_of_the_script(repository, folder, name):
    site = runpy.run_path(str(repository / 'docs/conf.py'))
    text = site['to_notebook'](folder / f'{name}.py')
    notebook = nbformat.reads(text, as_version=4)
    nbformat.validate(notebook)
    code = [c.source for c in notebook.cells if c.cell_type == 'code']
    assert code[0] == '%pip install vlprompt'
    script = (folder / f'{name}.py').read_text()
    assert all(cell in script for cell in code[1:])
    words = [c.source for c in notebook.cells if c.cell_type == 'markdown']
    links = re.findall(r'\]\(([^)]+)\)', '\n'.join(words))
    assert links
    assert all(link.startswith('https://') for link in links)
    assert notebook.metadata.kernelspec.name == 'python3'


@pytest.mark.e2e
def test_all_run_one_after_the_other(folder, tmp_path, monkeypatch, capsys):
    """As scripts: what begins with %, the installation, is a comment."""
    monkeypatch.chdir(tmp_path)
    printed = {}
    for name in NAMES:
        runpy.run_path(str(folder / f'{name}.py'))
        printed[name] = capsys.readouterr().out
    for line in (
        'val_red_star_blinking_000.mp4: 1.00 red star',
        '3.5 to  7.5 s: blue heart',
    ):
        assert line in printed['classify']
    assert (tmp_path / 'timeline.html').is_file()
    right, total = re.search(
        r'(\d+) of (\d+) are right', printed['look_inside']
    ).groups()
    assert int(right) > int(total) / 24  # what a guess would have
    hits = re.findall(r'^\d\.\d+ (\S+)', printed['search'], re.MULTILINE)
    assert all('red_star' in hit for hit in hits[:3])
    assert hits[5] == 'val_blue_heart_bouncing_000.mp4'
    before, after = map(
        int, re.findall(r'(\d+)%(?: \(|\n)', printed['train_folder'])[:2]
    )
    assert after > before
