package dev.tazza.cli.wast;

import dev.tazza.cli.wast.ScriptValues.ScriptObject;
import java.util.HashMap;
import java.util.Map;

/** One Java object for each number that a script gives to host objects. */
final class ScriptObjects {
  private final Map<Long, ScriptObject> objects = new HashMap<>();

  ScriptObject object(long number) {
    return objects.computeIfAbsent(number, ScriptObject::new);
  }
}
