;; Draws the Mandelbrot set with letters, as many columns wide as the argument says (1 to 1000, else 78).
;;
;;     ./tazza run examples/mandelbrot.wat 120
(module
  (import "wasi_snapshot_preview1" "args_sizes_get"
    (func $args_sizes_get (param $count i32) (param $size i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_get"
    (func $args_get (param $pointers i32) (param $strings i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param $fd i32) (param $iovs i32) (param $count i32) (param $written i32) (result i32)))

  ;;   0  the line to write, {address, length}
  ;;   8  how much was written
  ;;  16  number of arguments, size of their strings
  ;;  32  a letter for each power of two of iterations
  ;;  64  the line
  ;; 2048 pointers to the arguments, then their strings
  (memory (export "memory") 1)
  (data (i32.const 32) " .,:;=+*%#@")

  (global $limit i32 (i32.const 1000))

  ;; The decimal number at $text, up to the first byte that is no digit.
  (func $number (param $text i32) (result i32)
    (local $digit i32)
    (local $value i32)
    (loop $next
      (local.set $digit (i32.sub (i32.load8_u (local.get $text)) (i32.const 48)))
      (if (i32.lt_u (local.get $digit) (i32.const 10))
        (then
          (local.set $value (i32.add (i32.mul (local.get $value) (i32.const 10)) (local.get $digit)))
          (local.set $text (i32.add (local.get $text) (i32.const 1)))
          (br $next))))
    (local.get $value))

  ;; The first argument after the program's name, where it makes sense.
  (func $columns (result i32)
    (local $columns i32)
    (block $default
      (br_if $default (call $args_sizes_get (i32.const 16) (i32.const 20)))
      (br_if $default (i32.lt_u (i32.load (i32.const 16)) (i32.const 2)))
      (br_if $default (i32.gt_u (i32.load (i32.const 16)) (i32.const 1000)))
      (br_if $default (i32.gt_u (i32.load (i32.const 20)) (i32.const 50000)))
      (br_if $default
        (call $args_get
          (i32.const 2048)
          (i32.add (i32.const 2048) (i32.mul (i32.load (i32.const 16)) (i32.const 4)))))
      (local.set $columns (call $number (i32.load (i32.const 2052))))
      (br_if $default (i32.gt_u (i32.sub (local.get $columns) (i32.const 1)) (i32.const 999)))
      (return (local.get $columns)))
    (i32.const 78))

  ;; How often z -> z*z + c can be repeated before z leaves the circle of radius 2.
  (func $iterations (param $cr f64) (param $ci f64) (result i32)
    (local $zr f64) (local $zi f64)
    (local $rr f64) (local $ii f64)
    (local $count i32)
    (block $escaped
      (loop $again
        (local.set $rr (f64.mul (local.get $zr) (local.get $zr)))
        (local.set $ii (f64.mul (local.get $zi) (local.get $zi)))
        (br_if $escaped (f64.gt (f64.add (local.get $rr) (local.get $ii)) (f64.const 4)))
        (local.set $zi
          (f64.add
            (f64.mul (f64.const 2) (f64.mul (local.get $zr) (local.get $zi)))
            (local.get $ci)))
        (local.set $zr (f64.add (f64.sub (local.get $rr) (local.get $ii)) (local.get $cr)))
        (local.set $count (i32.add (local.get $count) (i32.const 1)))
        (br_if $again (i32.lt_u (local.get $count) (global.get $limit)))))
    (local.get $count))

  (func $letter (param $iterations i32) (result i32)
    (i32.load8_u offset=32 (i32.sub (i32.const 32) (i32.clz (local.get $iterations)))))

  (func $draw (param $columns i32) (param $rows i32)
    (local $column i32)
    (local $row i32)
    (local $step f64)
    (local $ci f64)
    (local.set $step (f64.div (f64.const 3) (f64.convert_i32_u (local.get $columns))))
    (loop $rows
      ;; A letter is twice as high as it is wide.
      (local.set $ci
        (f64.mul
          (f64.mul (f64.const 2) (local.get $step))
          (f64.sub
            (f64.convert_i32_u (local.get $row))
            (f64.div (f64.convert_i32_u (i32.sub (local.get $rows) (i32.const 1))) (f64.const 2)))))
      (local.set $column (i32.const 0))
      (loop $columns
        (i32.store8 offset=64
          (local.get $column)
          (call $letter
            (call $iterations
              (f64.add
                (f64.const -2.2)
                (f64.mul (local.get $step) (f64.convert_i32_u (local.get $column))))
              (local.get $ci))))
        (local.set $column (i32.add (local.get $column) (i32.const 1)))
        (br_if $columns (i32.lt_u (local.get $column) (local.get $columns))))
      (i32.store8 offset=64 (local.get $column) (i32.const 10))
      (i32.store (i32.const 0) (i32.const 64))
      (i32.store (i32.const 4) (i32.add (local.get $column) (i32.const 1)))
      (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
      (local.set $row (i32.add (local.get $row) (i32.const 1)))
      (br_if $rows (i32.lt_u (local.get $row) (local.get $rows)))))

  (func (export "_start")
    (local $columns i32)
    (local.set $columns (call $columns))
    (call $draw
      (local.get $columns)
      (i32.add (i32.div_u (i32.mul (local.get $columns) (i32.const 2)) (i32.const 5)) (i32.const 1)))))
