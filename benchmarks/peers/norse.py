"""Norse: its LIF without synaptic current, step by step, the rest folded.

Its v' = v + dt/tau (x - v) is half of our v = v/2 + x at dt/tau = 1/2, so its
threshold is half of ours.
"""

import torch
from norse.torch.functional import lif_box
from torch import nn

from benchmarks.harness.worker import serve
from benchmarks.peers import resnet19


class Neuron(nn.Module):
    def __init__(self):
        super().__init__()
        self.parameters_ = lif_box.LIFBoxParameters(
            tau_mem_inv=torch.tensor(500.0),
            v_th=torch.tensor(0.5),
            method="triangle",
            alpha=torch.tensor(1.0),
        )

    def forward(self, x):
        state = lif_box.LIFBoxFeedForwardState(v=torch.zeros_like(x[0]))
        spikes = []
        for current in x:
            spike, state = lif_box.lif_box_feed_forward_step(
                current, state, self.parameters_, dt=0.001
            )
            spikes.append(spike)
        return torch.cat(spikes).unflatten(0, x.shape[:2])


class Kit(resnet19.Kit):
    def neuron(self):
        return Neuron()


if __name__ == "__main__":
    serve(lambda settings: resnet19.build(settings, Kit()))
