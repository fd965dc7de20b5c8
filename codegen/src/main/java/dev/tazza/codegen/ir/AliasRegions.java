package dev.tazza.codegen.ir;

import org.jspecify.annotations.Nullable;

/** All regions that the accesses of a function tell apart; the client's. Immutable. */
public final class AliasRegions {
  /** There are no more than this, for sets of them are masks in which calls have a bit, too. */
  public static final int MOST = 31;

  private final AliasRegion[] regions;
  private final int shared;
  private final boolean hasThreads;

  /**
   * @param regions each at the place that is its {@link AliasRegion#id}
   */
  public AliasRegions(AliasRegion... regions) {
    this(true, regions);
  }

  private AliasRegions(boolean hasThreads, AliasRegion... regions) {
    this.hasThreads = hasThreads;
    this.regions = regions.clone();
    if (regions.length > MOST) {
      throw new IllegalArgumentException(
          "at most " + MOST + " regions expected, not " + regions.length);
    }
    for (int i = 0; i < regions.length; i++) {
      if (regions[i].id() != i) {
        throw new IllegalArgumentException(
            "region " + regions[i] + " is number " + regions[i].id() + ", expected " + i);
      }
    }
    int mask = 0;
    for (AliasRegion region : regions) {
      mask |= region.isShared() ? 1 << region.id() : 0;
    }
    shared = mask;
  }

  public int count() {
    return regions.length;
  }

  public AliasRegion get(int id) {
    return regions[id];
  }

  /** The first region in which nothing ever changes; which one it is tells accesses nothing. */
  public AliasRegion constants() {
    for (AliasRegion region : regions) {
      if (region.isConstant()) {
        return region;
      }
    }
    throw new IllegalStateException("no region of constants");
  }

  /** A bit, by id, for each region that is {@link AliasRegion#isShared shared}. */
  public int shared() {
    return shared;
  }

  /** The same for functions of which it is known that no other thread writes to what they use. */
  public AliasRegions withoutThreads() {
    return new AliasRegions(false, regions);
  }

  /** Whether two loads may differ though the function itself has not written in between. */
  public boolean isWrittenByOthers(AliasRegion region) {
    return hasThreads && region.isShared();
  }

  /** The region with that name, or null. */
  public @Nullable AliasRegion find(String name) {
    for (AliasRegion region : regions) {
      if (region.toString().equals(name)) {
        return region;
      }
    }
    return null;
  }
}
