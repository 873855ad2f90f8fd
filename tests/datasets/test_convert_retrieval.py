"""Lists of retrieval: from published files to ours."""

import csv
import importlib
import json
import pickle
from pathlib import Path

import pytest
from mmaction.structures import ActionDataSample

from vlprompt.models import CaptionTexts
from vlprompt.retrieval_lists import didemo
from vlprompt.user_messages import error_line


def tokenizer():
    from open_clip import SimpleTokenizer  # which needs what vlprompt mends

    return SimpleTokenizer()


@pytest.fixture(scope='module')
def tool():
    return importlib.import_module('vlprompt.cli.data_retrieval')


@pytest.fixture
def src(tmp_path):
    folder = tmp_path / 'src'
    folder.mkdir()
    return folder


@pytest.fixture
def convert(tool, src, tmp_path):
    """Runs the command, and returns what it wrote."""

    def run(name, *flags):
        out = tmp_path / 'out'
        tool.main([name, '--src', str(src), '--out', str(out), *flags])
        return {
            path.stem: json.loads(path.read_text(encoding='utf-8'))
            for path in out.glob('*.json')
        }

    return run


def refused(convert, *args):
    """The one line that the command would end with."""
    with pytest.raises(Exception) as caught:
        convert(*args)
    line = error_line(caught.value)
    assert line and '\n' not in line
    return line


def share(src, *paths):
    for path in paths:
        (src / path.name).symlink_to(path)


def captions_of(split):
    return [text for texts in split.values() for text in texts]


def test_didemo_of_the_shared_data(convert, shared_data, src, tool):
    """Acceptance: 1,004 paragraphs of 3,932 or of 4,021 descriptions."""
    folder = shared_data / 'retrieval/didemo'
    share(src, folder / 'test_list.txt', folder / 'test_data.json')
    share(src, folder / 'val_list.txt', folder / 'val_data.json')
    flags = ('--splits', 'val', 'test')
    exact = convert('didemo', *flags)
    stem = convert('didemo', *flags, '--didemo-match', 'stem')
    ids = (folder / 'test_list.txt').read_text().split()
    assert list(exact['test']) == list(stem['test']) == ids
    assert len(ids) == 1004 and len(exact['val']) == 1065
    assert all(len(texts) == 1 for texts in exact['test'].values())
    moments = json.loads((folder / 'test_data.json').read_text())
    for match, lists, number in (('exact', exact, 3932), ('stem', stem, 4021)):
        split = didemo.convert(src, 'test', match)
        assert len(moments) - split.unused == number
        for name in ids[:200]:
            own = [
                m['description'].strip()
                for m in moments
                if m['video'] == name
                or (
                    match == 'stem'
                    and m['video'].split('.')[0] == name.split('.')[0]
                )
            ]
            assert lists['test'][name] == [' '.join(own)]
    assert exact['test'] != stem['test']


@pytest.mark.parametrize(('limit', 'number'), [(77, 2), (64, 10)])
def test_long_paragraphs_of_didemo(convert, shared_data, src, limit, number):
    """Of the 1,004, 2 are longer than 77 tokens and 10 than 64."""
    folder = shared_data / 'retrieval/didemo'
    share(src, folder / 'test_list.txt', folder / 'test_data.json')
    lists = convert('didemo', '--splits', 'test', '--didemo-match', 'exact')
    texts = CaptionTexts(tokenizer(), max_tokens=limit)
    sample = ActionDataSample(metainfo=dict(text=captions_of(lists['test'])))
    ids = texts([sample]).ids
    assert len(ids) == 1004 and sample.truncated == number


def test_didemo_by_hand(convert, src):
    (src / 'test_list.txt').write_text('b.mov\na.\nc.mp4\n\n')
    moments = [('a.', 'One.'), ('b.mov', 'x'), ('a.', 'two '), ('a.mp4', '3')]
    (src / 'test_data.json').write_text(
        json.dumps([dict(video=v, description=d) for v, d in moments])
    )
    flags = ('didemo', '--splits', 'test')
    lists = convert(*flags)
    assert lists == dict(test={'b.mov': ['x'], 'a.': ['One. two']})
    assert list(lists['test']) == ['b.mov', 'a.']
    lists = convert(*flags, '--didemo-match', 'stem')
    assert lists['test']['a.'] == ['One. two 3']


