/**
 * An optimizing compiler back end: SSA form in, position-independent machine code out. Knows
 * nothing of WebAssembly.
 */
module dev.tazza.codegen {
  requires static org.jspecify;
  requires dev.tazza.assembler;

  exports dev.tazza.codegen; // CompilerBug is what a user may have to report
  exports dev.tazza.codegen.ir to
      dev.tazza.translate,
      dev.tazza.engine,
      dev.tazza.testkit;
  exports dev.tazza.codegen.isa.x64 to
      dev.tazza.translate,
      dev.tazza.engine,
      dev.tazza.testkit;
  exports dev.tazza.codegen.machine to
      dev.tazza.translate,
      dev.tazza.engine,
      dev.tazza.testkit;
  exports dev.tazza.codegen.opt.inline to
      dev.tazza.translate;
  exports dev.tazza.codegen.regalloc to
      dev.tazza.translate,
      dev.tazza.engine,
      dev.tazza.testkit;
}
