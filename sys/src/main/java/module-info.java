/** System access: the only module that links native functions. */
module dev.tazza.sys {
  requires static org.jspecify;

  exports dev.tazza.sys;
  exports dev.tazza.sys.fs;
}
