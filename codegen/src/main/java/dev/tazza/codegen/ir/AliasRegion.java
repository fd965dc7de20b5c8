package dev.tazza.codegen.ir;

import org.jspecify.annotations.Nullable;

/**
 * A part of the world that loads and stores touch, as the client tells such parts apart. Accesses
 * to different regions never overlap, so a store kills only the known contents of its own; calls
 * kill all but those of constants. Compared by identity.
 */
public final class AliasRegion {
  /** What passes may conclude about accesses of a region. */
  public enum Kind {
    /**
     * Fields that never change while the function may run: such loads need no order at all. A field
     * that holds an address can be followed.
     */
    CONSTANTS,
    /** Fields that change, but if one holds an address, it can be followed at any time. */
    FIELDS,
    /** Single values, of which nothing is known. */
    VALUES,
    /** As {@link #VALUES}, but so many that they may be far from the processor. */
    DATA
  }

  /**
   * Where the lengths of a region's areas stand: each area's is an I64, so many bytes behind the
   * constant field with the address that the area begins at. Areas have 2^32 bytes at most and
   * never shrink.
   *
   * @param behindBase distance of the two fields
   * @param region that of the length
   */
  public record Lengths(int behindBase, AliasRegion region) {}

  private final int id;
  private final String name;
  private final Kind kind;
  private final @Nullable Lengths lengths;
  private final boolean isShared;

  /**
   * @param id its place in {@link AliasRegions}
   * @param name in text
   */
  public AliasRegion(int id, String name, Kind kind) {
    this(id, name, kind, null, false);
  }

  /**
   * @param lengths where that is known
   * @param isShared whether other threads may write there, too
   */
  public AliasRegion(int id, String name, Kind kind, @Nullable Lengths lengths, boolean isShared) {
    this.id = id;
    this.name = name;
    this.kind = kind;
    this.lengths = lengths;
    this.isShared = isShared;
  }

  /** Dense within its {@link AliasRegions}. */
  public int id() {
    return id;
  }

  public Kind kind() {
    return kind;
  }

  /** Whether nothing in it ever changes. */
  public boolean isConstant() {
    return kind == Kind.CONSTANTS;
  }

  /** Whether addresses in it can be followed, at any time. */
  public boolean holdsAddresses() {
    return kind == Kind.CONSTANTS || kind == Kind.FIELDS;
  }

  /**
   * Whether other threads may write there while the function runs. What they have written need not
   * be seen before an instruction that {@link Opcode.Effect#SYNCHRONIZES synchronizes}.
   */
  public boolean isShared() {
    return isShared;
  }

  /** Where the lengths of its areas stand, null when that is not known. */
  public @Nullable Lengths lengths() {
    return lengths;
  }

  @Override
  public String toString() {
    return name;
  }
}
