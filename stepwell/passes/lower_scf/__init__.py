"""From structured control flow to blocks and branches; used by `convert-scf-to-cf`."""
