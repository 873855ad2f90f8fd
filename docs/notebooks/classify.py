# %% [markdown]
# # Classify my video
#
# Which of my own words fit a clip, and when in a long video: CLIP tells
# without any training.

# %%
# %pip install vlprompt

# %% [markdown]
# ## What to change
#
# As it stands, this runs in the [toy world](../toy_world.md), rendered clips of
# coloured shapes, without a network or a GPU. For your own videos change
# this cell and nothing below it.

# %%
from vlprompt.cli import toy_world

toy_world.main(['--num-train=4', '--num-val=4'])  # yours: delete this line
MODEL = 'clip_toy'  # yours: 'clip_b16', CLIP ViT-B/16 (downloads 600 MB once)
VIDEOS = [  # yours: files, a folder, a list, or an address
    'data/toy/videos/val_red_star_blinking_000.mp4',
    'data/toy/videos/val_blue_heart_bouncing_000.mp4',
    'data/toy/videos/val_green_arrow_spinning_000.mp4',
]
CLASSES = ['red star', 'blue heart', 'green arrow']  # yours: any words

# %% [markdown]
# ## A clip and its words
#
# Scores are probabilities *over the names you give*, so name what else it
# could be. `on_error='skip'` names what cannot be read and goes on.

# %%
from vlprompt.apis import VideoClassifier

classifier = VideoClassifier(MODEL, classes=CLASSES)
for found in classifier.predict(VIDEOS, on_error='skip'):
    best = f'{found.scores[0]:.2f} {found.names[0]}'
    print(f'{found.path}: {best}')

# %% [markdown]
# ```text
# data/toy/videos/val_red_star_blinking_000.mp4: 1.00 red star
# data/toy/videos/val_blue_heart_bouncing_000.mp4: 0.99 blue heart
# data/toy/videos/val_green_arrow_spinning_000.mp4: 1.00 green arrow
# ```
#
# ## When in a long video
#
# Windows of two seconds, one every second, tell what happens when. The video
# is decoded once, and so is a frame that several windows share. Here the three
# clips stand one after the other; frames in memory are an input like a file.

# %%
from vlprompt.apis import Frames
from vlprompt.datasets.readers.video_reader import VideoReader

frames = []
for path in VIDEOS:
    reader = VideoReader(path)
    frames += 2 * reader.read(range(len(reader)))
long_video = Frames(frames, fps=10, name='joined')  # yours: 'match.mp4'

timeline = classifier.timeline(long_video, window=2, stride=1)
for segment in timeline.segments():
    print(f'{segment.start:4.1f} to {segment.end:4.1f} s: {segment.name}')

# %% [markdown]
# ```text
#  0.0 to  3.5 s: red star
#  3.5 to  7.5 s: blue heart
#  7.5 to 12.0 s: green arrow
# ```
#
# The same as a page with a strip of frames, which works by mail:

# %%
from pathlib import Path

from vlprompt.pages.timeline import timeline_page

page = timeline_page([timeline], facts={'model': classifier.source})
Path('timeline.html').write_text(page)

# %% [markdown]
# ## On the command line
#
#     vlprompt classify clips/ --classes "red star" "blue heart"
#     vlprompt classify match.mp4 --window 2 --stride 1 --timeline match.html
#
# [Classify videos](../use/classify.md) has the rest: cameras, tables, JSON,
# class lists. If CLIP does not know your classes, [train on a
# folder](train_folder.py) of examples.
