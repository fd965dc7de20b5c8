package dev.tazza.wasm.text;

/** The identifiers and types of one module, shared by the parsers of its parts. */
final class Scope {
  final IndexSpace types = new IndexSpace("type");
  final IndexSpace functions = new IndexSpace("func");
  final IndexSpace tables = new IndexSpace("table");
  final IndexSpace memories = new IndexSpace("memory");
  final IndexSpace globals = new IndexSpace("global");
  final IndexSpace tags = new IndexSpace("tag");
  final IndexSpace elements = new IndexSpace("elem");
  final IndexSpace data = new IndexSpace("data");

  /** Parameters and locals of the function being read. */
  final IndexSpace locals = new IndexSpace("local");

  final TypeTable typeTable = new TypeTable();
}
