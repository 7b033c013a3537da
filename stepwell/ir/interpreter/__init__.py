"""The reference interpreter: runs any level of the IR by the meanings that ops carry."""
