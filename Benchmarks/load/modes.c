#define _GNU_SOURCE
#include "load.h"

#include <stdio.h>
#include <string.h>

/* ---- requests ---- */

void mode_send(connection *c, uint64_t due) {
  c->sent_at[(c->sent_first + c->sent_count) % (unsigned)opt.depth] = due;
  c->sent_count++;
  connection_write(c, run.frame.bytes, run.frame.count);
}

void mode_get(connection *c) {
  static const buffer empty;
  c->creating = opt.create && !c->key[0];
  if (!c->creating) {
    http_send(c, opt.method, opt.url.path, opt.create ? &empty : &opt.body);
    return;
  }
  char method[16] = "";
  const char *colon = strchr(opt.create, ':');
  if (!colon || colon - opt.create >= (ptrdiff_t)sizeof method) die("--create takes METHOD:PATH");
  memcpy(method, opt.create, (size_t)(colon - opt.create));
  http_send(c, method, colon + 1, &opt.body);
}

/* ---- becoming ready ---- */

/* Sends a text as it was given, with six hashes replaced by the connection's index. */
static void send_init(connection *c, const buffer *text, bool binary) {
  buffer copy = {0}, frame = {0};
  uint8_t *hashes;
  char digits[16];
  buffer_add(&copy, text->bytes, text->count);
  snprintf(digits, sizeof digits, "%06d", c->index < 0 ? 999999 : c->index % 1000000);
  while (copy.count && (hashes = memmem(copy.bytes, copy.count, "######", 6))) memcpy(hashes, digits, 6);
  if (c->kind == KIND_RAW) connection_write(c, copy.bytes, copy.count);
  else {
    frame = websocket_frame(binary ? 2 : 1, copy.bytes, copy.count, true);
    connection_write(c, frame.bytes, frame.count);
  }
  buffer_free(&copy);
  buffer_free(&frame);
}

static void begin_inits(connection *c) {
  bool publisher = c->role == ROLE_PUBLISHER;
  bool binary = publisher ? opt.publisher_binary : opt.init_binary || (opt.mode == MODE_FANOUT && opt.binary);
  int count = publisher ? opt.publisher_init_count : opt.init_count;
  c->state = STATE_INIT;
  c->head.count = 0;
  for (int i = 0; i < count; i++) send_init(c, publisher ? &opt.publisher_inits[i] : &opt.inits[i], binary);
  if (!(publisher ? opt.publisher_ready_on.count : opt.ready_on.count)) mode_ready(c);
}

void mode_opened(connection *c) {
  connection_want_write(c, false);
  switch (c->kind) {
  case KIND_WEBSOCKET:
    c->state = STATE_HANDSHAKE;
    websocket_request(c);
    break;
  case KIND_RAW: begin_inits(c); break;
  case KIND_HTTP: mode_ready(c); break;
  }
}

void mode_upgraded(connection *c) { begin_inits(c); }

void mode_ready(connection *c) {
  if (c->state == STATE_DEAD) return;
  c->state = STATE_READY;
  c->head.count = 0;
  if (c->role == ROLE_RELEASER) {
    run_begin_release();
    http_send(c, opt.release_method, opt.release_url.path, &opt.release_body);
    return;
  }
  if (c->role == ROLE_PUBLISHER) {
    c->counted = true;
    return;
  }
  if (!c->counted) {
    c->counted = true;
    run.ready++;
    run.handshakes--;
  }
  if (opt.mode == MODE_PARK || (opt.mode == MODE_GET && run.phase > PHASE_SETTLE && run.phase < PHASE_DONE)) mode_get(c);
}

/* ---- answers ---- */

/* Every answer would be dear to check: the first 64, and then one in 64. */
static bool is_checked(const connection *c) { return opt.expect.count && (c->replies < 64 || c->replies % 64 == 0); }

void mode_message_ended(connection *c) {
  if (c->state != STATE_READY || opt.mode != MODE_ECHO) return;
  uint64_t now = now_ns();
  if (is_checked(c) && !buffer_contains(&c->head, &opt.expect)) run.bad++;
  c->replies++;
  c->head.count = 0;
  if (!c->sent_count) {
    run.bad++;
    return;
  }
  uint64_t sent = c->sent_at[c->sent_first];
  c->sent_first = (c->sent_first + 1) % (unsigned)opt.depth;
  c->sent_count--;
  if (run.phase == PHASE_RUN) {
    run.messages++;
    histogram_add(&run.latency, now - sent);
  }
  if (opt.rate <= 0 && run.phase < PHASE_DONE) mode_send(c, now);
}

/* Keeps the string or number that the answer's JSON has under the key's name. */
static void take_key(connection *c) {
  char name[80];
  size_t count;
  snprintf(name, sizeof name, "\"%s\"", opt.key_field);
  buffer_add(&c->head, "", 1);
  const char *p = strstr((char *)c->head.bytes, name);
  if (p) p = strchr(p + strlen(name), ':');
  if (!p) die("no member %s in the answer: %.100s", opt.key_field, (char *)c->head.bytes);
  p++;
  p += strspn(p, " ");
  if (*p == '"') count = strcspn(++p, "\"");
  else count = strspn(p, "0123456789");
  if (!count || count >= sizeof c->key) die("the key in the answer is empty or too long");
  memcpy(c->key, p, count);
  c->key[count] = 0;
}

static void park_answered(const connection *c, uint64_t now) {
  if (!run.releasing) {
    run.parked_early++;
    return;
  }
  run.parked_answers++;
  if (opt.expect.count && !buffer_contains(&c->head, &opt.expect)) run.bad++;
  histogram_add(&run.latency, now - run.released_at);
}

