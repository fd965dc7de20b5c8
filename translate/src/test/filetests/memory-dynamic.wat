;; dynamic
(module
  (import "m" "memory" (memory 1))
  (func $two (param i32) (result i32)
    (i32.add (i32.load (local.get 0)) (i32.load offset=4 (local.get 0))))
  (func $beyond (param i32) (result i32) (i32.load offset=0x10000 (local.get 0))))
;;= function two(i64, i32) -> (i32) {
;;= b0(v0: i64, v1: i32):
;;=   v3 = uextend.i64 v1
;;=   v4 = load.i64 const.64 [v0+32]
;;=   v5 = load.i64 ctx.64.least65536.guard32768 [v4+8]
;;=   v6 = clamp.min.i64 v3, v5
;;=   v7 = load.i64 const.64 [v0+32]
;;=   v8 = load.i64 ctx.64 [v7]
;;=   v9 = add.i64 v8, v6
;;=   v10 = load.i32 mem.32 [v9] trap 2
;;=   v11 = uextend.i64 v1
;;=   v12 = load.i64 const.64 [v0+32]
;;=   v13 = load.i64 ctx.64.least65536.guard32768 [v12+8]
;;=   v14 = clamp.min.i64 v11, v13
;;=   v15 = load.i64 const.64 [v0+32]
;;=   v16 = load.i64 ctx.64 [v15]
;;=   v17 = add.i64 v16, v14
;;=   v18 = load.i32 mem.32 [v17+4] trap 2
;;=   v19 = add.i32 v10, v18
;;=   jump b1(v19)
;;= b1(v2: i32):
;;=   return v2
;;= }
;;= function beyond(i64, i32) -> (i32) {
;;= b0(v0: i64, v1: i32):
;;=   v3 = uextend.i64 v1
;;=   v4 = iconst.i64 65540
;;=   v5 = add.i64 v3, v4
;;=   v6 = iconst.i64 65536
;;=   v7 = add.i64 v3, v6
;;=   v8 = load.i64 const.64 [v0+32]
;;=   v9 = load.i64 ctx.64.least65536.guard32768 [v8+8]
;;=   v10 = icmp.gt_u v5, v9
;;=   trap_if v10 trap 2
;;=   v12 = clamp.le.i64 v7, v5, v9
;;=   v13 = load.i64 const.64 [v0+32]
;;=   v14 = load.i64 ctx.64 [v13]
;;=   v15 = add.i64 v14, v12
;;=   v16 = load.i32 mem.32 [v15] trap 2
;;=   jump b1(v16)
;;= b1(v2: i32):
;;=   return v2
;;= }
