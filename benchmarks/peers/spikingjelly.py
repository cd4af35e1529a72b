"""SpikingJelly in multi-step mode: its own layers, its own LIF."""

from spikingjelly.activation_based import functional
from spikingjelly.activation_based import layer
from spikingjelly.activation_based import neuron
from spikingjelly.activation_based import surrogate
from spikingjelly.activation_based.functional import conv_bn_fusion

from benchmarks.harness.worker import serve
from benchmarks.peers import resnet19


class Kit(resnet19.Kit):
    def conv(self, *args, **kwargs):
        return layer.Conv2d(*args, step_mode="m", **kwargs)

    def norm(self, channels):
        return layer.BatchNorm2d(channels, step_mode="m")

    def pool(self):
        return layer.AdaptiveAvgPool2d(1, step_mode="m")

    def linear(self, *args):
        return layer.Linear(*args, step_mode="m")

    def neuron(self):
        return neuron.LIFNode(
            tau=2.0,
            decay_input=False,
            v_reset=0.0,
            surrogate_function=surrogate.PiecewiseQuadratic(alpha=1.0),
            detach_reset=False,
            step_mode="m",
        )

    def reset(self, net):
        functional.reset_net(net)

    def fused(self, net):
        return conv_bn_fusion.fuse_conv_bn_eval_modules(net)


if __name__ == "__main__":
    serve(lambda settings: resnet19.build(settings, Kit()))