@pytest.fixture
def msrvtt(src, shared_data):
    """The published lists, with made-up captions for training."""
    folder = shared_data / 'retrieval/msrvtt'
    share(src, *folder.glob('*.csv'))
    sentences = [
        dict(video_id=f'video{i}', caption=f'{k} of {i}', sen_id=k)
        for k in range(20)
        for i in range(10000)
    ]
    (src / 'MSRVTT_data.json').write_text(
        json.dumps(dict(videos=[], sentences=sentences))
    )
    return folder


def test_msrvtt_of_the_shared_data(convert, msrvtt):
    """Acceptance: 1,000 pairs of the 1k-A, none of the 9,000."""
    lists = convert('msrvtt')
    test, train = lists['test_JSFUSION'], lists['train_9k']
    ids = (msrvtt / 'val_list_jsfusion.txt').read_text().split()
    assert set(test) == {f'{name}.mp4' for name in ids}
    assert len(test) == len(captions_of(test)) == 1000
    assert len(set(captions_of(test))) == 995
    assert test['video9770.mp4'] == [
        'a person is connecting something to system'
    ]
    assert not set(test) & (set(train) | set(lists['train_7k']))
    assert len(train) == 9000 and len(captions_of(train)) == 180000
    assert len(captions_of(lists['train_7k'])) == 140200
    assert train['video7.mp4'] == [f'{k} of 7' for k in range(20)]


def test_msrvtt_refuses_a_test_that_training_has_seen(convert, src):
    (src / 'MSRVTT_train.9k.csv').write_text('video_id\nvideo1\nvideo2\n')
    (src / 'MSRVTT_JSFUSION_test.csv').write_text(
        'key,vid_key,video_id,sentence\nret0,msr2,video2,"a, b"\n'
    )
    sentences = [dict(video_id=f'video{i}', caption='x') for i in (1, 2)]
    (src / 'MSRVTT_data.json').write_text(
        json.dumps(dict(sentences=sentences))
    )
    flags = ('msrvtt', '--splits', 'train_9k', 'test_JSFUSION')
    line = refused(convert, *flags)
    assert line == (
        '1 videos are in train_9k and in test_JSFUSION, such as video2.mp4'
    )
    lists = convert('msrvtt', '--splits', 'test_JSFUSION')
    assert lists == dict(test_JSFUSION={'video2.mp4': ['a, b']})


def write_msvd(src, captions):
    for split, ids in dict(train='a b', val='c', test='d').items():
        text = '\r\n'.join(ids.split())
        (src / f'{split}_list.txt').write_text(text)
    (src / 'raw-captions.pkl').write_bytes(pickle.dumps(captions, protocol=2))


def test_msvd(convert, src, capsys):
    words = {v: [[v, 'is', 'here'], ['Yes']] for v in 'abdx'}
    write_msvd(src, words)
    lists = convert('msvd', '--splits', 'train', 'test')
    assert lists == dict(
        train={'a.avi': ['a is here', 'Yes'], 'b.avi': ['b is here', 'Yes']},
        test={'d.avi': ['d is here', 'Yes']},
    )
    assert 'train' in capsys.readouterr().out
    line = refused(convert, 'msvd')
    assert line == 'no video of the val list has a caption, such as c'


class Malicious:
    def __reduce__(self):
        return Path('was_here').touch, ()


@pytest.mark.parametrize('thing', [Malicious(), Path('x')])
def test_pickles_are_not_programs(convert, src, thing, monkeypatch):
    monkeypatch.chdir(src)
    write_msvd(src, dict(a=[['x'], thing]))
    line = refused(convert, 'msvd')
    assert 'the pickle asks for ' in line and 'raw-captions.pkl' in line
    assert not (src / 'was_here').exists()


LSMDC = (
    '{name}\t00.00.51.926\t00.00.54.129\t00.00.51.426\t00.00.54.629\t{text}'
)


