"""The peer of `bench predict`: a DataLoader over the same files and the same network in PyTorch, with as many workers as is fastest."""

import os

from common import cores, fastest, forget_peak_memory, read_arrays, read_json, serve

BATCH, CHECK_EVERY, TRIED = 32, 8, 96
FIELD = 300 / 224


def prepare(settings):
    import numpy as np
    import torch
    from torch import nn
    from torch.utils.data import DataLoader, Dataset
    from decode import read_grey
    from networks import Exact, Head, efficientnet_b0, load, parameters

    torch.set_num_threads(cores())
    folder, size = settings["folder"], settings["sizePx"]
    stored = round(size * FIELD)
    start = (stored - size) // 2
    files = read_json(folder, "images.json")
    answers = read_json(folder, "questions.json")[-1]["end"]
    network = nn.Sequential(efficientnet_b0(), Head(1280, answers, 0.2))
    load(network, read_arrays(os.path.join(folder, "bench.galaxydesk", "models", "bench", "weights.safetensors")))
    count = parameters(network)
    encoder = network[0].eval()

    class Images(Dataset):
        def __init__(self, files):
            self.files = files

        def __len__(self):
            return len(self.files)

        def __getitem__(self, index):
            grey = read_grey(self.files[index], stored)[start : start + size, start : start + size]
            return torch.from_numpy(grey[None].astype(np.float32) / 255)

    layouts = {"channels last": torch.channels_last, "contiguous": torch.contiguous_format}

    @torch.inference_mode()
    def run(way, loader):
        layout = layouts[way[1]]
        return torch.cat([encoder(x.contiguous(memory_format=layout)) for x in loader])

    loaders = {}

    def loader(workers, files):
        key = (workers, len(files))
        if key not in loaders:
            loaders[key] = DataLoader(Images(files), BATCH, num_workers=workers, persistent_workers=workers > 0)
        return loaders[key]

    views = read_arrays(os.path.join(folder, "views.safetensors"))["views"]
    with Exact(), torch.inference_mode():
        values = encoder(torch.from_numpy(views)[:, None]).flatten()[::CHECK_EVERY].tolist()
    tried = files[:TRIED]
    layout = fastest(list(layouts), lambda name: (encoder.to(memory_format=layouts[name]), run((0, name), loader(0, tried))), 1)
    encoder.to(memory_format=layouts[layout])
    workers = fastest([0, cores()], lambda workers: run((workers, layout), loader(workers, tried)))
    loaders.clear()
    forget_peak_memory()
    whole = loader(workers, files)
    about = {
        "program": f"PyTorch {torch.__version__}, {cores()} threads, {layout}, {workers} workers, batch {BATCH}",
        "unit": "galaxy",
        "values": values,
        "parameters": count,
        "cpu": workers == 0,
        "notes": ["memory without that of its workers"] if workers > 0 else [],
    }
    return about, lambda: run((workers, layout), whole), len(files)


serve(prepare, ["torch", "numpy", "PIL"])
