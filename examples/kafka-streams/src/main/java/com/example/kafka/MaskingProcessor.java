package com.example.kafka;

import dev.tazza.Trap;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;

/**
 * Has the module change each record's text. Kafka Streams makes one for each task, and a task runs
 * on one thread at a time, which is what an instance wants.
 *
 * <p>What traps goes to the application's {@code processing.exception.handler}, which may leave the
 * record out and go on. The next record meets a new instance: one that trapped was stopped
 * anywhere.
 */
public final class MaskingProcessor implements FixedKeyProcessor<String, String, String> {
  private final long fuel;
  private FixedKeyProcessorContext<String, String> context;
  private MaskingModule.Guest guest;

  /** With what a record may take, in operators of WebAssembly. */
  public MaskingProcessor(long fuel) {
    this.fuel = fuel;
  }

  @Override
  public void init(FixedKeyProcessorContext<String, String> itsContext) {
    context = itsContext;
    guest = new MaskingModule.Guest();
  }

  @Override
  public void process(FixedKeyRecord<String, String> record) {
    String masked;
    try {
      masked = guest.mask(record.value(), fuel);
    } catch (Trap trap) {
      guest.close();
      guest = new MaskingModule.Guest();
      throw trap;
    }
    context.forward(record.withValue(masked));
  }

  @Override
  public void close() {
    guest.close();
  }
}
