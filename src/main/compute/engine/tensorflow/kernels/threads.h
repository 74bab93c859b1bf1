// Threads of our own: TensorFlow's C API does not lend its pool to kernels.
#pragma once
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <thread>

namespace galaxy_desk {

class Threads {
 public:
  // All processors that this process may use, or as many as TensorFlow was told to use.
  static Threads& shared() {
    // Never destroyed: its threads may still wait when the process ends.
    static Threads* threads = new Threads(wanted());
    return *threads;
  }

  // Calls body(part) for each part below `parts`, in any order, on any thread. What a part computes may depend on its number alone, so that
  // results do not depend on the number of threads.
  void run(int64_t parts, const std::function<void(int64_t)>& body) {
    std::unique_lock<std::mutex> only(running_, std::try_to_lock);
    if (parts <= 1 || workers_ == 0 || !only.owns_lock()) {
      for (int64_t part = 0; part < parts; part++) body(part);
      return;
    }
    Job job{body, parts};
    {
      std::lock_guard<std::mutex> lock(mutex_);
      job_ = &job;
      generation_.fetch_add(1, std::memory_order_release);
    }
    wake_.notify_all();
    job.work();
    {
      std::lock_guard<std::mutex> lock(mutex_);
      job_ = nullptr;
    }
    // Whoever has taken a part is about to finish it.
    while (job.users.load(std::memory_order_acquire) != 0) std::this_thread::yield();
  }

 private:
  struct Job {
    const std::function<void(int64_t)>& body;
    const int64_t parts;
    std::atomic<int64_t> next{0};
    std::atomic<int> users{0};
    void work() {
      for (int64_t part; (part = next.fetch_add(1, std::memory_order_relaxed)) < parts;) body(part);
    }
  };

  // Looks at the counter this often (about 20 us) before it goes to sleep: waking a thread takes as long, and a training step has a thousand
  // calls close together.
  static constexpr int kSpins = 1000;

  explicit Threads(int count) : workers_(count - 1) {
    for (int i = 0; i < workers_; i++) std::thread([this] { serve(); }).detach();
  }

  static int wanted() {
    const char* told = std::getenv("TF_NUM_INTRAOP_THREADS");
    int count = told == nullptr ? 0 : std::atoi(told);
    if (count <= 0) count = static_cast<int>(std::thread::hardware_concurrency());
    return count < 1 ? 1 : count;
  }

  void serve() {
    uint64_t seen = 0;
    while (true) {
      for (int spin = 0; spin < kSpins && generation_.load(std::memory_order_acquire) == seen; spin++) __builtin_ia32_pause();
      Job* job;
      {
        std::unique_lock<std::mutex> lock(mutex_);
        wake_.wait(lock, [&] { return generation_.load(std::memory_order_relaxed) != seen; });
        seen = generation_.load(std::memory_order_relaxed);
        job = job_;
        if (job == nullptr) continue;
        job->users.fetch_add(1, std::memory_order_relaxed);
      }
      job->work();
      job->users.fetch_sub(1, std::memory_order_release);
    }
  }

  const int workers_;
  std::mutex running_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::atomic<uint64_t> generation_{0};
  Job* job_ = nullptr;
};

}  // namespace galaxy_desk
