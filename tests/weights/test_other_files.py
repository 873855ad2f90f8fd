"""What lies in the place of weights is named, whatever the way in."""

import gzip
import io
import json
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save, save_file
from ways_in import ARCH, WAYS, clip_weights, pretrained

from vlprompt.errors import UserError
from vlprompt.models import load_clip

HTML = b'<!DOCTYPE html><html><head><title>Sign in</title></head></html>'
LFS = b'version https://git-lfs.github.com/spec/v1\noid sha256:12\nsize 9\n'
S3 = (
    b'<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code>'
    b'<Message>Access Denied</Message></Error>'
)
INDEX = dict(
    metadata={},
    weight_map={'a': 'model-1-of-2.safetensors', 'b': 'model-2-of-2.bin'},
)


def saved(content, **kwargs) -> bytes:
    file = io.BytesIO()
    torch.save(content, file, **kwargs)
    return file.getvalue()


def old(content) -> bytes:
    return saved(content, _use_new_zipfile_serialization=False)


def zipped(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, 'w') as archive:
        for name, data in members.items():
            archive.writestr(name.replace('__', '.'), data)
    return file.getvalue()


def tarred() -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode='w') as archive:
        info = tarfile.TarInfo('model.pth')
        info.size = 3
        archive.addfile(info, io.BytesIO(b'abc'))
    return file.getvalue()


def numpy_file(write) -> bytes:
    file = io.BytesIO()
    write(file, np.ones(3))
    return file.getvalue()


def header(text: str, data: bytes = b'') -> bytes:
    return len(text).to_bytes(8, 'little') + text.encode() + data


def entry(begin: int, end: int) -> dict:
    return dict(dtype='F32', shape=[2], data_offsets=[begin, end])


TENSORS = {'visual.proj': torch.ones(64, 64), 'logit_scale': torch.ones(1)}
OTHERS = {
    'html': (HTML, 'is an HTML page ("Sign in"): download it again'),
    'html after white space': (b'\n\n  ' + HTML, 'is an HTML page'),
    'html after a mark': (b'\xef\xbb\xbf' + HTML, 'is an HTML page'),
    'html in UTF-16': (HTML.decode().encode('utf-16'), 'is an HTML page'),
    'html in gzip': (gzip.compress(HTML), 'is an HTML page'),
    'something in gzip': (gzip.compress(bytes(99)), 'is a gzip archive'),
    'hub error': (
        b'{"error":"Repository not found"}',
        'is a JSON file ("Repository not found"): download it again',
    ),
    'github error': (b'{"message": "Not Found"}', '"Not Found"'),
    'json with a brace in place 8': (b'{"data":{"a": 1}}', 'is a JSON file'),
    's3 error': (S3, 'is an XML answer of a server ("AccessDenied")'),
    'lfs': (LFS, 'is a Git LFS pointer'),
    'empty': (b'', 'is empty: download it again'),
    'zeros': (bytes(4096), 'holds nothing but zeros'),
    'zeros in front': (bytes(4096) + b'abc', 'begins with zeros'),
    'text': (b'Not Found', "is a text ('Not Found')"),
    'noise': (bytes(range(200, 256)) * 9, 'is in no format of weights'),
    'png': (b'\x89PNG\r\n\x1a\n' + bytes(99), 'is an image (PNG)'),
    'jpeg': (b'\xff\xd8\xff\xe0' + bytes(99), 'is an image (JPEG)'),
    'mp4': (b'\0\0\0\x20ftypisom' + bytes(99), 'is a video (MP4)'),
    'mkv': (b'\x1a\x45\xdf\xa3' + bytes(99), 'is a video (Matroska)'),
    'gguf': (b'GGUF\3\0\0\0' + bytes(99), 'is a GGUF file'),
    'npy': (numpy_file(np.save), 'is an array of NumPy'),
    'npz': (numpy_file(np.savez), 'is an archive of NumPy (.npz)'),
    'tar': (tarred(), 'is a tar archive'),
    'zip with weights': (
        zipped(model__pth=b'abc'),
        'is a zip archive with model.pth in it: unpack it',
    ),
    'another zip': (zipped(a__txt=b'a'), 'is a zip archive of a.txt'),
    'index': (
        json.dumps(INDEX).encode(),
        'is the index of a checkpoint in 2 parts',
    ),
    'half a zip': (saved(TENSORS)[:9999], 'is cut off after 9,999 bytes'),
    'half a pickle': (old(TENSORS)[:9999], 'is cut off or damaged'),
    'half a safetensors': (save(TENSORS)[:9999], 'is cut off: it has 9,999 '),
    'a header beyond the file': (
        (1 << 40).to_bytes(8, 'little') + b'{"a": 1}',
        'its header should have 1,099,511,627,776 bytes',
    ),
    'a header of bad json': (header('{"a": '), 'header cannot be read'),
    'a header of a list': (header('{"a": [1]}'), 'header cannot be read'),
    'overlapping tensors': (
        header(json.dumps(dict(a=entry(0, 8), b=entry(4, 12))), bytes(12)),
        'damaged',
    ),
    'a tensor of another size': (
        header(json.dumps(dict(a=entry(0, 4))), bytes(4)),
        'damaged',
    ),
    'a list': (saved([torch.ones(2)]), 'holds a list of 1'),
    'a tensor': (saved(torch.ones(2)), 'holds one tensor of shape (2,)'),
    'a number': (saved(3), 'holds one int'),
    'a module': (saved(torch.nn.Linear(2, 2)), 'torch.nn.modules.linear'),
    'an optimizer': (
        saved(dict(optimizer={'state': {}, 'param_groups': []}, epoch=3)),
        'holds the state of an optimizer and no weights, it has the keys '
        'optimizer, epoch',
    ),
    'nothing': (saved({}), 'holds no weights, it has no keys'),
}


