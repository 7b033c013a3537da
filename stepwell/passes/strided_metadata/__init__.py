"""Views of memrefs in terms of base, offset, sizes and strides; used by `expand-strided-metadata`."""
