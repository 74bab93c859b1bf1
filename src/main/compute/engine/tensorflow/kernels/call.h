// One call of a kernel by TensorFlow: its inputs and outputs as plain memory, by the stable C API.
#pragma once
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <vector>
#include "tensorflow/c/kernels.h"
#include "tensorflow/c/ops.h"

namespace galaxy_desk {
namespace {

class Status {
 public:
  Status() : status_(TF_NewStatus()) {}
  ~Status() { TF_DeleteStatus(status_); }
  Status(const Status&) = delete;
  operator TF_Status*() { return status_; }
  void check() const {
    if (TF_GetCode(status_) != TF_OK) throw std::runtime_error(TF_Message(status_));
  }

 private:
  TF_Status* status_;
};

class Call {
 public:
  explicit Call(TF_OpKernelContext* context) : context_(context) {}
  ~Call() {
    for (TF_Tensor* tensor : held_) TF_DeleteTensor(tensor);
  }
  Call(const Call&) = delete;

  // Input number `index`, which must have `rank` dimensions; -1 for any number.
  const float* input(int index, int rank) {
    TF_Tensor* tensor = nullptr;
    Status status;
    TF_GetInput(context_, index, &tensor, status);
    status.check();
    held_.push_back(tensor);
    if (rank >= 0 && TF_NumDims(tensor) != rank) {
      throw std::invalid_argument("input " + std::to_string(index) + " needs " + std::to_string(rank) + " dimensions");
    }
    return static_cast<const float*>(TF_TensorData(tensor));
  }

  // Dimension of the input that was asked for last.
  int64_t dimension(int axis) const { return TF_Dim(held_.back(), axis); }
  int64_t size() const { return TF_TensorElementCount(held_.back()); }

  // Input number `index` with exactly these dimensions.
  const float* input(int index, std::initializer_list<int64_t> shape) {
    const float* data = input(index, static_cast<int>(shape.size()));
    int axis = 0;
    for (int64_t side : shape) {
      if (dimension(axis++) != side) throw std::invalid_argument("input " + std::to_string(index) + " has another shape");
    }
    return data;
  }

  // Of the dimensions of the input that was asked for as number `asked` (0 is the first).
  float* outputLike(int index, size_t asked) {
    const TF_Tensor* like = held_[asked];
    std::vector<int64_t> shape;
    for (int axis = 0; axis < TF_NumDims(like); axis++) shape.push_back(TF_Dim(like, axis));
    return output(index, shape.data(), shape.size());
  }

  float* output(int index, std::initializer_list<int64_t> shape) { return output(index, shape.begin(), shape.size()); }

 private:
  float* output(int index, const int64_t* shape, size_t rank) {
    size_t bytes = sizeof(float);
    for (size_t axis = 0; axis < rank; axis++) bytes *= static_cast<size_t>(shape[axis]);
    Status status;
    TF_Tensor* tensor = TF_AllocateOutput(context_, index, TF_FLOAT, shape, static_cast<int>(rank), bytes, status);
    status.check();
    held_.push_back(tensor);
    return static_cast<float*>(TF_TensorData(tensor));
  }

  TF_OpKernelContext* context_;
  std::vector<TF_Tensor*> held_;
};

// The attributes of an op, read once when its kernel is made.
class Construction {
 public:
  explicit Construction(TF_OpKernelConstruction* construction) : construction_(construction) {}
  float number(const char* name) {
    float value = 0;
    Status status;
    TF_OpKernelConstruction_GetAttrFloat(construction_, name, &value, status);
    status.check();
    return value;
  }
  int whole(const char* name) {
    int32_t value = 0;
    Status status;
    TF_OpKernelConstruction_GetAttrInt32(construction_, name, &value, status);
    status.check();
    return value;
  }

 private:
  TF_OpKernelConstruction* construction_;
};

template <class Kernel>
void* create(TF_OpKernelConstruction* construction) {
  try {
    Construction attributes(construction);
    return new Kernel(attributes);
  } catch (const std::exception& error) {
    Status status;
    TF_SetStatus(status, TF_INVALID_ARGUMENT, error.what());
    TF_OpKernelConstruction_Failure(construction, status);
    return nullptr;
  }
}

template <class Kernel>
void compute(void* kernel, TF_OpKernelContext* context) {
  try {
    Call call(context);
    static_cast<Kernel*>(kernel)->run(call);
  } catch (const std::exception& error) {
    Status status;
    TF_SetStatus(status, TF_INVALID_ARGUMENT, error.what());
    TF_OpKernelContext_Failure(context, status);
  }
}

// Makes the op known, of float tensors and these attributes (`name: float` or `name: int`), with its kernel for the processor.
template <class Kernel>
void registerOp(const char* name, std::initializer_list<const char*> inputs, std::initializer_list<const char*> outputs,
                std::initializer_list<const char*> attributes = {}) {
  TF_OpDefinitionBuilder* op = TF_NewOpDefinitionBuilder(name);
  for (const char* input : inputs) TF_OpDefinitionBuilderAddInput(op, (std::string(input) + ": float").c_str());
  for (const char* output : outputs) TF_OpDefinitionBuilderAddOutput(op, (std::string(output) + ": float").c_str());
  for (const char* attribute : attributes) TF_OpDefinitionBuilderAddAttr(op, attribute);
  TF_OpDefinitionBuilderSetShapeInferenceFunction(op, [](TF_ShapeInferenceContext* context, TF_Status* status) {
    TF_ShapeInferenceContextSetUnknownShape(context, status);
  });
  Status status;
  TF_RegisterOpDefinition(op, status);
  status.check();
  TF_KernelBuilder* kernel = TF_NewKernelBuilder(name, "CPU", create<Kernel>, compute<Kernel>, [](void* made) { delete static_cast<Kernel*>(made); });
  TF_RegisterKernelBuilder(name, kernel, status);
  status.check();
}

}  // namespace
}  // namespace galaxy_desk
