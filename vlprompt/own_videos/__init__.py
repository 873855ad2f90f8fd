"""From a folder of videos to a model: ``vlprompt train FOLDER``."""
