package dev.tazza.codegen.regalloc;

import dev.tazza.codegen.machine.PReg;

/**
 * What speaks for and against registers for each value. All of it is advice.
 *
 * <ul>
 *   <li>Values that would like to share a register (a parameter and its arguments, both sides of a
 *       move, a definition and the dying use whose register it takes) form classes; a class
 *       remembers the register that a member got.
 *   <li>A value that an instruction wants in a certain register remembers the most frequent of
 *       those.
 *   <li>A value that is held in a register across instructions that overwrite some remembers those
 *       to avoid, in two levels: those of the most frequent such instruction, and the others.
 * </ul>
 */
final class Hints {
  private final int[] parent;
  private final byte[] classReg;
  private final byte[] fixedReg;
  private final float[] fixedWeight;
  private final byte[] classFixedReg;
  private final float[] classFixedWeight;
  private final long[] avoidMost;
  private final long[] avoidSome;
  private final float[] avoidWeight;
  private final long[] classAvoid;
  private final float[] classAvoidWeight;

  Hints(int vregCount) {
    this.parent = new int[vregCount];
    this.classReg = new byte[vregCount];
    this.fixedReg = new byte[vregCount];
    this.fixedWeight = new float[vregCount];
    this.classFixedReg = new byte[vregCount];
    this.classFixedWeight = new float[vregCount];
    this.avoidMost = new long[vregCount];
    this.avoidSome = new long[vregCount];
    this.avoidWeight = new float[vregCount];
    this.classAvoid = new long[vregCount];
    this.classAvoidWeight = new float[vregCount];
    for (int v = 0; v < vregCount; v++) {
      parent[v] = v;
      classReg[v] = -1;
      fixedReg[v] = -1;
      classFixedReg[v] = -1;
    }
  }

  /** The value that stands for the class. */
  int find(int v) {
    while (parent[v] != v) {
      parent[v] = parent[parent[v]];
      v = parent[v];
    }
    return v;
  }

  /** Notes that two values would like to share a register. */
  void join(int v, int w) {
    int a = find(v);
    int b = find(w);
    if (a != b) {
      parent[b] = a;
      if (classFixedWeight[b] > classFixedWeight[a]) {
        classFixedWeight[a] = classFixedWeight[b];
        classFixedReg[a] = classFixedReg[b];
      }
      avoidInClass(a, classAvoid[b], classAvoidWeight[b]);
    }
  }

  boolean areJoined(int v, int w) {
    return find(v) == find(w);
  }

  /** Notes that an instruction that runs with a frequency uses the value in a register. */
  void want(int v, int reg, double frequency) {
    float weight = (float) frequency;
    if (fixedWeight[v] < weight) {
      fixedWeight[v] = weight;
      fixedReg[v] = (byte) reg;
    }
    makes(v, reg, frequency);
  }

  /** Notes that an instruction that runs with a frequency makes the value in a register. */
  void makes(int v, int reg, double frequency) {
    float weight = (float) frequency;
    int root = find(v);
    if (classFixedWeight[root] < weight) {
      classFixedWeight[root] = weight;
      classFixedReg[root] = (byte) reg;
    }
  }

  /**
   * Notes that an instruction that runs with a frequency overwrites registers while the value is
   * held in one.
   */
  void avoid(int v, long registers, double frequency) {
    if (registers == 0) {
      return;
    }
    float weight = (float) frequency;
    avoidInClass(find(v), registers, weight);
    if (weight > avoidWeight[v] * 1.5f) {
      avoidSome[v] |= avoidMost[v];
      avoidMost[v] = registers;
      avoidWeight[v] = weight;
    } else if (weight * 1.5f >= avoidWeight[v]) {
      avoidMost[v] |= registers;
    } else {
      avoidSome[v] |= registers;
    }
  }

  private void avoidInClass(int root, long registers, float weight) {
    if (weight > classAvoidWeight[root] * 1.5f) {
      classAvoid[root] = registers;
      classAvoidWeight[root] = weight;
    } else if (weight * 1.5f >= classAvoidWeight[root]) {
      classAvoid[root] |= registers;
    }
  }

  /**
   * Remembers the register that a value got for its class; the first one counts unless {@code
   * strong}.
   */
  void got(int v, int reg, boolean strong) {
    int root = find(v);
    if (strong || classReg[root] < 0) {
      classReg[root] = (byte) reg;
    }
  }

  /** The register of the value's class, or -1. */
  int classReg(int v) {
    return classReg[find(v)];
  }

  /** The register in which an instruction wants the value, or -1. */
  int wanted(int v) {
    return fixedReg[v];
  }

  /**
   * The register in which an instruction that runs at least about this often wants the value, or
   * -1.
   */
  int wantedAt(int v, double frequency) {
    return fixedWeight[v] >= frequency * 0.5 ? fixedReg[v] : -1;
  }

  /** The register in which an instruction wants some value of the class, or -1. */
  int classWanted(int v) {
    return classFixedReg[find(v)];
  }

  long avoidMost(int v) {
    return avoidMost[v];
  }

  long avoidAll(int v) {
    return avoidMost[v] | avoidSome[v];
  }

  /** What the members of the value's class avoid most. */
  long classAvoid(int v) {
    return classAvoid[find(v)];
  }

  /** Whether a register is overwritten, at least this often, while the value is held in one. */
  boolean hurts(int v, int reg, double frequency) {
    return avoidWeight[v] >= frequency * 0.5 && (avoidMost[v] & PReg.mask(reg)) != 0;
  }
}
