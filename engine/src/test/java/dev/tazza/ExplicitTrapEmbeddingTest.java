package dev.tazza;

/** The embedding API where no signal handler helps. */
class ExplicitTrapEmbeddingTest extends EmbeddingTest {
  @Override
  Config config() {
    return new Config().signalsBasedTraps(false);
  }
}
