(module
  (func $table (param i32) (result i32)
    (block (block (block (br_table 0 1 2 (local.get 0)))
      (return (i32.const 10)))
      (return (i32.const 20)))
    (i32.const 30))
  (func $results (param i32) (result i32 i64)
    (block (result i32 i64)
      (br_if 0 (i32.const 1) (i64.const 2) (local.get 0))
      (drop) (drop) (i32.const 3) (i64.const 4)))
  (func $dead (result i32)
    (block (result i32) (br 0 (i32.const 1)) (if (then (unreachable)) (else (nop))) (i32.add)))
  (func $trap (unreachable)))
;;= function table(i64, i32) -> (i32) {
;;= b0(v0: i64, v1: i32):
;;=   switch v1, b4, b3, b2
;;= b1(v2: i32):
;;=   return v2
;;= b2:
;;=   v8 = iconst.i32 30
;;=   jump b1(v8)
;;= b3:
;;=   v6 = iconst.i32 20
;;=   return v6
;;= b4:
;;=   v4 = iconst.i32 10
;;=   return v4
;;= }
;;= function results(i64, i32) -> (i32, i64) {
;;= b0(v0: i64, v1: i32):
;;=   v6 = iconst.i32 1
;;=   v7 = iconst.i64 2
;;=   branch v1, b2(v6, v7), b3
;;= b1(v2: i32, v3: i64):
;;=   return v2, v3
;;= b2(v4: i32, v5: i64):
;;=   jump b1(v4, v5)
;;= b3:
;;=   v9 = iconst.i32 3
;;=   v10 = iconst.i64 4
;;=   jump b2(v9, v10)
;;= }
;;= function dead(i64) -> (i32) {
;;= b0(v0: i64):
;;=   v3 = iconst.i32 1
;;=   jump b2(v3)
;;= b1(v1: i32):
;;=   return v1
;;= b2(v2: i32):
;;=   jump b1(v2)
;;= }
;;= function trap(i64) -> () {
;;= b0(v0: i64) cold:
;;=   trap 1
;;= }
