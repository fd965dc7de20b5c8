package dev.tazza;

/**
 * What a {@link Cache} has done since it was opened.
 *
 * @param hits modules that were found
 * @param misses modules that were not
 * @param stored modules that were put into it
 * @param damaged files that were there but of no use, and were deleted
 * @param failures times that a file could not be written: the folder is read-only, the disk full
 */
public record CacheStatistics(long hits, long misses, long stored, long damaged, long failures) {}
