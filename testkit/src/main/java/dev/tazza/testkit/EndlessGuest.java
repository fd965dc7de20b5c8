package dev.tazza.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Modules whose function {@code run} never returns, of every shape that a loop can have: what stops
 * guests has to find its way into each. They import {@code h.nothing}.
 *
 * @param shape the name of what it is like
 * @param text the module
 */
public record EndlessGuest(String shape, String text) {
  private static final String HEAD =
      """
      (module
        (import "h" "nothing" (func $nothing))
        (type $step (func (param i32) (result i32)))
        (tag $e (param i32))
        (memory 65536)
        (table $t 10000000 funcref)
        (table $calls funcref (elem $next $by_table))
        (elem declare func $by_reference)
        (global $g (mut i32) (i32.const 1))
        (func $next (param i32) (result i32) (i32.add (local.get 0) (i32.const 3)))
        (func $by_table (param i32) (result i32)
          (return_call_indirect $calls (type $step)
            (i32.add (local.get 0) (i32.const 1)) (i32.const 1)))
        (func $by_reference (param i32) (result i32)
          (return_call_ref $step
            (i32.xor (local.get 0) (i32.const 5)) (ref.func $by_reference)))
        (func $self (param i32) (result i32)
          (return_call $self (i32.mul (local.get 0) (i32.const 3))))
        (func $ping (param i32) (result i32)
          (if (i32.eqz (local.get 0)) (then (return_call $pong (i32.const 1))))
          (return_call $pong (i32.sub (local.get 0) (i32.const 1))))
        (func $pong (param i32) (result i32)
          (return_call $ping (i32.add (local.get 0) (i32.const 2))))
        (func $deep (param i32)
          (if (i32.eqz (local.get 0)) (then (return)))
          (call $deep (i32.sub (local.get 0) (i32.const 1)))
          (call $deep (i32.sub (local.get 0) (i32.const 1))))
        (func $even (param i32)
          (if (i32.eqz (local.get 0)) (then (return)))
          (call $odd (i32.sub (local.get 0) (i32.const 1)))
          (call $odd (i32.sub (local.get 0) (i32.const 1))))
        (func $odd (param i32)
          (if (i32.eqz (local.get 0)) (then (return)))
          (call $even (i32.sub (local.get 0) (i32.const 1)))
          (call $even (i32.sub (local.get 0) (i32.const 1))))
        (func $throws (param i32) (throw $e (local.get 0)))
        (func (export "run") (local $i i32) (local $j i32) (local $k i64) (local $x f64)
          (local $v v128)
      """;

