;; Hides what looks like the number of a card or an account: of twelve digits or more in a row all
;; but the last four become asterisks. The text is changed where it stands.
(module
  (memory (export "memory") 1)

  ;; Where a text of so many bytes has its place; 0 if there is none.
  (func (export "place") (param $length i32) (result i32)
    (local $missing i32)
    (local.set $missing
      (i32.sub
        (i32.shr_u (i32.add (local.get $length) (i32.const 0x1ffff)) (i32.const 16))
        (memory.size)))
    (if (i32.gt_s (local.get $missing) (i32.const 0))
      (then
        (if (i32.lt_s (memory.grow (local.get $missing)) (i32.const 0))
          (then (return (i32.const 0))))))
    (i32.const 0x10000))

  (func $isDigit (param $byte i32) (result i32)
    (i32.lt_u (i32.sub (local.get $byte) (i32.const 0x30)) (i32.const 10)))

  ;; How many runs of digits were hidden.
  (func (export "mask") (param $at i32) (param $length i32) (result i32)
    (local $end i32) (local $run i32) (local $hidden i32)
    (local.set $end (i32.add (local.get $at) (local.get $length)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $run (local.get $at))
        (block $ended
          (loop $digits
            (br_if $ended (i32.ge_u (local.get $at) (local.get $end)))
            (br_if $ended (i32.eqz (call $isDigit (i32.load8_u (local.get $at)))))
            (local.set $at (i32.add (local.get $at) (i32.const 1)))
            (br $digits)))
        (if (i32.ge_u (i32.sub (local.get $at) (local.get $run)) (i32.const 12))
          (then
            (memory.fill
              (local.get $run)
              (i32.const 0x2a)
              (i32.sub (i32.sub (local.get $at) (local.get $run)) (i32.const 4)))
            (local.set $hidden (i32.add (local.get $hidden) (i32.const 1)))))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $next)))
    (local.get $hidden)))
