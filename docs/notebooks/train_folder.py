# %% [markdown]
# # Train on a folder
#
# From a folder of examples, `my_videos/CLASS/FILE`, to a model that tells these
# classes apart, and a number that can be believed.

# %%
# %pip install vlprompt

# %% [markdown]
# ## What to change
#
# As it stands, this copies a few clips of the [toy world](../toy_world.md) into
# such a folder, and trains in half a minute without a network or a GPU. For
# your own videos change this cell and nothing below it.

# %%
import shutil
from pathlib import Path

from vlprompt.cli import toy_world

FOLDER = 'my_videos'  # yours: a folder with a folder for each class
CLIP = 'toy'  # yours: None, OpenAI's ViT-B/16 (downloads 600 MB once)
EPOCHS = 8  # yours: None, chosen by the number of videos

toy_world.main(['--num-train=4', '--num-val=4'])  # yours: delete from here on
for clip in Path('data/toy/videos').glob('*_red_star_*.mp4'):
    _, *words, _ = clip.stem.split('_')
    place = Path(FOLDER, ' '.join(words))
    place.mkdir(parents=True, exist_ok=True)
    shutil.copy(clip, place)

# %% [markdown]
# ## Train
#
# One call checks the videos, looks for clips that show the same thing, divides
# them so that these stay together, measures CLIP as it is, trains ViLT-CLIP, and
# tests it on the videos that were held out. What was done before is not done
# again.

# %%
from vlprompt.apis import train_folder

outcome = train_folder(FOLDER, clip=CLIP, epochs=EPOCHS)

# %% [markdown]
# ```text
# check the videos ...
# check the videos: 0.4 s
# 8 classes, 64 videos
# split 48 / 16 (seed 0) -> work_dirs/my_videos/split.json
#   8 frames of a clip: the method's
#   8 clips a step: more would make fewer, larger steps
#   8 epochs: as given
#   ...
# before: 12.5 top-1 (vanilla CLIP)
# after:  62.5 top-1 (10 of 16, 95 % interval 38.6 to 81.5)
#   'red star moving left to right' is taken for 'red star moving right to left': 2 of 2
#   'red star bouncing' is taken for 'red star circling': 1 of 2
#   'red star growing' is taken for 'red star spinning': 1 of 2
# Wrote work_dirs/my_videos/report.html
# config: work_dirs/my_videos/vilt_my_videos.py (for --gpus 8, Slurm, vlprompt test)
# use it: vlprompt classify x.mp4 --model work_dirs/my_videos
# ```
#
# Few videos were held out, so look at the interval before you believe a
# difference.

# %%
low, high = outcome.interval
print(f'CLIP as it is:   {outcome.before:.0%}')
print(f'after training:  {outcome.after:.0%} (95 %: {low:.0%} to {high:.0%})')

# %% [markdown]
# ```text
# CLIP as it is:   12%
# after training:  62% (95 %: 39% to 82%)
# ```
#
# ## Use it
#
# The folder of results is a model: it has the classes and what was learned. Here
# it sees one of the clips that were held out.

# %%
from vlprompt.apis import VideoClassifier

classifier = VideoClassifier(outcome.folder)
held_out = (outcome.folder / 'val.txt').read_text().splitlines()
video = Path(FOLDER, held_out[0].rpartition(' ')[0])
print(video)
for name, score in classifier(video)[:3]:
    print(f'{score:.2f} {name}')

# %% [markdown]
# ```text
# my_videos/red star blinking/train_red_star_blinking_000.mp4
# 0.75 red star blinking
# 0.16 red star growing
# 0.05 red star circling
# ```
#
# ## On the command line
#
#     vlprompt train my_videos
#     vlprompt classify x.mp4 --model work_dirs/my_videos
#     vlprompt report work_dirs/my_videos
#
# [Train on a folder](../use/train_folder.md) has the rest: lists, folders that
# are divided already, other methods, several GPUs.
