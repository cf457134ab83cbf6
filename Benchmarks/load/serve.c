#define _GNU_SOURCE
#include "load.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/* A server that does as little as a server can: what it reaches is what this machine and the generator allow.
 * It answers every GET with one small JSON text and echoes every WebSocket message; "sub" subscribes to what
 * is sent with "pub" before it. It trusts its loopback clients more than a product may. */

#define MAX_DESCRIPTORS (1 << 17)
#define MAX_PAYLOAD (64u << 20)

typedef struct {
  int fd;
  buffer in, out;
  size_t out_offset;
  bool upgraded, subscribed, want_write, corked, dead;
} peer;

static int poller;
static peer *peers[MAX_DESCRIPTORS];
static int subscribers[MAX_DESCRIPTORS], subscriber_count;
static buffer fixed_reply; /* with --reply-size */
static bool published; /* subscribers have something to be written */

static void want_write(peer *p, bool want) {
  if (p->want_write == want) return;
  p->want_write = want;
  struct epoll_event event = {.events = EPOLLIN | (want ? EPOLLOUT : 0u), .data.fd = p->fd};
  epoll_ctl(poller, EPOLL_CTL_MOD, p->fd, &event);
}

static void put(peer *p, const void *bytes, size_t count) {
  ssize_t wrote = 0;
  if (p->dead) return;
  if (!p->corked && p->out.count == p->out_offset) {
    wrote = send(p->fd, bytes, count, MSG_NOSIGNAL);
    if (wrote == (ssize_t)count) return;
    if (wrote < 0 && errno != EAGAIN) p->dead = true;
    if (wrote < 0) wrote = 0;
  }
  if (p->out.count > MAX_PAYLOAD) p->dead = true; /* it does not read */
  if (p->dead) return;
  buffer_add(&p->out, (const uint8_t *)bytes + wrote, count - (size_t)wrote);
  if (!p->corked) want_write(p, true);
}

static void put_frame(peer *p, int opcode, const uint8_t *payload, size_t count) {
  buffer frame = websocket_frame(opcode, payload, count, false);
  put(p, frame.bytes, frame.count);
  buffer_free(&frame);
}

static void flush_out(peer *p) {
  while (p->out_offset < p->out.count) {
    ssize_t wrote = send(p->fd, p->out.bytes + p->out_offset, p->out.count - p->out_offset, MSG_NOSIGNAL);
    if (wrote < 0) {
      p->dead = errno != EAGAIN;
      if (!p->dead) want_write(p, true);
      return;
    }
    p->out_offset += (size_t)wrote;
  }
  p->out.count = p->out_offset = 0;
  want_write(p, false);
  if (p->out.capacity > 65536) buffer_free(&p->out);
}

static void drop(peer *p) {
  for (int i = 0; i < subscriber_count; i++) {
    if (subscribers[i] != p->fd) continue;
    subscribers[i] = subscribers[--subscriber_count];
    break;
  }
  peers[p->fd] = NULL;
  close(p->fd);
  buffer_free(&p->in);
  buffer_free(&p->out);
  free(p);
}

static void on_message(peer *p, int opcode, const uint8_t *payload, size_t count) {
  if (count >= 3 && !memcmp(payload, "sub", 3)) {
    if (!p->subscribed) subscribers[subscriber_count++] = p->fd;
    p->subscribed = true;
    put_frame(p, 1, (const uint8_t *)"subscribed", 10);
  } else if (count >= 3 && !memcmp(payload, "pub", 3)) {
    buffer frame = websocket_frame(opcode, payload, count, false);
    for (int i = 0; i < subscriber_count; i++) {
      peer *to = peers[subscribers[i]];
      if (to->out.count > MAX_PAYLOAD) to->dead = true; /* it does not read */
      else buffer_add(&to->out, frame.bytes, frame.count);
    }
    buffer_free(&frame);
    published = true;
  } else if (fixed_reply.count) put(p, fixed_reply.bytes, fixed_reply.count);
  else put_frame(p, opcode, payload, count);
}