void mode_response_ended(connection *c) {
  uint64_t now = now_ns();
  bool good = c->status / 100 == 2;
  c->busy = false;
  if (c->creating) {
    if (!good) die("--create was answered %d", c->status);
    take_key(c);
  } else if (!good) run.non2xx++;
  if (c->role == ROLE_RELEASER) return;
  if (opt.mode == MODE_PARK) {
    park_answered(c, now);
    return;
  }
  if (!c->creating) {
    if (is_checked(c) && !buffer_contains(&c->head, &opt.expect)) run.bad++;
    c->replies++;
    if (run.phase == PHASE_RUN) {
      run.messages++;
      histogram_add(&run.latency, now - c->sent_at[0]);
    }
  }
  if (run.phase == PHASE_DONE) return;
  if (!c->close_after) {
    mode_get(c);
    return;
  }
  c->close_after = false;
  run.reconnects++;
  connection_close(c);
  connection_open(c, &opt.url);
}

/* ---- fan-out ---- */

/* Each subscriber must get every publication once and in order. */
static void check_number(connection *c, uint32_t number) {
  if (number > c->last_number) {
    run.gaps += number - c->last_number - 1;
    c->last_number = number;
  } else run.disorder++;
}

static void delivered(connection *c, uint64_t published, uint32_t number) {
  uint64_t now = run.received_at;
  run.last_delivery = now;
  check_number(c, number);
  run.outstanding--;
  if (run.phase != PHASE_RUN) return;
  run.messages++;
  histogram_add(&run.latency, now > published ? now - published : 0);
  if (opt.window == 1 && opt.rate <= 0 && run.outstanding == 0) histogram_add(&run.last_latency, now - run.last_published);
}

/* Reads so many hexadecimal digits; says whether all were. */
static bool take_digits(const uint8_t *p, int count, uint64_t *value) {
  *value = 0;
  for (int i = 0; i < count; i++) {
    int digit = hex_value(p[i]);
    if (digit < 0) return false;
    *value = *value << 4 | (uint64_t)digit;
  }
  return true;
}

static bool take_marker(connection *c, const uint8_t *p) {
  uint64_t published, number;
  if (p[0] != '@' || p[1] != 'T' || p[MARKER_SIZE - 1] != '@') return false;
  if (!take_digits(p + 2, TIME_DIGITS, &published) || !take_digits(p + 2 + TIME_DIGITS, NUMBER_DIGITS, &number)) return false;
  delivered(c, published, (uint32_t)number);
  return true;
}

/* Finds markers anywhere in the bytes, also where one is cut between two reads. */
static void scan(connection *c, const uint8_t *bytes, size_t count) {
  if (c->carry_count) {
    size_t part = MARKER_SIZE - (size_t)c->carry_count;
    if (part > count) part = count;
    memcpy(c->carry + c->carry_count, bytes, part);
    c->carry_count = (uint8_t)(c->carry_count + part);
    if (c->carry_count < MARKER_SIZE) return;
    c->carry_count = 0;
    if (take_marker(c, c->carry)) {
      bytes += part;
      count -= part;
    }
  }
  while (count) {
    const uint8_t *at = memchr(bytes, '@', count);
    if (!at) return;
    count -= (size_t)(at - bytes);
    bytes = at;
    if (count < MARKER_SIZE) {
      memcpy(c->carry, bytes, count);
      c->carry_count = (uint8_t)count;
      return;
    }
    size_t step = take_marker(c, bytes) ? MARKER_SIZE : 1;
    bytes += step;
    count -= step;
  }
}

void mode_payload(connection *c, const uint8_t *bytes, size_t count) {
  if (c->state == STATE_INIT) {
    const buffer *wanted = c->role == ROLE_PUBLISHER ? &opt.publisher_ready_on : &opt.ready_on;
    if (c->head.count < 65536) buffer_add(&c->head, bytes, count);
    if (wanted->count && buffer_contains(&c->head, wanted)) {
      c->skip_reply = c->kind == KIND_WEBSOCKET;
      mode_ready(c);
    }
    return;
  }
  if (run.phase == PHASE_RUN) run.bytes_in += count;
  if (opt.mode == MODE_FANOUT && c->role == ROLE_CLIENT) scan(c, bytes, count);
  else if (opt.mode == MODE_ECHO && is_checked(c) && c->head.count < 262144) buffer_add(&c->head, bytes, count);
}

void mode_publish(uint64_t due) {
  char digits[TIME_DIGITS + NUMBER_DIGITS + 1];
  uint8_t *at = run.frame.bytes + run.marker_offset + 2;
  snprintf(digits, sizeof digits, "%0*llx%0*x", TIME_DIGITS, (unsigned long long)due, NUMBER_DIGITS, ++run.last_number);
  for (size_t i = 0; i < sizeof digits - 1; i++) {
    uint8_t mask = run.publisher.kind == KIND_WEBSOCKET ? websocket_mask[(run.marker_offset + 2 + i - run.payload_offset) & 3] : 0;
    at[i] = (uint8_t)((uint8_t)digits[i] ^ mask);
  }
  run.published++;
  run.outstanding += run.ready;
  run.last_published = due;
  connection_write(&run.publisher, run.frame.bytes, run.frame.count);
}

void mode_pump(void) {
  if ((run.phase != PHASE_WARM && run.phase != PHASE_RUN) || opt.rate > 0 || run.publisher.out.count) return;
  uint64_t now = now_ns();
  /* A server may drop messages by design: after two silent seconds what is missing counts as lost. */
  if (run.outstanding > 0 && now - run.last_delivery > 2 * NANOSECONDS) {
    run.lost += (uint64_t)run.outstanding;
    run.outstanding = 0;
    run.stalls++;
    run.last_delivery = now;
  }
  while (run.outstanding <= (int64_t)(opt.window - 1) * run.ready && !run.publisher.out.count) mode_publish(now_ns());
}
