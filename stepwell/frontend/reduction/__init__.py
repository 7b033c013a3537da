"""Making programs smaller while something about them stays as it is."""
