# %% [markdown]
# # Look inside a model
#
# Where a model looks, what its prompts have learned, and which classes it takes
# for which.

# %%
# %pip install vlprompt

# %% [markdown]
# ## What to change
#
# As it stands, this runs in the [toy world](../toy_world.md), without a network
# or a GPU, and trains ViLT-CLIP for a quarter of a minute. For your own videos
# change this cell and nothing below it.

# %%
from vlprompt.cli import toy_world, train

toy_world.main(['--num-train=4', '--num-val=4'])  # yours: delete these lines
train.main(
    ['vlprompt::vilt/vilt_toy.py', '--no-validate', '--resume']
    + ['--cfg-options', 'train_cfg.max_epochs=4', 'log_level=WARNING']
)
RUN = 'work_dirs/vilt_toy'  # yours: the folder of a run, work_dirs/...
# yours: vlprompt::clip/clip_b16_k400.py
VANILLA = 'vlprompt::clip/clip_toy.py'
VIDEO = 'data/toy/videos/val_red_star_blinking_000.mp4'
TEXT = 'red star blinking'

# %% [markdown]
# ## Where it looks
#
# *Relevance* (Chefer et al., ICCV 2021) shows what the score of a text depends
# on, place by place; here for CLIP as it was and for CLIP with the learned
# prompts. Each frame has its own scale; `--per-clip` takes one for all.

# %%
from PIL import Image

from vlprompt.apis import find_model
from vlprompt.cli import analyze_attention

found = find_model(RUN)  # its config and its best or last checkpoint
[picture] = analyze_attention.main(
    [VANILLA, 'none', VIDEO, '--text', TEXT, '--layers', 'all']
    + ['--compare', found.config.filename]
    + ['--compare-checkpoint', found.checkpoint]
)
Image.open(picture)

# %% [markdown]
# ## What the prompts are
#
# ViLT-CLIP learns a few vectors for each layer of both towers. Those of the
# first text layer stand where words would, so we can ask which tokens of the
# vocabulary they are near to. As a rule none is near: prompts are no sentence.
# (The toy world's CLIP has learned some 50 of these tokens; the others are where
# they were drawn.)

# %%
import torch
from open_clip.tokenizer import SimpleTokenizer
from torch.nn.functional import normalize

from vlprompt.apis import VideoClassifier

learned = VideoClassifier(RUN)
with torch.no_grad():
    prompts = learned.model.prompts()  # for each tower and layer (K, D)
    words = learned.model.text_encoder.text.token_embedding.weight
    cosines = normalize(prompts['text'][0]) @ normalize(words).T
best = cosines.max(dim=1)
for cosine, token in zip(*map(torch.Tensor.tolist, best), strict=True):
    print(f'{cosine:.2f} {SimpleTokenizer().decode([token])}')

# %% [markdown]
# ```text
# 0.39 encryp
# 0.41 olla
# 0.40 ♩♫
# 0.35 throwbackthursday
# 0.41 mahi
# 0.34 shev
# 0.38 augu
# 0.37 societies
# ```
#
# What they change shows in the scores: the same clip, the same object, and how it
# moves, for both models.

# %%
MOTIONS = [f'red star {m}' for m in ('blinking', 'bouncing', 'growing')]
for name, model in (
    ('CLIP', VideoClassifier(VANILLA)),
    ('ViLT-CLIP', learned),
):
    ranked = model(VIDEO, MOTIONS)
    print(name, *(f'{score:.2f} {motion}' for motion, score in ranked))

# %% [markdown]
# ```text
# CLIP 0.45 red star blinking 0.38 red star growing 0.16 red star bouncing
# ViLT-CLIP 0.43 red star blinking 0.34 red star growing 0.24 red star bouncing
# ```
#
# Four clips of a class and four epochs are little: `vlprompt demo` trains longer.
#
# ## What it takes for what
#
# A test on the videos of the config, here of classes that it was not trained
# on. `confusion/pairs.csv` lists every pair.

# %%
from vlprompt.cli import analyze_confusion

matrix = analyze_confusion.main(
    [found.config.filename, found.checkpoint, '--top', '5']
    + ['--cfg-options', 'log_level=WARNING']
)
print(f'{matrix.trace()} of {matrix.sum()} are right')
Image.open('confusion/matrix.png')

# %% [markdown]
# ```text
# 58 of 96 videos are taken for another class; pairs of classes: 29
# 38 of 96 are right
# ```
#
# ## On the command line
#
#     vlprompt analyze attention CONFIG CHECKPOINT clip.mp4 --text "red star"
#     vlprompt analyze confusion CONFIG CHECKPOINT
#     vlprompt report work_dirs/vilt_toy
#
# [Analysis](../analysis.md) explains the methods and their flags, and
# [a report](../use/report.md) puts confusion, mistakes and attention on a page.
