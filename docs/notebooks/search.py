# %% [markdown]
# # Search my videos
#
# Find the moments that fit a sentence, or that are like another clip, in a
# folder of videos.

# %%
# %pip install vlprompt

# %% [markdown]
# ## What to change
#
# As it stands, this searches clips of the [toy world](../toy_world.md), without
# a network or a GPU. For your own videos change this cell and nothing below it.

# %%
from vlprompt.cli import toy_world

toy_world.main(['--num-train=4', '--num-val=4'])  # yours: delete this line
FOLDER = 'data/toy/videos'  # yours: any folder of videos
MODEL = 'clip_toy'  # yours: 'clip_b16', CLIP ViT-B/16 (downloads 600 MB once)
QUERY = 'a red star'  # yours: what you look for
EXAMPLE = 'data/toy/videos/val_blue_heart_bouncing_000.mp4'

# %% [markdown]
# ## Index
#
# Each window of each video becomes a vector. Later calls embed only what is new
# or has changed, and forget what was deleted.

# %%
from vlprompt.apis import build_index

built = build_index(FOLDER, 'index', MODEL, window=2, stride=1, num_workers=0)
print(f'{built.videos} videos, {built.windows} windows')

# %% [markdown]
# ```text
# 384 videos, 384 windows
# ```
#
# ## Search
#
# A hit is a time in a video; windows that follow each other are one. The score
# is a cosine: compare scores within a query, not between queries.

# %%
from vlprompt.apis import open_index

index = open_index('index')
for hit in index.search(QUERY, k=5):
    print(f'{hit.score:.3f} {hit.path} {hit.start:.1f} to {hit.end:.1f} s')

# %% [markdown]
# ```text
# 0.343 train_red_star_circling_001.mp4 0.0 to 2.0 s
# 0.341 train_red_star_circling_002.mp4 0.0 to 2.0 s
# 0.329 val_red_star_circling_002.mp4 0.0 to 2.0 s
# 0.327 val_red_star_moving_right_to_left_002.mp4 0.0 to 2.0 s
# 0.323 val_red_star_spinning_001.mp4 0.0 to 2.0 s
# ```
#
# A clip finds what is like it; itself comes first if it is in the folder.

# %%
for hit in index.search(video=EXAMPLE, k=3):
    print(f'{hit.score:.3f} {hit.path}')

# %% [markdown]
# ```text
# 1.000 val_blue_heart_bouncing_000.mp4
# 0.939 train_blue_heart_growing_002.mp4
# 0.888 val_blue_heart_shrinking_001.mp4
# ```
#
# The vectors are yours, too, for clustering or another engine:

# %%
index.features().shape, index.features().dtype

# %% [markdown]
# ## On the command line
#
#     vlprompt index videos/
#     vlprompt search "a dog jumping into water"
#     vlprompt search --video clip.mp4
#
# [Search](../use/search.md) has the rest: single frames, several processes,
# FAISS, Parquet, and what frames alone cannot find.
