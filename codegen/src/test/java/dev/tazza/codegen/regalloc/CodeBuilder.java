package dev.tazza.codegen.regalloc;

import dev.tazza.codegen.machine.Operand;
import dev.tazza.codegen.machine.PReg;
import dev.tazza.codegen.machine.RegisterFile;
import dev.tazza.codegen.machine.VCode;
import dev.tazza.codegen.machine.VCode.VBlock;
import dev.tazza.codegen.machine.VRegKind;
import java.util.ArrayList;
import java.util.List;

/** Builds {@link VCode} for tests: blocks first, in any order, put into layout order in the end. */
final class CodeBuilder {
  /**
   * The x86-64 register file of the engine: rbx and r12–r14 callee-saved, r15, rsp and rbp not
   * allocatable.
   */
  static final RegisterFile X64 =
      new RegisterFile(
          new int[] {0, 1, 2, 6, 7, 8, 9, 10, 11, 3, 12, 13, 14},
          new int[] {32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46},
          mask(3, 12, 13, 14),
          47);

  /** A small one, to have pressure everywhere. */
  static final RegisterFile SMALL =
      new RegisterFile(new int[] {0, 1, 2, 6, 3, 14}, new int[] {32, 33, 34, 35}, mask(3, 14), 47);

  private static final int[] NONE = {};

  /** A block in the making. */
  static final class Block {
    final List<Inst> insts = new ArrayList<>();
    final List<Block> succs = new ArrayList<>();
    final List<int[]> args = new ArrayList<>();
    int[] params = NONE;
    int depth;
    boolean cold;
    int index = -1;
  }

  /** An instruction in the making. */
  static final class Inst {
    final String name;
    final long[] operands;
    long clobbers;
    boolean move;
    boolean commutative;
    int remat = -1;

    Inst(String name, long... operands) {
      this.name = name;
      this.operands = operands;
    }
  }

  final List<Block> blocks = new ArrayList<>();
  final List<VRegKind> vregs = new ArrayList<>();

  static long mask(int... registers) {
    long mask = 0;
    for (int r : registers) {
      mask |= PReg.mask(r);
    }
    return mask;
  }

  /** All allocatable registers that a call overwrites. */
  static long callerSaved(RegisterFile file) {
    return (mask(file.intOrder()) | mask(file.floatOrder())) & ~file.calleeSaved();
  }

  int vreg(VRegKind kind) {
    vregs.add(kind);
    return vregs.size() - 1;
  }

  int vreg() {
    return vreg(VRegKind.INT);
  }

  Block block(int depth) {
    Block block = new Block();
    block.depth = depth;
    blocks.add(block);
    return block;
  }

  static Inst add(Block block, String name, long... operands) {
    Inst inst = new Inst(name, operands);
    block.insts.add(inst);
    return inst;
  }

  /** A constant that may be made again. */
  int constant(Block block, VRegKind kind) {
    int v = vreg(kind);
    add(block, "const", Operand.def(v)).remat = v;
    return v;
  }

  static void jump(Block from, Block to, int... args) {
    add(from, "jump");
    edge(from, to, args);
  }

  static void branch(Block from, int condition, Block... targets) {
    add(from, "branch", Operand.use(condition));
    for (Block target : targets) {
      edge(from, target);
    }
  }

  static void edge(Block from, Block to, int... args) {
    from.succs.add(to);
    from.args.add(args);
  }

  /** Lays the blocks out in the order in which they were made, cold ones last. */
  VCode<String> build() {
    VCode<String> code = new VCode<>();
    for (VRegKind kind : vregs) {
      code.newVReg(kind);
    }
    List<Block> order = new ArrayList<>();
    blocks.stream().filter(b -> !b.cold).forEach(order::add);
    blocks.stream().filter(b -> b.cold).forEach(order::add);
    List<List<Integer>> preds = new ArrayList<>();
    for (Block block : order) {
      block.index = preds.size();
      preds.add(new ArrayList<>());
    }
    for (Block block : order) {
      for (Block succ : block.succs) {
        preds.get(succ.index).add(block.index);
      }
    }
    for (Block block : order) {
      VBlock out = code.newBlock();
      out.from = code.instCount();
      for (Inst inst : block.insts) {
        emit(code, inst);
      }
      out.to = code.instCount();
      out.succs = block.succs.stream().mapToInt(b -> b.index).toArray();
      out.preds = preds.get(block.index).stream().mapToInt(i -> i).toArray();
      out.params = block.params;
      out.args = block.args.toArray(new int[0][]);
      out.loopDepth = block.depth;
      out.cold = block.cold;
    }
    return code;
  }

  private static void emit(VCode<String> code, Inst inst) {
    int index = code.newInst(inst.name, inst.clobbers, inst.move, -1);
    for (long operand : inst.operands) {
      code.operand(operand);
    }
    if (inst.commutative) {
      code.setCommutative(index);
    }
    if (inst.remat >= 0) {
      code.setRemat(inst.remat, index);
    }
    if (inst.name.equals("call")) {
      code.setCall(index);
    }
  }
}
