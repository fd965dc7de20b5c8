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
;;=   v5 = load.i64 ctx.64 [v4+8]
;;=   v6 = icmp.gt_u v3, v5
;;=   trap_if v6 trap 2
;;=   v8 = load.i64 const.64 [v0+32]
;;=   v9 = load.i64 ctx.64 [v8]
;;=   v10 = add.i64 v9, v3
;;=   v11 = load.i32 mem.32 [v10] trap 2
;;=   v12 = uextend.i64 v1
;;=   v13 = load.i64 const.64 [v0+32]
;;=   v14 = load.i64 ctx.64 [v13+8]
;;=   v15 = icmp.gt_u v12, v14
;;=   trap_if v15 trap 2
;;=   v17 = load.i64 const.64 [v0+32]
;;=   v18 = load.i64 ctx.64 [v17]
;;=   v19 = add.i64 v18, v12
;;=   v20 = load.i32 mem.32 [v19+4] trap 2
;;=   v21 = add.i32 v11, v20
;;=   jump b1(v21)
;;= b1(v2: i32):
;;=   return v2
;;= }
;;= function beyond(i64, i32) -> (i32) {
;;= b0(v0: i64, v1: i32):
;;=   v3 = uextend.i64 v1
;;=   v4 = iconst.i64 65540
;;=   v5 = add.i64 v3, v4
;;=   v6 = load.i64 const.64 [v0+32]
;;=   v7 = load.i64 ctx.64 [v6+8]
;;=   v8 = icmp.gt_u v5, v7
;;=   trap_if v8 trap 2
;;=   v10 = load.i64 const.64 [v0+32]
;;=   v11 = load.i64 ctx.64 [v10]
;;=   v12 = add.i64 v11, v3
;;=   v13 = load.i32 mem.32 [v12+65536] trap 2
;;=   jump b1(v13)
;;= b1(v2: i32):
;;=   return v2
;;= }
