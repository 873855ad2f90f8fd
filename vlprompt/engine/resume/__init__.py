"""Going on with a run whose config, data or processes have changed."""
