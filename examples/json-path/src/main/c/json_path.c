// Selects values of a JSON text by a path, without building a tree: a match is a piece of the text.
//
// Paths are a part of RFC 9535: $ .name ['name'] [3] [-1] [1:3] [*] .* ..name ..[*]
//
// One call at a time: the text and the path are written to where input() says, one after the other,
// then select() is called, and results() has the start and length of each match, as pairs of 32 bits.
#include <stddef.h>
#include <stdint.h>

#define EXPORT(name) __attribute__((export_name(#name)))
#define PAGE 65536u
#define MAX_DEPTH 1000
#define MAX_STEPS 64

// What select() returns instead of a number of matches.
enum { BAD_JSON = -1, BAD_PATH = -2, TOO_DEEP = -3, NO_MEMORY = -4 };

typedef enum { CHILD, INDEX, SLICE, ANY, DESCEND } kind;

typedef struct {
  kind kind;
  const char *name; // of CHILD
  size_t length;
  int32_t from, to; // INDEX has from; a slice's end that was left out is INT32_MAX
} step;

typedef struct {
  uint32_t start, length;
} match;

extern unsigned char __heap_base;

static char *text, *end; // the JSON
static match *matches;
static uint32_t match_count;
static step steps[MAX_STEPS];
static int step_count;
static const char *error_at;
static int error;

static int reserve(const void *to) {
  size_t pages = __builtin_wasm_memory_size(0);
  size_t needed = ((uintptr_t)to + PAGE - 1) / PAGE;
  return needed <= pages || __builtin_wasm_memory_grow(0, needed - pages) != (size_t)-1;
}

static void *fail(int code, const char *at) {
  if (!error) {
    error = code;
    error_at = at;
  }
  return NULL;
}

// ---- JSON: each takes the place where something begins, and gives the one behind it, or NULL

