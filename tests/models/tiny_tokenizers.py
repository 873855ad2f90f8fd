"""Tokenizers of Hugging Face, made here: the real ones are not to be had.

In the layouts of those that open_clip's architectures name, with words and
ids of their own.
"""

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers
from tokenizers.processors import TemplateProcessing
from tokenizers.trainers import UnigramTrainer, WordPieceTrainer
from transformers import PreTrainedTokenizerFast

CORPUS = (
    'archery',
    'riding a bike',
    'hurling sport',
    'tai chi',
    'massaging a person on the head slowly',
    'a photo of a video of a person doing',
    'juggling balls and playing the violin',
)
SIZE = 120  # of all vocabularies, at most


def sentence_piece(specials, **special_tokens):
    """A Unigram model of SentencePiece, as T5's, Gemma's and XLM-V's."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = UnigramTrainer(
        vocab_size=SIZE, special_tokens=specials, unk_token='<unk>'
    )
    tokenizer.train_from_iterator(CORPUS, trainer)
    return _finish(tokenizer, special_tokens)


def word_piece():
    """BERT's, which CLIPA takes."""
    tokenizer = Tokenizer(models.WordPiece(unk_token='[UNK]'))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    specials = ['[PAD]', '[UNK]', '[CLS]', '[SEP]']
    trainer = WordPieceTrainer(vocab_size=SIZE, special_tokens=specials)
    tokenizer.train_from_iterator(CORPUS, trainer)
    return _finish(
        tokenizer,
        dict(
            pad_token='[PAD]',
            unk_token='[UNK]',
            cls_token='[CLS]',
            sep_token='[SEP]',
        ),
    )


def _finish(tokenizer, special_tokens):
    first = special_tokens.get('bos_token', special_tokens.get('cls_token'))
    last = special_tokens.get('eos_token', special_tokens.get('sep_token'))
    around = [token for token in (first, last) if token]
    tokenizer.post_processor = TemplateProcessing(
        single=' '.join(filter(None, [first, '$A', last])),
        special_tokens=[(t, tokenizer.token_to_id(t)) for t in around],
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, **special_tokens
    )


def siglip():
    """T5's, of SigLIP: padded with the end of text, id 1."""
    return sentence_piece(
        ['<unused>', '</s>', '<unk>'],
        eos_token='</s>',
        pad_token='</s>',
        unk_token='<unk>',
    )


def siglip2():
    """Gemma's, of SigLIP 2: padding is 0, the end of text 1."""
    return sentence_piece(
        ['<pad>', '<eos>', '<bos>', '<unk>'],
        eos_token='<eos>',
        pad_token='<pad>',
        unk_token='<unk>',
    )


def metaclip2():
    """XLM-V's, of MetaCLIP 2: a start, 0, and an end of text, 2."""
    return sentence_piece(
        ['<s>', '<pad>', '</s>', '<unk>'],
        bos_token='<s>',
        eos_token='</s>',
        pad_token='<pad>',
        unk_token='<unk>',
    )


MAKERS = dict(
    siglip=siglip, siglip2=siglip2, metaclip2=metaclip2, clipa=word_piece
)


def make_tokenizers(folder):
    """Write all of them; returns their folders by name."""
    folders = {}
    for name, make in MAKERS.items():
        make().save_pretrained(folder / name)
        folders[name] = str(folder / name)
    return folders
