package dev.tazza.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.InputStream;
import java.lang.invoke.MethodType;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What native-image is told: the one shape of native calls that there is. */
class NativeImageMetadataTest {
  private static final String FILE =
      "/META-INF/native-image/dev.tazza/tazza-sys/reachability-metadata.json";

  @Test
  void theShapeOfNativeCallsIsThere() throws Exception {
    try (InputStream in = NativeCall.class.getResourceAsStream(FILE)) {
      assertNotNull(in, FILE);
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8).replaceAll("\\s", "");
      // The first parameter is the function's address.
      MethodType type = NativeCall.sixLongs().type().dropParameterTypes(0, 1);
      StringBuilder parameters = new StringBuilder();
      for (Class<?> parameter : type.parameterList()) {
        parameters.append(parameters.isEmpty() ? "" : ",").append("\"j" + parameter + "\"");
      }
      assertEquals(
          "{\"foreign\":{\"downcalls\":[{\"returnType\":\"j%s\",\"parameterTypes\":[%s]}]}}"
              .formatted(type.returnType(), parameters),
          text);
    }
  }
}
