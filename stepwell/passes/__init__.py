"""The steps down: one file a pass, named like the pass; `pipelines` runs them in order."""
