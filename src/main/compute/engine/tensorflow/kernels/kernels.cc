// Kernels of our own for TensorFlow on the processor, as an addon of Node: loading it registers them. Compiled for one level of processor
// (x86-64-v3 or -v4); on a lesser one it registers nothing and says so.
#include <node_api.h>
#include <string>
#include "batch-norm.h"
#include "call.h"
#include "depthwise.h"
#include "gate.h"
#include "pixels.h"

namespace galaxy_desk {
namespace {

// The size of images [B, H, W, C], of the input that was asked for last.
struct Size {
  int64_t B, H, W, C, rows;
  explicit Size(const Call& call)
      : B(call.dimension(0)), H(call.dimension(1)), W(call.dimension(2)), C(call.dimension(3)), rows(B * H * W) {}
};

struct BatchNorm {
  float epsilon;
  bool swish;
  explicit BatchNorm(Construction& given) : epsilon(given.number("epsilon")), swish(given.whole("swish") != 0) {}
  void run(Call& call) {
    const float* const x = call.input(0, 4);
    const Size s(call);
    const float *const gamma = call.input(1, {s.C}), *const beta = call.input(2, {s.C});
    float* const y = call.output(0, {s.B, s.H, s.W, s.C});
    float *const mean = call.output(1, {s.C}), *const variance = call.output(2, {s.C});
    batchNorm(x, gamma, beta, s.rows, s.C, epsilon, swish, y, mean, variance);
  }
};

struct BatchNormGrad {
  float epsilon;
  bool swish;
  explicit BatchNormGrad(Construction& given) : epsilon(given.number("epsilon")), swish(given.whole("swish") != 0) {}
  void run(Call& call) {
    const float* const x = call.input(1, 4);
    const Size s(call);
    const float* const dy = call.input(0, {s.B, s.H, s.W, s.C});
    const float *const gamma = call.input(2, {s.C}), *const beta = call.input(3, {s.C});
    const float *const mean = call.input(4, {s.C}), *const variance = call.input(5, {s.C});
    float* const dx = call.output(0, {s.B, s.H, s.W, s.C});
    float *const dgamma = call.output(1, {s.C}), *const dbeta = call.output(2, {s.C});
    batchNormGrad(dy, x, gamma, beta, mean, variance, s.rows, s.C, epsilon, swish, dx, dgamma, dbeta);
  }
};

struct ScaleShift {
  bool swish;
  explicit ScaleShift(Construction& given) : swish(given.whole("swish") != 0) {}
  void run(Call& call) {
    const float* const x = call.input(0, 4);
    const Size s(call);
    const float *const scale = call.input(1, {s.C}), *const shift = call.input(2, {s.C});
    scaleShift(x, scale, shift, s.rows, s.C, swish, call.output(0, {s.B, s.H, s.W, s.C}));
  }
};

// 'same' padding: of an odd number of zeros the larger half comes after the image.
DepthwiseShape samePadding(int64_t B, int64_t H, int64_t W, int64_t C, int K, int stride) {
  if ((K != 3 && K != 5) || (stride != 1 && stride != 2)) throw std::invalid_argument("only 3 x 3 and 5 x 5, stride 1 and 2");
  const auto before = [&](int64_t side, int64_t out) { return std::max<int64_t>(0, (out - 1) * stride + K - side) / 2; };
  const int64_t outH = (H + stride - 1) / stride, outW = (W + stride - 1) / stride;
  return {B, H, W, C, outH, outW, K, stride, before(H, outH), before(W, outW)};
}

struct Depthwise {
  int stride;
  explicit Depthwise(Construction& given) : stride(given.whole("stride")) {}
  void run(Call& call) {
    const float* const x = call.input(0, 4);
    const Size s(call);
    const float* const kernel = call.input(1, 4);
    const int K = static_cast<int>(call.dimension(0));
    call.input(1, {K, K, s.C, 1});
    const DepthwiseShape shape = samePadding(s.B, s.H, s.W, s.C, K, stride);
    depthwise(shape, x, kernel, call.output(0, {s.B, shape.outH, shape.outW, s.C}));
  }
};

struct DepthwiseInputGrad {
  int stride, height, width;
  explicit DepthwiseInputGrad(Construction& given)
      : stride(given.whole("stride")), height(given.whole("height")), width(given.whole("width")) {}
  void run(Call& call) {
    const float* const kernel = call.input(1, 4);
    const int K = static_cast<int>(call.dimension(0));
    const float* dy = call.input(0, 4);
    const Size s(call);
    call.input(1, {K, K, s.C, 1});
    const DepthwiseShape shape = samePadding(s.B, height, width, s.C, K, stride);
    dy = call.input(0, {s.B, shape.outH, shape.outW, s.C});
    depthwiseInputGrad(shape, dy, kernel, call.output(0, {s.B, height, width, s.C}));
  }
};

struct DepthwiseFilterGrad {
  int stride, side;
  explicit DepthwiseFilterGrad(Construction& given) : stride(given.whole("stride")), side(given.whole("side")) {}
  void run(Call& call) {
    const float* const x = call.input(0, 4);
    const Size s(call);
    const DepthwiseShape shape = samePadding(s.B, s.H, s.W, s.C, side, stride);
    const float* const dy = call.input(1, {s.B, shape.outH, shape.outW, s.C});
    depthwiseFilterGrad(shape, x, dy, call.output(0, {side, side, s.C, 1}));
  }
};

struct MeanPixels {
  explicit MeanPixels(Construction&) {}
  void run(Call& call) {
    const float* const x = call.input(0, 4);
    const Size s(call);
    meanPixels(x, s.B, s.H * s.W, s.C, call.output(0, {s.B, s.C}));
  }
};

struct DotPixels {
  explicit DotPixels(Construction&) {}
  void run(Call& call) {
    const float* const x = call.input(0, 4);
    const Size s(call);
    const float* const y = call.input(1, {s.B, s.H, s.W, s.C});
    dotPixels(x, y, s.B, s.H * s.W, s.C, call.output(0, {s.B, s.C}));
  }
};

struct ScalePixels {
  bool shifted;
  explicit ScalePixels(Construction& given) : shifted(given.whole("shifted") != 0) {}
  void run(Call& call) {
    const float* const x = call.input(0, 4);
    const Size s(call);
    const float *const scale = call.input(1, {s.B, s.C}), *const shift = call.input(2, {s.B, s.C});
    scalePixels(x, scale, shifted ? shift : nullptr, s.B, s.H * s.W, s.C, call.output(0, {s.B, s.H, s.W, s.C}));
  }
};

struct Gate {
  explicit Gate(Construction&) {}
  void run(Call& call) {
    const float* const reduce = call.input(1, 2);
    const int64_t C = call.dimension(0), Q = call.dimension(1);
    const float* mean = call.input(0, 2);
    const GateShape shape = {call.dimension(0), C, Q};
    mean = call.input(0, {shape.B, C});
    const float *const reduceBias = call.input(2, {Q}), *const expand = call.input(3, {Q, C}), *const expandBias = call.input(4, {C});
    float *const squeezed = call.output(0, {shape.B, Q}), *const gates = call.output(1, {shape.B, C});
    gate(shape, mean, reduce, reduceBias, expand, expandBias, squeezed, gates);
  }
};

struct GateGrad {
  explicit GateGrad(Construction&) {}
  void run(Call& call) {
    const float* const squeezed = call.input(2, 2);
    const int64_t B = call.dimension(0), Q = call.dimension(1);
    const float* dgate = call.input(0, 2);
    const int64_t C = call.dimension(1);
    dgate = call.input(0, {B, C});
    const float *const mean = call.input(1, {B, C}), *const gates = call.input(3, {B, C});
    const float *const reduce = call.input(4, {C, Q}), *const expand = call.input(5, {Q, C});
    float *const dmean = call.output(0, {B, C}), *const dreduce = call.output(1, {C, Q}), *const dreduceBias = call.output(2, {Q});
    float *const dexpand = call.output(3, {Q, C}), *const dexpandBias = call.output(4, {C});
    gateGrad({B, C, Q}, dgate, mean, squeezed, gates, reduce, expand, dmean, dreduce, dreduceBias, dexpand, dexpandBias);
  }
};

// `step` has the two numbers that change with every step: as attributes they would make a new kernel each time.
struct Adam {
  float beta1, beta2, epsilon;
  explicit Adam(Construction& given) : beta1(given.number("beta1")), beta2(given.number("beta2")), epsilon(given.number("epsilon")) {}
  void run(Call& call) {
    const float* inputs[4];
    int64_t size = 0;
    for (int i = 0; i < 4; i++) {
      inputs[i] = call.input(i, -1);
      if (i > 0 && call.size() != size) throw std::invalid_argument("the gradient and the moments need the size of the weight");
      size = call.size();
    }
    const float* const step = call.input(4, {2});
    const AdamNumbers numbers = {step[0], beta1, beta2, step[1], epsilon};
    float *const newValue = call.outputLike(0, 0), *const newFirst = call.outputLike(1, 0), *const newSecond = call.outputLike(2, 0);
    adam(inputs[0], inputs[1], inputs[2], inputs[3], size, numbers, newValue, newFirst, newSecond);
  }
};

void registerAll() {
  registerOp<BatchNorm>("GalaxyDeskBatchNorm", {"x", "gamma", "beta"}, {"y", "mean", "variance"}, {"epsilon: float", "swish: int"});
  registerOp<BatchNormGrad>("GalaxyDeskBatchNormGrad", {"dy", "x", "gamma", "beta", "mean", "variance"}, {"dx", "dgamma", "dbeta"},
                            {"epsilon: float", "swish: int"});
  registerOp<ScaleShift>("GalaxyDeskScaleShift", {"x", "scale", "shift"}, {"y"}, {"swish: int"});
  registerOp<Depthwise>("GalaxyDeskDepthwise", {"x", "kernel"}, {"y"}, {"stride: int"});
  registerOp<DepthwiseInputGrad>("GalaxyDeskDepthwiseInputGrad", {"dy", "kernel"}, {"dx"}, {"stride: int", "height: int", "width: int"});
  registerOp<DepthwiseFilterGrad>("GalaxyDeskDepthwiseFilterGrad", {"x", "dy"}, {"dkernel"}, {"stride: int", "side: int"});
  registerOp<MeanPixels>("GalaxyDeskMeanPixels", {"x"}, {"mean"});
  registerOp<DotPixels>("GalaxyDeskDotPixels", {"x", "y"}, {"dot"});
  registerOp<ScalePixels>("GalaxyDeskScalePixels", {"x", "scale", "shift"}, {"y"}, {"shifted: int"});
  registerOp<Gate>("GalaxyDeskGate", {"mean", "reduce", "reduce_bias", "expand", "expand_bias"}, {"squeezed", "gate"});
  registerOp<GateGrad>("GalaxyDeskGateGrad", {"dgate", "mean", "squeezed", "gate", "reduce", "expand"},
                       {"dmean", "dreduce", "dreduce_bias", "dexpand", "dexpand_bias"});
  registerOp<Adam>("GalaxyDeskAdam", {"value", "first", "second", "gradient", "step"}, {"new_value", "new_first", "new_second"},
                   {"beta1: float", "beta2: float", "epsilon: float"});
}

bool processorFits() {
  __builtin_cpu_init();
  bool fits = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
#ifdef __AVX512F__
  fits = fits && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512cd");
#endif
  return fits;
}

// Empty when the kernels are there, else the reason why not.
std::string start() {
  if (!processorFits()) return "they were compiled for another processor";
  try {
    registerAll();
    return "";
  } catch (const std::exception& error) {
    return error.what();
  }
}

}  // namespace
}  // namespace galaxy_desk

// exports.failure: once per process, since TensorFlow takes each op once; Node may load an addon again in a worker.
NAPI_MODULE_INIT() {
  static const std::string failure = galaxy_desk::start();
  napi_value text;
  napi_create_string_utf8(env, failure.c_str(), NAPI_AUTO_LENGTH, &text);
  napi_set_named_property(env, exports, "failure", text);
  return exports;
}
