package dev.tazza.vm.isa.x64;

import java.util.Collections;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * Optional instructions of x86-64 processors.
 *
 * <p>A feature counts only when the operating system saves the registers it uses (AVX and above).
 * Bit positions are those of the CPUID instruction (Intel SDM volume 2, AMD APM volume 3).
 */
enum CpuIdFeature {
  SSE3(CpuId.LEAF1_ECX, 0),
  SSSE3(CpuId.LEAF1_ECX, 9),
  SSE41(CpuId.LEAF1_ECX, 19),
  SSE42(CpuId.LEAF1_ECX, 20),
  POPCNT(CpuId.LEAF1_ECX, 23),
  CMPXCHG16B(CpuId.LEAF1_ECX, 13),
  AVX(CpuId.LEAF1_ECX, 28, CpuId.YMM_STATE),
  FMA(CpuId.LEAF1_ECX, 12, CpuId.YMM_STATE),
  F16C(CpuId.LEAF1_ECX, 29, CpuId.YMM_STATE),
  BMI1(CpuId.LEAF7_EBX, 3),
  AVX2(CpuId.LEAF7_EBX, 5, CpuId.YMM_STATE),
  BMI2(CpuId.LEAF7_EBX, 8),
  /** Fast {@code rep movsb}. */
  ERMS(CpuId.LEAF7_EBX, 9),
  /** Fast {@code rep movsb} for short blocks too. */
  FSRM(CpuId.LEAF7_EDX, 4),
  AVX512F(CpuId.LEAF7_EBX, 16, CpuId.ZMM_STATE),
  AVX512DQ(CpuId.LEAF7_EBX, 17, CpuId.ZMM_STATE),
  AVX512BW(CpuId.LEAF7_EBX, 30, CpuId.ZMM_STATE),
  AVX512VL(CpuId.LEAF7_EBX, 31, CpuId.ZMM_STATE),
  AVX512VBMI(CpuId.LEAF7_ECX, 1, CpuId.ZMM_STATE),
  AVX512BITALG(CpuId.LEAF7_ECX, 12, CpuId.ZMM_STATE),
  LZCNT(CpuId.EXTENDED1_ECX, 5);

  final int word;
  final int bit;
  final int stateNeeded;

  CpuIdFeature(int word, int bit) {
    this(word, bit, 0);
  }

  CpuIdFeature(int word, int bit, int stateNeeded) {
    this.word = word;
    this.bit = bit;
    this.stateNeeded = stateNeeded;
  }

  /** The least that is supported: x86-64-v2. */
  private static final Set<CpuIdFeature> BASELINE = EnumSet.of(SSE3, SSSE3, SSE41, SSE42, POPCNT);

  /** The names of all but the baseline's, in lower case. */
  static Set<String> aboveBaseline() {
    Set<CpuIdFeature> host = ofHost();
    EnumSet<CpuIdFeature> missing = EnumSet.copyOf(BASELINE);
    missing.removeAll(host);
    if (!missing.isEmpty()) {
      throw new UnsupportedOperationException(
          "this processor lacks " + missing + "; x86-64-v2 is the least that is supported");
    }
    Set<String> names = new HashSet<>();
    for (CpuIdFeature feature : host) {
      if (!BASELINE.contains(feature)) {
        names.add(feature.name().toLowerCase(Locale.ROOT));
      }
    }
    return names;
  }

  /** What the processor this JVM runs on has; detected once. */
  static Set<CpuIdFeature> ofHost() {
    return Host.FEATURES;
  }

  private static final class Host {
    static final Set<CpuIdFeature> FEATURES = detect();

    private static Set<CpuIdFeature> detect() {
      int[] words = CpuId.read();
      EnumSet<CpuIdFeature> found = EnumSet.noneOf(CpuIdFeature.class);
      for (CpuIdFeature feature : values()) {
        boolean stateSaved =
            (words[CpuId.SAVED_STATE] & feature.stateNeeded) == feature.stateNeeded;
        if (stateSaved && (words[feature.word] >>> feature.bit & 1) != 0) {
          found.add(feature);
        }
      }
      return Collections.unmodifiableSet(found);
    }
  }
}
