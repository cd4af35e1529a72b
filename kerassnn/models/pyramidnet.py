import keras

from kerassnn.layers.spiking_neuron import SpikingNeuron
from kerassnn.models import blocks
from kerassnn.models.body import Body
from kerassnn.models.body import check_positive
from kerassnn.models.flow import Flow

BLOCKS = 9


def PyramidNet20(
    classes: int = 10,
    timesteps: int = 4,
    neuron: SpikingNeuron | None = None,
    input_shape: tuple[int, ...] = (32, 32, 3),
    width: int = 16,
    alpha: int | None = None,
    norm: keras.layers.Layer | None = None,
    weight_decay: float = 0.0,
    flow: Flow | None = None,
    name: str = "pyramidnet20",
) -> keras.Model:
    """PyramidNet-20: nine blocks, each a little wider than the one before.

    The k-th block has round(width + k alpha / 9) channels: 38, 60, 83, 105,
    127, 149, 172, 194 and 216. Blocks are BN-conv-BN-act-conv-BN with
    shortcuts that hold no weights.

    Arguments, shapes and errors are those of `ResNet19`; `width` is the
    stem's, whose tap stands behind its BN. Taps `stage1` to `stage3` are the
    raw sums behind every third block.

    Args:
        alpha: Int, channels added from the stem to the last block. Defaults
            to 12.5 `width`, which is 200.

    Differs from the paper: none; alpha is SASTC's. Made as a teacher: in
        the SNN twin, ours, each block's first convolution sees potentials.

    Reference: Han et al., Deep Pyramidal Residual Networks, CVPR 2017,
        arXiv 1610.02915.
    """
    body = Body(
        classes, timesteps, neuron, input_shape, width, norm, weight_decay, flow
    )
    if alpha is not None:
        check_positive("alpha", alpha)
    alpha = 12.5 * width if alpha is None else alpha
    x = body.stem(width, act=False)
    for k in range(1, BLOCKS + 1):
        stage, block = divmod(k - 1, 3)
        x = blocks.pyramidal(
            body,
            x,
            round(width + k * alpha / BLOCKS),
            2 if stage > 0 and block == 0 else 1,
            f"stage{stage + 1}_block{block + 1}",
        )
        if block == 2:
            x = body.tap(x, f"stage{stage + 1}")
    x = body.pooled(body.act(body.norm(x, "final_bn"), "final_act"))
    return body.model(x, name)
