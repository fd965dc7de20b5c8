package dev.tazza.wasm;

import dev.tazza.wasm.binary.ModuleDecoder;
import dev.tazza.wasm.binary.ModuleLimits;
import dev.tazza.wasm.module.WasmModule;
import dev.tazza.wasm.text.TextModule;
import dev.tazza.wasm.text.Wat;
import dev.tazza.wasm.validate.ModuleValidator;
import java.util.Objects;

/**
 * The front door: a module in the binary or the text format becomes a decoded and validated {@link
 * WasmModule}, or an error that says what is wrong and where. Stateless; any thread may use it.
 */
public final class ModuleReader {
  private ModuleReader() {}

  /**
   * Reads a module with the default limits; otherwise as {@link #read(byte[], Features,
   * ModuleLimits)}.
   */
  public static WasmModule read(byte[] module, Features features) {
    return read(module, features, ModuleLimits.DEFAULT);
  }

  /**
   * Reads a module. The bytes of a binary are not copied and must not change any more. Errors in a
   * text say line and column, also those that validation finds.
   *
   * @param module binary, or text in UTF-8: what does not begin with {@code \0asm} is text; not
   *     empty
   * @throws MalformedException if it is no module
   * @throws ValidationException if it is invalid or uses features that are off, which the message
   *     names
   * @throws ResourceLimitException if it exceeds one of the limits
   */
  public static WasmModule read(byte[] module, Features features, ModuleLimits limits) {
    if (Wat.isBinary(module)) {
      return readBinary(module, features, limits);
    }
    TextModule text = Wat.assemble(module);
    try {
      return readBinary(text.bytes(), features, limits);
    } catch (WasmException e) {
      throw text.locate(e);
    }
  }

  /** Reads a module that must be in the binary format; otherwise as {@link #read}. */
  public static WasmModule readBinary(byte[] bytes, Features features, ModuleLimits limits) {
    Objects.requireNonNull(features, "features");
    WasmModule module = ModuleDecoder.decode(bytes, limits);
    new ModuleValidator(module, features, limits).validate();
    return module;
  }
}
