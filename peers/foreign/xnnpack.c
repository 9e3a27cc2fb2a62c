/* XNNPACK through its public operator API: an operator made once, set up for the slices of each call,
 * run. One channel of stride one is what it handles as one long vector.
 *
 * PEERS_XNNPACK_UNARY: the interface of Debian 13's package, in which all functions of one number share
 * one operator, and the shape is told apart from the data. */
#include "shims.h"

#include <math.h>
#include <stdlib.h>

#include <pthreadpool.h>
#include <xnnpack.h>

struct peers_xnnpack {
    xnn_operator_t sigmoid;
    xnn_operator_t multiply; /* NULL where its interface is the newer one, which has not been tried */
    pthreadpool_t pool; /* NULL: the calling thread does it all */
};

struct peers_xnnpack *peers_xnnpack_new(size_t threads) {
    if (xnn_initialize(NULL) != xnn_status_success) {
        return NULL;
    }
    struct peers_xnnpack *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return NULL;
    }
#ifdef PEERS_XNNPACK_UNARY
    const enum xnn_status status = xnn_create_unary_elementwise_nc(
        xnn_unary_sigmoid, xnn_datatype_fp32, xnn_datatype_fp32, NULL, NULL, NULL, 0, &self->sigmoid);
#else
    enum xnn_status status = xnn_create_sigmoid_nc_f32(1, 1, 1, 0, &self->sigmoid);
    if (status == xnn_status_success) {
        status = xnn_create_multiply_nd_f32(-INFINITY, INFINITY, 0, &self->multiply);
    }
#endif
    if (status == xnn_status_success && threads > 1) {
        self->pool = pthreadpool_create(threads);
    }
    if (status != xnn_status_success || (threads > 1 && self->pool == NULL)) {
        peers_xnnpack_delete(self);
        return NULL;
    }
    return self;
}

int peers_xnnpack_sigmoid_f32(struct peers_xnnpack *self, const float *x, float *y, size_t n) {
#ifdef PEERS_XNNPACK_UNARY
    if (xnn_reshape_unary_elementwise_nc(self->sigmoid, n, 1, 1, 1, self->pool) != xnn_status_success ||
        xnn_setup_unary_elementwise_nc(self->sigmoid, x, y) != xnn_status_success) {
        return 1;
    }
#else
    if (xnn_setup_sigmoid_nc_f32(self->sigmoid, n, x, y, self->pool) != xnn_status_success) {
        return 1;
    }
#endif
    return xnn_run_operator(self->sigmoid, self->pool) != xnn_status_success;
}

#ifndef PEERS_XNNPACK_UNARY
static int multiply(struct peers_xnnpack *self, const float *a, const float *b, float *y, size_t n) {
    return xnn_setup_multiply_nd_f32(self->multiply, 1, &n, 1, &n, a, b, y, self->pool) != xnn_status_success ||
           xnn_run_operator(self->multiply, self->pool) != xnn_status_success;
}
#endif

int peers_xnnpack_silu_f32(struct peers_xnnpack *self, const float *x, const float *u, float *y, size_t n) {
#ifdef PEERS_XNNPACK_UNARY
    (void)self, (void)x, (void)u, (void)y, (void)n;
    return 1;
#else
    return peers_xnnpack_sigmoid_f32(self, x, y, n) || multiply(self, y, x, y, n) ||
           (u != NULL && multiply(self, y, u, y, n));
#endif
}

void peers_xnnpack_delete(struct peers_xnnpack *self) {
    if (self == NULL) {
        return;
    }
    if (self->sigmoid != NULL) {
        xnn_delete_operator(self->sigmoid);
    }
    if (self->multiply != NULL) {
        xnn_delete_operator(self->multiply);
    }
    if (self->pool != NULL) {
        pthreadpool_destroy(self->pool);
    }
    free(self);
}
