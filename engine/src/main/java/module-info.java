/**
 * The embedding API: {@link dev.tazza.Engine}, {@link dev.tazza.Module}, {@link dev.tazza.Store},
 * {@link dev.tazza.Linker}.
 */
module dev.tazza.engine {
  requires static jdk.jfr;
  requires static org.jspecify;
  requires transitive dev.tazza.wasm;
  requires dev.tazza.environ;
  requires dev.tazza.translate;
  requires dev.tazza.vm;

  uses dev.tazza.CacheConfigReader;

  exports dev.tazza;
}
