/* Regular expressions by backtracking, compiled to nodes: alternatives, repetition, classes, groups. */
#include "kernel.h"

enum kind { CHAR, ANY, CLASS, SPLIT, JUMP, SAVE, START_OF_LINE, END_OF_LINE, MATCH };

struct node {
  uint8_t kind, c;
  int16_t x, y;
};

static struct node program[256];
static int nodes;
static uint8_t classes[8][32];
static int class_count;
static const char *pattern;

static int emit(int kind, int c, int x, int y) {
  program[nodes] = (struct node){kind, c, x, y};
  return nodes++;
}

static void insert(int at, int kind) {
  for (int i = nodes++; i > at; i--) {
    program[i] = program[i - 1];
    if (program[i].kind == SPLIT || program[i].kind == JUMP) {
      if (program[i].x >= at) program[i].x++;
      if (program[i].y >= at) program[i].y++;
    }
  }
  program[at] = (struct node){kind, 0, 0, 0};
}

static void alternatives(void);

static void atom(void) {
  char c = *pattern++;
  if (c == '(') {
    emit(SAVE, 0, 0, 0);
    alternatives();
    emit(SAVE, 1, 0, 0);
    pattern++;
  } else if (c == '[') {
    uint8_t *set = classes[class_count];
    while (*pattern != ']') {
      int from = (uint8_t)*pattern++, to = from;
      if (*pattern == '-') {
        to = (uint8_t)pattern[1];
        pattern += 2;
      }
      for (int i = from; i <= to; i++) set[i >> 3] |= 1 << (i & 7);
    }
    pattern++;
    emit(CLASS, class_count++, 0, 0);
  } else if (c == '.') {
    emit(ANY, 0, 0, 0);
  } else {
    emit(CHAR, c, 0, 0);
  }
}

static void sequence(void) {
  while (*pattern && *pattern != '|' && *pattern != ')') {
    int start = nodes;
    atom();
    if (*pattern == '*' || *pattern == '+') {
      if (*pattern == '*') {
        insert(start, SPLIT);
        program[start].x = start + 1;
        emit(JUMP, 0, start, 0);
        program[start].y = nodes;
      } else {
        emit(SPLIT, 0, start, nodes + 1);
      }
      pattern++;
    } else if (*pattern == '?') {
      insert(start, SPLIT);
      program[start].x = start + 1;
      program[start].y = nodes;
      pattern++;
    }
  }
}

static void alternatives(void) {
  int start = nodes;
  sequence();
  if (*pattern == '|') {
    pattern++;
    insert(start, SPLIT);
    int jump = emit(JUMP, 0, 0, 0);
    program[start].x = start + 1;
    program[start].y = nodes;
    alternatives();
    program[jump].x = nodes;
  }
}

static const char *end_of_text;
static int steps;

static const char *match(int at, const char *s) {
  for (;;) {
    const struct node *n = &program[at];
    steps++;
    switch (n->kind) {
      case CHAR:
        if (s == end_of_text || *s != n->c) return 0;
        s++, at++;
        break;
      case ANY:
        if (s == end_of_text || *s == '\n') return 0;
        s++, at++;
        break;
      case CLASS: {
        if (s == end_of_text) return 0;
        uint8_t c = *s;
        if (!(classes[n->c][c >> 3] >> (c & 7) & 1)) return 0;
        s++, at++;
        break;
      }
      case SPLIT: {
        const char *end = match(n->x, s);
        if (end) return end;
        at = n->y;
        break;
      }
      case JUMP: at = n->x; break;
      case SAVE: at++; break;
      case MATCH: return s;
      default: return 0;
    }
  }
}

static char text[1 << 14];

static uint64_t run(void) {
  static const char *const patterns[] = {"[a-z]+@[a-z]+(.com|.org|.net)", "([0-9]+.)?[0-9]+(px|em)", "(a|b|c)*d", "x*y*z+[a-f]"};
  uint32_t size = 0;
  while (size < sizeof text - 1) {
    uint32_t r = next_random();
    text[size++] = r % 40 < 26 ? 'a' + r % 26 : "@.0123 px.com\n"[r % 14];
  }
  end_of_text = text + size;
  uint64_t sum = 0;
  for (int round = 0; round < 12; round++) {
    for (int i = 0; i < 4; i++) {
      nodes = class_count = 0;
      for (int k = 0; k < 8; k++)
        for (int b = 0; b < 32; b++) classes[k][b] = 0;
      pattern = patterns[i];
      alternatives();
      emit(MATCH, 0, 0, 0);
      for (const char *s = text; s < end_of_text; s++) {
        const char *end = match(0, s);
        if (end) sum = sum * 31 + (end - s);
      }
      sum += steps;
    }
  }
  return sum;
}
