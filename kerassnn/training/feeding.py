import keras

AHEAD = 2  # batches made while a step is taken


def feed(train):
    """What to give `fit` for a `kerassnn.data.Pipeline`.

    On TensorFlow, Keras makes a dataset of it that tf.data tunes in a thread
    of its own. That thread sleeps ever longer, up to a minute, and the end of
    an epoch may have to wait until it wakes (TensorFlow 2.21; FINDINGS.md).
    The dataset made here is the same one, not tuned.

    Args:
        train: `kerassnn.data.Pipeline`, placed at its epoch and step: the
            batches that are left of that epoch, and all of those after it.

    Returns:
        A `tf.data.Dataset` on TensorFlow, else `train` itself.
    """
    if keras.backend.backend() != "tensorflow":
        return train
    import tensorflow as tf

    def batches():
        for index in range(len(train)):
            yield train[index]

    spec = tuple(
        tf.TensorSpec((None, *array.shape[1:]), array.dtype)
        for array in train.batch(train.epoch, train.start_step)
    )
    options = tf.data.Options()
    options.autotune.enabled = False
    dataset = tf.data.Dataset.from_generator(batches, output_signature=spec)
    dataset = dataset.apply(tf.data.experimental.assert_cardinality(len(train)))
    return dataset.prefetch(AHEAD).with_options(options)
