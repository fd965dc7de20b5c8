;; Takes as much memory as it gets, and says how many pages that are.
(module
  (memory 1)
  (func (export "run") (param i32) (result i32)
    (loop $more
      (br_if $more (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
    (memory.size)))
