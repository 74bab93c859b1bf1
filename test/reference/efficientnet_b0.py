"""Features of Keras' EfficientNetB0 for weights and images made by a formula, so that 16 MB of weights need not be kept.

python test/reference/efficientnet_b0.py > test/reference/efficientnet-b0.json
The formula stands again in test/main/compute/model/efficientnet-parity.test.ts.
"""
import json
import os
import zlib

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
import keras
import numpy as np
import tensorflow as tf

SIZE_PX = 64


def spread(name, count):
    """Numbers in [-1, 1) from a name: MurmurHash3's finish of a Weyl sequence."""
    with np.errstate(over="ignore"):
        h = np.uint32(zlib.crc32(name.encode())) + np.arange(count, dtype=np.uint32) * np.uint32(0x9E3779B9)
        h = (h ^ (h >> np.uint32(16))) * np.uint32(0x85EBCA6B)
        h = (h ^ (h >> np.uint32(13))) * np.uint32(0xC2B2AE35)
        h = h ^ (h >> np.uint32(16))
    return h.astype(np.float64) / 2**31 - 1


def value(name, shape):
    u = spread(name, int(np.prod(shape)))
    kind = name.split("/")[-1]
    if kind.endswith("kernel"):
        fan_in = shape[0] * shape[1] * (1 if name.endswith("depthwise/kernel") else shape[2]) if len(shape) == 4 else shape[0]
        u = u * np.sqrt(6 / fan_in)
    elif kind == "gamma":
        u = 1 + 0.2 * u
    elif kind == "moving_variance":
        u = 1 + 0.5 * u
    else:
        u = 0.2 * u
    return u.reshape(shape).astype(np.float32)


PARTS = {
    "expand_conv": "expand", "expand_bn": "expand_norm", "dwconv": "depthwise", "bn": "depthwise_norm",
    "project_conv": "project", "project_bn": "project_norm",
}

model = keras.applications.EfficientNetB0(include_top=False, weights=None, input_shape=(SIZE_PX, SIZE_PX, 1), pooling="avg")
for layer in model.layers:
    kinds = [w.path.split("/")[-1] for w in layer.weights]
    if not kinds or layer.name.startswith("normalization"):
        continue
    block, part = layer.name.split("_", 1)
    if part in ("se_reduce", "se_expand"):
        prefix = f"{block}/squeeze_excite/{part[3:]}_"
    elif block in ("stem", "top"):
        prefix = f"{block}/{'conv' if part == 'conv' else 'norm'}/"
    else:
        prefix = f"{block}/{PARTS[part]}/"
    new = []
    for kind, weight in zip(kinds, layer.get_weights()):
        is_squeeze = "squeeze_excite" in prefix and kind == "kernel"
        shape = weight.shape[2:] if is_squeeze else weight.shape
        new.append(value(prefix + kind, shape).reshape(weight.shape))
    layer.set_weights(new)

images = ((spread("images", 2 * SIZE_PX * SIZE_PX) + 1) / 2).reshape(2, SIZE_PX, SIZE_PX, 1).astype(np.float32)
# The network in Keras divides by 255 first; its normalisation is the identity without published weights.
features = model.predict(images * 255, verbose=0)
print(json.dumps({
    "about": "Keras EfficientNetB0, formula weights: test/reference/efficientnet_b0.py",
    "keras": keras.__version__, "tensorflow": tf.__version__, "sizePx": SIZE_PX,
    "parameters": int(model.count_params()) - 3,
    "every": 16, "features": [[round(float(x), 7) for x in row[::16]] for row in features],
}))
