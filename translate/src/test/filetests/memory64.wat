(module
  (memory $wide i64 1)
  (memory $bounded i64 1 0x10000)
  (func $two (param i64) (result i32)
    (i32.add (i32.load $wide (local.get 0)) (i32.load $wide offset=4 (local.get 0))))
  (func $constant (result i32) (i32.load $wide offset=65532 (i64.const 0)))
  (func $beyond_guard (param i64) (result i32) (i32.load $wide offset=0xc0000000 (local.get 0)))
  (func $half (param i64) (result i32) (i32.load $bounded offset=4 (local.get 0)))
  (func $copy (param i64 i64 i64)
    (memory.copy $wide $wide (local.get 0) (local.get 1) (local.get 2)))
  (func $behind (param i64) (result i64)
    (i64.add
      (i64.load $wide (i64.add (local.get 0) (i64.const 16)))
      (i64.load $wide offset=8 (i64.add (local.get 0) (i64.const 24)))))
  (func $before (param i64) (result i64)
    (i64.add
      (i64.load $wide (i64.add (local.get 0) (i64.const 16)))
      (i64.load $wide (local.get 0))))
  (func $arms (param i64) (result i64)
    (if (result i64) (i64.eqz (local.get 0))
      (then (i64.load $wide offset=8 (local.get 0)))
      (else (i64.load $wide offset=16 (local.get 0))))
    (i64.load $wide (local.get 0))
    i64.add))
