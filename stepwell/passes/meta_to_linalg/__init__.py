"""The ops of the meta dialect as structured ops; used by `convert-meta-to-linalg`."""
