/** WebAssembly modules: types, binary and text format, validation. Useful on its own. */
module dev.tazza.wasm {
  requires static org.jspecify;

  exports dev.tazza.wasm;
  exports dev.tazza.wasm.binary;
  exports dev.tazza.wasm.demangle to
      dev.tazza.engine,
      dev.tazza.vm;
  exports dev.tazza.wasm.dwarf to
      dev.tazza.vm;
  exports dev.tazza.wasm.module;
  exports dev.tazza.wasm.operator;
  exports dev.tazza.wasm.text;
  exports dev.tazza.wasm.type;
  exports dev.tazza.wasm.validate;
}