;;= function two(i64, i64) -> (i32) {
;;= b0(v0: i64, v1: i64):
;;=   v3 = load.i64 ctx.64.least65536.guard36507222016 [v0+40]
;;=   v4 = clamp.min.i64 v1, v3
;;=   v5 = load.i64 ctx.64 [v0+32]
;;=   v6 = add.i64 v5, v4
;;=   v7 = load.i32 mem.32 [v6] trap 2
;;=   v8 = load.i64 ctx.64 [v0+32]
;;=   v9 = add.i64 v8, v4
;;=   v10 = load.i32 mem.32 [v9+4] trap 2
;;=   v11 = add.i32 v7, v10
;;=   jump b1(v11)
;;= b1(v2: i32):
;;=   return v2
;;= }
;;= function constant(i64) -> (i32) {
;;= b0(v0: i64):
;;=   v2 = iconst.i64 0
;;=   v3 = load.i64 ctx.64 [v0+32]
;;=   v4 = add.i64 v3, v2
;;=   v5 = load.i32 mem.32 [v4+65532] trap 2
;;=   jump b1(v5)
;;= b1(v1: i32):
;;=   return v1
;;= }
;;= function beyond_guard(i64, i64) -> (i32) {
;;= b0(v0: i64, v1: i64):
;;=   v3 = load.i64 ctx.64.least65536.guard36507222016 [v0+40]
;;=   v4 = iconst.i64 3221225476
;;=   v5 = icmp.gt_u v4, v3
;;=   trap_if v5 trap 2
;;=   v7 = iconst.i64 -3221225475
;;=   v8 = add.i64 v3, v7
;;=   v9 = iconst.i64 3221225476
;;=   v10 = clamp.le.i64 v8, v9, v3
;;=   v11 = icmp.ge_u v1, v10
;;=   trap_if v11 trap 2
;;=   v13 = iconst.i64 3221225472
;;=   v14 = add.i64 v1, v13
;;=   v15 = clamp.lt.i64 v14, v1, v10
;;=   v16 = load.i64 ctx.64 [v0+32]
;;=   v17 = add.i64 v16, v15
;;=   v18 = load.i32 mem.32 [v17] trap 2
;;=   jump b1(v18)
;;= b1(v2: i32):
;;=   return v2
;;= }
;;= function half(i64, i64) -> (i32) {
;;= b0(v0: i64, v1: i64):
;;=   v3 = wrap.i32 v1
;;=   v4 = uextend.i64 v3
;;=   v5 = icmp.ne v1, v4
;;=   trap_if v5 trap 2
;;=   v7 = load.i64 const.64 [v0+48]
;;=   v8 = add.i64 v7, v4
;;=   v9 = load.i32 mem.32 [v8+4] trap 2
;;=   jump b1(v9)
;;= b1(v2: i32):
;;=   return v2
;;= }
;;= function copy(i64, i64, i64, i64) -> () {
;;= b0(v0: i64, v1: i64, v2: i64, v3: i64):
;;=   v4 = load.i64 ctx.64 [v0+40]
;;=   v5 = icmp.gt_u v3, v4
;;=   trap_if v5 trap 2
;;=   v7 = clamp.le.i64 v3, v3, v4
;;=   v8 = load.i64 ctx.64 [v0+40]
;;=   v9 = sub.i64 v8, v7
;;=   v10 = icmp.gt_u v2, v9
;;=   trap_if v10 trap 2
;;=   v12 = clamp.le.i64 v2, v2, v9
;;=   v13 = load.i64 ctx.64 [v0+32]
;;=   v14 = add.i64 v13, v12
;;=   v15 = load.i64 ctx.64 [v0+40]
;;=   v16 = sub.i64 v15, v7
;;=   v17 = icmp.gt_u v1, v16
;;=   trap_if v17 trap 2
;;=   v19 = clamp.le.i64 v1, v1, v16
;;=   v20 = load.i64 ctx.64 [v0+32]
;;=   v21 = add.i64 v20, v19
;;=   v22 = context.i64
;;=   v23 = load.i64 const.64 [v22+64]
;;=   call_native v23(v21, v14, v7): (i64, i64, i64) -> ()
;;=   jump b1
;;= b1:
;;=   return
;;= }
;;= function behind(i64, i64) -> (i64) {
;;= b0(v0: i64, v1: i64):
;;=   v3 = iconst.i64 16
;;=   v4 = add.i64 v1, v3
;;=   v5 = load.i64 ctx.64.least65536.guard36507222016 [v0+40]
;;=   v6 = clamp.min.i64 v4, v5
;;=   v7 = load.i64 ctx.64 [v0+32]
;;=   v8 = add.i64 v7, v6
;;=   v9 = load.i64 mem.64 [v8] trap 2
;;=   v10 = iconst.i64 24
;;=   v11 = add.i64 v1, v10
;;=   v12 = load.i64 ctx.64 [v0+32]
;;=   v13 = add.i64 v12, v6
;;=   v14 = load.i64 mem.64 [v13+16] trap 2
;;=   v15 = add.i64 v9, v14
;;=   jump b1(v15)
;;= b1(v2: i64):
;;=   return v2
;;= }
;;= function before(i64, i64) -> (i64) {
;;= b0(v0: i64, v1: i64):
;;=   v3 = iconst.i64 16
;;=   v4 = add.i64 v1, v3
;;=   v5 = load.i64 ctx.64.least65536.guard36507222016 [v0+40]
;;=   v6 = clamp.min.i64 v4, v5
;;=   v7 = load.i64 ctx.64 [v0+32]
;;=   v8 = add.i64 v7, v6
;;=   v9 = load.i64 mem.64 [v8] trap 2
;;=   v10 = load.i64 ctx.64.least65536.guard36507222016 [v0+40]
;;=   v11 = clamp.min.i64 v1, v10
;;=   v12 = load.i64 ctx.64 [v0+32]
;;=   v13 = add.i64 v12, v11
;;=   v14 = load.i64 mem.64 [v13] trap 2
;;=   v15 = add.i64 v9, v14
;;=   jump b1(v15)
;;= b1(v2: i64):
;;=   return v2
;;= }
;;= function arms(i64, i64) -> (i64) {
;;= b0(v0: i64, v1: i64):
;;=   v3 = iconst.i64 0
;;=   v4 = icmp.eq v1, v3
;;=   branch v4, b2, b3
;;= b1(v2: i64):
;;=   return v2
;;= b2:
;;=   v7 = load.i64 ctx.64.least65536.guard36507222016 [v0+40]
;;=   v8 = clamp.min.i64 v1, v7
;;=   v9 = load.i64 ctx.64 [v0+32]
;;=   v10 = add.i64 v9, v8
;;=   v11 = load.i64 mem.64 [v10+8] trap 2
;;=   jump b4(v11)
;;= b3:
;;=   v13 = load.i64 ctx.64.least65536.guard36507222016 [v0+40]
;;=   v14 = clamp.min.i64 v1, v13
;;=   v15 = load.i64 ctx.64 [v0+32]
;;=   v16 = add.i64 v15, v14
;;=   v17 = load.i64 mem.64 [v16+16] trap 2
;;=   jump b4(v17)
;;= b4(v5: i64):
;;=   v19 = load.i64 ctx.64.least65536.guard36507222016 [v0+40]
;;=   v20 = clamp.min.i64 v1, v19
;;=   v21 = load.i64 ctx.64 [v0+32]
;;=   v22 = add.i64 v21, v20
;;=   v23 = load.i64 mem.64 [v22] trap 2
;;=   v24 = add.i64 v5, v23
;;=   jump b1(v24)
;;= }
