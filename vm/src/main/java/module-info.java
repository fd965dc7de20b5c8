/**
 * The runtime's machinery: guest stacks, code, memories, tables, and the way in and out. For
 * Tazza's own modules alone.
 */
module dev.tazza.vm {
  requires static jdk.jfr;
  requires static org.jspecify;
  requires dev.tazza.assembler;
  requires transitive dev.tazza.environ;
  requires transitive dev.tazza.sys;

  exports dev.tazza.vm.call to
      dev.tazza.engine,
      dev.tazza.testkit;
  exports dev.tazza.vm.code to
      dev.tazza.engine,
      dev.tazza.testkit;
  exports dev.tazza.vm.debug to
      dev.tazza.engine;
  exports dev.tazza.vm.event to
      dev.tazza.engine;
  exports dev.tazza.vm.instance to
      dev.tazza.engine,
      dev.tazza.testkit;
  exports dev.tazza.vm.interrupt to
      dev.tazza.engine,
      dev.tazza.testkit;
  exports dev.tazza.vm.isa to
      dev.tazza.engine,
      dev.tazza.testkit;
  exports dev.tazza.vm.memory to
      dev.tazza.engine,
      dev.tazza.testkit;
  exports dev.tazza.vm.pool to
      dev.tazza.engine;
  exports dev.tazza.vm.profile to
      dev.tazza.engine;
}
