(module
  (import "e" "m" (memory $imported 1 4 shared))
  (memory $own i64 1 1 shared)
  (func $load (param i32) (result i64) (i64.atomic.load16_u offset=6 (local.get 0)))
  (func $store (param i64 i32) (i32.atomic.store $own offset=3 (local.get 0) (local.get 1)))
  (func $add (param i32 i32) (result i32) (i32.atomic.rmw8.add_u (local.get 0) (local.get 1)))
  (func $compare (param i32 i32 i32) (result i32)
    (i32.atomic.rmw.cmpxchg (local.get 0) (local.get 1) (local.get 2)))
  (func $size (result i64 i32) (memory.size $own) (memory.size $imported))
  (func $wait (param i64 i32 i64) (result i32)
    (memory.atomic.wait32 $own offset=16 (local.get 0) (local.get 1) (local.get 2)))
  (func $fence atomic.fence))
;;= function load(i64, i32) -> (i64) {
;;= b0(v0: i64, v1: i32):
;;=   v3 = iconst.i32 1
;;=   v4 = and.i32 v1, v3
;;=   v5 = iconst.i32 0
;;=   v6 = icmp.ne v4, v5
;;=   trap_if v6 trap 19
;;=   v8 = uextend.i64 v1
;;=   v9 = load.i64 const.64 [v0+32]
;;=   v10 = load.i64 const.64 [v9]
;;=   v11 = add.i64 v10, v8
;;=   v12 = atomic_load.i64 mem.16 [v11+6] trap 2
;;=   jump b1(v12)
;;= b1(v2: i64):
;;=   return v2
;;= }
;;= function store(i64, i64, i32) -> () {
;;= b0(v0: i64, v1: i64, v2: i32):
;;=   v3 = iconst.i64 3
;;=   v4 = add.i64 v1, v3
;;=   v5 = iconst.i64 3
;;=   v6 = and.i64 v4, v5
;;=   v7 = iconst.i64 0
;;=   v8 = icmp.ne v6, v7
;;=   trap_if v8 trap 19
;;=   v10 = wrap.i32 v1
;;=   v11 = uextend.i64 v10
;;=   v12 = icmp.ne v1, v11
;;=   trap_if v12 trap 2
;;=   v14 = load.i64 const.64 [v0+40]
;;=   v15 = load.i64 const.64 [v14]
;;=   v16 = add.i64 v15, v11
;;=   atomic_store mem.32 [v16+3], v2 trap 2
;;=   jump b1
;;= b1:
;;=   return
;;= }
;;= function add(i64, i32, i32) -> (i32) {
;;= b0(v0: i64, v1: i32, v2: i32):
;;=   v4 = uextend.i64 v1
;;=   v5 = load.i64 const.64 [v0+32]
;;=   v6 = load.i64 const.64 [v5]
;;=   v7 = add.i64 v6, v4
;;=   v8 = atomic_add.i32 mem.8 [v7], v2 trap 2
;;=   jump b1(v8)
;;= b1(v3: i32):
;;=   return v3
;;= }
;;= function compare(i64, i32, i32, i32) -> (i32) {
;;= b0(v0: i64, v1: i32, v2: i32, v3: i32):
;;=   v5 = iconst.i32 3
;;=   v6 = and.i32 v1, v5
;;=   v7 = iconst.i32 0
;;=   v8 = icmp.ne v6, v7
;;=   trap_if v8 trap 19
;;=   v10 = uextend.i64 v1
;;=   v11 = load.i64 const.64 [v0+32]
;;=   v12 = load.i64 const.64 [v11]
;;=   v13 = add.i64 v12, v10
;;=   v14 = atomic_compare_exchange.i32 mem.32 [v13], v2, v3 trap 2
;;=   jump b1(v14)
;;= b1(v4: i32):
;;=   return v4
;;= }
;;= function size(i64) -> (i64, i32) {
;;= b0(v0: i64):
;;=   v3 = load.i64 const.64 [v0+40]
;;=   v4 = load.i64 ctx.64 [v3+8]
;;=   v5 = iconst.i64 16
;;=   v6 = shr_u.i64 v4, v5
;;=   v7 = load.i64 const.64 [v0+32]
;;=   v8 = load.i64 ctx.64 [v7+8]
;;=   v9 = iconst.i64 16
;;=   v10 = shr_u.i64 v8, v9
;;=   v11 = wrap.i32 v10
;;=   jump b1(v6, v11)
;;= b1(v1: i64, v2: i32):
;;=   return v1, v2
;;= }
;;= function wait(i64, i64, i32, i64) -> (i32) {
;;= b0(v0: i64, v1: i64, v2: i32, v3: i64):
;;=   v5 = iconst.i32 1
;;=   v6 = iconst.i64 16
;;=   v8 = call 10(v0, v5, v1, v6, v2, v3): (i64, i32, i64, i64, i32, i64) -> (i32)
;;=   jump b1(v8)
;;= b1(v4: i32):
;;=   return v4
;;= }
;;= function fence(i64) -> () {
;;= b0(v0: i64):
;;=   fence
;;=   jump b1
;;= b1:
;;=   return
;;= }
