#define _GNU_SOURCE
#include "load.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

const char *const mode_names[MODE_COUNT] = {"echo", "fanout", "idle", "get", "park", "serve"};

options opt = {
  .connections = 1, .depth = 1, .window = 8, .ramp = 128, .sources = 1,
  .duration = 3, .warm = .5, .timeout = 60, .settle = 1,
  .key_field = "key", .method = "GET", .release_method = "GET",
};

static target_url parse_url(const char *text) {
  target_url u = {0};
  const char *host = strstr(text, "://");
  if (!host || (size_t)(host - text) >= sizeof u.scheme) die("not a URL: %s", text);
  memcpy(u.scheme, text, (size_t)(host - text));
  host += 3;
  if (strcmp(u.scheme, "ws") && strcmp(u.scheme, "http") && strcmp(u.scheme, "tcp")) die("give ws://, http:// or tcp://: %s", text);
  const char *path = host + strcspn(host, "/");
  const char *colon = memchr(host, ':', (size_t)(path - host));
  const char *host_end = colon ? colon : path;
  if (!colon && !strcmp(u.scheme, "tcp")) die("no port in %s", text);
  if ((size_t)(host_end - host) >= sizeof u.host || strlen(path) >= sizeof u.path) die("the URL is too long");
  memcpy(u.host, host, (size_t)(host_end - host));
  strcpy(u.path, *path ? path : "/");
  u.port = colon ? atoi(colon + 1) : 80;
  u.address.sin_family = AF_INET;
  u.address.sin_port = htons((uint16_t)u.port);
  if (inet_pton(AF_INET, strcmp(u.host, "localhost") ? u.host : "127.0.0.1", &u.address.sin_addr) != 1)
    die("give the address as 127.x.y.z: %s", u.host);
  if (ntohl(u.address.sin_addr.s_addr) >> 24 != 127) die("loopback only: %s", u.host);
  return u;
}

static buffer read_file(const char *path) {
  buffer b = {0};
  char piece[65536];
  size_t count;
  FILE *file = fopen(path, "rb");
  if (!file) die("cannot read %s", path);
  while ((count = fread(piece, 1, sizeof piece, file)) > 0) buffer_add(&b, piece, count);
  fclose(file);
  return b;
}

/* Text with \n \r \t \\ \xHH, or @FILE; "@T" begins a marker and no file's name. */
static buffer parse_text(const char *s) {
  if (*s == '@' && s[1] != 'T') return read_file(s + 1);
  buffer b = {0};
  for (; *s; s++) {
    char c = *s;
    if (c == '\\' && s[1]) {
      s++;
      switch (*s) {
      case 'n': c = '\n'; break;
      case 'r': c = '\r'; break;
      case 't': c = '\t'; break;
      case '\\': break;
      case 'x':
        if (s[1] && s[2]) {
          char digits[3] = {s[1], s[2], 0};
          c = (char)strtol(digits, NULL, 16);
          s += 2;
          break;
        }
        buffer_add(&b, "\\", 1);
        c = *s;
        break;
      default:
        buffer_add(&b, "\\", 1);
        c = *s;
      }
    }
    buffer_add(&b, &c, 1);
  }
  return b;
}

static buffer letters(size_t count) {
  buffer b = {0};
  for (size_t i = 0; i < count; i++) {
    char c = (char)('a' + i % 26);
    buffer_add(&b, &c, 1);
  }
  return b;
}

static void add_header(const char *text) {
  buffer_add_text(&opt.headers, text);
  buffer_add_text(&opt.headers, "\r\n");
}

static void add_init(buffer *inits, int *count, const char *text) {
  if (*count == MAX_INITS) die("at most %d texts to send at first", MAX_INITS);
  inits[(*count)++] = parse_text(text);
}

/* Takes an option that has no value. */
static bool take_switch(const char *name) {
  if (!strcmp(name, "--binary")) opt.binary = true;
  else if (!strcmp(name, "--init-binary")) opt.init_binary = true;
  else if (!strcmp(name, "--pub-binary")) opt.publisher_binary = true;
  else return false;
  return true;
}

