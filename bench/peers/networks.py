"""The networks and the loss in PyTorch. The weights come from our side, so that both compute the same numbers."""

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

# Keras' epsilon; what stays of the moving statistics at each step is 0.9 on both sides.
NORM = {"eps": 1e-3, "momentum": 0.1}
DROP_BRANCH_RATE = 0.2


class Conv(nn.Conv2d):
    """
    'Same' padding. At stride 2 TensorFlow pads one side more than the other: `is_exact` does that, for the check of values; PyTorch's own symmetric
    padding is faster and is what is timed.
    """

    is_exact = False

    def forward(self, x):
        if self.stride[0] == 1 or not Conv.is_exact:
            return super().forward(x)
        size, kernel = x.shape[-1], self.kernel_size[0]
        total = max((-(-size // 2) - 1) * 2 + kernel - size, 0)
        before, after = total // 2, total - total // 2
        return F.conv2d(F.pad(x, (before, after, before, after)), self.weight, self.bias, 2, 0, 1, self.groups)


def conv(inputs, outputs, kernel, stride=1, groups=1, bias=False):
    return Conv(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=bias)


class SqueezeExcite(nn.Module):
    def __init__(self, channels, squeezed):
        super().__init__()
        self.reduce = nn.Conv2d(channels, squeezed, 1)
        self.expand = nn.Conv2d(squeezed, channels, 1)

    def forward(self, x):
        return x * torch.sigmoid(self.expand(F.silu(self.reduce(x.mean((2, 3), keepdim=True)))))


class Block(nn.Module):
    def __init__(self, inputs, outputs, kernel, stride, expand, drop_rate):
        super().__init__()
        width = inputs * expand
        layers = []
        if expand > 1:
            layers += [conv(inputs, width, 1), nn.BatchNorm2d(width, **NORM), nn.SiLU(inplace=True)]
        layers += [conv(width, width, kernel, stride, width), nn.BatchNorm2d(width, **NORM), nn.SiLU(inplace=True)]
        layers += [SqueezeExcite(width, max(1, inputs // 4)), conv(width, outputs, 1), nn.BatchNorm2d(outputs, **NORM)]
        self.layers = nn.Sequential(*layers)
        self.is_residual = stride == 1 and inputs == outputs
        self.drop_rate = drop_rate

    def forward(self, x):
        y = self.layers(x)
        if not self.is_residual:
            return y
        if self.training and self.drop_rate > 0 and not Conv.is_exact:
            keep = 1 - self.drop_rate
            y = y * (torch.empty(y.shape[0], 1, 1, 1).bernoulli_(keep) / keep)
        return x + y


STAGES = [(3, 1, 16, 1, 1), (3, 2, 24, 6, 2), (5, 2, 40, 6, 2), (3, 3, 80, 6, 2), (5, 3, 112, 6, 1), (5, 4, 192, 6, 2), (3, 1, 320, 6, 1)]


def efficientnet_b0():
    """The encoder: one channel, 4,048,988 parameters with the moving statistics. Stages: kernel, repeats, channels, expansion, stride."""
    layers = [conv(1, 32, 3, 2), nn.BatchNorm2d(32, **NORM), nn.SiLU(inplace=True)]
    count, index, channels = sum(stage[1] for stage in STAGES), 0, 32
    for kernel, repeats, outputs, expand, stride in STAGES:
        for repeat in range(repeats):
            layers.append(Block(channels, outputs, kernel, 1 if repeat else stride, expand, DROP_BRANCH_RATE * index / count))
            channels, index = outputs, index + 1
    layers += [conv(320, 1280, 1), nn.BatchNorm2d(1280, **NORM), nn.SiLU(inplace=True), nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    return nn.Sequential(*layers)


def w20_cnn(size):
    """The encoder of Walmsley et al. 2020."""
    layers, channels = [], 1
    for filters, has_pool in [(32, False), (32, True), (64, False), (64, True), (128, True), (128, True)]:
        layers += [conv(channels, filters, 3, bias=True), nn.ReLU(inplace=True)] + ([nn.MaxPool2d(2)] if has_pool else [])
        channels = filters
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(channels * (size // 16) ** 2, 128), nn.ReLU(inplace=True))


class Head(nn.Module):
    """Dropout, one dense layer, concentrations in (1, 101)."""

    def __init__(self, features, answers, rate):
        super().__init__()
        self.rate = rate
        self.dense = nn.Linear(features, answers)

    def forward(self, x):
        return 1 + 100 * torch.sigmoid(self.dense(F.dropout(x, self.rate, self.training and not Conv.is_exact)))


def make_loss(questions, answers):
    """The Dirichlet-multinomial loss of each galaxy [B], with the multinomial coefficient, of concentrations and votes [B, A]."""
    membership = torch.zeros(answers, len(questions))
    for q, question in enumerate(questions):
        membership[question["start"] : question["end"], q] = 1

    def loss(concentration, votes):
        total, count = concentration @ membership, votes @ membership
        per_answer = torch.lgamma(concentration + votes) - torch.lgamma(concentration) - torch.lgamma(votes + 1)
        per_question = torch.lgamma(total) - torch.lgamma(total + count) + torch.lgamma(count + 1)
        return -(per_question + per_answer @ membership).sum(1)

    return loss


def load(network, arrays):
    """Puts our weights into `network`; both list their layers in the same order. Whatever is left over on either side is an error."""
    values = iter(arrays.items())
    channels = None

    def take(name):
        found, array = next(values)
        assert found.endswith("/" + name), f"{found} where {name} was expected"
        return array

    with torch.no_grad():
        for module in network.modules():
            if isinstance(module, SqueezeExcite):
                for part, name in [(module.reduce, "reduce"), (module.expand, "expand")]:
                    part.weight.copy_(torch.from_numpy(take(f"{name}_kernel").T.copy())[:, :, None, None])
                    part.bias.copy_(torch.from_numpy(take(f"{name}_bias")))
            elif isinstance(module, Conv):
                kernel = take("kernel")
                # Depthwise kernels are [h, w, channels, 1] there, others [h, w, inputs, outputs].
                module.weight.copy_(torch.from_numpy(kernel.transpose(2, 3, 0, 1) if module.groups > 1 else kernel.transpose(3, 2, 0, 1)))
                channels = kernel.shape[3]
                if module.bias is not None:
                    module.bias.copy_(torch.from_numpy(take("bias")))
            elif isinstance(module, nn.BatchNorm2d):
                for tensor, name in [(module.weight, "gamma"), (module.bias, "beta"), (module.running_mean, "moving_mean"), (module.running_var, "moving_variance")]:
                    tensor.copy_(torch.from_numpy(take(name)))
            elif isinstance(module, nn.Linear):
                kernel = take("kernel")
                if channels is not None and kernel.shape[0] % channels == 0 and kernel.shape[0] > 2 * channels:
                    # Flattened [h, w, channels] there, [channels, h, w] here.
                    side = int(np.sqrt(kernel.shape[0] // channels))
                    kernel = kernel.reshape(side, side, channels, -1).transpose(2, 0, 1, 3).reshape(kernel.shape)
                module.weight.copy_(torch.from_numpy(kernel.T.copy()))
                module.bias.copy_(torch.from_numpy(take("bias")))
    assert next(values, None) is None, "weights are left over"


def parameters(network):
    """As Keras counts them: the moving statistics too."""
    buffers = sum(tensor.numel() for name, tensor in network.named_buffers() if name.endswith(("running_mean", "running_var")))
    return sum(tensor.numel() for tensor in network.parameters()) + buffers


class Exact:
    """Within it the networks compute what ours compute without anything drawn: TensorFlow's padding, no dropout, no dropped branch."""

    def __enter__(self):
        Conv.is_exact = True

    def __exit__(self, *_):
        Conv.is_exact = False
