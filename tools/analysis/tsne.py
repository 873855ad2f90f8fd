"""Draw embeddings by t-SNE: ``vlprompt analyze tsne``."""

from vlprompt.cli.analyze_tsne import main
from vlprompt.cli.common import run_command

if __name__ == '__main__':
    run_command(main)
