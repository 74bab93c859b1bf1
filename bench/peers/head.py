"""The peer of `bench head`: the same training of the head in PyTorch, from features in memory."""

import os

from common import cores, read_arrays, read_json, serve


def prepare(settings):
    import torch
    from networks import Exact, Head, load, make_loss

    torch.set_num_threads(cores())
    arrays = read_arrays(os.path.join(settings["folder"], "features.safetensors"))
    weights = read_arrays(os.path.join(settings["folder"], "weights.safetensors"))
    weights = {name: array for name, array in weights.items() if name.startswith("head/")}
    features, votes = torch.from_numpy(arrays["features"]), torch.from_numpy(arrays["votes"])
    loss = make_loss(read_json(settings["folder"], "questions.json"), votes.shape[1])
    count = len(features)

    def train():
        head = Head(features.shape[1], votes.shape[1], 0.2)
        load(head, weights)
        head.train()
        optimiser = torch.optim.Adam(head.parameters(), 1e-3)
        for _ in range(settings["epochs"]):
            for rows in torch.randperm(count).split(settings["batch"]):
                optimiser.zero_grad(set_to_none=True)
                loss(head(features[rows]), votes[rows]).mean().backward()
                optimiser.step()

    head = Head(features.shape[1], votes.shape[1], 0.2)
    load(head, weights)
    with Exact(), torch.no_grad():
        values = loss(head(features[:128]), votes[:128]).tolist()
    return {"program": f"PyTorch {torch.__version__}, {cores()} threads", "unit": "training", "values": values}, train, 1


serve(prepare, ["torch", "numpy"])
