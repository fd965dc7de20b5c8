package dev.tazza.codegen.opt;

import dev.tazza.codegen.ir.AliasRegion;
import dev.tazza.codegen.ir.AliasRegions;
import dev.tazza.codegen.ir.Analyses;
import dev.tazza.codegen.ir.ControlFlow;
import dev.tazza.codegen.ir.Inst;
import dev.tazza.codegen.ir.LoopForest;
import dev.tazza.codegen.ir.MemoryAccess;
import dev.tazza.codegen.ir.Opcode;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Memory SSA: numbers the states of memory, for each region, as SSA numbers values: a store makes a
 * new version of its region, a call one of all regions, an atomic operation or a fence one of all
 * that other threads may write to, and so does a block whose predecessors disagree. Two loads of
 * the same address in the same version give the same. Loads see through stores to other offsets
 * from the same base.
 *
 * <p>Blocks must be visited so that forward predecessors come first; {@link #enter} and {@link
 * #leave} bracket each.
 */
public final class MemoryVersions {
  private static final int MAX_STEPS = 16;

  /** The version of all constants. */
  public static final int UNCHANGING = 0;

  private final AliasRegions regions;
  private final int count;
  private final ControlFlow flow;
  private final LoopForest loops;
  private final WrittenRegions loopWrites;

  /** By block number and region; 0: not visited yet. */
  private final int[] exitVersions;

  private final int[] current;
  private @Nullable Inst[] stores = new Inst[64];
  private int[] previous = new int[64];
  private int versions = 1;

  MemoryVersions(Analyses analyses) {
    regions = analyses.function().regions;
    count = regions.count();
    current = new int[count];
    flow = analyses.controlFlow();
    loops = analyses.loops();
    loopWrites = new WrittenRegions(flow, loops);
    exitVersions = new int[flow.size() * count];
  }

  /** Starts block {@code number}. */
  void enter(int number) {
    if (flow.predCount(number) == 1) {
      int from = flow.pred(flow.predStart(number));
      System.arraycopy(exitVersions, from * count, current, 0, count);
      return;
    }
    int loop = loops.loopOf(number);
    boolean header = loop >= 0 && loops.header(loop) == number;
    int fresh = 0;
    for (int i = 0; i < count; i++) {
      AliasRegion region = regions.get(i);
      int merged =
          header && loopWrites.writes(loop, region) ? -1 : merge(number, header ? loop : -1, i);
      if (merged < 0 && fresh == 0) {
        fresh = newVersion(null, 0);
      }
      current[i] = merged < 0 ? fresh : merged;
    }
  }

  /**
   * The version at the end of all predecessors, or -1 if there are several.
   *
   * @param loop the loop that the block is the header of and that does not write, or -1
   */
  private int merge(int number, int loop, int region) {
    int merged = 0;
    for (int i = flow.predStart(number); i < flow.predEnd(number); i++) {
      int pred = flow.pred(i);
      int version = exitVersions[pred * count + region];
      if (version == 0 && loop >= 0 && loops.contains(loop, pred)) {
        // A back edge of a loop that does not write.
        continue;
      }
      if (version == 0 || merged != 0 && merged != version) {
        return -1;
      }
      merged = version;
    }
    return merged == 0 ? -1 : merged;
  }

  /** Ends block {@code number}. */
  void leave(int number) {
    System.arraycopy(current, 0, exitVersions, number * count, count);
  }

  /** Everything but constants may change. */
  void call() {
    Arrays.fill(current, newVersion(null, 0));
  }

  void store(Inst store) {
    MemoryAccess access = store.access;
    if (access != null) {
      int at = access.region().id();
      current[at] = newVersion(store, current[at]);
    }
  }

  /** Other threads may have written what they share. */
  void synchronize(Inst inst) {
    int version = newVersion(null, 0);
    for (int i = 0; i < count; i++) {
      if (regions.get(i).isShared()) {
        current[i] = version;
      }
    }
    MemoryAccess access = inst.access;
    if (access != null) {
      current[access.region().id()] = version;
    }
  }

  private int newVersion(@Nullable Inst store, int before) {
    if (versions == stores.length) {
      stores = Arrays.copyOf(stores, versions * 2);
      previous = Arrays.copyOf(previous, versions * 2);
    }
    stores[versions] = store;
    previous[versions] = before;
    return versions++;
  }

  /**
   * The oldest version known to hold the same as the current one at the address of {@code load}.
   */
  int versionFor(Inst load, MemoryAccess access) {
    if (access.region().isConstant()) {
      return UNCHANGING;
    }
    int version = current[access.region().id()];
    for (int i = 0; i < MAX_STEPS; i++) {
      Inst store = stores[version];
      if (store == null || !isApart(store, load, access)) {
        break;
      }
      version = previous[version];
    }
    return version;
  }

  private static boolean isApart(Inst store, Inst load, MemoryAccess access) {
    MemoryAccess stored = store.access;
    if (stored == null || store.op != Opcode.STORE || store.args[0] != load.args[0]) {
      return false;
    }
    return store.imm + stored.bytes() <= load.imm || load.imm + access.bytes() <= store.imm;
  }

  /** The store that made {@code version}, or null. */
  @Nullable Inst storeOf(int version) {
    return stores[version];
  }
}
