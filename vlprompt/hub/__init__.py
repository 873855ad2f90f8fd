"""Models in folders, on the Hugging Face Hub or on a disk.

A folder has a config as JSON, weights as safetensors and facts about them;
nothing in it is ever run.  Folders in the layouts of transformers (CLIPModel,
XCLIPModel) and of open_clip are read as well.
"""

from vlprompt.late import late_getattr

LATE = {  # they import all models, or what speaks to the Hub
    'HubModel': '.hub_model',
    'Written': '.writer',
    'pull': '.download',
    'push': '.upload',
    'read_folder': '.folder',
    'read_weights': '.weights',
    'write_folder': '.writer',
}
__all__ = [*LATE]
__getattr__ = late_getattr(__name__, LATE)
