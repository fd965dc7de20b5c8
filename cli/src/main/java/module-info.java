/** The command line. */
module dev.tazza.cli {
  requires static org.jspecify;
  requires dev.tazza.codegen;
  requires dev.tazza.environ;
  requires dev.tazza;
  requires info.picocli;
  requires java.compiler;

  exports dev.tazza.cli.wast to
      dev.tazza.testkit;

  opens dev.tazza.cli to
      info.picocli;
}
