package dev.tazza.wasm;

/** A file is no artifact, a damaged one, or one that this engine cannot use. */
public final class ArtifactException extends MalformedException {
  private static final long serialVersionUID = 1L;

  public ArtifactException(String message) {
    super(message);
  }
}