static void take_value(const char *name, const char *value) {
  if (!strcmp(name, "-c")) opt.connections = atoi(value);
  else if (!strcmp(name, "-d")) opt.duration = atof(value);
  else if (!strcmp(name, "-p")) opt.port = atoi(value);
  else if (!strcmp(name, "--warm")) opt.warm = atof(value);
  else if (!strcmp(name, "--ramp")) opt.ramp = atoi(value);
  else if (!strcmp(name, "--sources")) opt.sources = atoi(value);
  else if (!strcmp(name, "--timeout")) opt.timeout = atof(value);
  else if (!strcmp(name, "--settle")) opt.settle = atof(value);
  else if (!strcmp(name, "--depth")) opt.depth = atoi(value);
  else if (!strcmp(name, "--rate")) opt.rate = atof(value);
  else if (!strcmp(name, "--window")) opt.window = atoi(value);
  else if (!strcmp(name, "--header")) add_header(value);
  else if (!strcmp(name, "--proto")) opt.protocol = value;
  else if (!strcmp(name, "--msg")) opt.message = parse_text(value);
  else if (!strcmp(name, "--size")) opt.message = letters((size_t)atol(value));
  else if (!strcmp(name, "--expect")) opt.expect = parse_text(value);
  else if (!strcmp(name, "--init")) add_init(opt.inits, &opt.init_count, value);
  else if (!strcmp(name, "--ready-on")) opt.ready_on = parse_text(value);
  else if (!strcmp(name, "--pub")) opt.publish_url = parse_url(value);
  else if (!strcmp(name, "--pub-msg")) opt.publish_message = parse_text(value);
  else if (!strcmp(name, "--pub-init")) add_init(opt.publisher_inits, &opt.publisher_init_count, value);
  else if (!strcmp(name, "--pub-ready-on")) opt.publisher_ready_on = parse_text(value);
  else if (!strcmp(name, "--create")) opt.create = value;
  else if (!strcmp(name, "--key-field")) opt.key_field = value;
  else if (!strcmp(name, "--method")) opt.method = value;
  else if (!strcmp(name, "--body")) opt.body = parse_text(value);
  else if (!strcmp(name, "--release")) opt.release_url = parse_url(value);
  else if (!strcmp(name, "--release-method")) opt.release_method = value;
  else if (!strcmp(name, "--release-body")) opt.release_body = parse_text(value);
  else if (!strcmp(name, "--reply-size")) opt.reply_size = (size_t)atol(value);
  else die("unknown option %s", name);
}

static void raise_file_limit(void) {
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  if (opt.mode != MODE_SERVE && (rlim_t)opt.connections + 16 > limit.rlim_cur)
    die("%d connections need a higher limit on open files than %llu", opt.connections, (unsigned long long)limit.rlim_cur);
}

static void check(void) {
  raise_file_limit();
  if (opt.mode == MODE_SERVE) {
    if (opt.port < 1 || opt.port > 65535) die("give the port: -p PORT");
    return;
  }
  if (opt.connections < 1 || opt.connections > 60000 || opt.ramp < 1) die("-c takes 1 to 60000, --ramp 1 or more");
  if (opt.depth < 1 || opt.depth > 1024 || opt.window < 1) die("--depth takes 1 to 1024, --window 1 or more");
  if (opt.sources < 1 || opt.sources > 250) die("--sources takes 1 to 250");
  if (opt.duration <= 0 || opt.duration > 600 || opt.warm < 0 || opt.rate < 0 || opt.rate > 1e8)
    die("-d, --warm or --rate is out of bounds");
  bool http = opt.mode == MODE_GET || opt.mode == MODE_PARK;
  bool raw = opt.mode == MODE_FANOUT && !strcmp(opt.url.scheme, "tcp");
  if (!raw && strcmp(opt.url.scheme, http ? "http" : "ws")) die("%s needs %s://", mode_names[opt.mode], http ? "http" : "ws");
  if (opt.mode == MODE_FANOUT && (!opt.publish_url.port || !opt.publish_message.count)) die("fanout needs --pub and --pub-msg");
  if (opt.mode == MODE_PARK && !opt.release_url.port) die("park needs --release");
  if (!opt.message.count) opt.message = letters(100);
  /* An open loop must be able to send while earlier answers are still due. */
  if (opt.rate > 0 && opt.mode == MODE_ECHO && opt.depth == 1) opt.depth = 256;
}

void options_parse(int argc, char **argv) {
  int mode = MODE_COUNT, i = 2;
  if (argc < 2) die("give a mode: echo, fanout, idle, get, park or serve");
  for (int m = 0; m < MODE_COUNT; m++) if (!strcmp(argv[1], mode_names[m])) mode = m;
  if (mode == MODE_COUNT) die("unknown mode %s", argv[1]);
  opt.mode = (enum mode)mode;
  if (opt.mode != MODE_SERVE) {
    if (argc < 3) die("%s needs a URL", argv[1]);
    opt.url = parse_url(argv[i++]);
  }
  for (; i < argc; i++) {
    if (take_switch(argv[i])) continue;
    if (i + 1 == argc) die("%s is unknown or needs a value", argv[i]);
    take_value(argv[i], argv[i + 1]);
    i++;
  }
  check();
}
