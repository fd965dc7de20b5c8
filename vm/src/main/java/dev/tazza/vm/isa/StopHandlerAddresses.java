package dev.tazza.vm.isa;

/**
 * What the handler of the signal that stops guests must know of the process.
 *
 * @param ranges address of the {@link RangeTable}: where guest code lives
 * @param bulkStart where the functions are that it calls to copy memory
 * @param bulkBytes how many bytes of them there are
 * @param exit address of the stub {@link Stub#EXIT}
 */
public record StopHandlerAddresses(long ranges, long bulkStart, long bulkBytes, long exit) {}
