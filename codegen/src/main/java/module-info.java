/**
 * An optimizing compiler back end: SSA form in, position-independent machine code out. Knows
 * nothing of WebAssembly.
 */
module dev.tazza.codegen {
  requires static org.jspecify;

  exports dev.tazza.codegen;
  exports dev.tazza.codegen.ir;
  exports dev.tazza.codegen.isa.x64;
  exports dev.tazza.codegen.machine;
  exports dev.tazza.codegen.regalloc;
}
