#define _GNU_SOURCE
#include "load.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

run_state run;

/* What an epoll event may name besides a connection. */
static char timer_tag, input_tag;
static int timer = -1;
static uint64_t settled_at, next_due;
static bool held_said, release_wanted;

static uint64_t nanoseconds(double seconds) { return (uint64_t)(seconds * 1e9); }

/* ---- setting up ---- */

static void watch(int fd, char *tag) {
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = tag};
  if (epoll_ctl(run.epoll, EPOLL_CTL_ADD, fd, &event)) die("descriptor %d cannot be waited on (%s): give a pipe", fd, strerror(errno));
}

#define PLACE "@T0123456789abcdef01234567@"

static void prepare_publication(void) {
  const buffer *m = &opt.publish_message;
  const uint8_t *marker = memmem(m->bytes, m->count, PLACE, MARKER_SIZE);
  if (!marker) die("no marker " PLACE " in --pub-msg");
  run.publisher.kind = strcmp(opt.publish_url.scheme, "ws") ? KIND_RAW : KIND_WEBSOCKET;
  if (run.publisher.kind == KIND_WEBSOCKET) run.frame = websocket_frame(opt.publisher_binary ? 2 : 1, m->bytes, m->count, true);
  else buffer_add(&run.frame, m->bytes, m->count);
  run.payload_offset = run.frame.count - m->count;
  run.marker_offset = run.payload_offset + (size_t)(marker - m->bytes);
}

static void prepare(void) {
  size_t count = (size_t)opt.connections;
  enum kind kind = !strcmp(opt.url.scheme, "http") ? KIND_HTTP : !strcmp(opt.url.scheme, "tcp") ? KIND_RAW : KIND_WEBSOCKET;
  run.publisher = (connection){.fd = -1, .index = -1, .role = ROLE_PUBLISHER};
  run.releaser = (connection){.fd = -1, .index = -1, .role = ROLE_RELEASER, .kind = KIND_HTTP};
  if (opt.mode == MODE_ECHO) run.frame = websocket_frame(opt.binary ? 2 : 1, opt.message.bytes, opt.message.count, true);
  if (opt.mode == MODE_FANOUT) prepare_publication();
  run.epoll = epoll_create1(EPOLL_CLOEXEC);
  run.clients = allocate(NULL, sizeof *run.clients * count);
  memset(run.clients, 0, sizeof *run.clients * count);
  for (size_t i = 0; i < count; i++) {
    connection *c = &run.clients[i];
    c->index = (int)i;
    c->fd = -1;
    c->kind = kind;
    if (opt.mode == MODE_ECHO || opt.mode == MODE_GET) c->sent_at = allocate(NULL, sizeof *c->sent_at * (size_t)opt.depth);
  }
}

static void start_timer(void) {
  uint64_t interval = nanoseconds(1 / opt.rate);
  if (!interval) interval = 1;
  next_due = now_ns() + interval;
  timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  struct itimerspec when = {
    .it_interval = {(time_t)(interval / NANOSECONDS), (long)(interval % NANOSECONDS)},
    .it_value = {(time_t)(next_due / NANOSECONDS), (long)(next_due % NANOSECONDS)},
  };
  timerfd_settime(timer, TFD_TIMER_ABSTIME, &when, NULL);
  watch(timer, &timer_tag);
}

/* ---- the open loop ---- */

/* Gives the message to the next connection that has room; counts it as lost when none has. */
static void send_anywhere(uint64_t due) {
  static unsigned turn;
  for (int tries = 0; tries < opt.connections; tries++) {
    connection *c = &run.clients[turn++ % (unsigned)opt.connections];
    if (c->state != STATE_READY || (int)c->sent_count >= opt.depth) continue;
    mode_send(c, due);
    return;
  }
  run.lost++;
}

static void on_timer(void) {
  uint64_t ticks = 0;
  if (read(timer, &ticks, sizeof ticks) != sizeof ticks) return;
  for (; ticks; ticks--) {
    if (opt.mode == MODE_FANOUT && run.phase == PHASE_DRAIN) return;
    if (opt.mode == MODE_FANOUT) mode_publish(next_due);
    else send_anywhere(next_due);
    next_due += nanoseconds(1 / opt.rate);
  }
}

static void on_input(void) {
  char line[256];
  if (read(STDIN_FILENO, line, sizeof line) > 0) {
    if (opt.mode == MODE_PARK) release_wanted = true;
    return;
  }
  if (opt.mode != MODE_IDLE) die("the input ended before the release");
  run.phase = PHASE_DONE;
}

/* ---- phases ---- */

static void begin_run(void) {
  run.phase = PHASE_RUN;
  memset(&run.latency, 0, sizeof run.latency);
  memset(&run.last_latency, 0, sizeof run.last_latency);
  run.messages = run.bytes_in = run.published = run.lost = run.stalls = run.reconnects = 0;
  report_begin();
  run.cpu_at_start = cpu_seconds();
  run.run_from = now_ns();
  run.run_until = run.run_from + nanoseconds(opt.duration);
}

