package dev.tazza.sys;

/** Numbers of the signals that machine instructions raise (the same on all Linux processors). */
public final class Signals {
  /** Illegal instruction. */
  public static final int ILL = 4;

  /** Access beyond a mapped file, misalignment. */
  public static final int BUS = 7;

  /** Integer division by zero or overflow. */
  public static final int FPE = 8;

  /** Access to unmapped or protected memory. */
  public static final int SEGV = 11;

  /** Code of {@link #SEGV}: nothing is mapped at the address. */
  public static final int SEGV_UNMAPPED = 1;

  /** Code of {@link #SEGV}: what is mapped at the address may not be accessed so. */
  public static final int SEGV_PROTECTED = 2;

  /** Urgent data on a socket; ignored by default, and by the JVM. */
  public static final int URGENT = 23;

  private Signals() {}
}
