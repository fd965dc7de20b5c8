(module
  (memory 1)
  (global $g (mut v128) (v128.const i32x4 1 2 3 4))
  (func (param v128 v128) (result v128)
    (local v128)
    (v128.bitselect (i8x16.add (local.get 0) (local.get 2)) (global.get $g) (v128.const i64x2 1 2)))
  (func (param i32 v128) (result v128)
    (v128.load8_lane offset=3 5 (local.get 0) (v128.load8x8_s (local.get 0))))
  (func (param i32 v128)
    (v128.store16_lane 7 (local.get 0) (v128.load32_splat (local.get 0)))
    (v128.store offset=16 (local.get 0) (v128.load64_zero (local.get 0))))
  (func (param v128 i32) (result i32 v128)
    (i16x8.extract_lane_s 3 (local.get 0))
    (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 31
      (i32x4.shl (local.get 0) (local.get 1))
      (i32x4.trunc_sat_f64x2_s_zero (f64x2.convert_low_i32x4_u (local.get 0)))))
  (func (param v128 v128 i32) (result v128)
    (global.set $g (select (local.get 0) (local.get 1) (v128.any_true (local.get 0))))
    (i16x8.extmul_high_i8x16_u (local.get 0) (local.get 1))))
;;= function function_0_(i64, v128, v128) -> (v128) {
;;= b0(v0: i64, v1: v128, v2: v128):
;;=   v4 = vconst.v128 0x0, 0x0
;;=   v5 = vadd.i8x16 v1, v4
;;=   v6 = load.v128 global.128 [v0+48]
;;=   v7 = vconst.v128 0x1, 0x2
;;=   v8 = vbitselect.v128 v5, v6, v7
;;=   jump b1(v8)
;;= b1(v3: v128):
;;=   return v3
;;= }
;;= function function_1_(i64, i32, v128) -> (v128) {
;;= b0(v0: i64, v1: i32, v2: v128):
;;=   v4 = uextend.i64 v1
;;=   v5 = load.i64 const.64 [v0+32]
;;=   v6 = add.i64 v5, v4
;;=   v7 = load.v128 mem.64 [v6] trap 2
;;=   v8 = vextend_low_s.i16x8 v7
;;=   v9 = load.i32 mem.8 [v6+3] trap 2
;;=   v10 = vreplace_lane.i8x16 v8, v9, 5
;;=   jump b1(v10)
;;= b1(v3: v128):
;;=   return v3
;;= }
;;= function function_2_(i64, i32, v128) -> () {
;;= b0(v0: i64, v1: i32, v2: v128):
;;=   v3 = uextend.i64 v1
;;=   v4 = load.i64 const.64 [v0+32]
;;=   v5 = add.i64 v4, v3
;;=   v6 = load.i32 mem.32 [v5] trap 2
;;=   v7 = vsplat.i32x4 v6
;;=   v8 = vextract_lane.i16x8 v7, 7
;;=   store mem.16 [v5], v8 trap 2
;;=   v10 = load.v128 mem.64 [v5] trap 2
;;=   store mem.128 [v5+16], v10 trap 2
;;=   jump b1
;;= b1:
;;=   return
;;= }
;;= function function_3_(i64, v128, i32) -> (i32, v128) {
;;= b0(v0: i64, v1: v128, v2: i32):
;;=   v5 = vextract_lane_s.i16x8 v1, 3
;;=   v6 = vshl.i32x4 v1, v2
;;=   v7 = vconvert_u.f64x2 v1
;;=   v8 = vtrunc_sat_zero_s.i32x4 v7
;;=   v9 = vshuffle.v128 v6, v8, 0x706050403020100, 0x1f16151413121110
;;=   jump b1(v5, v9)
;;= b1(v3: i32, v4: v128):
;;=   return v3, v4
;;= }
;;= function function_4_(i64, v128, v128, i32) -> (v128) {
;;= b0(v0: i64, v1: v128, v2: v128, v3: i32):
;;=   v5 = vany_true.i32 v1
;;=   v6 = select.v128 v5, v1, v2
;;=   store global.128 [v0+48], v6
;;=   v8 = vextmul_high_u.i16x8 v1, v2
;;=   jump b1(v8)
;;= b1(v4: v128):
;;=   return v4
;;= }
