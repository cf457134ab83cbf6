#define _GNU_SOURCE
#include "load.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { OPCODE_TEXT = 1, OPCODE_CLOSE = 8, OPCODE_PING = 9, OPCODE_PONG = 10 };

/* A fixed mask: servers must unmask all the same, and prepared frames can be sent again and again. */
const uint8_t websocket_mask[4] = {0x37, 0xfa, 0x21, 0x3d};
static const char *const handshake_key = "bG9hZCBnZW5lcmF0b3IhIQ==";

buffer websocket_frame(int opcode, const uint8_t *payload, size_t count, bool masked) {
  buffer b = {0};
  uint8_t head[14];
  size_t size = 2;
  head[0] = (uint8_t)(0x80 | opcode);
  if (count < 126) head[1] = (uint8_t)count;
  else if (count < 65536) {
    head[1] = 126;
    head[2] = (uint8_t)(count >> 8);
    head[3] = (uint8_t)count;
    size = 4;
  } else {
    head[1] = 127;
    for (int i = 0; i < 8; i++) head[2 + i] = (uint8_t)((uint64_t)count >> (56 - 8 * i));
    size = 10;
  }
  if (masked) {
    head[1] |= 0x80;
    memcpy(head + size, websocket_mask, 4);
    size += 4;
  }
  buffer_add(&b, head, size);
  buffer_add(&b, payload, count);
  if (masked) for (size_t i = 0; i < count; i++) b.bytes[size + i] ^= websocket_mask[i & 3];
  return b;
}

static void send_control(connection *c, int opcode) {
  buffer frame = websocket_frame(opcode, c->control, c->control_count, true);
  connection_write(c, frame.bytes, frame.count);
  buffer_free(&frame);
}

void websocket_request(connection *c) {
  const target_url *u = connection_url(c);
  buffer request = {0};
  char line[320];
  buffer_add_text(&request, "GET ");
  http_expand(c, u->path, &request);
  snprintf(line, sizeof line, " HTTP/1.1\r\nHost: %s:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n", u->host, u->port);
  buffer_add_text(&request, line);
  snprintf(line, sizeof line, "Sec-WebSocket-Key: %s\r\nSec-WebSocket-Version: 13\r\n", handshake_key);
  buffer_add_text(&request, line);
  if (opt.protocol) {
    snprintf(line, sizeof line, "Sec-WebSocket-Protocol: %.256s\r\n", opt.protocol);
    buffer_add_text(&request, line);
  }
  buffer_add(&request, opt.headers.bytes, opt.headers.count);
  buffer_add_text(&request, "\r\n");
  connection_write(c, request.bytes, request.count);
  buffer_free(&request);
}

/* Takes the answer to the handshake; returns how many of these bytes belonged to it, or 0 while it is incomplete. */
static size_t take_handshake(connection *c, const uint8_t *bytes, size_t count) {
  static char wanted[32];
  if (!wanted[0]) websocket_accept(handshake_key, wanted);
  size_t before = c->head.count;
  buffer_add(&c->head, bytes, count);
  uint8_t *end = memmem(c->head.bytes, c->head.count, "\r\n\r\n", 4);
  if (!end) {
    if (c->head.count > 65536) connection_fail(c, "a response head without end");
    return 0;
  }
  size_t used = (size_t)(end - c->head.bytes) + 4 - before;
  end[2] = 0;
  const char *accept = http_header(&c->head, "Sec-WebSocket-Accept");
  if (strncmp((char *)c->head.bytes, "HTTP/1.1 101", 12) || !accept || strncmp(accept, wanted, 28)) {
    if (!run.errors) fprintf(stderr, "load: no upgrade: %.60s\n", (char *)c->head.bytes);
    errno = 0;
    connection_fail(c, "upgrade refused");
    return 0;
  }
  mode_upgraded(c);
  return used;
}

static size_t head_size(const connection *c) {
  if (c->frame_head_count < 2) return 2;
  uint8_t length = c->frame_head[1] & 127;
  return length == 126 ? 4 : length == 127 ? 10 : 2;
}

/* Collects a frame's head; returns how many bytes it took. */
static size_t take_head(connection *c, const uint8_t *bytes, size_t count) {
  size_t used = 0;
  while (used < count && c->frame_head_count < head_size(c)) c->frame_head[c->frame_head_count++] = bytes[used++];
  if (c->frame_head_count < head_size(c)) return used;
  const uint8_t *h = c->frame_head;
  uint64_t length = h[1] & 127;
  if (length == 126) length = (uint64_t)h[2] << 8 | h[3];
  else if (length == 127) {
    length = 0;
    for (int i = 0; i < 8; i++) length = length << 8 | h[2 + i];
  }
  c->fin = h[0] >> 7;
  c->opcode = h[0] & 15;
  c->left = length;
  c->control_count = 0;
  c->frame_open = true;
  errno = 0;
  if (h[1] & 0x80 || h[0] & 0x70) connection_fail(c, "a masked or reserved frame from the server");
  else if (c->opcode >= 8 && length > 125) connection_fail(c, "an overlong control frame");
  return used;
}

static void frame_ended(connection *c) {
  c->frame_open = false;
  c->frame_head_count = 0;
  if (c->opcode == OPCODE_PING) send_control(c, OPCODE_PONG);
  else if (c->opcode == OPCODE_CLOSE) {
    send_control(c, OPCODE_CLOSE);
    errno = 0;
    connection_fail(c, "closed by the server");
  } else if (c->opcode < 8 && c->fin && c->role == ROLE_CLIENT) {
    if (c->skip_reply) c->skip_reply = false;
    else mode_message_ended(c);
  }
}

void websocket_bytes(connection *c, const uint8_t *bytes, size_t count) {
  if (c->state == STATE_HANDSHAKE) {
    size_t used = take_handshake(c, bytes, count);
    if (!used) return;
    bytes += used;
    count -= used;
  }
  while (count && c->state != STATE_DEAD) {
    if (!c->frame_open) {
      size_t used = take_head(c, bytes, count);
      bytes += used;
      count -= used;
      if (!c->frame_open || c->state == STATE_DEAD) return;
    }
    size_t part = count < c->left ? count : (size_t)c->left;
    if (c->opcode >= 8) {
      memcpy(c->control + c->control_count, bytes, part);
      c->control_count = (uint8_t)(c->control_count + part);
    } else if (part) mode_payload(c, bytes, part);
    bytes += part;
    count -= part;
    c->left -= part;
    if (!c->left) frame_ended(c);
  }
}
