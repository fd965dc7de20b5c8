package dev.tazza.codegen.ir;

/** One way out of a block: the target and a value for each of its parameters. Mutable. */
public final class Edge {
  /** For an edge to a block without parameters. */
  public static final Inst[] NO_ARGS = {};

  public Block target;
  public Inst[] args;

  public Edge(Block target, Inst... args) {
    this.target = target;
    this.args = args;
  }
}
