package com.example.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** In Kafka's driver for tests: the topology as it is, without servers. */
class MaskingTest {
  private final TopologyTestDriver driver =
      new TopologyTestDriver(Masking.topology(), Masking.properties("none:1"));
  private final TestInputTopic<String, String> messages =
      driver.createInputTopic("messages", new StringSerializer(), new StringSerializer());
  private final TestOutputTopic<String, String> masked =
      driver.createOutputTopic("masked", new StringDeserializer(), new StringDeserializer());

  @AfterEach
  void close() {
    driver.close();
  }

  @Test
  void numbersAreHidden() {
    messages.pipeInput("a", "paid with 4111111111111111, thanks");
    messages.pipeInput("b", "order 12345 für 3 Stück");
    messages.pipeInput("c", "");
    assertEquals(
        List.of(
            KeyValue.pair("a", "paid with ************1111, thanks"),
            KeyValue.pair("b", "order 12345 für 3 Stück"),
            KeyValue.pair("c", "")),
        masked.readKeyValuesToList());
  }

  /** It takes more than a record may take, and the stream goes on behind it. */
  @Test
  void whatTakesTooLongIsLeftOut() {
    messages.pipeInput("a", "x".repeat(1_000_000));
    assertTrue(masked.isEmpty());
    messages.pipeInput("b", "000011112222");
    assertEquals(List.of(KeyValue.pair("b", "********2222")), masked.readKeyValuesToList());
  }
}
