(module
  (import "m" "t" (tag $imported (param i32)))
  (import "m" "u" (tag $other (param i32)))
  (tag $e (param i32 i64))
  (func $throws (param i32) (throw $e (local.get 0) (i64.const 7)))
  (func $catches (param i32) (result i32)
    (local $n i32)
    (local.set $n (i32.const 1))
    (block $all
      (block $h (result i32 i64)
        (try_table (catch $e $h) (catch_all $all)
          (call $throws (local.get 0))
          (local.set $n (i32.const 2))
          (call $throws (local.get 0)))
        (return (i32.const 3)))
      (drop) (drop))
    (local.get $n))
  (func $local (param i32) (result i32)
    (block $h (result i32)
      (try_table (catch $imported $h) (throw $imported (local.get 0)))
      (unreachable)))
  (func $perhaps (param i32) (result i32)
    (block $h (result i32)
      (try_table (catch $imported $h) (throw $other (local.get 0)))
      (unreachable)))
  (func $reference (result i32 exnref)
    (block $h (result i32 exnref)
      (try_table (catch_ref $imported $h) (call $throws (i32.const 1)))
      (unreachable)))
  (func $again (param exnref) (throw_ref (local.get 0))))
;;= function throws(i64, i32) -> () {
;;= b0(v0: i64, v1: i32) cold:
;;=   v2 = iconst.i64 7
;;=   v3 = context.i64
;;=   store thrown.32 [v3+512], v1
;;=   store thrown.64 [v3+528], v2
;;=   v6 = load.i64 const.32 [v0+64]
;;=   store thrown.64 [v3+248], v6
;;=   v8 = context.i64
;;=   v9 = load.i64 const.64 [v8+256]
;;=   throw 64, v9 trap 1
;;= }
;;= function catches(i64, i32) -> (i32) {
;;= b0(v0: i64, v1: i32):
;;=   v3 = iconst.i32 1
;;=   try_call 0(v0, v1): (i64, i32) -> (), b7, 64: b4(v3), *: b5(v3)
;;= b1(v2: i32):
;;=   return v2
;;= b2(v20: i32):
;;=   jump b1(v20)
;;= b3(v4: i32, v5: i64):
;;=   jump b2(v19)
;;= b4(v19: i32) cold:
;;=   v10 = context.i64
;;=   v11 = load.i32 thrown.32 [v10+512]
;;=   v12 = load.i64 thrown.64 [v10+528]
;;=   jump b3(v11, v12)
;;= b5(v18: i32) cold:
;;=   jump b2(v18)
;;= b6:
;;=   v15 = iconst.i32 3
;;=   return v15
;;= b7:
;;=   v7 = iconst.i32 2
;;=   try_call 0(v0, v1): (i64, i32) -> (), b8, 64: b4(v7), *: b5(v7)
;;= b8:
;;=   jump b6
;;= }
;;= function local(i64, i32) -> (i32) {
;;= b0(v0: i64, v1: i32):
;;=   jump b2(v1)
;;= b1(v2: i32):
;;=   return v2
;;= b2(v3: i32):
;;=   jump b1(v3)
;;= }
;;= function perhaps(i64, i32) -> (i32) {
;;= b0(v0: i64, v1: i32):
;;=   v4 = load.i32 const.32 [v0+60]
;;=   v5 = load.i32 const.32 [v0+56]
;;=   v6 = icmp.eq v4, v5
;;=   branch v6, b5, b6
;;= b1(v2: i32):
;;=   return v2
;;= b2(v3: i32):
;;=   jump b1(v3)
;;= b5:
;;=   jump b2(v1)
;;= b6 cold:
;;=   v9 = context.i64
;;=   store thrown.32 [v9+512], v1
;;=   v11 = load.i64 const.32 [v0+60]
;;=   store thrown.64 [v9+248], v11
;;=   v13 = context.i64
;;=   v14 = load.i64 const.64 [v13+256]
;;=   throw 60, v14 trap 1
;;= }
;;= function reference(i64) -> (i32, ref) {
;;= b0(v0: i64):
;;=   v5 = iconst.i32 1
;;=   try_call 0(v0, v5): (i64, i32) -> (), b5, 56: b3
;;= b1(v1: i32, v2: ref):
;;=   return v1, v2
;;= b2(v3: i32, v4: ref):
;;=   jump b1(v3, v4)
;;= b3 cold:
;;=   v8 = context.i64
;;=   v9 = load.i32 thrown.32 [v8+512]
;;=   v11 = call 21(v0): (i64) -> (ref)
;;=   jump b2(v9, v11)
;;= b4 cold:
;;=   trap 1
;;= b5:
;;=   jump b4
;;= }
;;= function again(i64, ref) -> () {
;;= b0(v0: i64, v1: ref) cold:
;;=   call 22(v0, v1): (i64, ref) -> ()
;;=   v3 = context.i64
;;=   v4 = load.i64 const.64 [v3+256]
;;=   throw *, v4 trap 1
;;= }
