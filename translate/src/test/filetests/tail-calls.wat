(module
  (type $t (func (param i64) (result i64)))
  (import "m" "f" (func $imported (type $t)))
  (table 4 4 funcref)
  (func $direct (type $t) (return_call $direct (i64.add (local.get 0) (i64.const 1))))
  (func $import (type $t) (return_call $imported (local.get 0)))
  (func $indirect (param i64 i32) (result i64)
    (return_call_indirect (type $t) (local.get 0) (local.get 1)))
  (func $reference (param i64 (ref null $t)) (result i64)
    (return_call_ref $t (local.get 0) (local.get 1))))
;;= function direct(i64, i64) -> (i64) {
;;= b0(v0: i64, v1: i64):
;;=   v3 = iconst.i64 1
;;=   v4 = add.i64 v1, v3
;;=   return_call 1(v0, v4): (i64, i64) -> (i64)
;;= }
;;= function import(i64, i64) -> (i64) {
;;= b0(v0: i64, v1: i64):
;;=   v3 = load.i64 const.64 [v0+56]
;;=   v4 = iconst.i64 16
;;=   v5 = add.i64 v3, v4
;;=   return_call_ref v5[0, 16](v0, v1): (i64, i64) -> (i64)
;;= }
;;= function indirect(i64, i64, i32) -> (i64) {
;;= b0(v0: i64, v1: i64, v2: i32):
;;=   v4 = iconst.i32 4
;;=   v5 = icmp.ge_u v2, v4
;;=   trap_if v5 trap 4
;;=   v7 = clamp.lt.i32 v2, v2, v4
;;=   v8 = load.i64 const.64 [v0+32]
;;=   v9 = uextend.i64 v7
;;=   v10 = iconst.i64 3
;;=   v11 = shl.i64 v9, v10
;;=   v12 = add.i64 v8, v11
;;=   v13 = load.i64 table.64 [v12]
;;=   v14 = load.i32 const.32 [v13+8] trap 5
;;=   v15 = load.i32 const.32 [v0+64]
;;=   v16 = icmp.ne v14, v15
;;=   trap_if v16 trap 6
;;=   return_call_ref v13[0, 16](v0, v1): (i64, i64) -> (i64)
;;= }
;;= function reference(i64, i64, i64) -> (i64) {
;;= b0(v0: i64, v1: i64, v2: i64):
;;=   return_call_ref v2[0, 16](v0, v1): (i64, i64) -> (i64) trap 15
;;= }
