"""The peer of `bench train`: the same step in PyTorch."""

import math
import os

from common import cores, fastest, forget_peak_memory, read_arrays, read_json, serve


def prepare(settings):
    import torch
    from torch import nn
    from networks import Exact, Head, efficientnet_b0, load, make_loss, parameters

    torch.set_num_threads(cores())
    batch = read_arrays(os.path.join(settings["folder"], "batch.safetensors"))
    weights = read_arrays(os.path.join(settings["folder"], "weights.safetensors"))
    images, votes = torch.from_numpy(batch["images"])[:, None], torch.from_numpy(batch["votes"])
    loss = make_loss(read_json(settings["folder"], "questions.json"), votes.shape[1])

    def start(layout):
        network = nn.Sequential(efficientnet_b0(), Head(1280, votes.shape[1], 0.2))
        load(network, weights)
        network = network.to(memory_format=layout).train()
        return network, torch.optim.Adam(network.parameters(), 1e-3), images.contiguous(memory_format=layout)

    def step(made):
        network, optimiser, x = made
        optimiser.zero_grad(set_to_none=True)
        loss(network(x), votes).mean().backward()
        optimiser.step()

    network, _, x = start(torch.contiguous_format)
    count = parameters(network)
    # As ours: over fewer than 16 values a batch norm's statistics make the losses jump.
    network.train(settings["batch"] * math.ceil(settings["sizePx"] / 32) ** 2 >= 16)
    with Exact(), torch.no_grad():
        values = loss(network(x), votes).tolist()
    layouts = {"channels last": torch.channels_last, "contiguous": torch.contiguous_format}
    made = {name: start(layout) for name, layout in layouts.items()}
    name = fastest(list(made), lambda name: step(made[name]))
    chosen = made.pop(name)
    del network, x
    made.clear()
    forget_peak_memory()
    about = {"program": f"PyTorch {torch.__version__}, {cores()} threads, {name}", "unit": "step", "values": values, "parameters": count}
    return about, lambda: step(chosen), 1


serve(prepare, ["torch", "numpy"])
