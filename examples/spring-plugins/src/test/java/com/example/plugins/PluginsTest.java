package com.example.plugins;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tazza.Trap;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

@SpringBootTest
class PluginsTest {
  @Autowired private Plugins plugins;

  @Test
  void pluginsAnswer() {
    assertEquals("HELLO!", plugins.run("shout", "hello"));
    assertEquals("!", plugins.run("shout", ""));
    assertEquals("A".repeat(100_000) + "!", plugins.run("shout", "a".repeat(100_000)));
    assertNull(plugins.run("none", ""));
  }

  @Test
  void aPluginThatDoesNotAnswerIsStopped() {
    for (int i = 0; i < 3; i++) {
      assertThrows(Trap.class, () -> plugins.run("spin", ""));
    }
    assertEquals("HELLO!", plugins.run("shout", "hello"));
  }
}