static const char *space(const char *p) {
  while (p < end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t')) p++;
  return p;
}

static int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c |= 0x20;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static const char *string(const char *p) {
  if (p >= end || *p != '"') return fail(BAD_JSON, p);
  for (p++; p < end && *p != '"'; p++) {
    if ((unsigned char)*p < 0x20) return fail(BAD_JSON, p);
    if (*p != '\\') continue;
    if (++p >= end) break;
    if (*p == 'u') {
      for (int i = 0; i < 4; i++) {
        if (++p >= end || hex(*p) < 0) return fail(BAD_JSON, p);
      }
    } else if (*p != '"' && *p != '\\' && *p != '/' && *p != 'b' && *p != 'f' && *p != 'n' && *p != 'r' && *p != 't') {
      return fail(BAD_JSON, p);
    }
  }
  return p < end ? p + 1 : fail(BAD_JSON, p);
}

static const char *digits(const char *p) {
  if (p >= end || *p < '0' || *p > '9') return fail(BAD_JSON, p);
  while (p < end && *p >= '0' && *p <= '9') p++;
  return p;
}

static const char *number(const char *p) {
  if (*p == '-') p++;
  if (p < end && *p == '0') p++;
  else if (!(p = digits(p))) return NULL;
  if (p < end && *p == '.' && !(p = digits(p + 1))) return NULL;
  if (p < end && (*p | 0x20) == 'e') {
    p++;
    if (p < end && (*p == '+' || *p == '-')) p++;
    p = digits(p);
  }
  return p;
}

static const char *word(const char *p, const char *expected) {
  for (; *expected; expected++, p++) {
    if (p >= end || *p != *expected) return fail(BAD_JSON, p);
  }
  return p;
}

static const char *value(const char *p, int depth);

// An array or object. After each element, *p is behind it.
static const char *container(const char *p, int depth) {
  char close = *p == '[' ? ']' : '}';
  if (depth > MAX_DEPTH) return fail(TOO_DEEP, p);
  p = space(p + 1);
  if (p < end && *p == close) return p + 1;
  while (1) {
    if (close == '}') {
      if (!(p = string(space(p)))) return NULL;
      p = space(p);
      if (p >= end || *p != ':') return fail(BAD_JSON, p);
      p++;
    }
    if (!(p = value(p, depth + 1))) return NULL;
    p = space(p);
    if (p < end && *p == close) return p + 1;
    if (p >= end || *p != ',') return fail(BAD_JSON, p);
    p++;
  }
}

static const char *value(const char *p, int depth) {
  p = space(p);
  if (p >= end) return fail(BAD_JSON, p);
  switch (*p) {
    case '[':
    case '{': return container(p, depth);
    case '"': return string(p);
    case 't': return word(p, "true");
    case 'f': return word(p, "false");
    case 'n': return word(p, "null");
    default: return number(p);
  }
}

// ---- paths

static const char *path_end;

static const char *path_number(const char *p, int32_t *result) {
  int negative = p < path_end && *p == '-';
  int64_t number = 0;
  const char *first = p += negative;
  for (; p < path_end && *p >= '0' && *p <= '9'; p++) {
    number = number * 10 + (*p - '0');
    if (number > INT32_MAX) return NULL;
  }
  *result = (int32_t)(negative ? -number : number);
  return p > first ? p : NULL;
}

static const char *bracket(const char *p, step *s) {
  if (p < path_end && *p == '*') {
    s->kind = ANY;
    p++;
  } else if (p < path_end && (*p == '\'' || *p == '"')) {
    char quote = *p++;
    s->kind = CHILD;
    s->name = p;
    while (p < path_end && *p != quote) p++;
    s->length = p - s->name;
    p++;
  } else {
    s->kind = INDEX;
    s->from = 0;
    s->to = INT32_MAX;
    if (!(p < path_end && *p == ':') && !(p = path_number(p, &s->from))) return NULL;
    if (p < path_end && *p == ':') {
      s->kind = SLICE;
      p++;
      if (!(p < path_end && *p == ']') && !(p = path_number(p, &s->to))) return NULL;
    }
  }
  return p < path_end && *p == ']' ? p + 1 : NULL;
}

static const char *dotted(const char *p, step *s) {
  if (p < path_end && *p == '*') {
    s->kind = ANY;
    return p + 1;
  }
  s->kind = CHILD;
  s->name = p;
  while (p < path_end && *p != '.' && *p != '[') p++;
  s->length = p - s->name;
  return s->length ? p : NULL;
}

static const char *parse_path(const char *p) {
  step_count = 0;
  if (p >= path_end || *p++ != '$') return NULL;
  while (p && p < path_end) {
    if (step_count + 2 > MAX_STEPS) return NULL;
    if (path_end - p > 1 && p[0] == '.' && p[1] == '.') {
      steps[step_count++].kind = DESCEND;
      p += 2;
      p = p < path_end && *p == '[' ? bracket(p + 1, &steps[step_count]) : dotted(p, &steps[step_count]);
    } else if (*p == '.') {
      p = dotted(p + 1, &steps[step_count]);
    } else if (*p == '[') {
      p = bracket(p + 1, &steps[step_count]);
    } else {
      return NULL;
    }
    step_count++;
  }
  return p;
}

// ---- names: escapes in keys stand for what they mean

static int utf8(uint32_t c, char *out) {
  if (c < 0x80) return out[0] = (char)c, 1;
  if (c < 0x800) return out[0] = (char)(0xc0 | c >> 6), out[1] = (char)(0x80 | (c & 63)), 2;
  if (c < 0x10000) {
    return out[0] = (char)(0xe0 | c >> 12), out[1] = (char)(0x80 | (c >> 6 & 63)), out[2] = (char)(0x80 | (c & 63)), 3;
  }
  out[0] = (char)(0xf0 | c >> 18);
  out[1] = (char)(0x80 | (c >> 12 & 63));
  out[2] = (char)(0x80 | (c >> 6 & 63));
  out[3] = (char)(0x80 | (c & 63));
  return 4;
}

static uint32_t code_unit(const char *p) { return hex(p[0]) << 12 | hex(p[1]) << 8 | hex(p[2]) << 4 | hex(p[3]); }

// Whether the string that begins at key, known to be well-formed, is the name.
static int is_named(const char *key, const step *s) {
  size_t at = 0;
  for (key++; *key != '"';) {
    char bytes[4];
    int count = 1;
    bytes[0] = *key++;
    if (bytes[0] == '\\') {
      char escape = *key++;
      const char *from = "bfnrt", *to = "\b\f\n\r\t";
      bytes[0] = escape;
      for (int i = 0; i < 5; i++) {
        if (escape == from[i]) bytes[0] = to[i];
      }
      if (escape == 'u') {
        uint32_t c = code_unit(key);
        key += 4;
        if (c >= 0xd800 && c < 0xdc00 && key[0] == '\\' && key[1] == 'u') {
          uint32_t low = code_unit(key + 2);
          if (low >= 0xdc00 && low < 0xe000) {
            c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
            key += 6;
          }
        }
        count = utf8(c, bytes);
      }
    }
    for (int i = 0; i < count; i++, at++) {
      if (at >= s->length || s->name[at] != bytes[i]) return 0;
    }
  }
  return at == s->length;
}

// ---- selecting: the text is known to be well-formed

static void emit(const char *start, const char *behind) {
  match *next = matches + match_count;
  if (!reserve(next + 1)) {
    fail(NO_MEMORY, start);
    return;
  }
  next->start = start - text;
  next->length = behind - start;
  match_count++;
}

static int32_t count_elements(const char *p) {
  int32_t count = 0;
  for (p = space(p + 1); *p != ']'; count++) {
    p = space(value(p, 0));
    if (*p == ',') p = space(p + 1);
  }
  return count;
}

static void walk(const char *p, int at, int depth);

static void walk_children(const char *p, int at, const step *s, int depth) {
  char open = *p;
  if (open != '[' && open != '{') return;
  int32_t from = s->from, to = s->to;
  if (open == '[' && (s->kind == INDEX || s->kind == SLICE)) {
    int32_t count = from < 0 || to < 0 ? count_elements(p) : 0;
    if (from < 0) from += count;
    if (to < 0) to += count;
    if (s->kind == SLICE && from < 0) from = 0;
  }
  p = space(p + 1);
  for (int32_t i = 0; !error && *p != ']' && *p != '}'; i++) {
    int takes = s->kind == ANY || s->kind == DESCEND;
    if (open == '{') {
      takes |= s->kind == CHILD && is_named(p, s);
      p = space(space(string(p)) + 1); // behind the colon
    } else {
      takes |= s->kind == INDEX ? i == from : s->kind == SLICE && i >= from && i < to;
    }
    if (takes) walk(p, at, depth + 1);
    p = space(value(p, 0));
    if (*p == ',') p = space(p + 1);
  }
}

static void walk(const char *p, int at, int depth) {
  if (at == step_count) {
    emit(p, value(p, 0));
  } else if (steps[at].kind == DESCEND) {
    walk_children(p, at + 2, &steps[at + 1], depth);
    walk_children(p, at, &steps[at], depth);
  } else {
    walk_children(p, at + 1, &steps[at], depth);
  }
}

// ---- what is exported

// Where to write text and path, of so many bytes together; 0: there is not so much memory.
EXPORT(input) char *input(size_t length) {
  text = (char *)&__heap_base;
  return length < UINT32_MAX / 2 && reserve(text + length + 8) ? text : NULL;
}

// How many matches there are, or what is wrong.
EXPORT(select) int32_t json_select(size_t json_length, size_t path_length) {
  error = 0;
  match_count = 0;
  end = text + json_length;
  path_end = end + path_length;
  matches = (match *)(((uintptr_t)path_end + 7) & ~(uintptr_t)7);
  const char *behind = value(text, 0);
  if (behind && space(behind) != end) fail(BAD_JSON, space(behind));
  if (!error && !parse_path(end)) fail(BAD_PATH, end);
  if (!error) walk(space(text), 0, 0);
  return error ? error : (int32_t)match_count;
}

EXPORT(results) const match *results(void) { return matches; }

// The place in the text where it is wrong.
EXPORT(error_position) int32_t error_position(void) { return (int32_t)(error_at - text); }
