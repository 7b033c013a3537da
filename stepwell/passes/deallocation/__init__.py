"""Who frees a buffer: ownership, and what `bufferization.dealloc` becomes.

`insertion` gives every buffer an owner and ends every block with a `bufferization.dealloc`;
`origins` says which buffers may be the same; `simplification` uses that to drop checks; `lowering`
makes the checks that are left happen at run time. After
https://mlir.llvm.org/docs/OwnershipBasedBufferDeallocation/.
"""
