/* A virtual machine with a stack and a switch, as scripting languages have them, that counts primes and computes. */
#include "kernel.h"

enum op { PUSH, LOAD, STORE, ADD, SUB, MUL, MOD, LT, EQ, JUMP, JUMP_IF_NOT, INDEX, SET_INDEX, DUP, DROP, AND, SHL, CALL, RETURN, HALT };

#define N 4000
static int32_t heap[N];

static int64_t execute(const int32_t *code) {
  int32_t stack[64], locals[16] = {0}, calls[16];
  int sp = 0, depth = 0;
  const int32_t *pc = code;
  for (;;) {
    switch (*pc++) {
      case PUSH: stack[sp++] = *pc++; break;
      case LOAD: stack[sp++] = locals[*pc++]; break;
      case STORE: locals[*pc++] = stack[--sp]; break;
      case ADD: sp--; stack[sp - 1] += stack[sp]; break;
      case SUB: sp--; stack[sp - 1] -= stack[sp]; break;
      case MUL: sp--; stack[sp - 1] *= stack[sp]; break;
      case MOD: sp--; stack[sp - 1] %= stack[sp]; break;
      case LT: sp--; stack[sp - 1] = stack[sp - 1] < stack[sp]; break;
      case EQ: sp--; stack[sp - 1] = stack[sp - 1] == stack[sp]; break;
      case JUMP: pc = code + *pc; break;
      case JUMP_IF_NOT: pc = stack[--sp] ? pc + 1 : code + *pc; break;
      case INDEX: stack[sp - 1] = heap[stack[sp - 1] % N]; break;
      case SET_INDEX: sp -= 2; heap[stack[sp] % N] = stack[sp + 1]; break;
      case DUP: stack[sp] = stack[sp - 1]; sp++; break;
      case DROP: sp--; break;
      case AND: sp--; stack[sp - 1] &= stack[sp]; break;
      case SHL: sp--; stack[sp - 1] <<= stack[sp]; break;
      case CALL: calls[depth++] = pc + 1 - code; pc = code + *pc; break;
      case RETURN: pc = code + calls[--depth]; break;
      case HALT: return stack[sp - 1];
    }
  }
}

/* i = 2; while (i < N) { if (heap[i] == 0) { count++; j = i + i; while (j < N) { heap[j] = 1; j += i; } } i++; } */
static const int32_t sieve[] = {
    /* 0 */ PUSH, 2, STORE, 0,
    /* 4 */ LOAD, 0, PUSH, N, LT, JUMP_IF_NOT, 56,
    /* 11 */ LOAD, 0, INDEX, PUSH, 0, EQ, JUMP_IF_NOT, 47,
    /* 19 */ LOAD, 2, PUSH, 1, ADD, STORE, 2,
    /* 26 */ LOAD, 0, DUP, ADD, STORE, 1,
    /* 32 */ LOAD, 1, PUSH, N, LT, JUMP_IF_NOT, 47,
    /* 39 */ CALL, 60, JUMP, 32, HALT, HALT, HALT, HALT,
    /* 47 */ LOAD, 0, PUSH, 1, ADD, STORE, 0, JUMP, 4,
    /* 56 */ LOAD, 2, HALT, HALT,
    /* 60 */ LOAD, 1, PUSH, 1, SET_INDEX, LOAD, 1, LOAD, 0, ADD, STORE, 1, RETURN};

static uint64_t run(void) {
  uint64_t sum = 0;
  for (int round = 0; round < 60; round++) {
    for (int i = 0; i < N; i++) heap[i] = 0;
    sum = sum * 31 + execute(sieve);
  }
  return sum;
}