static void check_connected(uint64_t now) {
  double seconds = (double)(now - run.began) / 1e9;
  bool complete = run.next_open == opt.connections && run.handshakes == 0 && (opt.mode != MODE_FANOUT || run.publisher.counted);
  if (!complete) {
    if (seconds > opt.timeout) {
      const buffer *told = &run.clients[0].head; /* what came instead of the text to wait for */
      die("only %d of %d connections are ready after %.0f s (%d errors); the first was told: %.*s", run.ready, opt.connections, seconds,
          run.errors, (int)(told->count < 200 ? told->count : 200), told->count ? (char *)told->bytes : "");
    }
    return;
  }
  if (!run.ready) die("no connection became ready (%d errors)", run.errors);
  run.all_ready_at = now;
  settled_at = now + (opt.mode == MODE_FANOUT ? nanoseconds(.3) : opt.mode == MODE_PARK ? nanoseconds(opt.settle) : 0);
  run.phase = PHASE_SETTLE;
}

/* Idle and park: everything is open; say so, and wait for the word from standard input. */
static void hold(uint64_t now) {
  if (!held_said) {
    held_said = true;
    run.run_from = now;
    run.run_until = now + 600 * NANOSECONDS;
    report_held();
    watch(STDIN_FILENO, &input_tag);
  }
  if (release_wanted && run.releaser.fd < 0) connection_open(&run.releaser, &opt.release_url);
  else if (now > run.run_until) run.phase = PHASE_DONE;
}

void run_begin_release(void) {
  run.releasing = true;
  run.phase = PHASE_RUN;
  run.cpu_at_start = cpu_seconds();
  run.run_from = run.released_at = now_ns();
  run.run_until = run.run_from + nanoseconds(opt.timeout);
}

static void begin_warm(uint64_t now) {
  run.phase = PHASE_WARM;
  run.run_from = now + nanoseconds(opt.warm);
  run.last_delivery = now;
  if (opt.rate > 0 && opt.mode != MODE_GET) {
    start_timer();
    return;
  }
  for (int i = 0; i < opt.connections; i++) {
    connection *c = &run.clients[i];
    if (opt.mode == MODE_GET && c->state == STATE_READY) mode_get(c);
    for (int k = 0; opt.mode == MODE_ECHO && k < opt.depth && c->state == STATE_READY; k++) mode_send(c, now_ns());
  }
}

/* Says whether the measured time is over. */
static bool is_over(uint64_t now) {
  if (run.phase != PHASE_RUN) return false;
  if (now >= run.run_until) return true;
  return opt.mode == MODE_PARK && run.parked_answers + run.errors + run.parked_early >= opt.connections;
}

/* Fan-out waits a while for what is still on its way: what never comes is a loss too. */
static void end_run(uint64_t now) {
  run.run_ended = now;
  run.cpu_used = cpu_seconds() - run.cpu_at_start;
  run.phase = PHASE_DRAIN;
  report_over();
}

static bool is_drained(uint64_t now) {
  if (opt.mode != MODE_FANOUT || run.outstanding <= 0) return true;
  return now - run.last_delivery > 2 * NANOSECONDS || now - run.run_ended > 30 * NANOSECONDS;
}

static void advance(void) {
  uint64_t now = now_ns();
  if (run.phase == PHASE_CONNECT) check_connected(now);
  if (run.phase == PHASE_SETTLE && now >= settled_at) {
    if (opt.mode == MODE_IDLE || opt.mode == MODE_PARK) hold(now);
    else begin_warm(now);
  }
  if (run.phase == PHASE_WARM && now >= run.run_from) begin_run();
  if (opt.mode == MODE_FANOUT) mode_pump();
  if (is_over(now)) end_run(now);
  if (run.phase == PHASE_DRAIN && is_drained(now)) {
    if (opt.mode == MODE_PARK) run.messages = (uint64_t)run.parked_answers;
    report_end();
    run.phase = PHASE_DONE;
  } else if (run.phase > PHASE_CONNECT && run.phase < PHASE_DONE && !run.ready && opt.mode != MODE_PARK && opt.mode != MODE_GET)
    die("every connection was lost (%d errors)", run.errors);
}

void run_load(void) {
  struct epoll_event events[1024];
  prepare();
  run.began = now_ns();
  if (opt.mode == MODE_FANOUT) connection_open(&run.publisher, &opt.publish_url);
  while (run.phase != PHASE_DONE) {
    while (run.phase == PHASE_CONNECT && run.next_open < opt.connections && run.handshakes < opt.ramp) {
      run.handshakes++;
      connection_open(&run.clients[run.next_open++], &opt.url);
    }
    int count = epoll_wait(run.epoll, events, sizeof events / sizeof *events, run.phase == PHASE_CONNECT ? 20 : 5);
    for (int i = 0; i < count; i++) {
      void *source = events[i].data.ptr;
      if (source == &timer_tag) on_timer();
      else if (source == &input_tag) on_input();
      else connection_event(source, events[i].events);
    }
    if (run.phase != PHASE_DONE) advance();
  }
  if (opt.mode == MODE_IDLE) report_end();
}
