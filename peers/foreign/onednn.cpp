// oneDNN: the eltwise_logistic primitive, forward, and backward from inputs or from outputs.
//
// A primitive is made for one length; oneDNN means it to be made once and executed often. So the shim
// keeps one for each length it has met. Only the memory's addresses change from call to call.
#include "shims.h"

#include <memory>
#include <unordered_map>

#include <omp.h>
#include <oneapi/dnnl/dnnl.hpp>

namespace {

using dnnl::memory;

// A primitive for one length, with its memory objects.
struct Primitive {
    dnnl::primitive primitive;
    memory x, y, grad;
    std::unordered_map<int, memory> arguments;
};

// Version 3 has no logarithm of s, but a softplus with a scale: -softplus(-x) is softplus of scale -1.
#if DNNL_VERSION_MAJOR >= 3
constexpr auto LOG_SIGMOID = dnnl::algorithm::eltwise_soft_relu;
#else
constexpr auto LOG_SIGMOID = dnnl::algorithm::eltwise_logsigmoid;
#endif

dnnl::algorithm algorithm_of(peers_onednn_operation operation) {
    switch (operation) {
    case PEERS_ONEDNN_SILU:
        return dnnl::algorithm::eltwise_swish;
    case PEERS_ONEDNN_SOFTPLUS:
        return dnnl::algorithm::eltwise_soft_relu;
    case PEERS_ONEDNN_LOG_SIGMOID:
        return LOG_SIGMOID;
    default:
        return dnnl::algorithm::eltwise_logistic;
    }
}

// oneDNN changed its way to describe a primitive in version 3.
template <class Algorithm>
typename Algorithm::primitive_desc describe_forward(const dnnl::engine &engine, dnnl::algorithm algorithm,
                                                    const memory::desc &shape, dnnl::prop_kind kind, float alpha = 0.f) {
#if DNNL_VERSION_MAJOR >= 3
    return {engine, kind, algorithm, shape, shape, alpha};
#else
    return {typename Algorithm::desc(kind, algorithm, shape, alpha, 0.f), engine};
#endif
}

dnnl::eltwise_backward::primitive_desc describe_backward(const dnnl::engine &engine, dnnl::algorithm algorithm,
                                                         const memory::desc &shape) {
    const auto hint =
        describe_forward<dnnl::eltwise_forward>(engine, algorithm, shape, dnnl::prop_kind::forward_training);
#if DNNL_VERSION_MAJOR >= 3
    return {engine, algorithm, shape, shape, shape, 0.f, 0.f, hint};
#else
    return {dnnl::eltwise_backward::desc(algorithm, shape, shape, 0.f, 0.f), engine, hint};
#endif
}

} // namespace

struct peers_onednn {
    peers_onednn_operation operation;
    int threads;
    peers_onednn(peers_onednn_operation operation, int threads) : operation(operation), threads(threads) {}

    dnnl::engine engine{dnnl::engine::kind::cpu, 0};
    dnnl::stream stream{engine};
    std::unordered_map<size_t, Primitive> primitives;
    // The last one used, so that a call does not pay for the look-up.
    size_t last_length = 0;
    Primitive *last = nullptr;

    bool is_forward() const {
        return operation != PEERS_ONEDNN_BACKWARD_FROM_INPUT && operation != PEERS_ONEDNN_BACKWARD_FROM_OUTPUT;
    }

    Primitive make(size_t n) {
        const memory::desc shape({static_cast<memory::dim>(n)}, memory::data_type::f32, memory::format_tag::a);
        Primitive made;
        made.x = memory(shape, engine, nullptr);
        made.y = memory(shape, engine, nullptr);
        if (is_forward()) {
            made.primitive = dnnl::eltwise_forward(describe_forward<dnnl::eltwise_forward>(
                engine, algorithm_of(operation), shape, dnnl::prop_kind::forward_inference,
                operation == PEERS_ONEDNN_LOG_SIGMOID ? -1.f : 1.f));
            made.arguments = {{DNNL_ARG_SRC, made.x}, {DNNL_ARG_DST, made.y}};
            return made;
        }
        const bool from_input = operation == PEERS_ONEDNN_BACKWARD_FROM_INPUT;
        made.grad = memory(shape, engine, nullptr);
        made.primitive = dnnl::eltwise_backward(
            describe_backward(engine,
                              from_input ? dnnl::algorithm::eltwise_logistic
                                         : dnnl::algorithm::eltwise_logistic_use_dst_for_bwd,
                              shape));
        made.arguments = {{from_input ? DNNL_ARG_SRC : DNNL_ARG_DST, made.x},
                          {DNNL_ARG_DIFF_DST, made.grad},
                          {DNNL_ARG_DIFF_SRC, made.y}};
        return made;
    }

    void run(const float *x, const float *grad, float *y, size_t n) {
        // Of this thread only, and read at each execution.
        omp_set_num_threads(threads);
        if (last == nullptr || last_length != n) {
            auto found = primitives.find(n);
            if (found == primitives.end()) {
                found = primitives.emplace(n, make(n)).first;
            }
            last = &found->second;
            last_length = n;
        }
        // The library asks for pointers that are not const, and writes through `y` only.
        last->x.set_data_handle(const_cast<float *>(x));
        last->y.set_data_handle(y);
        if (!is_forward()) {
            last->grad.set_data_handle(const_cast<float *>(grad));
        }
        last->primitive.execute(stream, last->arguments);
        stream.wait();
    }
};

extern "C" peers_onednn *peers_onednn_new(peers_onednn_operation operation, size_t threads) try {
    return new peers_onednn(operation, static_cast<int>(threads));
} catch (...) {
    return nullptr;
}

extern "C" int peers_onednn_run_f32(peers_onednn *self, const float *x, const float *grad, float *y,
                                    size_t n) try {
    if (n != 0) {
        self->run(x, grad, y, n);
    }
    return 0;
} catch (...) {
    return 1;
}

extern "C" void peers_onednn_delete(peers_onednn *self) { delete self; }

extern "C" void peers_onednn_version(int *major, int *minor, int *patch) {
    const dnnl_version_t *version = dnnl_version();
    *major = version->major;
    *minor = version->minor;
    *patch = version->patch;
}
