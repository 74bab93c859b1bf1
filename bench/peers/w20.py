"""The peer of `bench w20`: the same training of the W+20 network in PyTorch, views drawn anew each epoch, a batch of views in one call."""

import math
import os

from common import cores, fastest, forget_peak_memory, read_arrays, read_json, serve


def prepare(settings):
    import torch
    from torch import nn
    from torch.nn import functional as F
    from networks import Exact, Head, load, make_loss, parameters, w20_cnn

    torch.set_num_threads(cores())
    folder, size = settings["folder"], settings["sizePx"]
    survey, weights = read_arrays(os.path.join(folder, "survey.safetensors")), read_arrays(os.path.join(folder, "weights.safetensors"))
    images, votes = torch.from_numpy(survey["images"])[:, None] / 255, torch.from_numpy(survey["votes"])
    checked = torch.from_numpy(survey["checked"])[:, None]
    loss = make_loss(read_json(folder, "questions.json"), votes.shape[1])
    count = len(images)

    def views(rows):
        """Flip, rotation, zoom 1.1 to 1.3 and shift by one bilinear sampling, then contrast and brightness: the views of W+20."""
        n = len(rows)
        angle = (torch.rand(n) * 2 - 1) * math.pi
        scale = 1 / (1.1 + 0.2 * torch.rand(n))
        flip = torch.where(torch.rand(n) < 0.5, -1.0, 1.0)
        shift = (torch.rand(n, 2) * 2 - 1) * (1 - scale)[:, None]
        cos, sin = scale * torch.cos(angle), scale * torch.sin(angle)
        theta = torch.stack([cos * flip, -sin, shift[:, 0], sin * flip, cos, shift[:, 1]], 1).reshape(n, 2, 3)
        x = F.grid_sample(images[rows], F.affine_grid(theta, (n, 1, size, size), align_corners=False), padding_mode="reflection", align_corners=False)
        mean = x.mean((1, 2, 3), keepdim=True)
        contrast, brightness = 0.98 + 0.04 * torch.rand(n, 1, 1, 1), -0.05 + 0.1 * torch.rand(n, 1, 1, 1)
        return (x - mean) * contrast + mean + brightness

    def start(layout):
        network = nn.Sequential(w20_cnn(size), Head(128, votes.shape[1], 0.5))
        load(network, weights)
        return network.to(memory_format=layout)

    def train(layout, epochs=settings["epochs"]):
        network = start(layout).train()
        optimiser = torch.optim.Adam(network.parameters(), 1e-3)
        for _ in range(epochs):
            for rows in torch.randperm(count).split(settings["batch"]):
                x = views(rows).contiguous(memory_format=layout)
                optimiser.zero_grad(set_to_none=True)
                loss(network(x), votes[rows]).mean().backward()
                optimiser.step()
        network.eval()
        centred = torch.eye(2, 3).repeat(count, 1, 1)
        centred[:, 0, 0] = centred[:, 1, 1] = 1 / 1.2
        with torch.inference_mode():
            for rows in torch.arange(count).split(settings["batch"]):
                grid = F.affine_grid(centred[rows], (len(rows), 1, size, size), align_corners=False)
                network(F.grid_sample(images[rows], grid, align_corners=False))

    network = start(torch.contiguous_format)
    with Exact(), torch.no_grad():
        values = loss(network(checked), votes[: len(checked)]).tolist()
    layouts = {"channels last": torch.channels_last, "contiguous": torch.contiguous_format}
    name = fastest(list(layouts), lambda name: train(layouts[name], 1), 1)
    forget_peak_memory()
    about = {"program": f"PyTorch {torch.__version__}, {cores()} threads, {name}", "unit": "training", "values": values, "parameters": parameters(network)}
    return about, lambda: train(layouts[name]), 1


serve(prepare, ["torch", "numpy"])
