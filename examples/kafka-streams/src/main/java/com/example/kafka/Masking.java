package com.example.kafka;

import java.util.Properties;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.LogAndContinueProcessingExceptionHandler;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Produced;

/** From the topic {@code messages} to the topic {@code masked}, through the module. */
public final class Masking {
  /** Some 15 operators a byte: enough for 300 KB. */
  static final long FUEL = 5_000_000;

  private Masking() {}

  static Topology topology() {
    StreamsBuilder builder = new StreamsBuilder();
    builder.stream("messages", Consumed.with(Serdes.String(), Serdes.String()))
        .processValues(() -> new MaskingProcessor(FUEL))
        .to("masked", Produced.with(Serdes.String(), Serdes.String()));
    return builder.build();
  }

  static Properties properties(String servers) {
    Properties properties = new Properties();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "masking");
    properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, servers);
    properties.put(
        StreamsConfig.PROCESSING_EXCEPTION_HANDLER_CLASS_CONFIG,
        LogAndContinueProcessingExceptionHandler.class);
    return properties;
  }

  /** With the addresses of Kafka's servers, until the process ends. */
  public static void main(String[] args) {
    KafkaStreams streams = new KafkaStreams(topology(), properties(args[0]));
    Runtime.getRuntime().addShutdownHook(new Thread(streams::close));
    streams.start();
  }
}
