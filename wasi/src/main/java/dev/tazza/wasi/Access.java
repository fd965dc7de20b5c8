package dev.tazza.wasi;

/** What a guest may do with the directories, or with the files, under a preopened directory. */
public enum Access {
  /** Look: list, open, read. */
  READ_ONLY,
  /** Also change: create, remove, rename and link names; write files. */
  READ_WRITE
}
