;; Looks for what the last one left in its memory, and leaves something.
(module
  (memory 8)
  (func (export "run") (param i32) (result i32)
    (local $at i32) (local $found i32)
    (loop $next
      (local.set $found (i32.or (local.get $found) (i32.load (local.get $at))))
      (i32.store (local.get $at) (i32.const 0x5EC2E7))
      (local.set $at (i32.add (local.get $at) (i32.const 4)))
      (br_if $next (i32.lt_u (local.get $at) (i32.const 524288))))
    (local.get $found)))
