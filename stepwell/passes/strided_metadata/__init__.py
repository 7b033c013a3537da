"""Views of memrefs as base, offset, sizes and strides; used by `expand-strided-metadata`."""
