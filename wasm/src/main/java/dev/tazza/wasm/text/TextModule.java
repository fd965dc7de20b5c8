package dev.tazza.wasm.text;

/**
 * A module in the binary format and where its parts came from.
 *
 * @param bytes the binary; not validated
 * @param positions the way back to the text; empty if there was none
 */
@SuppressWarnings("ArrayRecordComponent") // a module's bytes are not copied and never compared
public record TextModule(byte[] bytes, SourceMap positions) {}
