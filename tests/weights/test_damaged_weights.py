"""Damaged files give the same tensors or one line, never anything else."""

import zipfile
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.torch import save_file

from vlprompt.errors import UserError
from vlprompt.weights import load_weights_file, read_file

WEIGHTS = {
    'visual.proj': torch.arange(600.0).reshape(20, 30),
    'logit_scale': torch.tensor(4.6),
    'visual.ln_post.bias': torch.arange(77).half(),
}
LIMITS = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def write(kind: str) -> bytes:
    path = Path(kind)
    content = dict(state_dict=WEIGHTS, epoch=3)
    if kind == 'safetensors':
        save_file(WEIGHTS, path)
    elif kind == 'script':
        module = torch.nn.Module()
        module.add_module('visual', torch.nn.Module())
        module.visual.register_buffer('proj', WEIGHTS['visual.proj'])
        torch.jit.script(module).save(str(path))
    else:
        new = kind == 'zip'
        torch.save(content, path, _use_new_zipfile_serialization=new)
    return path.read_bytes()


def read(data: bytes) -> dict | None:
    """What a file gives; None if it is refused in one line."""
    Path('damaged').write_bytes(data)
    try:
        return load_weights_file('damaged').tensors
    except UserError as error:
        assert 'damaged' in str(error)
        assert '\n' not in str(error)
        return None


def unchanged(found: dict, kind: str) -> bool:
    expected = WEIGHTS
    if kind == 'script':
        expected = {'visual.proj': WEIGHTS['visual.proj']}
    return found.keys() == expected.keys() and all(
        torch.equal(found[name], expected[name]) for name in expected
    )


@pytest.mark.parametrize('kind', ['zip', 'script', 'legacy', 'safetensors'])
@given(share=st.floats(0, 1, exclude_max=True))
@LIMITS
def test_cut_off(kind, share):
    data = write(kind)
    found = read(data[: int(share * len(data))])
    assert found is None or unchanged(found, kind)


@pytest.mark.parametrize('kind', ['zip', 'script', 'legacy', 'safetensors'])
@given(
    share=st.floats(0, 1, exclude_max=True),
    bits=st.integers(1, 255),
    length=st.sampled_from([1, 1, 8, 64]),
)
@LIMITS
def test_bytes_that_change(kind, share, bits, length):
    """Of safetensors and the older format values may: they have no sums."""
    data = bytearray(write(kind))
    start = int(share * len(data))
    for place in range(start, min(start + length, len(data))):
        data[place] ^= bits
    found = read(bytes(data))
    if found is not None and kind in ('zip', 'script'):
        assert unchanged(found, kind)


def test_a_bit_of_a_tensor_in_an_archive():
    """Which PyTorch gives out without a word."""
    data = bytearray(write('zip'))
    values = WEIGHTS['visual.proj'].numpy().tobytes()
    data[data.index(values) + 99] ^= 1
    Path('a.pth').write_bytes(data)
    changed = torch.load('a.pth')['state_dict']['visual.proj']
    assert not torch.equal(changed, WEIGHTS['visual.proj'])
    with pytest.raises(UserError, match='a.pth is damaged.*Bad CRC-32'):
        load_weights_file('a.pth')


@given(share=st.floats(0, 1, exclude_max=True), bits=st.integers(1, 255))
@LIMITS
def test_bytes_that_change_in_archives_without_checksums(share, bits):
    """Whatever a value becomes, the process goes on."""
    torch.serialization.set_crc32_options(False)
    try:
        data = bytearray(write('zip'))
    finally:
        torch.serialization.set_crc32_options(True)
    # Most of the file is values and padding.
    end = data.index(b'PK\x07\x08') if share < 0.7 else len(data)
    data[int(share * end)] ^= bits
    read(bytes(data))


def test_archives_without_checksums_are_read():
    torch.serialization.set_crc32_options(False)
    try:
        torch.save(WEIGHTS, 'a.pth')
    finally:
        torch.serialization.set_crc32_options(True)
    assert unchanged(load_weights_file('a.pth').tensors, 'zip')


@pytest.mark.parametrize('kind', ['zip', 'script'])
def test_an_archive_that_claims_to_be_one_of_several(kind):
    """Python's zipfile fails even at the question whether it is one."""
    data = bytearray(write(kind))
    data[data.index(b'PK\6\7') + 4] = 9  # the disk that its directory is on
    assert read(bytes(data)) is None
    data[0] = 0
    assert read(bytes(data)) is None


@pytest.mark.parametrize('mmap', [False, True])
def test_sizes_that_lie(mmap):
    """PyTorch would read memory that is not the file's."""
    data = write('zip')
    with zipfile.ZipFile('zip') as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = next(name for name in parts if name.endswith('data.pkl'))
    size = b'M' + (600).to_bytes(2, 'little')  # of the largest tensor
    assert parts[name].count(size) == 1 and data
    large = b'J' + (1 << 30).to_bytes(4, 'little')
    parts[name] = parts[name].replace(size, large)
    with zipfile.ZipFile('a.pth', 'w') as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    with pytest.raises(UserError, match='has 2400 of 4294967296 bytes'):
        read_file('a.pth', mmap=mmap)


def test_a_file_that_is_written_again_is_checked_again():
    data = bytearray(write('zip'))
    load_weights_file('zip')
    values = WEIGHTS['visual.proj'].numpy().tobytes()
    data[data.index(values) + 99] ^= 1
    Path('zip').write_bytes(data)
    with pytest.raises(UserError, match='zip is damaged'):
        load_weights_file('zip')
