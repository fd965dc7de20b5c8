/**
 * The service behind {@link dev.tazza.Config#cacheConfigLoad}: in comes a TOML file, out goes a
 * {@link dev.tazza.CacheConfig}. A library of its own, for only who has such a file needs a parser
 * of TOML.
 */
@NullMarked
package dev.tazza.cacheconfig;

import org.jspecify.annotations.NullMarked;
