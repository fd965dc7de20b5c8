package dev.tazza.sandbox;

import dev.tazza.environ.ExitReason;
import dev.tazza.environ.RuntimeService;
import org.jspecify.annotations.Nullable;

/**
 * What a piece of code is for: what it can rely on, what it has to leave behind, and what only such
 * code may do.
 *
 * @param convention that of the function itself; of an entry, that of the function which it calls
 * @param service of code that exits for one, else null
 */
record Role(Job job, Convention convention, @Nullable RuntimeService service) {
  enum Job {
    /** A function of the module; its context is the instance. */
    FUNCTION,
    /** Exits to the runtime on behalf of the instance, its context. */
    SERVICE,
    /** Exits to a host function; the context is the host function's. */
    HOST_CALL,
    /** Calls the function that it is given, with what is in the value slots. */
    ENTRY,
    /** Calls the function that its context, a pair of code and context, says. */
    IMPORTED
  }

  boolean exits() {
    return job == Job.SERVICE || job == Job.HOST_CALL;
  }

  /** What code that exits tells as the reason. */
  int exitCode() {
    return service == null ? ExitReason.HOST_CALL.code() : service.exitCode();
  }

  static Role function(Convention convention) {
    return new Role(Job.FUNCTION, convention, null);
  }

  // The following are for all functions whose values travel like those of a type.

  static Role hostCall(Convention convention) {
    return new Role(Job.HOST_CALL, convention.unnamed(), null);
  }

  static Role entry(Convention convention) {
    return new Role(Job.ENTRY, convention.unnamed(), null);
  }

  static Role imported(Convention convention) {
    return new Role(Job.IMPORTED, convention.unnamed(), null);
  }

  /** The code behind calls of a service. */
  static Role service(RuntimeService service, ReferenceTypes types) {
    return new Role(Job.SERVICE, Convention.of(service.type(), types), service);
  }
}
