// Eigen: array().logistic(), its own name for it. Header only, so the flags of this file decide what it
// compiles to. It has no derivative.
#include "shims.h"

#include <Eigen/Core>

namespace {

template <class Number> void logistic(const Number *x, Number *y, size_t n) {
    using Array = Eigen::Array<Number, Eigen::Dynamic, 1>;
    const auto length = static_cast<Eigen::Index>(n);
    Eigen::Map<Array>(y, length) = Eigen::Map<const Array>(x, length).logistic();
}

} // namespace

extern "C" void peers_eigen_f32(const float *x, float *y, size_t n) { logistic(x, y, n); }

extern "C" void peers_eigen_f64(const double *x, double *y, size_t n) { logistic(x, y, n); }

extern "C" void peers_eigen_silu_f32(const float *x, float *y, size_t n) {
    const auto length = static_cast<Eigen::Index>(n);
    const Eigen::Map<const Eigen::ArrayXf> input(x, length);
    Eigen::Map<Eigen::ArrayXf>(y, length) = input * input.logistic();
}

extern "C" void peers_eigen_swiglu_f32(const float *g, const float *u, float *y, size_t n) {
    const auto length = static_cast<Eigen::Index>(n);
    const Eigen::Map<const Eigen::ArrayXf> gate(g, length), input(u, length);
    Eigen::Map<Eigen::ArrayXf>(y, length) = gate * gate.logistic() * input;
}

#define TEXT(number) #number
#define VERSION(world, major, minor) TEXT(world) "." TEXT(major) "." TEXT(minor)
extern "C" const char *peers_eigen_version() {
    return VERSION(EIGEN_WORLD_VERSION, EIGEN_MAJOR_VERSION, EIGEN_MINOR_VERSION);
}

extern "C" const char *peers_eigen_instructions() { return Eigen::SimdInstructionSetsInUse(); }
