/** Tests that need the whole of Tazza, and what they share. Nothing depends on it. */
module dev.tazza.testkit {
  requires static org.jspecify;
  requires dev.tazza.assembler;
  requires dev.tazza.cli;
  requires dev.tazza.sandbox;
  requires dev.tazza.vm;
  requires java.management;
  requires jdk.jfr;
  requires dev.tazza;

  exports dev.tazza.testkit;
  exports dev.tazza.testkit.fuzz;
  exports dev.tazza.testkit.fuzz.address;
  exports dev.tazza.testkit.fuzz.thread;
}
