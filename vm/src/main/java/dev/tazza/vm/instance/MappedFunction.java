package dev.tazza.vm.instance;

import dev.tazza.environ.CodeMap;
import dev.tazza.vm.code.CodeBlock;
import dev.tazza.vm.code.CodeRange;

/** A single function that belongs to no module, mapped as code. */
public final class MappedFunction implements MappedCode, AutoCloseable {
  private final CodeBlock block;
  private final CodeMap codeMap;

  public MappedFunction(byte[] code, CodeMap codeMap) {
    this.codeMap = codeMap;
    block = CodeRange.process().allocate(code.length, this);
    try {
      block.write(0, code, 0, code.length);
      block.publish();
    } catch (RuntimeException | Error e) {
      block.close();
      throw e;
    }
  }

  @Override
  public long address() {
    return block.address();
  }

  @Override
  public CodeMap codeMap() {
    return codeMap;
  }

  /** Unmaps it; nothing may call it any more. */
  @Override
  public void close() {
    block.close();
  }
}
