(module
  (import "m" "f" (func $imported (param i32) (result i32)))
  (type $unary (func (param i32) (result i32)))
  (table 10 20 funcref)
  (elem (i32.const 0) $local)
  (global $g (mut i32) (i32.const 0))
  (func $local (param i32) (result i32) (call $imported (call $local (local.get 0))))
  (func $indirect (param i32) (result i32)
    (call_indirect (type $unary) (global.get $g) (local.get 0)))
  (func $reference (result funcref) (ref.func $local))
  (func $element (param i32 funcref) (table.set (local.get 0) (local.get 1))))
;;= function local(i64, i32) -> (i32) {
;;= b0(v0: i64, v1: i32):
;;=   v4 = call 1(v0, v1): (i64, i32) -> (i32)
;;=   v5 = load.i64 const.64 [v0+64]
;;=   v6 = load.i64 const.64 [v0+72]
;;=   v8 = call_by_jump v5(v6, v4): (i64, i32) -> (i32)
;;=   jump b1(v8)
;;= b1(v2: i32):
;;=   return v2
;;= }
;;= function indirect(i64, i32) -> (i32) {
;;= b0(v0: i64, v1: i32):
;;=   v3 = load.i32 global.32 [v0+32]
;;=   v4 = load.i32 ctx.32 [v0+56]
;;=   v5 = icmp.ge_u v1, v4
;;=   trap_if v5 trap 4
;;=   v7 = clamp.lt.i32 v1, v1, v4
;;=   v8 = load.i64 ctx.64 [v0+48]
;;=   v9 = uextend.i64 v7
;;=   v10 = iconst.i64 3
;;=   v11 = shl.i64 v9, v10
;;=   v12 = add.i64 v8, v11
;;=   v13 = load.i64 table.64 [v12]
;;=   v14 = load.i32 const.32 [v13+8] trap 5
;;=   v15 = load.i32 const.32 [v0+80]
;;=   v16 = icmp.ne v14, v15
;;=   trap_if v16 trap 6
;;=   v18 = load.i64 const.64 [v13+16]
;;=   v20 = call_ref v13+0(v18, v3): (i64, i32) -> (i32)
;;=   jump b1(v20)
;;= b1(v2: i32):
;;=   return v2
;;= }
;;= function reference(i64) -> (i64) {
;;= b0(v0: i64):
;;=   v2 = iconst.i64 96
;;=   v3 = add.i64 v0, v2
;;=   jump b1(v3)
;;= b1(v1: i64):
;;=   return v1
;;= }
;;= function element(i64, i32, i64) -> () {
;;= b0(v0: i64, v1: i32, v2: i64):
;;=   v3 = load.i32 ctx.32 [v0+56]
;;=   v4 = icmp.ge_u v1, v3
;;=   trap_if v4 trap 3
;;=   v6 = clamp.lt.i32 v1, v1, v3
;;=   v7 = load.i64 ctx.64 [v0+48]
;;=   v8 = uextend.i64 v6
;;=   v9 = iconst.i64 3
;;=   v10 = shl.i64 v8, v9
;;=   v11 = add.i64 v7, v10
;;=   store table.64 [v11], v2
;;=   jump b1
;;= b1:
;;=   return
;;= }
