#define _GNU_SOURCE
#include "load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

const char *http_header(const buffer *head, const char *name) {
  const char *line = (const char *)head->bytes;
  size_t length = strlen(name);
  while ((line = strstr(line, "\r\n"))) {
    line += 2;
    if (strncasecmp(line, name, length) || line[length] != ':') continue;
    line += length + 1;
    return line + strspn(line, " ");
  }
  return NULL;
}

void http_expand(const connection *c, const char *path, buffer *to) {
  char number[16];
  for (; *path; path++) {
    if (!strncmp(path, "{i}", 3)) {
      snprintf(number, sizeof number, "%d", c->index);
      buffer_add_text(to, number);
      path += 2;
    } else if (!strncmp(path, "{key}", 5)) {
      buffer_add_text(to, c->key);
      path += 4;
    } else buffer_add(to, path, 1);
  }
}

void http_send(connection *c, const char *method, const char *path, const buffer *body) {
  const target_url *u = connection_url(c);
  static buffer request; /* kept, so that a request costs no allocation */
  char line[256];
  request.count = 0;
  buffer_add_text(&request, method);
  buffer_add_text(&request, " ");
  http_expand(c, path, &request);
  snprintf(line, sizeof line, " HTTP/1.1\r\nHost: %s:%d\r\nUser-Agent: load\r\n", u->host, u->port);
  buffer_add_text(&request, line);
  buffer_add(&request, opt.headers.bytes, opt.headers.count);
  if (body->count || !strcmp(method, "POST") || !strcmp(method, "PUT")) {
    snprintf(line, sizeof line, "Content-Type: application/json\r\nContent-Length: %zu\r\n", body->count);
    buffer_add_text(&request, line);
  }
  buffer_add_text(&request, "\r\n");
  buffer_add(&request, body->bytes, body->count);
  c->http = HTTP_HEAD;
  c->head.count = 0;
  c->busy = true;
  if (c->sent_at) c->sent_at[0] = now_ns();
  connection_write(c, request.bytes, request.count);
}

/* Reads status and framing from the complete head. */
static void take_framing(connection *c) {
  const char *connection_header = http_header(&c->head, "Connection");
  const char *coding = http_header(&c->head, "Transfer-Encoding");
  const char *length = http_header(&c->head, "Content-Length");
  c->status = c->head.count > 12 ? atoi((char *)c->head.bytes + 9) : 0;
  c->close_after = connection_header && !strncasecmp(connection_header, "close", 5);
  c->left = 0;
  c->line_used = false;
  if (coding && !strncasecmp(coding, "chunked", 7)) c->http = HTTP_CHUNK_SIZE;
  else if (length) {
    c->left = strtoull(length, NULL, 10);
    c->http = HTTP_LENGTH;
  } else c->http = c->status == 204 || c->status == 304 ? HTTP_LENGTH : HTTP_UNTIL_CLOSE;
  c->head.count = 0;
}

/* Returns how many bytes belonged to the head; all of them while it is incomplete. */
static size_t take_head(connection *c, const uint8_t *bytes, size_t count) {
  size_t before = c->head.count;
  buffer_add(&c->head, bytes, count);
  uint8_t *end = memmem(c->head.bytes, c->head.count, "\r\n\r\n", 4);
  if (!end) {
    if (c->head.count > 65536) connection_fail(c, "a response head without end");
    return count;
  }
  size_t used = (size_t)(end - c->head.bytes) + 4 - before;
  end[2] = 0;
  take_framing(c);
  return used;
}

static void take_body(connection *c, const uint8_t *bytes, size_t count) {
  if (run.phase == PHASE_RUN) run.bytes_in += count;
  if ((c->creating || opt.expect.count) && c->head.count < 16384) buffer_add(&c->head, bytes, count);
}

static void take_chunk_size(connection *c, uint8_t byte) {
  if (byte == '\n') {
    c->http = c->left ? HTTP_CHUNK_DATA : HTTP_TRAILER;
    c->line_used = false;
  } else if (byte == ';') c->line_used = true; /* an extension follows */
  else if (!c->line_used && byte != '\r') {
    int digit = hex_value(byte | 32);
    if (digit < 0 || c->left >> 56) connection_fail(c, "a bad chunk size");
    else c->left = c->left << 4 | (uint64_t)digit;
  }
}

/* Takes one byte of a trailer's lines; says whether it was the last of the response. */
static bool take_trailer(connection *c, uint8_t byte) {
  if (byte == '\n' && !c->line_used) return true;
  if (byte == '\n') c->line_used = false;
  else if (byte != '\r') c->line_used = true;
  return false;
}

/* Takes some bytes of the response in its present state; says through `ended` when it is complete. */
static size_t take_some(connection *c, const uint8_t *bytes, size_t count, bool *ended) {
  size_t part = count < c->left ? count : (size_t)c->left;
  switch (c->http) {
  case HTTP_HEAD:
    part = take_head(c, bytes, count);
    *ended = c->http == HTTP_LENGTH && !c->left;
    return part;
  case HTTP_LENGTH:
  case HTTP_CHUNK_DATA:
    take_body(c, bytes, part);
    c->left -= part;
    *ended = !c->left && c->http == HTTP_LENGTH;
    if (!c->left && c->http == HTTP_CHUNK_DATA) c->http = HTTP_CHUNK_END;
    return part;
  case HTTP_CHUNK_SIZE:
    take_chunk_size(c, *bytes);
    return 1;
  case HTTP_CHUNK_END:
    if (*bytes == '\n') {
      c->http = HTTP_CHUNK_SIZE;
      c->line_used = false;
    }
    return 1;
  case HTTP_TRAILER:
    *ended = take_trailer(c, *bytes);
    return 1;
  case HTTP_UNTIL_CLOSE:
    take_body(c, bytes, count);
    return count;
  }
  return count;
}

void http_bytes(connection *c, const uint8_t *bytes, size_t count) {
  while (count && c->state != STATE_DEAD) {
    bool ended = false;
    size_t used = take_some(c, bytes, count, &ended);
    bytes += used;
    count -= used;
    if (!ended) continue;
    if (count) run.bad++; /* one request at a time is asked: more bytes are nobody's answer */
    mode_response_ended(c);
    return;
  }
}
