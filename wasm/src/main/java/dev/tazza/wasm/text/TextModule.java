package dev.tazza.wasm.text;

import dev.tazza.wasm.MalformedException;
import dev.tazza.wasm.ResourceLimitException;
import dev.tazza.wasm.ValidationException;
import dev.tazza.wasm.WasmException;

/**
 * A module in the binary format and where its parts came from.
 *
 * @param bytes the binary; not validated
 * @param positions the way back to the text; empty if there was none
 */
@SuppressWarnings("ArrayRecordComponent") // a module's bytes are not copied and never compared
public record TextModule(byte[] bytes, TextPositions positions) {

  /**
   * An error about the binary as an error about the text: of the same class, its message begins
   * with line and column instead of ending with an offset. An error whose place is unknown is
   * returned as it is.
   */
  public WasmException locate(WasmException error) {
    Position position = positions.position(error.offset());
    String message = error.getMessage();
    if (position == null || message == null) {
      return error;
    }
    int end = message.lastIndexOf(" (at offset ");
    String located = position + ": " + (end < 0 ? message : message.substring(0, end));
    WasmException result =
        switch (error) {
          case ValidationException invalid -> invalid.withMessage(located);
          case MalformedException _ -> new MalformedException(located);
          case ResourceLimitException _ -> new ResourceLimitException(located);
          default -> error;
        };
    result.setStackTrace(error.getStackTrace());
    return result;
  }
}
