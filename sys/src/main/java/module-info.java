/**
 * System access: the only module that links native functions. For Tazza's own modules alone: what
 * it does with addresses nobody checks.
 */
module dev.tazza.sys {
  requires static org.jspecify;
  requires dev.tazza.assembler;

  exports dev.tazza.sys to
      dev.tazza.vm,
      dev.tazza.engine,
      dev.tazza,
      dev.tazza.testkit;
  exports dev.tazza.sys.fs to
      dev.tazza;
}
