/** The {@code tazza} command. */
module dev.tazza.cli {
  requires static org.jspecify;
  requires dev.tazza.wasi;
  requires info.picocli;

  opens dev.tazza.cli to
      info.picocli;
}
