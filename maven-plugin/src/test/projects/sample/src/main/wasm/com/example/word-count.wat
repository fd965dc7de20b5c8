(module
  (import "progress" "word" (func $word (param i32)))
  (memory (export "memory") 1)
  ;; The number of words, with single spaces between, in the first bytes of the memory.
  (func (export "count_words") (param $length i32) (result i32)
    (local $at i32)
    (local $words i32)
    (if (i32.eqz (local.get $length)) (then (return (i32.const 0))))
    (local.set $words (i32.const 1))
    (loop $next
      (if (i32.eq (i32.load8_u (local.get $at)) (i32.const 32))
        (then
          (call $word (local.get $at))
          (local.set $words (i32.add (local.get $words) (i32.const 1)))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $length))))
    (local.get $words)))
