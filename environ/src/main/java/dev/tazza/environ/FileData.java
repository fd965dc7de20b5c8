package dev.tazza.environ;

/**
 * Initial contents of a memory as pages of a file, zeros around the data: they can be mapped.
 *
 * @param descriptor of the file; open as long as the module is being loaded
 * @param fileOffset where they begin in the file; a multiple of the page size, as the next two
 * @param size in bytes
 * @param memoryOffset where they begin in the memory
 * @param memory index of a memory that the module defines
 * @param checksum CRC-32 that they must have
 */
public record FileData(
    int descriptor, long fileOffset, long size, long memoryOffset, int memory, int checksum) {}
