// The two small dense layers of squeeze and excitation, forward and backward: some thirty operations of TensorFlow on a few thousand numbers.
#pragma once
#include <cmath>
#include "lanes.h"

namespace galaxy_desk {
namespace {

struct GateShape {
  int64_t B, C, Q;
};

inline float sigmoidOf(float x) { return 1.0f / (1.0f + std::exp(-x)); }

// out[i] += factor * row[i]
inline void addRow(float* out, const float* row, float factor, int64_t size) {
  overLanes(size, [&](int64_t at, auto count) { store(out + at, load(out + at, count) + load(row + at, count) * factor, count); });
}

inline float dotRow(const float* a, const float* b, int64_t size) {
  Lanes sums = {};
  overLanes(size, [&](int64_t at, auto count) { sums += load(a + at, count) * load(b + at, count); });
  float sum = 0;
  for (int64_t i = 0; i < kLanes; i++) sum += sums[i];
  return sum;
}

// squeezed = mean reduce + reduceBias; gate = sigmoid(swish(squeezed) expand + expandBias). One part per image.
void gate(const GateShape& s, const float* mean_BC, const float* reduce_CQ, const float* reduceBias_Q, const float* expand_QC,
          const float* expandBias_C, float* squeezed_BQ, float* gate_BC) {
  Threads::shared().run(s.B, [&](int64_t b) {
    float* const squeezed = squeezed_BQ + b * s.Q;
    float* const gates = gate_BC + b * s.C;
    std::copy(reduceBias_Q, reduceBias_Q + s.Q, squeezed);
    for (int64_t c = 0; c < s.C; c++) addRow(squeezed, reduce_CQ + c * s.Q, mean_BC[b * s.C + c], s.Q);
    std::copy(expandBias_C, expandBias_C + s.C, gates);
    for (int64_t q = 0; q < s.Q; q++) addRow(gates, expand_QC + q * s.C, squeezed[q] * sigmoidOf(squeezed[q]), s.C);
    overLanes(s.C, [&](int64_t at, auto count) { store(gates + at, sigmoid(load(gates + at, count)), count); });
  });
}

void gateGrad(const GateShape& s, const float* dgate_BC, const float* mean_BC, const float* squeezed_BQ, const float* gate_BC,
              const float* reduce_CQ, const float* expand_QC, float* dmean_BC, float* dreduce_CQ, float* dreduceBias_Q, float* dexpand_QC,
              float* dexpandBias_C) {
  std::vector<float> dexpanded_BC(static_cast<size_t>(s.B * s.C)), dsqueezed_BQ(static_cast<size_t>(s.B * s.Q));
  std::vector<float> activated_BQ(static_cast<size_t>(s.B * s.Q));
  Threads::shared().run(s.B, [&](int64_t b) {
    float* const dexpanded = dexpanded_BC.data() + b * s.C;
    for (int64_t c = 0; c < s.C; c++) {
      const float g = gate_BC[b * s.C + c];
      dexpanded[c] = dgate_BC[b * s.C + c] * g * (1.0f - g);
    }
    for (int64_t q = 0; q < s.Q; q++) {
      const float x = squeezed_BQ[b * s.Q + q];
      const float g = sigmoidOf(x);
      activated_BQ[b * s.Q + q] = x * g;
      dsqueezed_BQ[b * s.Q + q] = dotRow(dexpanded, expand_QC + q * s.C, s.C) * g * (1.0f + x * (1.0f - g));
    }
    for (int64_t c = 0; c < s.C; c++) dmean_BC[b * s.C + c] = dotRow(dsqueezed_BQ.data() + b * s.Q, reduce_CQ + c * s.Q, s.Q);
  });
  std::fill(dreduce_CQ, dreduce_CQ + s.C * s.Q, 0.0f);
  std::fill(dreduceBias_Q, dreduceBias_Q + s.Q, 0.0f);
  std::fill(dexpand_QC, dexpand_QC + s.Q * s.C, 0.0f);
  std::fill(dexpandBias_C, dexpandBias_C + s.C, 0.0f);
  for (int64_t b = 0; b < s.B; b++) {
    const float *const dexpanded = dexpanded_BC.data() + b * s.C, *const dsqueezed = dsqueezed_BQ.data() + b * s.Q;
    for (int64_t c = 0; c < s.C; c++) addRow(dreduce_CQ + c * s.Q, dsqueezed, mean_BC[b * s.C + c], s.Q);
    addRow(dreduceBias_Q, dsqueezed, 1.0f, s.Q);
    for (int64_t q = 0; q < s.Q; q++) addRow(dexpand_QC + q * s.C, dexpanded, activated_BQ[b * s.Q + q], s.C);
    addRow(dexpandBias_C, dexpanded, 1.0f, s.C);
  }
}

}  // namespace
}  // namespace galaxy_desk