  /**
   * Shapes: a name, and the body of {@code run}. # stands for a small number, @ for operators that
   * do something.
   */
  private static final String[][] SHAPES = {
    {"empty loop", "(loop (br 0))"},
    {"counting", "(loop (local.set $i (i32.add (local.get $i) (i32.const #))) (br 0))"},
    {"long body", "(loop @ @ @ @ @ @ (br 0))"},
    {"never false", "(loop @ (br_if 0 (i32.eqz (i32.and (local.get $i) (i32.const 0)))))"},
    {
      "nested loops",
      """
      (loop $o (local.set $j (i32.const #000))
        (loop $n @ (br_if $n (local.tee $j (i32.sub (local.get $j) (i32.const 1)))))
        (br $o))
      """
    },
    {
      "unrolled loop",
      """
      (loop $o (local.set $j (i32.const 0))
        (loop $n
          (local.set $i (i32.add (local.get $i) (i32.load8_u (local.get $j))))
          (br_if $n (i32.lt_u (local.tee $j (i32.add (local.get $j) (i32.const 1)))
            (i32.const #000))))
        (br $o))
      """
    },
    {
      "widened loop",
      """
      (loop $o (local.set $j (i32.const 0))
        (loop $n
          (i32.store8 offset=#0000 (local.get $j) (i32.load8_u (local.get $j)))
          (br_if $n (i32.lt_u (local.tee $j (i32.add (local.get $j) (i32.const 1)))
            (i32.const #000000))))
        (br $o))
      """
    },
    {"inlined calls", "(loop (local.set $i (call $next (call $next (local.get $i)))) (br 0))"},
    {
      "calls through a table",
      """
      (loop
        (local.set $i (call_indirect $calls (type $step) (local.get $i) (i32.const 0))) (br 0))
      """
    },
    {"recursion", "(loop (call $deep (i32.const 6#)) (br 0))"},
    {"mutual recursion", "(loop (call $even (i32.const 6#)) (br 0))"},
    {"tail call of itself", "(drop (call $self (i32.const #)))"},
    {"mutual tail calls", "(drop (call $ping (i32.const #)))"},
    {"tail calls through a table", "(drop (call $by_table (i32.const #)))"},
    {"tail calls by reference", "(drop (call $by_reference (i32.const #)))"},
    {
      "br_table cycle",
      """
      (loop $a (loop $b (loop $c @
        (local.set $i (i32.add (local.get $i) (i32.const #)))
        (br_table $a $b $c $a $c (i32.and (local.get $i) (i32.const 7))))))
      """
    },
    {
      "large br_table",
      """
      (loop $a
        (block $d (block $c (block $b
          (br_table $b $c $d $b $c $d $b $d $a
            (i32.rem_u (local.tee $i (i32.add (local.get $i) (i32.const #))) (i32.const 11))))
          @ (br $a)) @ (br $a)) @ (br $a))
      """
    },
    {
      "memory.fill of 4 GiB",
      "(loop (memory.fill (i32.const 0) (i32.const 0) (i32.const -1)) (br 0))"
    },
    {
      "memory.copy of 2 GiB",
      """
      (loop (memory.copy (i32.const 0) (i32.const 0x7fff0000) (i32.const 0x7fff0000)) (br 0))
      """
    },
    {"short copies", "(loop (memory.copy (i32.const 64) (i32.const 0) (i32.const #00)) (br 0))"},
    {
      "table.fill",
      "(loop (table.fill $t (i32.const 0) (ref.null func) (i32.const 10000000)) (br 0))"
    },
    {
      "table.copy",
      "(loop (table.copy $t $t (i32.const #) (i32.const 0) (i32.const 9999000)) (br 0))"
    },
    {
      "table.get and set", "(loop (table.set $t (i32.const #) (table.get $t (i32.const 9))) (br 0))"
    },
    {"memory.grow", "(loop (drop (memory.grow (i32.const 0))) (br 0))"},
    {"table.grow", "(loop (drop (table.grow $t (ref.null func) (i32.const 0))) (br 0))"},
    {"host calls", "(loop (call $nothing) (br 0))"},
    {
      "few host calls",
      "(loop $o (local.set $j (i32.const #00)) (loop @"
          + " (br_if 0 (local.tee $j (i32.sub (local.get $j) (i32.const 1)))))"
          + " (call $nothing) (br $o))"
    },
    {
      "exceptions",
      """
      (loop $l
        (block $caught (result i32)
          (try_table (catch $e $caught) (call $throws (local.get $i)))
          (unreachable))
        (local.set $i (i32.add (i32.const #)))
        (br $l))
      """
    },
    {"divisions", "(loop (local.set $k (i64.div_u (i64.const -1) (i64.const 3#))) (br 0))"},
    {
      "floating point",
      "(loop (local.set $x (f64.sqrt (f64.add (local.get $x) (f64.const #)))) (br 0))"
    },
    {
      "vectors",
      """
      (loop (local.set $v (i32x4.mul (i32x4.add (local.get $v) (v128.load (i32.const #0)))
        (i32x4.splat (local.get $i)))) @ (br 0))
      """
    },
    {"globals", "(loop (global.set $g (i32.add (global.get $g) (i32.const #))) (br 0))"},
  };

  /** What stands for an @. */
  private static final String[] OPERATORS = {
    "(i32.store (i32.const #0) (local.get $i))",
    "(local.set $i (i32.mul (local.get $i) (i32.const #3)))",
    "(local.set $k (i64.rotl (local.get $k) (i64.const #)))",
    "(global.set $g (i32.xor (global.get $g) (local.get $i)))",
    "(if (i32.and (local.get $i) (i32.const #)) (then (local.set $i (call $next (local.get $i)))))",
    "(local.set $i (i32.add (i32.load (i32.const 1#)) (local.get $i)))"
  };

  /** So many of them, all shapes in turn; the same for the same seed. */
  public static List<EndlessGuest> make(int count, long seed) {
    Random random = new Random(seed);
    List<EndlessGuest> guests = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String[] shape = SHAPES[i % SHAPES.length];
      guests.add(new EndlessGuest(shape[0], HEAD + fill(shape[1], random) + "))"));
    }
    return guests;
  }

  /** How many shapes there are. */
  public static int shapes() {
    return SHAPES.length;
  }

  private static String fill(String body, Random random) {
    StringBuilder text = new StringBuilder();
    for (char letter : body.toCharArray()) {
      switch (letter) {
        case '@' -> text.append(fill(OPERATORS[random.nextInt(OPERATORS.length)], random));
        case '#' -> text.append(1 + random.nextInt(9));
        default -> text.append(letter);
      }
    }
    return text.toString();
  }
}
