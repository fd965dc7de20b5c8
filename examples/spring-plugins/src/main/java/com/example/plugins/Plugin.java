package com.example.plugins;

import dev.tazza.Memory;

/** What a plug-in exports. */
public interface Plugin {
  Memory memory();

  /** Where there is room for so many bytes of input. */
  int input(int length);

  /** Works on the input; returns where the answer is, in the upper half, and its length. */
  long run(int length);
}
