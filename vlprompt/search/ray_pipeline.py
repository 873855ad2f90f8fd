"""An index made on a Ray cluster: decoders on CPUs, apart from the models."""
