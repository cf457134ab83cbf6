#define _GNU_SOURCE
#include "load.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

void die(const char *format, ...) {
  char text[512];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  printf("{\"error\":\"");
  for (const char *p = text; *p; p++) putchar(*p == '"' || *p == '\\' || (unsigned char)*p < 32 ? '\'' : *p);
  printf("\"}\n");
  exit(2);
}

uint64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * NANOSECONDS + (uint64_t)t.tv_nsec;
}

double cpu_seconds(void) {
  struct rusage use;
  getrusage(RUSAGE_SELF, &use);
  return (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) + (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6;
}

void *allocate(void *old, size_t size) {
  void *p = realloc(old, size ? size : 1);
  if (!p) die("out of memory");
  return p;
}

void buffer_add(buffer *to, const void *bytes, size_t count) {
  if (to->count + count > to->capacity) {
    to->capacity = (to->count + count) * 2 + 64;
    to->bytes = allocate(to->bytes, to->capacity);
  }
  if (count) memcpy(to->bytes + to->count, bytes, count);
  to->count += count;
}

void buffer_add_text(buffer *to, const char *text) { buffer_add(to, text, strlen(text)); }

void buffer_free(buffer *b) {
  free(b->bytes);
  *b = (buffer){0};
}

bool buffer_contains(const buffer *in, const buffer *what) {
  return in->count >= what->count && memmem(in->bytes, in->count, what->bytes, what->count);
}

int hex_value(uint8_t digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  return -1;
}
