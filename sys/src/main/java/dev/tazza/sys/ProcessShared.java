package dev.tazza.sys;

import java.util.zip.CRC32;

/**
 * What all copies of this library in a process share, by name. Each class loader that loads it has
 * statics of its own; but what is there for the life of the process (the signal handler, pages of
 * stubs, a descriptor) should be there once, however many copies come and go. They find each other
 * by the one thing that is the JVM's: system properties. Thread-safe.
 */
public final class ProcessShared {
  private static final String PREFIX = "dev.tazza.process.";

  private ProcessShared() {}

  /**
   * A lock for all copies: there is one of each interned string in a JVM.
   *
   * @return the object to synchronize on
   */
  public static Object lock() {
    return PREFIX.intern();
  }

  /** A name for something of which there may be versions, from the bytes that it depends on. */
  public static String name(String kind, byte[] bytes) {
    CRC32 sum = new CRC32();
    sum.update(bytes);
    return String.join(
        "-", kind, Long.toHexString(sum.getValue()), Integer.toHexString(bytes.length));
  }

  /** The value with that name; 0 when there is none. */
  public static long find(String name) {
    String value = System.getProperty(PREFIX.concat(name));
    return value == null ? 0 : Long.parseLong(value);
  }

  /** Sets the value with that name. */
  public static void set(String name, long value) {
    System.setProperty(PREFIX.concat(name), Long.toString(value));
  }
}
