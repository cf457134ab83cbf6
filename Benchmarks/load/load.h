/* Shared declarations of the load generator: see README.md beside this file for its use. */
#ifndef LOAD_H
#define LOAD_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NANOSECONDS 1000000000ull

/* ---- basics.c: failing, time, growing bytes ---- */

/* A growing run of bytes. All zero is the empty buffer. */
typedef struct {
  uint8_t *bytes;
  size_t count, capacity;
} buffer;

/* Prints {"error": …} and ends the program with status 2. */
_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));
uint64_t now_ns(void);
/* The program's own processor time so far, in seconds. */
double cpu_seconds(void);
/* realloc that never returns NULL. */
void *allocate(void *old, size_t size);
void buffer_add(buffer *to, const void *bytes, size_t count);
void buffer_add_text(buffer *to, const char *text);
void buffer_free(buffer *b);
bool buffer_contains(const buffer *in, const buffer *what);
/* The value of a lower-case hexadecimal digit, or -1. */
int hex_value(uint8_t digit);

/* ---- digest.c: what the WebSocket handshake needs ---- */

/* The answer to a Sec-WebSocket-Key of at most 60 characters: 28 characters and a NUL. */
void websocket_accept(const char *key, char out[32]);

/* ---- histogram.c: latencies in nanoseconds, log-linear, error below 1.6 % ---- */

#define HISTOGRAM_STEPS 64
typedef struct {
  uint64_t count, max;
  double sum;
  uint64_t cells[(64 - 5) * HISTOGRAM_STEPS];
} histogram;

void histogram_add(histogram *h, uint64_t nanoseconds);
/* The quantile q (0 to 1) in microseconds; 0 when nothing was counted. */
double histogram_quantile(const histogram *h, double q);
/* Prints its members, each with a comma before it and the prefix in its name. */
void histogram_print(const histogram *h, const char *prefix);

/* ---- options.c ---- */

enum mode { MODE_ECHO, MODE_FANOUT, MODE_IDLE, MODE_GET, MODE_PARK, MODE_SERVE, MODE_COUNT };
extern const char *const mode_names[MODE_COUNT];

typedef struct {
  char scheme[8], host[64], path[1024];
  int port;
  struct sockaddr_in address;
} target_url;

#define MAX_INITS 8
typedef struct {
  enum mode mode;
  int connections, depth, window, ramp, port, sources;
  double duration, warm, rate, timeout, settle; /* seconds; rate is per second, 0 = closed loop */
  bool binary, init_binary, publisher_binary;
  target_url url, publish_url, release_url;
  buffer message, expect, ready_on, headers, body, release_body, publish_message, publisher_ready_on;
  buffer inits[MAX_INITS], publisher_inits[MAX_INITS];
  int init_count, publisher_init_count;
  const char *protocol, *create, *key_field, *method, *release_method;
  size_t reply_size;
} options;
extern options opt;

void options_parse(int argc, char **argv);

/* ---- connection.c: sockets, queued writes, life and death ---- */

enum kind { KIND_WEBSOCKET, KIND_HTTP, KIND_RAW };
enum state { STATE_CONNECTING, STATE_HANDSHAKE, STATE_INIT, STATE_READY, STATE_DEAD };
enum http_state { HTTP_HEAD, HTTP_LENGTH, HTTP_CHUNK_SIZE, HTTP_CHUNK_DATA, HTTP_CHUNK_END, HTTP_TRAILER, HTTP_UNTIL_CLOSE };
enum role { ROLE_CLIENT, ROLE_PUBLISHER, ROLE_RELEASER };

/* "@T", hexadecimal digits of nanoseconds and of the publication's number, "@" */
#define TIME_DIGITS 16
#define NUMBER_DIGITS 8
#define MARKER_SIZE (2 + TIME_DIGITS + NUMBER_DIGITS + 1)

