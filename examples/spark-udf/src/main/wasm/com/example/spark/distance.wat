;; The distance of two places on the earth, in kilometers: the haversine formula, with sines and
;; square roots as the module computes them, so that they are the same on every machine.
(module
  ;; For -π to π; by Taylor's series for -π/2 to π/2, with an error below 6e-8.
  (func $sin (param $x f64) (result f64)
    (local $s f64)
    (if (f64.gt (f64.abs (local.get $x)) (f64.const 1.5707963267948966))
      (then
        (local.set $x
          (f64.sub (f64.copysign (f64.const 3.141592653589793) (local.get $x)) (local.get $x)))))
    (local.set $s (f64.mul (local.get $x) (local.get $x)))
    (f64.mul (local.get $x)
      (f64.add (f64.const 1) (f64.mul (local.get $s)
        (f64.add (f64.const -0.16666666666666666) (f64.mul (local.get $s)
          (f64.add (f64.const 0.008333333333333333) (f64.mul (local.get $s)
            (f64.add (f64.const -0.0001984126984126984) (f64.mul (local.get $s)
              (f64.add (f64.const 2.7557319223985893e-6)
                (f64.mul (local.get $s) (f64.const -2.505210838544172e-8)))))))))))))

  ;; For 0 to 1, by Newton's steps on the sine.
  (func $asin (param $x f64) (result f64)
    (local $y f64) (local $i i32) (local $s f64)
    ;; 2·asin(x/√(2·(1+√(1-x²)))) keeps away from 1.
    (local.set $x (f64.div (local.get $x)
      (f64.sqrt (f64.mul (f64.const 2)
        (f64.add (f64.const 1) (f64.sqrt (f64.sub (f64.const 1) (f64.mul (local.get $x) (local.get $x)))))))))
    (local.set $y (local.get $x))
    (local.set $i (i32.const 4))
    (loop $newton
      (local.set $s (call $sin (local.get $y)))
      (local.set $y (f64.add (local.get $y)
        (f64.div (f64.sub (local.get $x) (local.get $s))
          (f64.sqrt (f64.sub (f64.const 1) (f64.mul (local.get $s) (local.get $s)))))))
      (br_if $newton (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
    (f64.mul (f64.const 2) (local.get $y)))

  (func $square (param $x f64) (result f64) (f64.mul (local.get $x) (local.get $x)))

  (func $cos (param $x f64) (result f64)
    (f64.sub (f64.const 1) (f64.mul (f64.const 2) (call $square (call $sin (f64.mul (local.get $x) (f64.const 0.5)))))))

  (func $radians (param $degrees f64) (result f64)
    (f64.mul (local.get $degrees) (f64.const 0.017453292519943295)))

  (func $kilometers (export "kilometers")
    (param $lat1 f64) (param $lon1 f64) (param $lat2 f64) (param $lon2 f64) (result f64)
    (local $h f64)
    (local.set $h
      (f64.add
        (call $square (call $sin (f64.mul (f64.const 0.5) (call $radians (f64.sub (local.get $lat2) (local.get $lat1))))))
        (f64.mul
          (f64.mul (call $cos (call $radians (local.get $lat1))) (call $cos (call $radians (local.get $lat2))))
          (call $square (call $sin (f64.mul (f64.const 0.5) (call $radians (f64.sub (local.get $lon2) (local.get $lon1)))))))))
    (f64.mul (f64.const 12742) (call $asin (f64.sqrt (f64.min (f64.const 1) (local.get $h)))))))
