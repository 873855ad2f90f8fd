"""The evaluation protocols of the papers, one class and file each."""

#: Where the class of each protocol is, by the word that one types after
#: ``vlprompt eval``: its module is imported when it is used.
PROTOCOLS = {
    'fully-supervised': (
        'vlprompt.protocols.fully_supervised',
        'FullySupervised',
    ),
    'zero-shot': ('vlprompt.protocols.zero_shot', 'ZeroShot'),
    'few-shot': ('vlprompt.protocols.few_shot', 'FewShot'),
    'base-to-novel': ('vlprompt.protocols.base_to_novel', 'BaseToNovel'),
    'retrieval': ('vlprompt.protocols.retrieval', 'Retrieval'),
    'compare': ('vlprompt.protocols.compare', 'Compare'),
}

__all__ = ['PROTOCOLS']