@pytest.mark.parametrize('name', OTHERS)
@pytest.mark.parametrize('way', WAYS)
def test_it_is_named(way, name):
    data, message = OTHERS[name]
    Path('a.pt').write_bytes(data)
    with pytest.raises(UserError) as error:
        WAYS[way]('a.pt')
    assert message in str(error.value)
    assert 'a.pt' in str(error.value)
    assert '\n' not in str(error.value)


@pytest.mark.parametrize('suffix', ['.safetensors', '.pth', '.part', ''])
@pytest.mark.parametrize('name', OTHERS)
def test_whatever_its_name_is(name, suffix):
    data, message = OTHERS[name]
    path = Path(f'file{suffix}')
    path.write_bytes(data)
    with pytest.raises(UserError) as error:
        pretrained(str(path))
    assert message in str(error.value).replace(' (an unfinished download)', '')


@pytest.mark.parametrize('way', WAYS)
def test_folders_and_links(way):
    Path('folder').mkdir()
    Path('folder/model.bin').write_bytes(b'')
    # Those of transformers are folders for inference and two converters.
    line = 'is a folder.* folder/model.bin|pickles alone.|folders are of the'
    with pytest.raises(UserError, match=line):
        WAYS[way]('folder')
    if way == 'pretrained':  # which may be a tag
        return
    Path('link.pt').symlink_to('gone.pt')
    with pytest.raises(UserError, match='a link to gone.pt, which is not'):
        WAYS[way]('link.pt')
    Path('b.pt.part').write_bytes(b'a')
    with pytest.raises(UserError, match='only b.pt.part: download it again'):
        WAYS[way]('b.pt')
    with pytest.raises(UserError, match='no .* at nowhere.pt'):
        WAYS[way]('nowhere.pt')


@pytest.mark.parametrize('suffix', ['.pt', '.safetensors', '.part', '.zip'])
@pytest.mark.parametrize('write', [torch.save, save_file, 'old', 'script'])
def test_a_name_does_not_decide(write, suffix):
    weights, path = clip_weights(), f'clip{suffix}'
    if write == 'old':
        Path(path).write_bytes(old(weights))
    elif write == 'script':
        archive = torch.nn.Module()
        for name, tensor in weights.items():
            *parents, leaf = name.split('.')
            parent = archive
            for part in parents:
                if not hasattr(parent, part):
                    parent.add_module(part, torch.nn.Module())
                parent = getattr(parent, part)
            parent.register_buffer(leaf, tensor)
        torch.jit.script(archive).save(path)
    else:
        write(weights, path)
    clip = load_clip(ARCH, path)
    assert torch.equal(clip.visual.proj, weights['visual.proj'])
