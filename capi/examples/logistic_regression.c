/* Logistic regression of what stands on standard input: a line for each example, its label (0 or 1) and its features,
 * apart by commas or spaces. Fits the weights by gradient descent, with the losses and the gradients of the library,
 * and prints them with the loss and the share of examples that they get right.
 *
 *     cc logistic_regression.c $(pkg-config --cflags --libs sigmoid) -o logistic_regression
 *     awk 'BEGIN { for (i = 0; i < 2000; i++) { x = rand() * 8 - 4; p = 1 / (1 + exp(1 - 2 * x));
 *                  print (rand() < p), x } }' | ./logistic_regression        # weights near 2 and -1
 */
#include <sigmoid.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { MOST_FEATURES = 64, STEPS = 4000 };

/* The examples, feature by feature; the last feature is 1 for all. */
struct data {
    size_t count, features;
    double *label, *feature[MOST_FEATURES + 1];
};

static void *grown(void *memory, size_t bytes)
{
    memory = realloc(memory, bytes);
    if (!memory) {
        fputs("out of memory\n", stderr);
        exit(1);
    }
    return memory;
}

static void wrong(size_t line, const char *what)
{
    fprintf(stderr, "line %zu: %s\n", line, what);
    exit(1);
}

static struct data read_data(FILE *file)
{
    struct data data = {0, 0, NULL, {NULL}};
    size_t room = 0;
    char line[4096];
    while (fgets(line, sizeof line, file)) {
        double row[MOST_FEATURES + 1];
        size_t numbers = 0;
        for (char *at = line, *end;; at = end) {
            while (*at == ',' || *at == ' ' || *at == '\t' || *at == '\n' || *at == '\r')
                ++at;
            if (*at == 0)
                break;
            if (numbers == MOST_FEATURES + 1)
                wrong(data.count + 1, "too many features");
            row[numbers] = strtod(at, &end);
            if (end == at || !isfinite(row[numbers]))
                wrong(data.count + 1, "not a number");
            ++numbers;
        }
        if (numbers < 2 || (data.count > 0 && numbers - 1 != data.features))
            wrong(data.count + 1, "not a label and as many features as above");
        if (row[0] != 0 && row[0] != 1)
            wrong(data.count + 1, "the label must be 0 or 1");
        data.features = numbers - 1;
        if (data.count == room) {
            room = room ? 2 * room : 256;
            data.label = grown(data.label, room * sizeof *data.label);
            for (size_t f = 0; f <= data.features; ++f)
                data.feature[f] = grown(data.feature[f], room * sizeof **data.feature);
        }
        data.label[data.count] = row[0];
        for (size_t f = 0; f < data.features; ++f)
            data.feature[f][data.count] = row[f + 1];
        data.feature[data.features][data.count] = 1;
        ++data.count;
    }
    return data;
}

static void must(sigmoid_status status)
{
    if (status != SIGMOID_STATUS_OK) {
        fprintf(stderr, "%s\n", sigmoid_status_string(status));
        exit(1);
    }
}

/* The logit of each example. */
static void logits(const struct data *data, const double *weight, double *logit)
{
    for (size_t i = 0; i < data->count; ++i)
        logit[i] = 0;
    for (size_t f = 0; f <= data->features; ++f)
        for (size_t i = 0; i < data->count; ++i)
            logit[i] += weight[f] * data->feature[f][i];
}

int main(void)
{
    struct data data = read_data(stdin);
    if (data.count == 0)
        wrong(1, "there is nothing to learn from");
    double *logit = grown(NULL, data.count * sizeof *logit);
    double weight[MOST_FEATURES + 1] = {0};

    /* The loss bends the most by a quarter of the sum of squares: a step of one over that never overshoots. */
    double squares = 0;
    for (size_t f = 0; f <= data.features; ++f)
        for (size_t i = 0; i < data.count; ++i)
            squares += data.feature[f][i] * data.feature[f][i] / (double)data.count;
    double rate = 4 / squares;

    for (int step = 0; step < STEPS; ++step) {
        logits(&data, weight, logit);
        /* In place: the gradient for each logit. */
        must(sigmoid_bce_with_logits_gradient_f64(logit, data.label, logit, data.count));
        for (size_t f = 0; f <= data.features; ++f) {
            double gradient = 0;
            for (size_t i = 0; i < data.count; ++i)
                gradient += logit[i] * data.feature[f][i];
            weight[f] -= rate * gradient / (double)data.count;
        }
    }

    double loss;
    logits(&data, weight, logit);
    must(sigmoid_bce_with_logits_mean_f64(logit, data.label, data.count, &loss));
    size_t right = 0;
    for (size_t i = 0; i < data.count; ++i)
        right += (logit[i] > 0) == (data.label[i] == 1);
    printf("examples %zu\nloss     %.6f\nright    %.4f\nweights ", data.count, loss,
           (double)right / (double)data.count);
    for (size_t f = 0; f <= data.features; ++f)
        printf(" %.4f", weight[f]);
    putchar('\n');
    free(logit);
    free(data.label);
    for (size_t f = 0; f <= data.features; ++f)
        free(data.feature[f]);
    return 0;
}
