/** Reads the configuration of a cache of compiled modules from TOML. */
@SuppressWarnings("requires-automatic") // tomlj has a name, but no descriptor
module dev.tazza.cacheconfig {
  requires static org.jspecify;
  requires dev.tazza.engine;
  requires org.tomlj;

  provides dev.tazza.CacheConfigReader with
      dev.tazza.cacheconfig.TomlCacheConfig;
}
