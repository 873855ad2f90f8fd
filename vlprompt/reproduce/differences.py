"""Known reasons why numbers differ from the published ones."""

DIFFERENCES = {
    'validation': 'Copies of the validation set differ: Kinetics loses videos '
    'over time (19,877 in the list of ViFi-CLIP, 19,796 in ViLT-CLIP). The '
    'number that was scored stands below the table.',
    'dropped': 'The evaluators of ViFi-CLIP and X-CLIP drop up to 8 samples '
    'of a test (batches of 2 on 8 GPUs); here each is scored once.',
    'labels': 'The published label file of HMDB-51 has two pairs of class '
    'names swapped (ids 20 and 21, 44 and 45), 7.8 % of each list. Here they '
    'are right; `--label-order vifi` scores as published.',
    'views': 'The published 4 x 3 views are random draws of training mode, '
    'about 0.2 from run to run; here they are evenly spaced '
    '(`vlprompt eval fully-supervised --sampling random` draws them).',
    'random_views': 'The published test takes random clips of training mode; '
    'here they are evenly spaced.',
    'epoch': 'How the epoch was chosen is not said; here it is the last one. '
    'Where the best one on the test list was taken, published numbers are '
    'higher.',
    'draws': 'The draws of base classes are three lists, and so is the '
    'deviation; the random seed of training is the same for all.',
    'training': 'The paper does not say the batch, the learning rate, or the '
    'augmentation of this setting; the config has those of ViFi-CLIP.',
    'printed': 'The printed table has errors: UCF-101 HM 80.2 of Multimodal '
    'V-L Prompting is 79.7 from its base and novel, and the rows that it '
    'quotes from ViFi-CLIP differ in places.',
    'k600': 'The three lists of Kinetics-600 have 160 classes each; some '
    'papers use lists of their own.',
    'averaging': 'Published numbers are of averaged weights, and so are those '
    'of the run.',
    'views_unknown': 'The number of views, or of frames, is not printed.',
    'quoted': 'The numbers are quoted by another paper, which may have '
    'trained the method itself.',
    'test_chosen': 'The published epoch was chosen on the test set.',
    'captions': 'MSR-VTT has five sentences twice among the thousand of its '
    'test; LSMDC is trained on its 101,079 clips, ViLT-CLIP says 7,408. Ties '
    'and the rank of a video with several captions are counted in other ways '
    '([retrieval](retrieval.md)).',
    'toy': 'Nothing is published of the toy world: the run shows that all '
    'works, on your machine, before days are spent.',
}
