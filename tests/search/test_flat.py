"""Exact search, in memory, on the disk and by FAISS."""

import numpy as np
import pytest

from vlprompt.errors import UserError
from vlprompt.search.flat import Faiss, InMemory, OnDisk, Rows, choose_search


@pytest.fixture(scope='module')
def rows():
    """3,000 rows in three arrays, in another order; two are left out."""
    random = np.random.default_rng(0)
    values = random.normal(size=(3000, 64)).astype('f4')
    values /= np.linalg.norm(values, axis=1, keepdims=True)
    order = random.permutation(3000)
    order = order[(order != 5) & (order != 2999)]
    return Rows(np.split(values.astype('f2'), [100, 1700]), order)


def test_rows_are_taken_in_their_order(rows):
    expected = np.concatenate(rows.arrays)[rows.order]
    assert np.array_equal(rows.take(np.arange(len(rows))), expected)
    assert np.array_equal(InMemory(rows).matrix, expected.astype('f4'))


@pytest.mark.parametrize('kind', [InMemory, OnDisk, Faiss])
def test_a_search_is_faiss_flat(rows, kind):
    faiss = pytest.importorskip('faiss')
    matrix = rows.take(np.arange(len(rows))).astype('f4')
    flat = faiss.IndexFlatIP(64)
    flat.add(matrix)
    engine = kind(rows)
    for query in matrix[:20]:
        values, numbers = flat.search(query[None], 50)
        found, scores = engine.scan(query).best(50)
        assert np.array_equal(found, numbers[0])
        assert np.allclose(scores, values[0], rtol=0, atol=1e-6)
        at = engine.scan(query).at(numbers[0])
        assert np.allclose(at, values[0], rtol=0, atol=1e-6)


@pytest.mark.parametrize('kind', [InMemory, OnDisk])
def test_a_search_is_the_product(rows, kind):
    matrix = rows.take(np.arange(len(rows))).astype('f8')
    for query in matrix[:5]:
        scores = matrix @ query
        expected = np.argsort(-scores.astype('f4'), kind='stable')[:7]
        found, values = kind(rows).scan(query.astype('f4')).best(7)
        assert set(found) == set(expected)
        assert np.allclose(values, scores[found], rtol=0, atol=1e-6)


def test_of_equal_scores_the_first_rows_win():
    rows = Rows([np.eye(4, dtype='f2')[[0, 1, 1, 1, 2]]], np.arange(5))
    query = np.array([0, 1, 0, 0], 'f4')
    for kind in (InMemory, OnDisk):
        assert kind(rows).scan(query).best(2)[0].tolist() == [1, 2]


def test_what_searches_is_chosen_by_size(rows, monkeypatch):
    from vlprompt.search import flat

    assert isinstance(choose_search(rows), InMemory)
    assert isinstance(choose_search(rows, memory=1000), OnDisk)
    monkeypatch.setattr(flat, 'MANY', 100)
    monkeypatch.setitem(__import__('sys').modules, 'faiss', None)
    monkeypatch.setattr(flat.importlib.util, 'find_spec', lambda _: None)
    assert isinstance(choose_search(rows), InMemory)


@pytest.mark.parametrize('kind', [InMemory, OnDisk, Faiss])
@pytest.mark.parametrize('value', [np.nan, np.inf, 0.5, 2])
def test_rows_that_have_changed_are_refused(kind, value):
    if kind is Faiss:
        pytest.importorskip('faiss')
    arrays = [np.eye(4, dtype='f2'), np.eye(4, dtype='f2')]
    arrays[1][2] = value * arrays[1][2]
    query = np.array([0, 1, 0, 0], 'f4')
    with pytest.raises(UserError, match='part 1 has rows that are not of uni'):
        kind(Rows(arrays, np.arange(8))).scan(query)
    left_out = Rows(arrays, np.array([0, 1, 2, 3, 4, 5, 7]))
    found, _ = kind(left_out).scan(query).best(2)
    assert found.tolist() == [1, 5]
