/** The runtime's machinery: guest stacks, code, memories, tables, and the way in and out. */
module dev.tazza.vm {
  requires static org.jspecify;
  requires transitive dev.tazza.environ;
  requires transitive dev.tazza.sys;

  exports dev.tazza.vm.call;
  exports dev.tazza.vm.code;
  exports dev.tazza.vm.instance;
  exports dev.tazza.vm.interrupt;
  exports dev.tazza.vm.memory;
}