def test_lsmdc(convert, src):
    (src / 'lists').mkdir()  # below the folder
    clip = '00{}_A_Film_00.00.51.926-00.00.54.129'
    for i, file in enumerate(
        ('annos_training', 'annos_val', 'challenge_1000_publictect')
    ):
        lines = [
            LSMDC.format(name=clip.format(i), text='SOMEONE walks, "so". '),
            LSMDC.format(name=clip.format(i), text='He stops.'),
        ]
        (src / f'lists/LSMDC16_{file}.csv').write_text('\n'.join(lines) + '\n')
    lists = convert('lsmdc')
    for i, split in enumerate(('train', 'val', 'test')):
        name = f'00{i}_A_Film/{clip.format(i)}.avi'
        assert lists[split] == {name: ['SOMEONE walks, "so".', 'He stops.']}


@pytest.mark.parametrize(
    ('name', 'files', 'expected'),
    [
        ('msrvtt', {}, 'no MSRVTT_train.9k.csv below'),
        ('msvd', {}, 'get msvd_data.zip of CLIP4Clip'),
        ('lsmdc', {}, 'for which MPII gives permission'),
        ('didemo', {}, 'LisaAnne/LocalizingMoments'),
        ('didemo', {'train_list.txt': 'a\na'}, 'lists a twice'),
        ('didemo', {'train_list.txt': ''}, 'train_list.txt is empty'),
        (
            'didemo',
            {'train_list.txt': 'a', 'train_data.json': '{'},
            'train_data.json is not JSON',
        ),
        (
            'didemo',
            {'train_list.txt': 'a', 'train_data.json': '[{"video": "a"}]'},
            'expected [{"video": ..., "description"',
        ),
        (
            'didemo',
            {'a/train_list.txt': 'a', 'b/train_list.txt': 'a'},
            'several files train_list.txt',
        ),
        ('msrvtt', {'MSRVTT_train.9k.csv': 'id\n1'}, "columns ['id'], exp"),
        (
            'msrvtt',
            {'MSRVTT_train.9k.csv': 'video_id\n1', 'MSRVTT_data.json': '[]'},
            'expected {"sentences"',
        ),
        (
            'msvd',
            {'train_list.txt': 'a', 'raw-captions.pkl': 'not a pickle'},
            'raw-captions.pkl is not a pickle',
        ),
        ('lsmdc', {'LSMDC16_annos_training.csv': 'a b c'}, "line 1: 'a b c"),
    ],
)
def test_files_that_do_not_fit(convert, src, name, files, expected):
    for path, text in files.items():
        (src / path).parent.mkdir(exist_ok=True)
        (src / path).write_text(text)
    assert expected in refused(convert, name)
    assert not (src.parent / 'out').exists()


def test_options_that_do_not_fit(convert, tool):
    line = refused(convert, 'msvd', '--splits', 'dev')
    assert line == '--splits dev: msvd has train, val, test'
    with pytest.raises(Exception, match='/nowhere: there is no such folder'):
        tool.main(['msvd', '--src', '/nowhere', '--out', 'x'])


def test_lists_end_as_text_files_do(convert, src, tmp_path):
    (src / 'test_list.txt').write_text('a')
    (src / 'test_data.json').write_text(
        json.dumps([dict(video='a', description='ein Hündchen')])
    )
    convert('didemo', '--splits', 'test')
    content = (tmp_path / 'out/test.json').read_bytes()
    assert content == '{\n "a": [\n  "ein Hündchen"\n ]\n}\n'.encode()


def test_csv_of_the_mini_set(convert, shared_data, src):
    rows = csv.DictReader(
        (shared_data / 'mini/retrieval_one_caption.csv').open()
    )
    share(src, shared_data / 'mini/retrieval_one_caption.csv')
    (src / 'retrieval_one_caption.csv').rename(
        src / 'MSRVTT_JSFUSION_test.csv'
    )
    lists = convert('msrvtt', '--splits', 'test_JSFUSION')
    assert captions_of(lists['test_JSFUSION']) == [r['sentence'] for r in rows]
