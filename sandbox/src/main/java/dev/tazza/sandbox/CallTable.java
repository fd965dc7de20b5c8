package dev.tazza.sandbox;

import dev.tazza.environ.CallRecords;
import dev.tazza.environ.CompiledModule;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** What the table of calls says has to be what the code says; the code is verified. */
final class CallTable {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private static final int NOP_SIZE = 8;
  private static final int HEAD = 4;

  private final CallRecords sites;
  private final byte[] text;

  CallTable(CompiledModule compiled) {
    sites = compiled.tables().sites();
    text = sites.offsets().length == 0 ? new byte[0] : compiled.text().bytes();
  }

  /**
   * Compares both.
   *
   * @throws SandboxException when they differ
   */
  void check() {
    for (int i = 0; i < sites.offsets().length; i++) {
      if (!isRight(sites.offsets()[i], sites.records()[i])) {
        throw Pieces.contradiction(
            "table of calls", "it tells of " + sites.offsets()[i] + " what the code does not");
      }
    }
  }

  private boolean isRight(int back, int record) {
    if (back > text.length - NOP_SIZE) {
      return false;
    }
    int first = (int) INT.get(text, back);
    int second = (int) INT.get(text, back + 4);
    boolean isThere = first == Records.NOP_WITH_DISTANCE && second != 0;
    long inCode = isThere ? (long) back + NOP_SIZE + second : -1;
    int words = HEAD + sites.references(record) + 2 * sites.handlers(record);
    if (inCode <= 0 || inCode > text.length - 4L * words) {
      return false;
    }
    int at = (int) inCode;
    boolean same =
        word(at, 0) == sites.frame(record)
            && word(at, 1) == sites.context(record)
            && word(at, 2) == sites.references(record)
            && word(at, 3) == sites.handlers(record);
    for (int i = 0; same && i < sites.references(record); i++) {
      same = word(at, HEAD + i) == sites.reference(record, i);
    }
    for (int i = 0; same && i < sites.handlers(record); i++) {
      int handler = HEAD + sites.references(record) + 2 * i;
      same =
          word(at, handler) == sites.tag(record, i)
              && at + word(at, handler + 1) == sites.pad(record, i);
    }
    return same;
  }

  private int word(int at, int number) {
    return (int) INT.get(text, at + 4 * number);
  }
}
