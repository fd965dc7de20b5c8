;; The text in capital letters, with an exclamation mark.
(module $shout
  (memory (export "memory") 1)
  (global $at i32 (i32.const 1024))
  (func (export "input") (param $length i32) (result i32)
    (local $needed i32)
    (local.set $needed
      (i32.sub
        (i32.shr_u (i32.add (local.get $length) (i32.const 66560)) (i32.const 16))
        (memory.size)))
    (if (i32.gt_s (local.get $needed) (i32.const 0))
      (then
        (if (i32.lt_s (memory.grow (local.get $needed)) (i32.const 0)) (then unreachable))))
    (global.get $at))
  (func (export "run") (param $length i32) (result i64)
    (local $i i32)
    (local $byte i32)
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $i) (local.get $length)))
        (local.set $byte (i32.load8_u offset=1024 (local.get $i)))
        (if (i32.lt_u (i32.sub (local.get $byte) (i32.const 97)) (i32.const 26))
          (then
            (i32.store8 offset=1024 (local.get $i)
              (i32.sub (local.get $byte) (i32.const 32)))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $next)))
    (i32.store8 offset=1024 (local.get $length) (i32.const 33))
    (i64.or
      (i64.shl (i64.extend_i32_u (global.get $at)) (i64.const 32))
      (i64.extend_i32_u (i32.add (local.get $length) (i32.const 1))))))
