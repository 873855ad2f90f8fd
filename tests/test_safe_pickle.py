"""Pickles whose program is not run."""

import io
import os
import pickle
from collections import OrderedDict
from pathlib import PurePosixPath

import pytest

from vlprompt.errors import UserError
from vlprompt.safe_pickle import SafeUnpickler

ALLOWED = {('collections', 'OrderedDict'), ('pathlib', 'PurePosixPath')}


class Calls:
    """Calls something when it is unpickled."""

    def __init__(self, function, *args):
        self.call = function, args

    def __reduce__(self):
        return self.call


def refuse(module, name):
    raise UserError(f'{module}.{name}')


def load(content, on_other=refuse, protocol=4):
    file = io.BytesIO(pickle.dumps(content, protocol))
    return SafeUnpickler(file, ALLOWED, on_other).load()


@pytest.mark.parametrize('protocol', range(2, 6))
def test_what_is_allowed_is_made(protocol):
    content = OrderedDict(a=[1, 'b', None], b=PurePosixPath('c/d'))
    assert load(content, protocol=protocol) == content


@pytest.mark.parametrize('protocol', range(6))
def test_nothing_else_is_called(tmp_path, protocol):
    evil = Calls(os.mkdir, str(tmp_path / 'made'))
    with pytest.raises(UserError, match='mkdir'):
        load([evil], protocol=protocol)
    assert load([evil], lambda *_: lambda *_: 'instead') == ['instead']
    assert not (tmp_path / 'made').exists()


def test_an_attribute_of_what_is_allowed_is_not_allowed():
    with pytest.raises(UserError, match=r'builtins\.getattr|fromkeys'):
        load([Calls(OrderedDict.fromkeys, 'ab')])


def test_a_module_that_is_refused_is_not_imported(monkeypatch):
    content = b'\x80\x04\x8c\x09surprises\x8c\x04boom\x93.'
    with pytest.raises(UserError, match=r'surprises\.boom'):
        SafeUnpickler(io.BytesIO(content), ALLOWED, refuse).load()
