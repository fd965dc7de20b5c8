package dev.tazza.codegen.isa.x64.lower;

import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.Opcode;
import dev.tazza.codegen.ir.Shape;
import dev.tazza.codegen.ir.Type;
import dev.tazza.codegen.isa.x64.inst.X64Inst;
import dev.tazza.codegen.isa.x64.inst.X64Inst.Unary;
import dev.tazza.codegen.machine.lower.Selection;
import org.jspecify.annotations.Nullable;

/**
 * Integer lanes of vectors that have been loaded a little before: they are loaded, too, right
 * behind their vector. That is one instruction where taking them out are two, and they need not
 * wait for the vector.
 */
final class LoadedLanes {
  private final Selection<X64Inst> selection;
  private final AddressSelector addresses;

  /** By the load's id the last of its lanes, by a lane's id the one before; empty until needed. */
  private @Nullable Inst[] lanes = new Inst[0];

  LoadedLanes(Selection<X64Inst> selection, AddressSelector addresses) {
    this.selection = selection;
    this.addresses = addresses;
  }

  /** Whether {@code extract} is to be loaded where its vector is, and needs no code here. */
  boolean take(Inst extract) {
    Inst load = selection.loadBefore(extract.args[0]);
    if (load == null
        || !extract.type.isInt()
        || load.access == null
        || load.access.bytes() != Type.V128.bytes()) {
      return false;
    }
    if (lanes.length == 0) {
      lanes = new Inst[selection.function.instCount()];
    }
    selection.reg(extract);
    lanes[extract.id] = lanes[load.id];
    lanes[load.id] = extract;
    return true;
  }

  /** Loads the lanes of {@code vector} that were taken; to be called behind its own load. */
  void load(Inst vector) {
    if (vector.id >= lanes.length) {
      return;
    }
    for (Inst lane = lanes[vector.id]; lane != null; lane = lanes[lane.id]) {
      load(vector, lane);
    }
  }

  private void load(Inst vector, Inst lane) {
    Shape shape = lane.shape();
    if (shape == null) {
      throw new IllegalArgumentException("a lane of no shape: " + lane);
    }
    int bytes = shape.laneBytes();
    boolean signed = lane.op == Opcode.VEXTRACT_LANE_S;
    selection.buffer.add(
        new Unary(
            MemorySelector.loadOp(lane.type, bytes, signed),
            selection.def(lane),
            addresses.address(vector.args[0], vector.imm + lane.imm * bytes, vector.trapEntry())));
  }
}
