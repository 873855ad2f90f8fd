"""What the videos of these tests show."""

from vlprompt.toy.world import World

WORLD = World()
CLASSES = ('red star spinning', 'blue heart circling', 'green arrow bouncing')
