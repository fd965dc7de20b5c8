package dev.tazza.sys;

/**
 * Numbers of signals, as one system has them.
 *
 * @param ill illegal instruction
 * @param bus access beyond a mapped file, misalignment
 * @param fpe integer division by zero or overflow
 * @param segv access to unmapped or protected memory
 * @param urgent urgent data on a socket; ignored by default, and by the JVM
 * @param accessCodes codes of {@code segv} that come with an address: nothing is mapped there, or
 *     what is may not be accessed so
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Signals(int ill, int bus, int fpe, int segv, int urgent, int... accessCodes) {
  /** Whether a signal with this code tells of an access, whose address is known. */
  public boolean isAccess(int signal, int code) {
    boolean known = false;
    for (int accessCode : accessCodes) {
      known |= code == accessCode;
    }
    return signal == segv && known;
  }
}
