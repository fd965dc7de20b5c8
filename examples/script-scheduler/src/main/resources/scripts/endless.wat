;; Never ends.
(module (func (export "run") (param i32) (result i32) (loop $l (br $l)) (unreachable)))
