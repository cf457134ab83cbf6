#define _GNU_SOURCE
#include "load.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

const target_url *connection_url(const connection *c) {
  return c->role == ROLE_PUBLISHER ? &opt.publish_url : c->role == ROLE_RELEASER ? &opt.release_url : &opt.url;
}

void connection_want_write(connection *c, bool want) {
  if (c->want_write == want) return;
  c->want_write = want;
  struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP | (want ? EPOLLOUT : 0u), .data.ptr = c};
  epoll_ctl(run.epoll, EPOLL_CTL_MOD, c->fd, &event);
}

/* Spreads the connections over 127.0.0.1 to 127.0.0.N, for servers that limit what one address may have. */
static void bind_source(connection *c) {
  if (opt.sources == 1 || c->index < 0) return;
  struct sockaddr_in source = {.sin_family = AF_INET};
  int one = 1;
  source.sin_addr.s_addr = htonl(INADDR_LOOPBACK + (uint32_t)(c->index % opt.sources));
  setsockopt(c->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
  if (bind(c->fd, (const struct sockaddr *)&source, sizeof source)) die("bind: %s", strerror(errno));
}

void connection_open(connection *c, const target_url *u) {
  int one = 1;
  c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (c->fd < 0) die("socket: %s (connection %d; raise the limit on open files)", strerror(errno), c->index);
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  bind_source(c);
  c->state = STATE_CONNECTING;
  c->http = HTTP_HEAD;
  c->want_write = true;
  c->frame_open = false;
  c->frame_head_count = 0;
  c->opcode = 0;
  c->left = 0;
  c->out.count = c->out_offset = c->head.count = 0;
  struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP | EPOLLOUT, .data.ptr = c};
  if (epoll_ctl(run.epoll, EPOLL_CTL_ADD, c->fd, &event)) die("epoll: %s", strerror(errno));
  if (connect(c->fd, (const struct sockaddr *)&u->address, sizeof u->address) && errno != EINPROGRESS) connection_fail(c, "connect");
}

void connection_close(connection *c) {
  if (c->fd >= 0) close(c->fd);
  c->fd = -1;
  c->state = STATE_DEAD;
}

void connection_fail(connection *c, const char *why) {
  int error = errno;
  enum state was = c->state;
  if (was == STATE_DEAD) return;
  connection_close(c);
  if (run.phase == PHASE_DONE) return;
  if (c->role == ROLE_PUBLISHER) die("the publisher's connection was lost (%s: %s)", why, strerror(error));
  if (c->role == ROLE_RELEASER) die("the releasing connection was lost (%s: %s)", why, strerror(error));
  run.errors++;
  if (run.errors <= 3) fprintf(stderr, "load: connection %d: %s in state %d (%s)\n", c->index, why, (int)was, strerror(error));
  if (c->counted) run.ready--;
  else run.handshakes--;
  c->counted = false;
}

static void flush_out(connection *c) {
  while (c->out_offset < c->out.count) {
    ssize_t wrote = send(c->fd, c->out.bytes + c->out_offset, c->out.count - c->out_offset, MSG_NOSIGNAL);
    if (wrote < 0) {
      if (errno == EAGAIN) connection_want_write(c, true);
      else connection_fail(c, "send");
      return;
    }
    c->out_offset += (size_t)wrote;
  }
  c->out.count = c->out_offset = 0;
  connection_want_write(c, false);
}

void connection_write(connection *c, const void *bytes, size_t count) {
  if (c->state == STATE_DEAD) return;
  if (c->corked || c->out.count != c->out_offset || c->state == STATE_CONNECTING) {
    buffer_add(&c->out, bytes, count);
    return;
  }
  ssize_t wrote = send(c->fd, bytes, count, MSG_NOSIGNAL);
  if (wrote == (ssize_t)count) return;
  if (wrote < 0) {
    if (errno != EAGAIN) {
      connection_fail(c, "send");
      return;
    }
    wrote = 0;
  }
  buffer_add(&c->out, (const uint8_t *)bytes + wrote, count - (size_t)wrote);
  connection_want_write(c, true);
}

static void on_bytes(connection *c, const uint8_t *bytes, size_t count) {
  switch (c->kind) {
  case KIND_WEBSOCKET: websocket_bytes(c, bytes, count); break;
  case KIND_HTTP: http_bytes(c, bytes, count); break;
  case KIND_RAW:
    if (c->state == STATE_INIT || c->role == ROLE_CLIENT) mode_payload(c, bytes, count);
    break;
  }
}

/* The peer has ended, or the socket failed. Ends that HTTP/1.1 allows are no errors. */
static void on_end(connection *c, bool clean) {
  if (clean) errno = 0;
  if (c->role == ROLE_RELEASER && !c->busy) {
    connection_close(c);
    return;
  }
  if (c->kind == KIND_HTTP && c->http == HTTP_UNTIL_CLOSE && clean) {
    c->close_after = true;
    mode_response_ended(c);
    return;
  }
  bool idle_close = clean && c->busy && c->http == HTTP_HEAD && !c->head.count;
  if (opt.mode == MODE_GET && run.phase != PHASE_DONE && idle_close) {
    run.reconnects++;
    connection_close(c);
    connection_open(c, &opt.url);
    return;
  }
  connection_fail(c, clean ? "end of stream" : "recv");
}

void connection_event(connection *c, uint32_t events) {
  static uint8_t input[1 << 18];
  if (c->fd < 0) return;
  if (c->state == STATE_CONNECTING && events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) {
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error) {
      errno = error;
      connection_fail(c, "connect");
      return;
    }
    mode_opened(c);
    if (c->fd < 0) return;
  }
  if (events & EPOLLOUT && c->state != STATE_CONNECTING && c->out.count) {
    flush_out(c);
    if (c->fd < 0) return;
  }
  if (!(events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR))) return;
  ssize_t got = recv(c->fd, input, sizeof input, 0);
  if (got > 0) {
    run.received_at = now_ns();
    c->corked = true;
    on_bytes(c, input, (size_t)got);
    c->corked = false;
    if (c->fd >= 0 && c->out.count && !c->want_write) flush_out(c);
  } else if (got == 0 || errno != EAGAIN) on_end(c, got == 0);
}
