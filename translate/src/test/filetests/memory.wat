(module
  (memory 1)
  (func $load (param i32) (result i32) (i32.load8_s offset=8 (local.get 0)))
  (func $far (param i32) (result i64) (i64.load offset=0xfffffff0 (local.get 0)))
  (func $store (param i32 f64) (f64.store (local.get 0) (local.get 1)))
  (func $size (result i32) (memory.size))
  (func $grow (param i32) (result i32) (memory.grow (local.get 0)))
  (func $copy (param i32 i32 i32) (memory.copy (local.get 0) (local.get 1) (local.get 2))))
;;= function load(i64, i32) -> (i32) {
;;= b0(v0: i64, v1: i32):
;;=   v3 = uextend.i64 v1
;;=   v4 = load.i64 const.64 [v0+32]
;;=   v5 = add.i64 v4, v3
;;=   v6 = load.i32 mem.8s [v5+8] trap 2
;;=   jump b1(v6)
;;= b1(v2: i32):
;;=   return v2
;;= }
;;= function far(i64, i32) -> (i64) {
;;= b0(v0: i64, v1: i32):
;;=   v3 = uextend.i64 v1
;;=   v4 = iconst.i64 2147483656
;;=   v5 = icmp.gt_u v3, v4
;;=   trap_if v5 trap 2
;;=   v7 = clamp.le.i64 v3, v3, v4
;;=   v8 = load.i64 const.64 [v0+32]
;;=   v9 = add.i64 v8, v7
;;=   v10 = iconst.i64 4294967280
;;=   v11 = add.i64 v9, v10
;;=   v12 = load.i64 mem.64 [v11] trap 2
;;=   jump b1(v12)
;;= b1(v2: i64):
;;=   return v2
;;= }
;;= function store(i64, i32, f64) -> () {
;;= b0(v0: i64, v1: i32, v2: f64):
;;=   v3 = uextend.i64 v1
;;=   v4 = load.i64 const.64 [v0+32]
;;=   v5 = add.i64 v4, v3
;;=   store mem.64 [v5], v2 trap 2
;;=   jump b1
;;= b1:
;;=   return
;;= }
;;= function size(i64) -> (i32) {
;;= b0(v0: i64):
;;=   v2 = load.i64 ctx.64 [v0+40]
;;=   v3 = iconst.i64 16
;;=   v4 = shr_u.i64 v2, v3
;;=   v5 = wrap.i32 v4
;;=   jump b1(v5)
;;= b1(v1: i32):
;;=   return v1
;;= }
;;= function grow(i64, i32) -> (i32) {
;;= b0(v0: i64, v1: i32):
;;=   v3 = iconst.i32 0
;;=   v4 = uextend.i64 v1
;;=   v6 = call 6(v0, v3, v4): (i64, i32, i64) -> (i64)
;;=   v7 = wrap.i32 v6
;;=   jump b1(v7)
;;= b1(v2: i32):
;;=   return v2
;;= }
;;= function copy(i64, i32, i32, i32) -> () {
;;= b0(v0: i64, v1: i32, v2: i32, v3: i32):
;;=   v4 = uextend.i64 v3
;;=   v5 = uextend.i64 v2
;;=   v6 = add.i64 v5, v4
;;=   v7 = load.i64 ctx.64 [v0+40]
;;=   v8 = icmp.gt_u v6, v7
;;=   trap_if v8 trap 2
;;=   v10 = load.i64 const.64 [v0+32]
;;=   v11 = add.i64 v10, v5
;;=   v12 = uextend.i64 v1
;;=   v13 = add.i64 v12, v4
;;=   v14 = load.i64 ctx.64 [v0+40]
;;=   v15 = icmp.gt_u v13, v14
;;=   trap_if v15 trap 2
;;=   v17 = add.i64 v10, v12
;;=   v18 = context.i64
;;=   v19 = load.i64 const.64 [v18+64]
;;=   call_native v19(v17, v11, v4): (i64, i64, i64) -> ()
;;=   jump b1
;;= b1:
;;=   return
;;= }
