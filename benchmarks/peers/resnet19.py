"""ResNet-19 of a peer on torch: the layout once, each library's own layers.

Tensors between layers are (T, B, C, H, W), as all three libraries order time.
The stem's convolution and norm run once, as ours do, and are then repeated.
"""

import os

import numpy as np
import torch
from torch import nn


class Kit:
    """How a library applies layers to a sequence; here, folded by hand."""

    def conv(self, *args, **kwargs):
        return Folded(nn.Conv2d(*args, **kwargs))

    def norm(self, channels):
        return Folded(nn.BatchNorm2d(channels))

    def pool(self):
        return Folded(nn.AdaptiveAvgPool2d(1))

    def linear(self, *args):
        return Folded(nn.Linear(*args))

    def neuron(self):
        """Module (T, B, ...) -> (T, B, ...)."""
        raise NotImplementedError

    def reset(self, net):
        """Clears what the neurons keep between batches."""

    def fused(self, net):
        """The library's own way to fold norms into convolutions, if any."""
        return net


class Folded(nn.Module):
    """A layer without time, time folded into the batch."""

    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def forward(self, x):
        return self.layer(x.flatten(0, 1)).unflatten(0, x.shape[:2])


class Block(nn.Module):
    """conv-BN-LIF-conv-BN, plus the shortcut (conv1x1-BN), then LIF."""

    def __init__(self, kit, inputs, filters, stride):
        super().__init__()
        same = {"padding": 1, "bias": False}
        self.conv1 = kit.conv(inputs, filters, 3, stride, **same)
        self.bn1 = kit.norm(filters)
        self.act1 = kit.neuron()
        self.conv2 = kit.conv(filters, filters, 3, 1, **same)
        self.bn2 = kit.norm(filters)
        self.act2 = kit.neuron()
        self.projects = stride != 1 or inputs != filters
        if self.projects:
            self.proj = kit.conv(inputs, filters, 1, stride, bias=False)
            self.proj_bn = kit.norm(filters)

    def forward(self, x):
        y = self.act1(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        if self.projects:
            x = self.proj_bn(self.proj(x))
        return self.act2(y + x)


class ResNet19(nn.Module):
    """Images (B, 3, H, W) to logits (B, 10), the mean over T."""

    def __init__(self, kit, width, timesteps):
        super().__init__()
        self.timesteps = timesteps
        self.stem_conv = nn.Conv2d(3, width, 3, padding=1, bias=False)
        self.stem_bn = nn.BatchNorm2d(width)
        self.stem_act = kit.neuron()
        inputs, self.blocks = width, nn.ModuleDict()
        plan = ((width, 3, 1), (2 * width, 3, 2), (4 * width, 2, 2))
        for i, (filters, depth, stride) in enumerate(plan, 1):
            for j in range(1, depth + 1):
                step = stride if j == 1 else 1
                block = Block(kit, inputs, filters, step)
                self.blocks[f"stage{i}_block{j}"] = block
                inputs = filters
        self.pool = kit.pool()
        self.head = kit.linear(inputs, 10)

    def forward(self, x):
        x = self.stem_bn(self.stem_conv(x))
        x = self.stem_act(x.unsqueeze(0).expand(self.timesteps, -1, -1, -1, -1))
        for block in self.blocks.values():
            x = block(x)
        return self.head(self.pool(x).flatten(2)).mean(0)


def build(settings, kit):
    """One step of a peer's ResNet-19.

    Args:
        settings: Dict of `work` (`train`, `infer`), `timesteps`, `problem`,
            and the choices `dtype` (`float32`, `bfloat16`), `channels_last`,
            `compile`, `fused`.
        kit: `Kit`.

    Returns:
        Tuple (step, about) for `benchmarks.harness.worker.serve`.
    """
    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
    with np.load(settings["problem"]) as problem:
        arrays = dict(problem)
    images = torch.from_numpy(arrays.pop("images")).permute(0, 3, 1, 2)
    labels = torch.from_numpy(arrays.pop("labels")).long()
    layout = torch.contiguous_format
    if settings["channels_last"]:
        layout = torch.channels_last
    images = images.contiguous(memory_format=layout)
    width = arrays["stem_conv/kernel"].shape[-1]
    net = ResNet19(kit, width, settings["timesteps"])
    load(net, arrays)
    net = net.to(memory_format=layout)
    work = {"train": _training, "infer": _inference}[settings["work"]]
    return work(net, images, labels, settings, kit)


def load(net, arrays):
    """Fills the net from arrays named as ours, `layer/variable`."""
    kinds = (nn.Conv2d, nn.BatchNorm2d, nn.Linear)
    left = set(arrays)
    for path, layer in net.named_modules():
        if not isinstance(layer, kinds):
            continue
        parts = path.removeprefix("blocks.").removesuffix(".layer").split(".")
        norm = isinstance(layer, nn.BatchNorm2d)
        names = {
            "weight": "gamma" if norm else "kernel",
            "bias": "beta" if norm else "bias",
            "running_mean": "moving_mean",
            "running_var": "moving_variance",
        }
        for theirs, tensor in layer.state_dict().items():
            if theirs == "num_batches_tracked":
                continue
            name = f"{'_'.join(parts)}/{names[theirs]}"
            array = arrays[name]
            if name.endswith("/kernel"):  # ours (H, W, in, out) or (in, out)
                axes = (3, 2, 0, 1) if array.ndim == 4 else (1, 0)
                array = array.transpose(axes).copy()
            tensor.copy_(torch.from_numpy(array))
            left.remove(name)
    if left:
        raise ValueError(f"expected a layer for each of {sorted(left)}")


def _training(net, images, labels, settings, kit):
    net.train()
    optimizer = torch.optim.SGD(net.parameters(), 0.1, momentum=0.9)
    run, cast = _ready(net, settings)

    def step():
        optimizer.zero_grad(set_to_none=True)
        with cast():
            loss = nn.functional.cross_entropy(run(images), labels)
        loss.backward()
        optimizer.step()
        kit.reset(net)
        return [loss.item()]

    return step, {"torch": torch.__version__}


def _inference(net, images, labels, settings, kit):
    net.eval()
    if settings["fused"]:
        net = kit.fused(net)
    run, cast = _ready(net, settings)

    @torch.inference_mode()
    def step():
        with cast():
            logits = run(images)
        kit.reset(net)
        return logits[:8].float().flatten().tolist()

    return step, {"torch": torch.__version__}


def _ready(net, settings):
    run = torch.compile(net) if settings["compile"] else net
    low = settings["dtype"] == "bfloat16"

    def cast():
        return torch.autocast("cpu", torch.bfloat16, enabled=low)

    return run, cast
