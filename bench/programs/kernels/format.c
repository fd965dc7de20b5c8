/* printf by hand: integers of 32 and 64 bits in several bases, fixed-point doubles, padding. */
#include "kernel.h"
#include <stdarg.h>

static char out[256];
static char *at;

static void put(char c) {
  if (at < out + sizeof out - 1) *at++ = c;
}

static void unsigned_number(uint64_t n, int base, int width, char pad) {
  char digits[64];
  int count = 0;
  do {
    digits[count++] = "0123456789abcdef"[n % base];
    n /= base;
  } while (n);
  while (count < width) digits[count++] = pad;
  while (count) put(digits[--count]);
}

static void fixed(double d, int places) {
  if (d < 0) {
    put('-');
    d = -d;
  }
  double rounding = 0.5;
  for (int i = 0; i < places; i++) rounding /= 10;
  d += rounding;
  uint64_t whole = (uint64_t)d;
  unsigned_number(whole, 10, 1, ' ');
  put('.');
  d -= whole;
  while (places--) {
    d *= 10;
    int digit = (int)d;
    put('0' + digit);
    d -= digit;
  }
}

static int __attribute__((noinline)) format(const char *f, ...) {
  va_list args;
  va_start(args, f);
  at = out;
  for (; *f; f++) {
    if (*f != '%') {
      put(*f);
      continue;
    }
    char pad = ' ';
    int width = 0, places = 6;
    f++;
    if (*f == '0') pad = *f++;
    while (*f >= '0' && *f <= '9') width = width * 10 + (*f++ - '0');
    if (*f == '.') {
      places = 0;
      f++;
      while (*f >= '0' && *f <= '9') places = places * 10 + (*f++ - '0');
    }
    int large = 0;
    if (*f == 'l') {
      large = 1;
      f++;
    }
    switch (*f) {
      case 'd': {
        int64_t n = large ? va_arg(args, int64_t) : va_arg(args, int32_t);
        if (n < 0) put('-');
        unsigned_number(n < 0 ? -(uint64_t)n : n, 10, width, pad);
        break;
      }
      case 'u': unsigned_number(large ? va_arg(args, uint64_t) : va_arg(args, uint32_t), 10, width, pad); break;
      case 'x': unsigned_number(large ? va_arg(args, uint64_t) : va_arg(args, uint32_t), 16, width, pad); break;
      case 'f': fixed(va_arg(args, double), places); break;
      case 's': {
        const char *s = va_arg(args, const char *);
        while (*s) put(*s++);
        break;
      }
      case 'c': put(va_arg(args, int)); break;
      default: put(*f);
    }
  }
  va_end(args);
  *at = 0;
  return at - out;
}

static uint64_t run(void) {
  uint64_t sum = 0;
  for (int i = 0; i < 100000; i++) {
    uint32_t r = next_random();
    sum += format("%5d|%08x|%.3f|%s|%c%lu\n", (int)(r % 20001) - 10000, r, r / 977.0, "text", 'a' + r % 26, (uint64_t)r * r);
    for (char *p = out; *p; p++) sum = sum * 31 + *p;
  }
  return sum;
}
