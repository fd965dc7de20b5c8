/** Machine code as bytes, for the compiler and for the runtime's stubs. For Tazza's own modules. */
module dev.tazza.assembler {
  requires static org.jspecify;

  exports dev.tazza.assembler to
      dev.tazza.codegen,
      dev.tazza.sys,
      dev.tazza.vm;
  exports dev.tazza.assembler.x64 to
      dev.tazza.codegen,
      dev.tazza.sys,
      dev.tazza.testkit,
      dev.tazza.vm;
}
