"""Running passes over programs: registry, pipelines, instrumentation, reproducers."""
