"""What is said about the configs, made from them and from the CSV.

``python -m tools.metafiles`` writes a ``metafile.yml`` for each folder of
configs and ``model-index.yml``, which MMEngine's hub and inferencers read;
and the published numbers in the headers of the configs and in the tables of
their READMEs.
"""
