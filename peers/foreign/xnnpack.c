/* XNNPACK through its public operator API: an operator made once, set up for the slices of each call,
 * run. One channel of stride one is what it handles as one long vector. */
#include "shims.h"

#include <stdlib.h>

#include <pthreadpool.h>
#include <xnnpack.h>

struct peers_xnnpack {
    xnn_operator_t sigmoid;
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
#ifdef PEERS_XNNPACK_RESHAPES
    const enum xnn_status status = xnn_create_sigmoid_nc_f32(0, &self->sigmoid);
#else
    const enum xnn_status status = xnn_create_sigmoid_nc_f32(1, 1, 1, 0, &self->sigmoid);
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
#ifdef PEERS_XNNPACK_RESHAPES
    /* The packages of 2023 and later tell the shape apart from the data. */
    if (xnn_reshape_sigmoid_nc_f32(self->sigmoid, n, 1, 1, 1, self->pool) != xnn_status_success ||
        xnn_setup_sigmoid_nc_f32(self->sigmoid, x, y) != xnn_status_success) {
        return 1;
    }
#else
    if (xnn_setup_sigmoid_nc_f32(self->sigmoid, n, x, y, self->pool) != xnn_status_success) {
        return 1;
    }
#endif
    return xnn_run_operator(self->sigmoid, self->pool) != xnn_status_success;
}

void peers_xnnpack_delete(struct peers_xnnpack *self) {
    if (self == NULL) {
        return;
    }
    if (self->sigmoid != NULL) {
        xnn_delete_operator(self->sigmoid);
    }
    if (self->pool != NULL) {
        pthreadpool_destroy(self->pool);
    }
    free(self);
}