/* Answers one request, if its head is complete; returns how many bytes it had. */
static size_t take_request(peer *p, uint8_t *bytes, size_t count) {
  static const char answer[] =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 36\r\n\r\n{\"message\":\"Hello, World!\",\"n\":1234}";
  uint8_t *end = count ? memmem(bytes, count, "\r\n\r\n", 4) : NULL;
  if (!end) {
    if (count > 65536) p->dead = true;
    return 0;
  }
  end[2] = 0;
  buffer head = {.bytes = bytes, .count = (size_t)(end - bytes) + 3};
  const char *key = http_header(&head, "Sec-WebSocket-Key");
  if (key) {
    char text[64] = "", accept[32], response[256];
    size_t length = strcspn(key, "\r");
    memcpy(text, key, length < 60 ? length : 60);
    websocket_accept(text, accept);
    int size = snprintf(response, sizeof response,
                        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        "Sec-WebSocket-Accept: %s\r\n\r\n", accept);
    p->upgraded = true;
    put(p, response, (size_t)size);
  } else put(p, answer, sizeof answer - 1);
  return (size_t)(end - bytes) + 4;
}

/* Takes one frame, if it is complete; returns how many bytes it had. */
static size_t take_frame(peer *p, uint8_t *bytes, size_t count) {
  if (count < 6) return 0;
  uint64_t length = bytes[1] & 127;
  size_t head = length == 126 ? 4 : length == 127 ? 10 : 2;
  if (count < head + 4) return 0;
  if (head == 4) length = (uint64_t)bytes[2] << 8 | bytes[3];
  if (head == 10) {
    length = 0;
    for (int i = 0; i < 8; i++) length = length << 8 | bytes[2 + i];
  }
  if (!(bytes[1] & 128) || length > MAX_PAYLOAD) {
    p->dead = true;
    return 0;
  }
  if (count < head + 4 + length) return 0;
  uint8_t mask[4], *payload = bytes + head + 4;
  memcpy(mask, bytes + head, 4);
  for (size_t i = 0; i < length; i++) payload[i] ^= mask[i & 3];
  int opcode = bytes[0] & 15;
  if (opcode == 8) p->dead = true;
  else if (opcode == 9) put_frame(p, 10, payload, (size_t)length);
  else if (opcode == 1 || opcode == 2) on_message(p, opcode, payload, (size_t)length);
  return head + 4 + (size_t)length;
}

static void take_input(peer *p) {
  size_t offset = 0, used = 1;
  while (!p->dead && used) {
    uint8_t *bytes = p->in.bytes + offset;
    size_t count = p->in.count - offset;
    used = p->upgraded ? take_frame(p, bytes, count) : take_request(p, bytes, count);
    offset += used;
  }
  if (!offset) return;
  memmove(p->in.bytes, p->in.bytes + offset, p->in.count - offset);
  p->in.count -= offset;
  if (!p->in.count) buffer_free(&p->in); /* an idle connection keeps no buffer */
}

/* All publications that came in one read go to each subscriber in one write. */
static void flush_subscribers(void) {
  published = false;
  for (int i = subscriber_count - 1; i >= 0; i--) {
    peer *p = peers[subscribers[i]];
    if (!p->want_write) flush_out(p);
    if (p->dead && !p->corked) drop(p); /* the corked one is dropped where its input is taken */
  }
}

static void accept_all(int listener) {
  int fd, one = 1;
  while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
    if (fd >= MAX_DESCRIPTORS) {
      close(fd);
      continue;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    peers[fd] = allocate(NULL, sizeof(peer));
    *peers[fd] = (peer){.fd = fd};
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event);
  }
}

static void on_event(peer *p, uint32_t events) {
  static uint8_t input[1 << 18];
  if (events & EPOLLOUT) flush_out(p);
  if (!p->dead && events & (EPOLLIN | EPOLLHUP | EPOLLERR)) {
    ssize_t got = recv(p->fd, input, sizeof input, 0);
    if (got > 0) {
      buffer_add(&p->in, input, (size_t)got);
      p->corked = true; /* all answers to one read in one write */
      take_input(p);
      if (published) flush_subscribers();
      p->corked = false;
      if (!p->dead && p->out.count) flush_out(p);
    } else if (got == 0 || errno != EAGAIN) p->dead = true;
  }
  if (p->dead) drop(p);
}

static int listen_on(int port) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), one = 1;
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(fd, (struct sockaddr *)&address, sizeof address) || listen(fd, 4096)) die("listen: %s", strerror(errno));
  return fd;
}

void serve(void) {
  struct epoll_event events[512];
  int listener = listen_on(opt.port);
  poller = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = listener};
  epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event);
  if (opt.reply_size) {
    uint8_t *filling = allocate(NULL, opt.reply_size);
    for (size_t i = 0; i < opt.reply_size; i++) filling[i] = (uint8_t)(i * 31);
    fixed_reply = websocket_frame(2, filling, opt.reply_size, false);
    free(filling);
  }
  for (;;) {
    int count = epoll_wait(poller, events, sizeof events / sizeof *events, -1);
    for (int i = 0; i < count; i++) {
      int fd = events[i].data.fd;
      if (fd == listener) accept_all(listener);
      else if (peers[fd]) on_event(peers[fd], events[i].events);
    }
  }
}
