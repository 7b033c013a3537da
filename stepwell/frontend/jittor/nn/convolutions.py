"""Convolutions, and their transposes, as functions.

Images are [batch, channels, height, width]. Sizes such as strides are a number or a pair.
"""

from __future__ import annotations

from stepwell.frontend.jittor import operations as ops
from stepwell.frontend.jittor.dtypes import TensorError, promoted
from stepwell.frontend.jittor.nn.sizes import Pair, out_size, pair
from stepwell.frontend.jittor.node import constant
from stepwell.frontend.jittor.var import Var
from stepwell.ir.affine.expr import AffineDim
from stepwell.ir.affine.map import AffineMap


def conv2d(
    x: Var,
    weight: Var,
    bias: Var | None = None,
    stride: Pair = 1,
    padding: Pair = 0,
    dilation: Pair = 1,
    groups: int = 1,
) -> Var:
    """The convolution (without flipping) of each image with each filter.

    Args:
        x: [batch, channels, height, width].
        weight: [filters, channels / groups, height, width].
        bias: [filters], added to all places.
        stride: how far the filters move. padding: zeros around the images. dilation: how far the
        elements of a filter are apart. groups: into how many parts channels and filters fall, each
        part of the filters seeing its part of the channels.

    Raises:
        TensorError: the shapes do not fit.
    """
    strides, pads, spread = pair(stride), pair(padding), pair(dilation)
    _check_conv(x, weight, groups)
    batch, channels, *image = x.shape
    filters, depth, *kernel = weight.shape
    sizes = [out_size(image[d], kernel[d], strides[d], pads[d], spread[d]) for d in range(2)]
    dtype = promoted(x.dtype, weight.dtype)
    a, w = ops.cast(x.node, dtype), ops.cast(weight.node, dtype)
    group_shape: tuple[int, ...] = ()
    if groups != 1:
        group_shape = (groups,)
        a = ops.reshape(a, (batch, groups, depth, *image))
        w = ops.reshape(w, (groups, filters // groups, depth, *kernel))
    # The innermost loop is along the rows of the result.
    shape = (batch, *group_shape, filters // groups, sizes[0], depth, *kernel, sizes[1])
    g = len(group_shape)
    n, o, row, c, k0, k1, column = (AffineDim(d if d == 0 else d + g) for d in range(7))
    group = [AffineDim(1)] * g
    places = (
        row * strides[0] + k0 * spread[0] - pads[0],
        column * strides[1] + k1 * spread[1] - pads[1],
    )
    map = AffineMap(len(shape), 0, (n, *group, c, *places))
    outside = constant(0, dtype) if any(pads) else None
    patches = ops.reindexed(a, shape, map, outside)
    mask = (*range(1, 1 + g), 1 + g, 3 + g, 4 + g, 5 + g)
    products = ops.binary("multiply", patches, ops.spread(w, mask, shape))
    made = ops.reduced("add", products, (3 + g, 4 + g, 5 + g))
    result = Var(ops.reshape(made, (batch, filters, *sizes)))
    return result if bias is None else result + along(bias, 1, result)


def _check_conv(x: Var, weight: Var, groups: int) -> None:
    if x.ndim != 4 or weight.ndim != 4:
        raise TensorError(
            "conv2d takes [batch, channels, height, width] and [filters, channels, height, width], "
            f"not {x.shape!r} and {weight.shape!r}"
        )
    filters, depth = weight.shape[:2]
    if groups < 1 or x.shape[1] != depth * groups or filters % groups:
        raise TensorError(
            f"{filters} filters of {depth} channels do not fit {x.shape[1]} channels "
            f"in {groups} groups"
        )


def conv1d(
    x: Var,
    weight: Var,
    bias: Var | None = None,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
    groups: int = 1,
) -> Var:
    """As `conv2d`, of [batch, channels, width] with [filters, channels / groups, width].

    Raises:
        TensorError: the shapes do not fit.
    """
    if x.ndim != 3 or weight.ndim != 3:
        raise TensorError(
            "conv1d takes [batch, channels, width] and [filters, channels, width], "
            f"not {x.shape!r} and {weight.shape!r}"
        )
    image, filters = x.unsqueeze(2), weight.unsqueeze(2)
    made = conv2d(image, filters, bias, (1, stride), (0, padding), (1, dilation), groups)
    return made.reshape(*made.shape[:2], made.shape[3])


def conv_transpose2d(
    x: Var,
    weight: Var,
    bias: Var | None = None,
    stride: Pair = 1,
    padding: Pair = 0,
    output_padding: Pair = 0,
    groups: int = 1,
    dilation: Pair = 1,
) -> Var:
    """The transpose of `conv2d`: each element spreads a filter, and where these meet they add up.

    Args:
        x: [batch, channels, height, width].
        weight: [channels, filters / groups, height, width].
        bias: [filters], added to all places. stride: how far the filters of neighbours are apart.
        padding: rows and columns cut off around the result. output_padding: rows and columns added
        at its end, below the stride or the dilation. groups, dilation: as in `conv2d`.

    Raises:
        TensorError: the shapes do not fit.
    """
    strides, pads, spread, more = pair(stride), pair(padding), pair(dilation), pair(output_padding)
    _check_transpose(x, weight, groups)
    batch, channels, *image = x.shape
    filters, kernel = weight.shape[1], tuple(weight.shape[2:])
    sizes = [
        (image[d] - 1) * strides[d] - 2 * pads[d] + spread[d] * (kernel[d] - 1) + more[d] + 1
        for d in range(2)
    ]
    if min(sizes) < 1 or any(more[d] >= max(strides[d], spread[d]) for d in range(2)):
        raise TensorError(
            f"padding {list(pads)} and output_padding {list(more)} leave nothing, or too much, of "
            f"{list(image)} spread by {list(kernel)}"
        )
    dtype = promoted(x.dtype, weight.dtype)
    depth = channels // groups
    # [groups, filters * kernel, depth] @ [batch, groups, depth, places]
    a = x.cast(dtype).reshape(batch, groups, depth, image[0] * image[1])
    w = weight.cast(dtype).reshape(groups, depth, filters * kernel[0] * kernel[1])
    products = w.transpose(0, 2, 1) @ a
    parts = products.reshape(batch, groups * filters, *kernel, *image)
    n, o, k0, k1, row, column = (AffineDim(d) for d in range(6))
    places = (
        row * strides[0] + k0 * spread[0] - pads[0],
        column * strides[1] + k1 * spread[1] - pads[1],
    )
    shape = (batch, groups * filters, *sizes)
    map = AffineMap(6, 0, (n, o, *places))
    result = Var(ops.reindex_reduced("add", parts.node, shape, map))
    return result if bias is None else result + along(bias, 1, result)


conv_transpose = conv_transpose2d


def _check_transpose(x: Var, weight: Var, groups: int) -> None:
    if x.ndim != 4 or weight.ndim != 4:
        raise TensorError(
            "conv_transpose2d takes [batch, channels, height, width] and [channels, filters, "
            f"height, width], not {x.shape!r} and {weight.shape!r}"
        )
    if groups < 1 or x.shape[1] != weight.shape[0] or x.shape[1] % groups:
        raise TensorError(
            f"filters for {weight.shape[0]} channels do not fit {x.shape[1]} channels "
            f"in {groups} groups"
        )


def along(x: Var, dim: int, like: Var) -> Var:
    """A vector along one dimension of the shape of `like`.

    Raises:
        TensorError: it has another size.
    """
    if x.ndim != 1 or x.shape[0] != like.shape[dim]:
        raise TensorError(f"expected a vector of {like.shape[dim]}, not {x.shape!r}")
    return Var(ops.spread(x.node, (dim,), tuple(like.shape)))
