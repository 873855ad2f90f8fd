"""Numbers as the papers print them."""

import pytest

from vlprompt.tables import (
    Table,
    deviation,
    harmonic_mean,
    mean_and_deviation,
    percent,
)


def test_harmonic_mean():
    assert harmonic_mean(76.7, 57.5) == pytest.approx(65.7, abs=0.05)
    assert harmonic_mean(0, 0) == 0


@pytest.mark.parametrize(('ddof', 'expected'), [(0, 2 / 3), (1, 1.0)])
def test_deviation_divides_as_told(ddof, expected):
    assert deviation([1, 2, 3], ddof) ** 2 == pytest.approx(expected)
    assert deviation([5], ddof) == 0


def test_mean_and_deviation():
    assert mean_and_deviation([49.0, 49.0, 50.5]) == '49.5 ± 0.7'
    assert mean_and_deviation([49.0, 49.0, 50.5], 1) == '49.5 ± 0.9'
    assert mean_and_deviation([49.04]) == '49.0'


def test_markdown_lines_up():
    lines = '| Method | Top-1 |\n|--------|-------|\n| a      | -     |\n'
    table = Table(['Method', 'Top-1'], [['a', percent(None)]])
    assert table.markdown() == lines
    table = table._replace(title='Toy', note='In percent.')
    assert table.markdown() == f'Toy\n\n{lines}\nIn percent.\n'
