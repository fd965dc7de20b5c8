(module
  ;; A loop header has parameters only for what the loop assigns: not for $n.
  (func $sum (param $n i32) (result i32) (local $i i32) (local $total i32)
    (loop $again
      (local.set $total (i32.add (local.get $total) (local.get $i)))
      (br_if $again
        (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
    (local.get $total))
  ;; A join has a parameter only where values differ: not for $b.
  (func $choose (param $c i32) (param $a i64) (param $b i64) (result i64)
    (if (local.get $c)
      (then (local.set $a (i64.const 1)))
      (else (local.set $a (local.get $b)) (local.set $b (local.get $b))))
    (i64.add (local.get $a) (local.get $b))))
;;= function sum(i64, i32) -> (i32) {
;;= b0(v0: i64, v1: i32):
;;=   v5 = iconst.i32 0
;;=   jump b2(v5, v5)
;;= b1(v2: i32):
;;=   return v2
;;= b2(v4: i32, v6: i32):
;;=   v7 = add.i32 v4, v6
;;=   v8 = iconst.i32 1
;;=   v9 = add.i32 v6, v8
;;=   v10 = icmp.lt_u v9, v1
;;=   branch v10, b2(v7, v9), b4
;;= b3:
;;=   jump b1(v7)
;;= b4:
;;=   jump b3
;;= }
;;= function choose(i64, i32, i64, i64) -> (i64) {
;;= b0(v0: i64, v1: i32, v2: i64, v3: i64):
;;=   branch v1, b2, b3
;;= b1(v4: i64):
;;=   return v4
;;= b2:
;;=   v6 = iconst.i64 1
;;=   jump b4(v6)
;;= b3:
;;=   jump b4(v3)
;;= b4(v9: i64):
;;=   v10 = add.i64 v9, v3
;;=   jump b1(v10)
;;= }
