package dev.tazza.codegen;

/**
 * Looks on while a function is compiled: dumps, timing, verification and tests. Called on the
 * compiling thread; one observer may see several functions at once when they compile in parallel.
 */
@FunctionalInterface
public interface Observer {
  /** Sees nothing. */
  Observer NONE = new Blind();

  /**
   * Called after each stage.
   *
   * @param stage {@code input}, the name of a pass, {@code lower}, {@code allocate} or {@code emit}
   * @param compilation what there is so far
   */
  void after(String stage, Compilation compilation);

  /** Both, this one first. */
  default Observer and(Observer other) {
    return (stage, compilation) -> {
      after(stage, compilation);
      other.after(stage, compilation);
    };
  }

  /** No lambda: in the initializer of an interface the JVM's AOT cache does not keep it. */
  final class Blind implements Observer {
    private Blind() {}

    @Override
    public void after(String stage, Compilation compilation) {}
  }
}
