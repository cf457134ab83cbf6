#include "load.h"

#include <stdio.h>

static double since(uint64_t from, uint64_t to) { return (double)(to - from) / 1e9; }

/* Tells the reader of our output that the measured time begins, so that it can read the server's clocks. */
void report_begin(void) {
  printf("{\"event\":\"begin\"}\n");
  fflush(stdout);
}

void report_held(void) {
  printf("{\"event\":\"held\",\"held\":%d,\"errors\":%d,\"early\":%d,\"connect_s\":%.3f}\n", run.ready, run.errors, run.parked_early,
         since(run.began, run.all_ready_at));
  fflush(stdout);
}

/* The measured time is over, and so is what the reader of our output measures. */
void report_over(void) {
  printf("{\"event\":\"over\"}\n");
  fflush(stdout);
}

void report_end(void) {
  double seconds = since(run.run_from, opt.mode == MODE_IDLE ? now_ns() : run.run_ended);
  if (seconds <= 0) seconds = 1e-9;
  if (opt.mode == MODE_IDLE) {
    printf("{\"event\":\"end\",\"mode\":\"idle\",\"alive\":%d,\"errors\":%d,\"held_s\":%.1f}\n", run.ready, run.errors, seconds);
    return;
  }
  printf("{\"event\":\"end\",\"mode\":\"%s\",\"conns\":%d,\"ready\":%d,\"errors\":%d", mode_names[opt.mode], opt.connections, run.ready,
         run.errors);
  printf(",\"secs\":%.4f,\"msgs\":%llu,\"per_s\":%.1f,\"mb_s\":%.4f", seconds, (unsigned long long)run.messages,
         (double)run.messages / seconds, (double)run.bytes_in / seconds / 1e6);
  histogram_print(&run.latency, "");
  if (opt.mode == MODE_FANOUT) {
    printf(",\"published\":%llu,\"pub_per_s\":%.1f,\"lost\":%llu,\"undelivered\":%lld,\"stalls\":%llu", (unsigned long long)run.published,
           (double)run.published / seconds, (unsigned long long)run.lost, (long long)(run.outstanding > 0 ? run.outstanding : 0),
           (unsigned long long)run.stalls);
    printf(",\"gaps\":%llu,\"disorder\":%llu", (unsigned long long)run.gaps, (unsigned long long)run.disorder);
    if (run.last_latency.count) histogram_print(&run.last_latency, "all_");
  }
  printf(",\"bad\":%llu,\"non2xx\":%llu,\"reconnects\":%llu,\"connect_s\":%.3f,\"cpu\":%.3f}\n", (unsigned long long)run.bad,
         (unsigned long long)run.non2xx, (unsigned long long)run.reconnects, since(run.began, run.all_ready_at),
         run.cpu_used / seconds);
  fflush(stdout);
}
