"""Numbers kept in values in place of memory; used by `forward-stores`."""
