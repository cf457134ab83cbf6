#include "load.h"

#include <stdio.h>

/* The first HISTOGRAM_STEPS values have a cell each; after them each power of two is cut into as many cells. */

void histogram_add(histogram *h, uint64_t ns) {
  unsigned cell = (unsigned)ns;
  if (ns >= HISTOGRAM_STEPS) {
    unsigned exponent = 63u - (unsigned)__builtin_clzll(ns);
    cell = (exponent - 5) * HISTOGRAM_STEPS + (unsigned)((ns >> (exponent - 6)) & (HISTOGRAM_STEPS - 1));
  }
  h->cells[cell]++;
  h->count++;
  h->sum += (double)ns;
  if (ns > h->max) h->max = ns;
}

static double middle(unsigned cell) {
  if (cell < HISTOGRAM_STEPS) return cell;
  unsigned exponent = cell / HISTOGRAM_STEPS + 5, step = cell % HISTOGRAM_STEPS;
  return ((double)HISTOGRAM_STEPS + step + 0.5) * (double)(1ull << (exponent - 6));
}

double histogram_quantile(const histogram *h, double q) {
  if (!h->count) return 0;
  uint64_t wanted = (uint64_t)(q * (double)h->count), seen = 0;
  if (wanted >= h->count) wanted = h->count - 1;
  for (unsigned cell = 0; cell < sizeof h->cells / sizeof *h->cells; cell++) {
    seen += h->cells[cell];
    if (seen <= wanted) continue;
    double value = middle(cell);
    return (value > (double)h->max ? (double)h->max : value) / 1e3;
  }
  return (double)h->max / 1e3;
}

void histogram_print(const histogram *h, const char *prefix) {
  static const struct { const char *name; double q; } quantiles[] = {{"p50", .5}, {"p90", .9}, {"p99", .99}, {"p999", .999}};
  for (size_t i = 0; i < sizeof quantiles / sizeof *quantiles; i++)
    printf(",\"%s%s_us\":%.1f", prefix, quantiles[i].name, histogram_quantile(h, quantiles[i].q));
  printf(",\"%smax_us\":%.1f,\"%smean_us\":%.1f", prefix, (double)h->max / 1e3, prefix, h->count ? h->sum / (double)h->count / 1e3 : 0.0);
}