typedef struct {
  int fd, index;
  enum kind kind;
  enum state state;
  enum role role;
  bool want_write, counted, busy;
  bool corked; /* its input is being taken: what that makes it write goes out in one send */
  buffer out; /* not yet written, from out_offset on */
  size_t out_offset;
  buffer head; /* a response's head, what came before it was ready, or a reply that is checked */
  uint64_t left; /* bytes of payload or body still to come */
  uint64_t replies;

  /* websocket.c */
  uint8_t frame_head[14], frame_head_count, opcode;
  bool frame_open, fin, skip_reply; /* skip_reply: the message that made it ready is no reply */
  uint8_t control[125], control_count;

  /* http.c */
  enum http_state http;
  bool creating, close_after, line_used;
  int status;
  char key[256];

  /* modes.c */
  uint64_t *sent_at; /* a ring of opt.depth send times */
  unsigned sent_first, sent_count;
  uint8_t carry[MARKER_SIZE + 1], carry_count;
  uint32_t last_number; /* of the publications that it received */
} connection;

void connection_open(connection *c, const target_url *u);
const target_url *connection_url(const connection *c);
void connection_close(connection *c);
/* Counts the connection as lost; ends the program when all depends on it. */
void connection_fail(connection *c, const char *why);
void connection_write(connection *c, const void *bytes, size_t count);
void connection_want_write(connection *c, bool want);
void connection_event(connection *c, uint32_t events);

/* ---- websocket.c ---- */

/* One whole frame, masked as a client's or plain as a server's. The caller frees it. */
buffer websocket_frame(int opcode, const uint8_t *payload, size_t count, bool masked);
extern const uint8_t websocket_mask[4];
void websocket_request(connection *c);
void websocket_bytes(connection *c, const uint8_t *bytes, size_t count);

/* ---- http.c ---- */

/* The value of a header in a NUL-ended response head, or NULL. */
const char *http_header(const buffer *head, const char *name);
/* Appends a path with {i} and {key} replaced. */
void http_expand(const connection *c, const char *path, buffer *to);
void http_send(connection *c, const char *method, const char *path, const buffer *body);
void http_bytes(connection *c, const uint8_t *bytes, size_t count);

/* ---- modes.c: what each mode does when something happens ---- */

void mode_send(connection *c, uint64_t due);      /* echo: one message */
void mode_get(connection *c);                     /* get and park: the next request */
void mode_opened(connection *c);                  /* TCP is up */
void mode_upgraded(connection *c);                /* the WebSocket is open */
void mode_ready(connection *c);
void mode_payload(connection *c, const uint8_t *bytes, size_t count);
void mode_message_ended(connection *c);           /* a whole WebSocket message came */
void mode_response_ended(connection *c);          /* a whole HTTP response came */
void mode_publish(uint64_t due);
void mode_pump(void);                             /* fan-out's closed loop */

/* ---- run.c: phases and counters ---- */

enum phase { PHASE_CONNECT, PHASE_SETTLE, PHASE_WARM, PHASE_RUN, PHASE_DRAIN, PHASE_DONE };
typedef struct {
  enum phase phase;
  int epoll;
  connection *clients, publisher, releaser;
  int ready, errors, handshakes, next_open;
  uint64_t began, run_from, run_until, run_ended, all_ready_at, released_at, received_at;
  bool releasing;
  histogram latency, last_latency; /* last: until the last subscriber had it */
  uint64_t messages, bytes_in, bad, non2xx, reconnects, published, lost, stalls, gaps, disorder;
  uint32_t last_number; /* of the publications */
  int64_t outstanding;
  uint64_t last_delivery, last_published;
  int parked_answers, parked_early;
  double cpu_at_start, cpu_used;
  buffer frame;               /* the ready-made request or publication */
  size_t marker_offset, payload_offset;
} run_state;
extern run_state run;

void run_load(void);
/* Park: the releasing request goes out now, and the measured time begins. */
void run_begin_release(void);

/* ---- report.c ---- */

void report_begin(void);
void report_held(void);
void report_over(void);
void report_end(void);

/* ---- serve.c: the reference server ---- */

_Noreturn void serve(void);

#endif
