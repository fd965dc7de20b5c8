package dev.tazza.wasm.binary;

/** The ids of a module's sections, listed in the order in which they must appear. */
public final class SectionId {

  /** May appear anywhere, any number of times. */
  public static final int CUSTOM = 0;

  public static final int TYPE = 1;
  public static final int IMPORT = 2;
  public static final int FUNCTION = 3;
  public static final int TABLE = 4;
  public static final int MEMORY = 5;
  public static final int TAG = 13;
  public static final int GLOBAL = 6;
  public static final int EXPORT = 7;
  public static final int START = 8;
  public static final int ELEMENT = 9;
  public static final int DATA_COUNT = 12;
  public static final int CODE = 10;
  public static final int DATA = 11;

  /** Each id's place in the order, by id. */
  private static final int[] PLACE = {0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 12, 13, 11, 6};

  private SectionId() {}

  /** The section's place in the order of sections, or -1 if there is no such section. */
  public static int place(int id) {
    return id < PLACE.length ? PLACE[id] : -1;
  }
}
