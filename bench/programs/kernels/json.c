/* Writes a JSON text and reads it again: a tokenizer with a switch, a recursive parser, numbers, escaped strings. */
#include "kernel.h"

static char text[1 << 18];
static size_t length;

static void put(char c) { text[length++] = c; }
static void puts_(const char *s) {
  while (*s) put(*s++);
}
static void number(uint32_t n) {
  char digits[10];
  int count = 0;
  do digits[count++] = '0' + n % 10;
  while (n /= 10);
  while (count) put(digits[--count]);
}

static void write_text(void) {
  put('[');
  for (int i = 0; i < 1200; i++) {
    if (i) puts_(",\n  ");
    puts_("{\"id\": ");
    number(i);
    puts_(", \"name\": \"user \\\"");
    number(next_random() % 100000);
    puts_("\\\" \\u00e9t\\u00e9\", \"score\": -");
    number(next_random() % 1000);
    put('.');
    number(next_random() % 1000);
    puts_("e2, \"tags\": [\"a\", \"bc\", \"def\"], \"active\": ");
    puts_(next_random() & 1 ? "true" : "false");
    puts_(", \"parent\": null}");
  }
  put(']');
}

struct reader {
  const char *at, *end;
  uint64_t sum;
  int depth;
};

static void skip(struct reader *r) {
  while (r->at < r->end) {
    switch (*r->at) {
      case ' ':
      case '\n':
      case '\t':
      case '\r':
        r->at++;
        break;
      default:
        return;
    }
  }
}

static int hex(char c) { return c <= '9' ? c - '0' : (c | 32) - 'a' + 10; }

static char scratch[256];

static int string(struct reader *r) {
  char *to = scratch;
  r->at++;
  while (r->at < r->end) {
    char c = *r->at++;
    switch (c) {
      case '"':
        for (char *p = scratch; p < to; p++) r->sum = r->sum * 31 + (uint8_t)*p;
        return 1;
      case '\\':
        c = *r->at++;
        switch (c) {
          case 'n': *to++ = '\n'; break;
          case 't': *to++ = '\t'; break;
          case 'r': *to++ = '\r'; break;
          case 'b': *to++ = '\b'; break;
          case 'f': *to++ = '\f'; break;
          case 'u': {
            int code = hex(r->at[0]) << 12 | hex(r->at[1]) << 8 | hex(r->at[2]) << 4 | hex(r->at[3]);
            r->at += 4;
            if (code < 0x80) {
              *to++ = code;
            } else if (code < 0x800) {
              *to++ = 0xc0 | code >> 6;
              *to++ = 0x80 | (code & 63);
            } else {
              *to++ = 0xe0 | code >> 12;
              *to++ = 0x80 | (code >> 6 & 63);
              *to++ = 0x80 | (code & 63);
            }
            break;
          }
          default: *to++ = c;
        }
        break;
      default:
        *to++ = c;
    }
  }
  return 0;
}

static int scalar(struct reader *r) {
  double value = 0, scale = 1;
  int negative = *r->at == '-';
  if (negative) r->at++;
  while (*r->at >= '0' && *r->at <= '9') value = value * 10 + (*r->at++ - '0');
  if (*r->at == '.') {
    r->at++;
    while (*r->at >= '0' && *r->at <= '9') {
      scale /= 10;
      value += (*r->at++ - '0') * scale;
    }
  }
  if ((*r->at | 32) == 'e') {
    r->at++;
    int exponent = 0;
    while (*r->at >= '0' && *r->at <= '9') exponent = exponent * 10 + (*r->at++ - '0');
    while (exponent-- > 0) value *= 10;
  }
  r->sum += (uint64_t)(int64_t)(negative ? -value : value);
  return 1;
}

static int word(struct reader *r, const char *expected) {
  while (*expected) {
    if (*r->at++ != *expected++) return 0;
  }
  return 1;
}

static int value(struct reader *r) {
  skip(r);
  r->sum++;
  switch (*r->at) {
    case '{':
      r->depth++;
      do {
        r->at++;
        skip(r);
        if (!string(r)) return 0;
        skip(r);
        if (*r->at++ != ':' || !value(r)) return 0;
        skip(r);
      } while (*r->at == ',');
      r->depth--;
      return *r->at++ == '}';
    case '[':
      do {
        r->at++;
        if (!value(r)) return 0;
        skip(r);
      } while (*r->at == ',');
      return *r->at++ == ']';
    case '"': return string(r);
    case 't': return word(r, "true");
    case 'f': return word(r, "false");
    case 'n': return word(r, "null");
    case '-':
    case '0': case '1': case '2': case '3': case '4': case '5': case '6': case '7': case '8': case '9':
      return scalar(r);
    default: return 0;
  }
}

static uint64_t run(void) {
  write_text();
  uint64_t sum = 0;
  for (int round = 0; round < 60; round++) {
    struct reader r = {text, text + length, 0, 0};
    sum = sum * 7 + value(&r) + r.sum;
  }
  return sum;
}
