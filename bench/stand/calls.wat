;; Two functions to call, each way.
(module
  (import "env" "noop" (func $noop))
  (func (export "add") (param i32 i32) (result i32)
    (i32.add (local.get 0) (local.get 1)))
  (func (export "loop") (param i32)
    (loop $again
      (call $noop)
      (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))
