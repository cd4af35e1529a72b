"""snnTorch: `Leaky` called once a timestep, all other layers folded.

The library has no layers for sequences. Its tutorials call the whole network
step by step; folding gives the norms our statistics, over B and T.
"""

import torch
from snntorch import Leaky
from torch import nn

from benchmarks.harness.worker import serve
from benchmarks.peers import resnet19


class Neuron(nn.Module):
    """Hard reset to zero, detached, which is all the library has."""

    def __init__(self):
        super().__init__()
        self.leaky = Leaky(beta=0.5, reset_mechanism="zero")

    def forward(self, x):
        potential, spikes = torch.zeros_like(x[0]), []
        for current in x:
            spike, potential = self.leaky(current, potential)
            spikes.append(spike)
        return torch.cat(spikes).unflatten(0, x.shape[:2])


class Kit(resnet19.Kit):
    def neuron(self):
        return Neuron()


if __name__ == "__main__":
    serve(lambda settings: resnet19.build(settings, Kit()))
