"""From a JPEG's bytes to an image of the wanted size, inside tf.data.

Only the part that is used is decoded. All that is drawn comes from a seed of
two numbers, so that an image is the same whichever thread prepares it.
"""

ASPECT = (3 / 4, 4 / 3)  # width over height of what is cut out
CENTRE = 7 / 8  # side of the part that is tested on, 224 of 256


def distorted(content, seed, size, smallest, flip):
    """A random part, resized, and mirrored half of the time: uint8.

    Args:
        content: String tensor.
        seed: Integer tensor (2,).
        size: Int, side in pixels.
        smallest: Float, the least share of the area that is cut out.
        flip: Bool.

    Reference: Szegedy et al., Going Deeper with Convolutions, CVPR 2015,
        arXiv 1409.4842.
    """
    import tensorflow as tf

    seeds = tf.random.split(seed, 2)
    begin, extent, _ = tf.image.stateless_sample_distorted_bounding_box(
        tf.io.extract_jpeg_shape(content),
        tf.zeros((1, 0, 4)),
        seeds[0],
        min_object_covered=0.0,
        aspect_ratio_range=ASPECT,
        area_range=(smallest, 1.0),
        max_attempts=10,
        use_image_if_no_bounding_boxes=True,
    )
    image = _cut(content, begin[0], begin[1], extent[0], extent[1], size)
    if flip:
        image = tf.image.stateless_random_flip_left_right(image, seeds[1])
    return image


def central(content, size):
    """The square in the middle, resized: uint8."""
    import tensorflow as tf

    shape = tf.io.extract_jpeg_shape(content)
    height, width = shape[0], shape[1]
    shorter = tf.cast(tf.minimum(height, width), "float32")
    side = tf.cast(tf.round(CENTRE * shorter), "int32")
    top, left = (height - side) // 2, (width - side) // 2
    return _cut(content, top, left, side, side, size)


def _cut(content, top, left, height, width, size):
    import tensorflow as tf

    window = tf.stack([top, left, height, width])
    image = tf.image.decode_and_crop_jpeg(content, window, channels=3)
    image = tf.image.resize(image, (size, size), antialias=True)
    image = tf.clip_by_value(tf.round(image), 0.0, 255.0)
    return tf.ensure_shape(tf.cast(image, "uint8"), (size, size, 3))
