package dev.tazza;

import dev.tazza.vm.call.Backtrace;
import dev.tazza.vm.call.CallLoop;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Stack traces of Java with the guest's frames in them: where Java called a guest is a frame of
 * {@link CallLoop}, which serves what that guest asks for. The runtime's own frames are left out.
 */
final class JavaStackTrace {
  /** Before the name of a guest's module, in place of that of a class loader. */
  private static final String GUEST = "wasm";

  private static final String LOOP = CallLoop.class.getName();

  /** Whose frames say nothing to people. */
  private static final String RUNTIME = "dev.tazza.vm.";

  private JavaStackTrace() {}

  /**
   * A stack trace with the guest's frames.
   *
   * @param java innermost frame first
   * @param details whether to look for positions in the source
   * @return null when {@code java} is not of the calls that {@code guest} is of
   */
  static StackTraceElement @Nullable [] insert(
      StackTraceElement[] java, Backtrace guest, boolean details) {
    List<StackTraceElement> whole = new ArrayList<>();
    int activation = 0;
    for (StackTraceElement element : java) {
      String name = element.getClassName();
      if (name.equals(LOOP) && element.getMethodName().equals("serve")) {
        if (activation == guest.activations().length) {
          return null;
        }
        add(whole, activation(guest, activation++), details);
      } else if (!name.startsWith(RUNTIME) && !name.equals(GuestErrors.class.getName())) {
        whole.add(element);
      }
    }
    return activation < guest.activations().length ? null : whole.toArray(StackTraceElement[]::new);
  }

  private static Backtrace activation(Backtrace guest, int activation) {
    int from = activation == 0 ? 0 : guest.activations()[activation - 1];
    int to = guest.activations()[activation];
    long[] pcs = Arrays.copyOfRange(guest.pcs(), from, to);
    boolean fault = guest.fault() && activation == 0;
    long[] framePointers = Arrays.copyOfRange(guest.framePointers(), from, to);
    return new Backtrace(pcs, framePointers, fault, guest.truncated(), new int[] {pcs.length});
  }

  private static void add(List<StackTraceElement> whole, Backtrace guest, boolean details) {
    for (CodePlace place : CodePlace.of(guest, Integer.MAX_VALUE)) {
      for (StackTraceElement element : place.frame(details).toStackTraceElements()) {
        whole.add(
            new StackTraceElement(
                GUEST,
                null,
                null,
                element.getClassName(),
                element.getMethodName(),
                element.getFileName(),
                element.getLineNumber()));
      }
    }
  }

  /** Whether the guest's frames are there already. */
  static boolean hasGuest(StackTraceElement[] trace) {
    for (StackTraceElement element : trace) {
      if (GUEST.equals(element.getClassLoaderName())) {
        return true;
      }
    }
    return false;
  }
}
